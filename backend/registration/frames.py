"""Photographs at full size on the reference's grid, one after the other."""

from collections.abc import Iterator, Sequence

import numpy as np

from ..io.photographs import read_pixels, white_level
from ..runtime.chunks import Tile, tiles
from ..runtime.parallel import prefetch
from ..stack import FocalStack
from .motion import Motion
from .warp import fill_in, tiles_not_shown, warp


def aligned_frames(
    stack: FocalStack, motion: Motion, gains: np.ndarray, wanted: Sequence[Sequence[Tile]] | None = None
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield every frame aligned at full size, from near to far.

    Parameters
    ----------
    stack, motion, gains
        The frames, the motion that undoes theirs, and (N, 3) gains that make their exposure alike.
    wanted
        Of each frame the tiles that are looked at; elsewhere it may hold anything. By default all.

    Yields
    ------
    index : int
        The frame's number.
    pixels : ndarray
        (H, W, 3) of the file's own kind, which is small.
    gain : ndarray
        (3,) what to multiply the pixels by for sRGB 0 to 1 of one exposure.
    """
    width, height = stack.size
    if wanted is None:
        wanted = [tiles(height, width)] * len(stack.frames)
    missing, needed = _tiles_needed(motion, stack.size, wanted)

    def read(index: int) -> np.ndarray:
        frame = stack.frames[index]
        return read_pixels(frame.path, reading=frame.reading)

    numbers = range(len(stack.frames) - 1, -1, -1)
    nearer: np.ndarray | None = None
    gain_of_nearer = np.ones(3, np.float32)
    for index, photograph in zip(numbers, prefetch(read, numbers, at_once=1), strict=True):
        pixels = warp(photograph, motion.maps[index], stack.size, needed[index])
        del photograph
        gain = gains[index] / white_level(pixels)
        if nearer is not None:
            fill_in(pixels, motion.maps[index], nearer, gain_of_nearer / gain, missing[index])
        yield index, pixels, gain
        nearer, gain_of_nearer = pixels, gain


def _tiles_needed(
    motion: Motion, size: tuple[int, int], wanted: Sequence[Sequence[Tile]]
) -> tuple[list[list[Tile]], list[list[Tile]]]:
    """Of each frame the tiles that it does not show all of, and all that are needed: those wanted, and those
    from which the next farther one is filled in.
    """
    missing, needed, of_farther = [], [], []
    for coefficients, tiles_wanted in zip(motion.maps, wanted, strict=True):
        needed.append(_without_doubles([*tiles_wanted, *of_farther]))
        of_farther = tiles_not_shown(coefficients, size, needed[-1])
        missing.append(of_farther)
    return missing, needed


def _without_doubles(some: Sequence[Tile]) -> list[Tile]:
    """Slices cannot be members of a set before Python 3.12."""
    return list({(rows.start, columns.start): (rows, columns) for rows, columns in some}.values())
