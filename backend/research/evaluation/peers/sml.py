"""The classical peer: sum-modified Laplacian with a Gaussian peak.

Nayar and Nakagawa, "Shape from Focus", PAMI 1994: the modified Laplacian summed over a window, the
sharpest frame, and a Gaussian through it and its neighbours for depth between frames.
"""

import cv2
import numpy as np

from .peak import depth_at, frame_at_peak

WINDOW, MEDIAN = 13, 5


def classical_depth(pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return depth (H, W) from aligned pictures (N, H, W, 3), far to near, and positions (N,)."""
    frame = frame_at_peak(np.log(_sum_modified_laplacian(pictures) + 1e-6))
    return cv2.medianBlur(depth_at(frame, positions), MEDIAN)


def _sum_modified_laplacian(pictures: np.ndarray) -> np.ndarray:
    """Return the focus measure (N, H, W) of pictures (N, H, W, 3)."""
    greys = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures)
    return np.stack([cv2.blur(modified_laplacian(grey), (WINDOW, WINDOW)) for grey in greys])


def modified_laplacian(picture: np.ndarray) -> np.ndarray:
    """Return |second difference along rows| + |second difference along columns|, channel by channel."""
    kernel = np.array([[-1, 2, -1]], np.float32)
    return np.abs(cv2.filter2D(picture, -1, kernel)) + np.abs(cv2.filter2D(picture, -1, kernel.T))
