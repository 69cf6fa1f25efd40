"""Work shared among threads: ahead of where it is needed, or many pieces at once.

For what leaves Python's lock alone: decoders of pictures, OpenCV, and numpy on large arrays.
"""

import functools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

import numpy as np

from .chunks import chunks
from .resources import available_threads

FEW = 4
PIECES = 4  # a thread, of what is shared out: some take longer than others
Item = TypeVar("Item")
Product = TypeVar("Product")


def prefetch(
    function: Callable[[Item], Product], items: Iterable[Item], at_once: int | None = None
) -> Iterator[Product]:
    """Yield `function` of every item, in order.

    Up to `at_once` are finished or under way, by default as many as there are threads, and few: each of
    them takes memory.
    """
    at_once = at_once or min(FEW, available_threads())
    with ThreadPoolExecutor(at_once) as pool:
        under_way: deque[Future[Product]] = deque()
        try:
            for item in items:
                under_way.append(pool.submit(function, item))
                if len(under_way) > at_once:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def for_each(function: Callable[[Item], object], items: Sequence[Item]) -> None:
    """Do `function` of every item, on as many threads as there are, and wait for all of them.

    The caller's thread works too, so that one of these may be called within another.
    """
    available = available_threads()
    threads = min(available, len(items))
    parts = min(PIECES * threads, len(items)) if threads > 1 else 1
    left = iter(range(parts))  # from which all threads take: one step of it is not divided

    def work() -> None:
        for start in left:
            for item in items[start::parts]:
                function(item)

    helping: list[Future[None]] = []
    try:
        for _ in range(threads - 1):
            helping.append(_helpers(available - 1).submit(work))
        work()
    finally:
        deque(left, maxlen=0)  # where it failed here, nobody begins another part
        helping = [each for each in helping if not each.cancel()]
        try:
            wait(helping)
        finally:
            wait(helping)  # after Ctrl-C, too, nobody works on
    for each in helping:
        each.result()


@functools.cache
def _helpers(count: int) -> ThreadPoolExecutor:
    """Threads that stay, since starting one takes as long as a small piece of work."""
    return ThreadPoolExecutor(count, "helper")


def elementwise(function: Callable[[np.ndarray], np.ndarray], values: np.ndarray, kind: type) -> np.ndarray:
    """Return what a function makes of single values, as an array of a kind; no array on the way is large."""
    values = np.ascontiguousarray(values)
    out = np.empty(values.shape, kind)
    source, target = values.reshape(-1), out.reshape(-1)

    def apply(chunk: slice) -> None:
        target[chunk] = function(source[chunk])

    for_each(apply, list(chunks(source.size)))
    return out
