"""Affine motions as matrices, so that they can be chained, inverted and compared.

A motion is (3, 3) and takes a point of the reference into a frame. Coordinates run about the picture's
centre in halves of its longer side, as those of `backend.alignment` do.
"""

import cv2
import numpy as np


def scale_and_shift(motion: np.ndarray) -> np.ndarray:
    """(N, 3, 3) from the (N, 3) scales and shifts of `backend.alignment`."""
    matrices = np.tile(np.eye(3), (len(motion), 1, 1))
    matrices[:, 0, 0] = matrices[:, 1, 1] = motion[:, 0]
    matrices[:, :2, 2] = motion[:, 1:]
    return matrices


def from_pixels(matrix: np.ndarray, width: int, height: int) -> np.ndarray:
    """(3, 3) motion from OpenCV's (2, 3) matrix between the pixels of two pictures of one size."""
    grid = _grid(width, height)
    return grid @ np.vstack([matrix, [0, 0, 1]]) @ np.linalg.inv(grid)


def resampled(picture: np.ndarray, motion: np.ndarray) -> np.ndarray:
    """A picture (H, W, C) brought onto the reference's grid, which has its size; borders repeat."""
    height, width = picture.shape[:2]
    grid = _grid(width, height)
    matrix = (np.linalg.inv(grid) @ motion @ grid)[:2]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def shown(motion: np.ndarray, width: int, height: int) -> np.ndarray:
    """(H, W) which of the reference's pixels a frame with that motion shows."""
    grid = _grid(width, height)
    matrix = (np.linalg.inv(grid) @ motion @ grid)[:2]
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(np.ones((height, width), np.uint8), matrix, (width, height), flags=flags) > 0


def _grid(width: int, height: int) -> np.ndarray:
    """(3, 3) from OpenCV's pixels, whose centres are whole numbers, to coordinates about the centre."""
    half = max(width, height) / 2
    return np.array(
        [[1 / half, 0, (0.5 - width / 2) / half], [0, 1 / half, (0.5 - height / 2) / half], [0, 0, 1]]
    )
