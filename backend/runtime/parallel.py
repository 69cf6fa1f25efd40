"""Work shared among threads: ahead of where it is needed, or many pieces at once.

For what leaves Python's lock alone: decoders of pictures, OpenCV, and numpy on large arrays.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
    """Do `function` of every item, on as many threads as there are, and wait for all of them."""
    threads = min(available_threads(), len(items))
    if threads <= 1:
        for item in items:
            function(item)
        return
    parts = min(PIECES * threads, len(items))

    def do_part(start: int) -> None:
        for item in items[start::parts]:
            function(item)

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(do_part, start) for start in range(parts)]:
            done.result()


def elementwise(function: Callable[[np.ndarray], np.ndarray], values: np.ndarray, kind: type) -> np.ndarray:
    """Return what a function makes of single values, as an array of a kind; no array on the way is large."""
    values = np.ascontiguousarray(values)
    out = np.empty(values.shape, kind)
    source, target = values.reshape(-1), out.reshape(-1)

    def apply(chunk: slice) -> None:
        target[chunk] = function(source[chunk])

    for_each(apply, list(chunks(source.size)))
    return out
