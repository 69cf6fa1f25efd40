"""A network that looks at pictures at several scales, and what it sees at each put together."""

from collections.abc import Sequence

import cv2
import numpy as np

DECISIVENESS = 4  # power of the uncertainty by which scales are weighed


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
    for index, picture in enumerate(pictures):
        zoomed[index] = resize(picture, size)
    return zoomed


def combine_scales(
    depths: Sequence[np.ndarray], uncertainties: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return depth and uncertainty (h, w) of several pairs of them; the surer one weighs by far the most."""
    depth, uncertainty = np.stack(depths), np.stack(uncertainties)
    weights = uncertainty**-DECISIVENESS
    weights /= weights.sum(0)
    return (weights * depth).sum(0), (weights * uncertainty).sum(0)
