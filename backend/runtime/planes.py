"""Pictures as networks take them."""

import cv2
import numpy as np

from .parallel import for_each


def to_planes(pictures: np.ndarray, multiple: int = 1, subtracted: float = 0.0) -> np.ndarray:
    """Return pictures (N, H, W, 3) as (N, 3, H', W') float32, highlights cut at 1, less what is subtracted.

    Height and width grow to multiples of `multiple`, the border repeated.
    """
    count, height, width, _ = pictures.shape
    planes = np.empty((count, 3, height + -height % multiple, width + -width % multiple), np.float32)

    def fill(index: int) -> None:
        for channel in range(3):
            values = cv2.extractChannel(pictures[index], channel)
            cv2.threshold(values, 1, 1, cv2.THRESH_TRUNC, values)
            cv2.threshold(values, 0, 0, cv2.THRESH_TOZERO, values)
            np.subtract(values, np.float32(subtracted), out=planes[index, channel, :height, :width])

    for_each(fill, range(count))
    planes[:, :, height:, :width] = planes[:, :, height - 1 : height, :width]
    planes[:, :, :, width:] = planes[:, :, :, width - 1 : width]
    return planes
