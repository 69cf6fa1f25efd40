"""Pictures as networks take them."""

import cv2
import numpy as np

from .chunks import chunks
from .parallel import for_each

ROWS = 64  # at a time, which fit a processor's cache


def to_planes(pictures: np.ndarray, multiple: int = 1, subtracted: float = 0.0) -> np.ndarray:
    """Return pictures (N, H, W, 3) as (N, 3, H', W') float32, highlights cut at 1, less what is subtracted.

    Height and width grow to multiples of `multiple`, the border repeated.
    """
    count, height, width, _ = pictures.shape
    planes = np.empty((count, 3, height + -height % multiple, width + -width % multiple), np.float32)

    def fill(index: int) -> None:
        for rows in chunks(height, ROWS):
            _, part = cv2.threshold(pictures[index, rows], 1, 1, cv2.THRESH_TRUNC)
            cv2.threshold(part, 0, 0, cv2.THRESH_TOZERO, part)
            part -= np.float32(subtracted)
            cv2.split(part, list(planes[index, :, rows, :width]))

    for_each(fill, range(count))
    planes[:, :, height:, :width] = planes[:, :, height - 1 : height, :width]
    planes[:, :, :, width:] = planes[:, :, :, width - 1 : width]
    return planes
