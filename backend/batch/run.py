"""All stacks given to the workers, and what becomes of each as it is told."""

import contextlib
import math
import queue
import traceback
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from itertools import islice
from pathlib import Path

from ..contract.cost import Load, peak_memory, plan_for
from ..contract.errors import InputError
from ..depth.predictor import predictor_named
from ..runtime.devices import GPU as ON_GPU
from ..runtime.progress import Reporter
from . import farm, task
from .find import StackFolder
from .single import Request
from .task import BatchRequest, Outcome

RETRIES = 1  # after our own faults; Dask itself gives what a lost worker had to another
LOST = OSError, RuntimeError, CancelledError  # what Dask raises where the scheduler was lost, among others
PATIENCE = 2.0  # seconds between looks at who works


def run_stacks(
    stacks: Sequence[StackFolder],
    output: Path,
    batch: BatchRequest,
    scheduler: str | None,
    workers: int,
    reporter: Reporter,
) -> list[Outcome]:
    """Estimate all stacks into folders of their names in `output`; returns what became of each, in order.

    Raises InputError where the scheduler does not answer.
    """
    several = [stack for stack in stacks if len(stack.photographs) > 1]
    outcomes = {stack: _too_few(stack) for stack in stacks if len(stack.photographs) == 1}
    memory = {stack: memory_of(stack, batch.request) for stack in several}
    reporter.plan({"batch": 1})
    reporter.progress("batch", 0, len(several))
    if several:
        with_gpu = batch.request.resources.device == ON_GPU
        with farm.workers_of(scheduler, workers, max(memory.values()), with_gpu) as client:
            unchanged = 0
            for done, ended in enumerate(_run(client, memory, output, batch, reporter), 1):
                stack, outcomes[stack] = ended
                unchanged += outcomes[stack].status == task.UNCHANGED
                _report(outcomes[stack], reporter)
                # What was there already took no time, and tells nothing of the time left.
                reporter.progress("batch", done - unchanged, len(several) - unchanged)
    return [outcomes[stack] for stack in stacks]


def memory_of(stack: StackFolder, request: Request) -> float:
    """Return the bytes that its estimate takes; what cannot be read takes none."""
    if stack.size is None:
        return 0.0
    load = Load(len(stack.photographs), stack.size)
    kind = predictor_named(request.config.predictor).kind
    try:
        plan = plan_for(load, request.config.quality, kind, request.resources.max_memory)
    except InputError:  # who estimates it will say so
        return 0.0
    return peak_memory(load, plan)


def _too_few(stack: StackFolder) -> Outcome:
    sentence = f"{stack.photographs[0]} is only one photograph; a focal stack needs at least two"
    return task.outcome_of(stack, task.TOO_FEW, sentence=sentence)


def _run(
    client, memory: dict[StackFolder, float], output: Path, batch: BatchRequest, reporter: Reporter
) -> Iterator[tuple[StackFolder, Outcome]]:
    """Each stack as soon as something has become of it.

    No more are given away than there are workers: those that wait at a worker that dies would be held to have
    killed it, and one that comes late would find nothing to do.
    """
    waiting, running, ended = OrderedDict(memory), {}, queue.SimpleQueue()  # whose first is taken at once
    if not _workers(client):
        reporter.warning("The scheduler has no workers yet: start some with `dask worker`")
    try:
        while waiting or running:
            workers = _workers(client)
            for stack in _fitting(waiting, workers, max(0, len(workers) - len(running))):
                future = _submit(client, stack, waiting.pop(stack), output, batch)
                running[future] = stack
                future.add_done_callback(ended.put)
            try:
                future = ended.get(timeout=PATIENCE)
            except queue.Empty:
                if workers and not running:
                    for stack in waiting:
                        yield stack, _needs_more(stack, memory[stack])
                    waiting.clear()
            else:
                stack = running.pop(future)
                yield stack, _outcome(stack, future, client)
    except LOST:
        _workers(client)  # which tells whether the scheduler is there
        raise
    finally:
        with contextlib.suppress(*LOST):
            client.cancel(list(running), force=True)


def _submit(client, stack: StackFolder, size: float, output: Path, batch: BatchRequest):
    return client.submit(
        task.run_stack,
        stack,
        output / stack.name,
        batch,
        key=f"{stack.name}-{uuid.uuid4().hex[:8]}",
        resources={farm.MEMORY: size} | ({farm.GPU: 1} if batch.request.resources.device == ON_GPU else {}),
        retries=RETRIES,
    )


def _fitting(waiting: dict[StackFolder, float], workers: list[dict], count: int) -> list[StackFolder]:
    """The first `count` that some worker that is there has the memory for."""
    most = max((worker["resources"].get(farm.MEMORY, 0) for worker in workers), default=-1)
    return list(islice((stack for stack, size in waiting.items() if size <= most), count))


def _outcome(stack: StackFolder, future, client) -> Outcome:
    """Raises InputError where the scheduler itself is lost."""
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    try:
        return future.result()  # waits where it was lost again with its worker
    except (CancelledError, CommClosedError):
        raise _lost(client) from None
    except KilledWorker as error:
        sentence = (
            f"{stack.folder}: {error.allowed_failures + 1} workers died of it, for want of memory as a rule: "
            "give --max-memory, or more to the workers"
        )
    except Exception as error:
        traceback.print_exc()
        sentence = f"{stack.folder}: {type(error).__name__}: {error}"
    return task.outcome_of(stack, task.FAULT, sentence=sentence)


def _workers(client) -> list[dict]:
    """What the scheduler tells of each. Raises InputError where it is lost."""
    try:
        info = client.scheduler_info(n_workers=-1)
    except LOST:
        raise _lost(client) from None
    if "workers" not in info:  # a client that has just lost its scheduler knows nothing
        raise _lost(client)
    return list(info["workers"].values())


def _lost(client) -> InputError:
    return InputError(
        f"The scheduler at {client.scheduler.address} was lost: start it again, and then the same command, "
        "which goes on where it stopped"
    )


def _needs_more(stack: StackFolder, size: float) -> Outcome:
    gigabytes = math.ceil(size / 1e7) / 100
    sentence = (
        f"{stack.folder} needs {gigabytes:.2f} GB, and no worker has so much: start one with "
        f'--resources "{farm.MEMORY}={gigabytes:.2f}e9", or give --max-memory'
    )
    return task.outcome_of(stack, task.BAD, sentence=sentence)


def _report(outcome: Outcome, reporter: Reporter) -> None:
    if outcome.status in (task.BAD, task.FAULT):
        reporter.error(f"{outcome.name}: {outcome.sentence}")
