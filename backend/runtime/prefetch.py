"""Work done ahead of where it is needed, on other threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Product = TypeVar("Product")


def prefetch(function: Callable[[Item], Product], items: Iterable[Item], at_once: int) -> Iterator[Product]:
    """Yield `function` of every item, in order, with up to `at_once` finished or under way.

    For what leaves Python's lock alone, as decoders of pictures do.
    """
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
