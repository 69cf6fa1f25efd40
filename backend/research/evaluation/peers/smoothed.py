"""The classical peer at its best on noisy frames, whose grain reads as focus to a Laplacian."""

import cv2
import numpy as np

from .sml import classical_depth


def smoothed_depth(pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """(H, W) as `classical_depth` finds it on pictures (N, H, W, 3) blurred by a Gaussian of one pixel."""
    return classical_depth(
        np.stack([cv2.GaussianBlur(picture, (0, 0), 1) for picture in pictures]), positions
    )
