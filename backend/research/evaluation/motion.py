"""Affine motions as matrices, so that they can be chained, inverted and compared.

A motion is (3, 3) and takes a point of the reference into a frame. Coordinates run about the picture's
centre in halves of its longer side, as those of `registration.motion` do.
"""

import cv2
import numpy as np


def motion_matrices(motion: np.ndarray) -> np.ndarray:
    """Return (N, 3, 3) motions of (N, 3) scales and shifts, as `registration.motion` has them."""
    matrices = np.tile(np.eye(3), (len(motion), 1, 1))
    matrices[:, 0, 0] = matrices[:, 1, 1] = motion[:, 0]
    matrices[:, :2, 2] = motion[:, 1:]
    return matrices


def motion_from_pixels(matrix: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the (3, 3) motion of OpenCV's (2, 3) matrix between the pixels of two pictures of one size."""
    grid = _grid(width, height)
    return grid @ np.vstack([matrix, [0, 0, 1]]) @ np.linalg.inv(grid)


def resample(picture: np.ndarray, motion: np.ndarray) -> np.ndarray:
    """Resample a picture (H, W, C) to the reference's grid, which has its size; borders repeat."""
    height, width = picture.shape[:2]
    matrix = _to_pixels(motion, width, height)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def covered_pixels(motion: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return (H, W) bool: the reference's pixels that a frame with that motion covers."""
    matrix = _to_pixels(motion, width, height)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(np.ones((height, width), np.uint8), matrix, (width, height), flags=flags) > 0


def _to_pixels(motion: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return OpenCV's (2, 3) matrix of a motion."""
    grid = _grid(width, height)
    return (np.linalg.inv(grid) @ motion @ grid)[:2]


def _grid(width: int, height: int) -> np.ndarray:
    """Return (3, 3) from OpenCV's pixels, whose centres are whole, to coordinates about the centre."""
    half = max(width, height) / 2
    return np.array(
        [[1 / half, 0, (0.5 - width / 2) / half], [0, 1 / half, (0.5 - height / 2) / half], [0, 0, 1]]
    )
