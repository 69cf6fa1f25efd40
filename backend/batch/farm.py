"""Where stacks are estimated: workers of this machine, or those that a scheduler of Dask's has."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..contract.errors import InputError
from ..runtime.resources import available_threads

MEMORY, GPU = "memory", "GPU"  # what a worker has and a task takes; bytes, and graphics processors
SECONDS_TO_ANSWER = 5


@contextmanager
def workers_of(scheduler: str | None, workers: int, largest: float, with_gpu: bool) -> Iterator:
    """A distributed.Client of the scheduler at that address, or of `workers` processes here: of fewer where
    the memory does not hold as many stacks of `largest` bytes. Raises InputError where nobody answers.
    """
    from distributed import Client

    for name in ("distributed", "distributed.client"):  # what matters of theirs is told in run.py
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if scheduler is not None:
        with _connected(scheduler) as client:
            yield client
        return
    with _local(workers, largest, with_gpu) as cluster, Client(cluster) as client:
        yield client


def _connected(address: str):
    from distributed import Client

    with suppress(OSError, TimeoutError, ValueError):
        return Client(address, timeout=SECONDS_TO_ANSWER)
    # A client that did not connect is closed as it is collected. If the next one's new thread did that, it
    # and the thread that starts it would wait for each other: findings/distributed_collected_client.sh.
    gc.collect()
    raise InputError(
        f"No scheduler answers at {address}: start one with `dask scheduler`, or correct the address"
    )


def _local(workers: int, largest: float, with_gpu: bool):
    """Processes that share cores and memory, a stack at a time each; no port is open to other machines."""
    from distributed import LocalCluster
    from distributed.system import MEMORY_LIMIT

    fitting = max(1, min(workers, int(MEMORY_LIMIT // max(largest, 1))))
    threads = str(max(1, available_threads() // fitting))
    return LocalCluster(
        n_workers=fitting,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,  # pyright: ignore[reportArgumentType]
        memory_limit=0,  # a task takes of `resources` what it needs
        resources={MEMORY: max(MEMORY_LIMIT / fitting, largest), GPU: int(with_gpu)},
        env={"OMP_NUM_THREADS": threads},
        silence_logs=50,
    )
