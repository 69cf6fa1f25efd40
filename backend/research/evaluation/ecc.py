"""The classical peer of the alignment network: registration of neighbours by correlation, chained.

Evangelidis and Psarakis, "Parametric Image Alignment Using Enhanced Correlation Coefficient
Maximization", PAMI 2008, as OpenCV has it.
"""

import cv2
import numpy as np

from ...registration.motion import LARGEST_SCALE, LARGEST_SHIFT
from .motion import from_pixels

GAUSSIAN = 5  # pixels of the smoothing's window: OpenCV makes that a sigma of 1.1
STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-5)


def ecc_motion(pictures: np.ndarray) -> np.ndarray:
    """(N, 3, 3) affine motions from the last of pictures (N, H, W, 3) into each, far to near."""
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures]
    motion = [np.eye(3)]
    for further, nearer in zip(grey[-2::-1], grey[:0:-1], strict=True):
        motion.append(_step(nearer, further) @ motion[-1])
    return np.stack(motion[::-1])


def _step(nearer: np.ndarray, further: np.ndarray) -> np.ndarray:
    """(3, 3) from the nearer of two neighbours into the further; identity where none is found."""
    start = np.eye(2, 3, dtype=np.float32)
    try:
        _, found = cv2.findTransformECC(nearer, further, start, cv2.MOTION_AFFINE, STOP, None, GAUSSIAN)
    except cv2.error:  # no convergence
        return np.eye(3)
    step = from_pixels(found, nearer.shape[1], nearer.shape[0])
    off = np.abs(step - np.eye(3))
    believable = off[:2, :2].max() < LARGEST_SCALE and off[:2, 2].max() < LARGEST_SHIFT
    return step if believable else np.eye(3)
