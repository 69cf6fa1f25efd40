"""Work done ahead of where it is needed, on other cores."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item, Made = TypeVar("Item"), TypeVar("Made")


def made_ahead(
    make: Callable[[Item], Made], items: Iterable[Item], most: int | None = None
) -> Iterator[Made]:
    """`make` of every item, in order, with up to `most` (one for every core) finished or under way.

    For what leaves Python's lock alone, as decoders of pictures do.
    """
    most = most or os.cpu_count() or 1
    with ThreadPoolExecutor(most) as pool:
        under_way: deque = deque()
        try:
            for item in items:
                under_way.append(pool.submit(make, item))
                if len(under_way) > most:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
