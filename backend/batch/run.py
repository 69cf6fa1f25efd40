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

from ..contract.cost import needed
from ..contract.errors import InputError
from ..pipeline import plan_of
from ..runtime.devices import GPU as ON_GPU
from ..runtime.progress import Reporter
from ..stack import FocalStack, Frame
from . import farm, task
from .find import Found
from .task import Asked, Outcome

RETRIES = 1  # after our own faults; Dask itself gives what a lost worker had to another
LOST = OSError, RuntimeError, CancelledError  # what Dask raises where the scheduler was lost, among others
PATIENCE = 2.0  # seconds between looks at who works


def run_stacks(
    stacks: Sequence[Found],
    output: Path,
    asked: Asked,
    scheduler: str | None,
    workers: int,
    reporter: Reporter,
) -> list[Outcome]:
    """Estimate all stacks into folders of their names in `output`; returns what became of each, in order.

    Raises InputError where the scheduler does not answer.
    """
    several = [stack for stack in stacks if len(stack.photographs) > 1]
    outcomes = {stack: _alone(stack) for stack in stacks if len(stack.photographs) == 1}
    memory = {stack: memory_of(stack, asked) for stack in several}
    reporter.plan({"batch": 1})
    reporter.progress("batch", 0, len(several))
    if several:
        with farm.workers_of(scheduler, workers, max(memory.values()), asked.device == ON_GPU) as client:
            unchanged = 0
            for done, told in enumerate(_run(client, memory, output, asked, reporter), 1):
                stack, outcomes[stack] = told
                unchanged += outcomes[stack].status == task.UNCHANGED
                _say(outcomes[stack], reporter)
                # What was there already took no time, and tells nothing of the time left.
                reporter.progress("batch", done - unchanged, len(several) - unchanged)
    return [outcomes[stack] for stack in stacks]


def memory_of(stack: Found, asked: Asked) -> float:
    """Bytes that its estimate takes; what cannot be read takes none."""
    if stack.size is None:
        return 0.0
    frames = tuple(Frame(path, *stack.size) for path in stack.photographs)
    try:
        plan = plan_of(FocalStack(frames, "file name", None), asked.choices)
    except InputError:  # who estimates it will say so
        return 0.0
    return needed(len(frames), stack.size, plan)


def _alone(stack: Found) -> Outcome:
    sentence = f"{stack.photographs[0]} is only one photograph; a focal stack needs at least two"
    return task.outcome(stack, task.ALONE, sentence=sentence)


def _run(
    client, memory: dict[Found, float], output: Path, asked: Asked, reporter: Reporter
) -> Iterator[tuple[Found, Outcome]]:
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
                future = _submit(client, stack, waiting.pop(stack), output, asked)
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


def _submit(client, stack: Found, size: float, output: Path, asked: Asked):
    return client.submit(
        task.run_stack,
        stack,
        output / stack.name,
        asked,
        key=f"{stack.name}-{uuid.uuid4().hex[:8]}",
        resources={farm.MEMORY: size} | ({farm.GPU: 1} if asked.device == ON_GPU else {}),
        retries=RETRIES,
    )


def _fitting(waiting: dict[Found, float], workers: list[dict], count: int) -> list[Found]:
    """The first `count` that some worker that is there has the memory for."""
    most = max((worker["resources"].get(farm.MEMORY, 0) for worker in workers), default=-1)
    return list(islice((stack for stack, size in waiting.items() if size <= most), count))


def _outcome(stack: Found, future, client) -> Outcome:
    """Raises InputError where the scheduler itself is lost."""
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

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
    return task.outcome(stack, task.FAULT, sentence=sentence)


def _workers(client) -> list[dict]:
    """What the scheduler tells of each. Raises InputError where it is lost."""
    try:
        told = client.scheduler_info(n_workers=-1)
    except LOST:
        raise _lost(client) from None
    if "workers" not in told:  # a client that has just lost its scheduler knows nothing
        raise _lost(client)
    return list(told["workers"].values())


def _lost(client) -> InputError:
    return InputError(
        f"The scheduler at {client.scheduler.address} was lost: start it again, and then the same command, "
        "which goes on where it stopped"
    )


def _needs_more(stack: Found, size: float) -> Outcome:
    gigabytes = math.ceil(size / 1e8) / 10
    sentence = (
        f"{stack.folder} needs {gigabytes:.1f} GB, and no worker has so much: start one with "
        f'--resources "{farm.MEMORY}={gigabytes:.1f}e9", or give --max-memory'
    )
    return task.outcome(stack, task.BAD, sentence=sentence)


def _say(outcome: Outcome, reporter: Reporter) -> None:
    if outcome.status in (task.BAD, task.FAULT):
        reporter.error(f"{outcome.name}: {outcome.sentence}")
