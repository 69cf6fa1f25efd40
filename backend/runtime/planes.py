"""Pictures as networks take them."""

import numpy as np


def to_planes(pictures: np.ndarray, multiple: int = 1) -> np.ndarray:
    """Return pictures (N, H, W, 3) as (N, 3, H', W') float32, highlights cut at 1.

    Height and width grow to multiples of `multiple`, the border repeated.
    """
    count, height, width, _ = pictures.shape
    planes = np.empty((count, 3, height + -height % multiple, width + -width % multiple), np.float32)
    for picture, plane in zip(pictures, planes, strict=True):
        np.clip(picture.transpose(2, 0, 1), 0, 1, out=plane[:, :height, :width])
    planes[:, :, height:, :width] = planes[:, :, height - 1 : height, :width]
    planes[:, :, :, width:] = planes[:, :, :, width - 1 : width]
    return planes
