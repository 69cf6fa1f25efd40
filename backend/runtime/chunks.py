"""Large arrays a piece at a time: few enough numbers for a processor's cache, and no large copies."""

from collections.abc import Iterator

CHUNK = 1 << 18


def chunks(length: int, size: int = CHUNK) -> Iterator[slice]:
    """Slices of `size` that cover `length`; the last may be shorter."""
    for start in range(0, length, size):
        yield slice(start, min(start + size, length))
