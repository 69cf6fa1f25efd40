"""The classical peer of the alignment network: registration of neighbours by correlation, chained.

Evangelidis and Psarakis, "Parametric Image Alignment Using Enhanced Correlation Coefficient
Maximization", PAMI 2008, as OpenCV has it.
"""

import cv2
import numpy as np

from ...registration.motion import LARGEST_SCALE, LARGEST_SHIFT

GAUSSIAN = 5  # pixels of the smoothing's window: OpenCV makes that a sigma of 1.1
STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-5)


def estimate_ecc_motion(pictures: np.ndarray) -> np.ndarray:
    """Return (N, 3, 3) affine motions from the last of pictures (N, H, W, 3), far to near, into each."""
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures]
    motion = [np.eye(3)]
    for farther, nearer in zip(grey[-2::-1], grey[:0:-1], strict=True):
        motion.append(_estimate_step(nearer, farther) @ motion[-1])
    return np.stack(motion[::-1])


def motion_from_pixels(matrix: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the (3, 3) motion of OpenCV's (2, 3) matrix between the pixels of two pictures of one size.

    Its coordinates run about the picture's centre in halves of its longer side.
    """
    half = max(width, height) / 2
    grid = np.array(
        [[1 / half, 0, (0.5 - width / 2) / half], [0, 1 / half, (0.5 - height / 2) / half], [0, 0, 1]]
    )
    return grid @ np.vstack([matrix, [0, 0, 1]]) @ np.linalg.inv(grid)


def _estimate_step(nearer: np.ndarray, farther: np.ndarray) -> np.ndarray:
    """Return (3, 3) from the nearer of two neighbours into the farther; the identity where ECC fails."""
    start = np.eye(2, 3, dtype=np.float32)
    try:
        matrix = cv2.findTransformECC(
            nearer,
            farther,
            start,
            cv2.MOTION_AFFINE,
            STOP,
            None,  # type: ignore[arg-type] - the stubs lack that there may be no mask
            GAUSSIAN,
        )[1]
    except cv2.error:  # no convergence
        return np.eye(3)
    step = motion_from_pixels(matrix, nearer.shape[1], nearer.shape[0])
    difference = np.abs(step - np.eye(3))
    plausible = difference[:2, :2].max() < LARGEST_SCALE and difference[:2, 2].max() < LARGEST_SHIFT
    return step if plausible else np.eye(3)
