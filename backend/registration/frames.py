"""Photographs at full size on the reference's grid, one after the other."""

from collections.abc import Iterator

import numpy as np

from ..io.photographs import read_pixels, white_level
from ..runtime.prefetch import prefetch
from ..stack import FocalStack
from .motion import Motion
from .warp import fill_in, warp


def aligned_frames(
    stack: FocalStack, motion: Motion, gains: np.ndarray
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield every frame aligned at full size, from near to far.

    Yields
    ------
    index : int
        The frame's number.
    pixels : ndarray
        (H, W, 3) of the file's own kind, which is small.
    gain : ndarray
        (3,) what to multiply the pixels by for sRGB 0 to 1 of one exposure.
    """

    def read_aligned(index: int) -> np.ndarray:
        frame = stack.frames[index]
        return warp(read_pixels(frame.path, reading=frame.reading), motion.maps[index], stack.size)

    numbers = range(len(stack.frames) - 1, -1, -1)
    nearer: np.ndarray | None = None
    gain_of_nearer = np.ones(3, np.float32)
    for index, pixels in zip(numbers, prefetch(read_aligned, numbers, at_once=1), strict=True):
        gain = gains[index] / white_level(pixels)
        if nearer is not None:
            fill_in(pixels, motion.maps[index], nearer, gain_of_nearer / gain)
        yield index, pixels, gain
        nearer, gain_of_nearer = pixels, gain
