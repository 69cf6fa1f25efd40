"""A network that looks at pictures at several scales, and what it sees at each put together."""

from collections.abc import Sequence

import cv2
import numpy as np

from ..runtime.chunks import chunks
from ..runtime.parallel import for_each

ROWS = 64  # at a time, which fit a processor's cache


def resize(picture: np.ndarray, size: tuple[int, int], enlarging: int = cv2.INTER_CUBIC) -> np.ndarray:
    """Return a picture at `size` (width, height): averaged where it shrinks, interpolated where it grows."""
    shrinks = size[0] < picture.shape[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else enlarging)


def zoom_stack(pictures: np.ndarray, zoom: float) -> np.ndarray:
    """Return pictures (N, h, w, 3) that many times as large."""
    height, width = pictures.shape[1:3]
    size = round(width * zoom), round(height * zoom)
    if size == (width, height):
        return pictures
    zoomed = np.empty((len(pictures), size[1], size[0], 3), np.float32)

    def zoom_one(index: int) -> None:
        zoomed[index] = resize(pictures[index], size)

    for_each(zoom_one, range(len(pictures)))
    return zoomed


def combine_scales(
    depths: Sequence[np.ndarray], uncertainties: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return depth and uncertainty (h, w) of several pairs of them; the surer one weighs by far the most.

    Scales are weighed by the inverse fourth power of their uncertainty.
    """
    combined = np.empty((2, *depths[0].shape), np.float32)

    def combine(rows: slice) -> None:
        depth, uncertainty = (np.stack([each[rows] for each in maps]) for maps in (depths, uncertainties))
        weights = np.square(np.square(1 / uncertainty))
        weights /= weights.sum(0)
        combined[:, rows] = (weights * depth).sum(0), (weights * uncertainty).sum(0)

    for_each(combine, list(chunks(len(depths[0]), ROWS)))
    return combined[0], combined[1]
