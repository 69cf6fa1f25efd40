"""The classical peer on smoothed frames: a Laplacian takes noise for focus."""

import cv2
import numpy as np

from .sml import classical_depth


def smoothed_depth(pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return depth (H, W) as `classical_depth` does, from pictures blurred by a Gaussian of one pixel."""
    return classical_depth(
        np.stack([cv2.GaussianBlur(picture, (0, 0), 1) for picture in pictures]), positions
    )
