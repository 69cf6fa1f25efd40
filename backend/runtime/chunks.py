"""Large arrays a piece at a time: few enough numbers for a processor's cache, and no large copies."""

from collections.abc import Iterator

CHUNK = 1 << 18
TILE = 128  # pixels of a picture, each way
Tile = tuple[slice, slice]  # rows and columns


def chunks(length: int, size: int = CHUNK) -> Iterator[slice]:
    """Slices of `size` that cover `length`; the last may be shorter."""
    for start in range(0, length, size):
        yield slice(start, min(start + size, length))


def tiles(height: int, width: int, rows: int = TILE, columns: int = TILE) -> list[Tile]:
    """Return tiles that cover a picture; the last of a row or a column may be smaller."""
    return [(down, across) for down in chunks(height, rows) for across in chunks(width, columns)]
