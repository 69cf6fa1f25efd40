"""The classical peer every network is measured against: sum-modified Laplacian with a Gaussian peak.

Nayar and Nakagawa, "Shape from Focus", PAMI 1994: the modified Laplacian summed over a window, the
sharpest frame, and a Gaussian through it and its neighbours for depth between frames.
"""

import cv2
import numpy as np

WINDOW, MEDIAN = 13, 5


def sum_modified_laplacian(pictures: np.ndarray) -> np.ndarray:
    """(N, H, W) focus measure of pictures (N, H, W, 3)."""
    kernel = np.float32([[-1, 2, -1]])
    measures = []
    for picture in pictures:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        laplacian = np.abs(cv2.filter2D(grey, -1, kernel)) + np.abs(cv2.filter2D(grey, -1, kernel.T))
        measures.append(cv2.blur(laplacian, (WINDOW, WINDOW)))
    return np.stack(measures)


def classical_depth(pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """(H, W) depth in normalised dioptres from pictures on one field of view, far to near."""
    measure = np.log(sum_modified_laplacian(pictures) + 1e-6)
    sharpest = np.argmax(measure, 0)
    last = len(positions) - 1
    inner = np.clip(sharpest, 1, last - 1)
    before, at, after = (np.take_along_axis(measure, (inner + step)[None], 0)[0] for step in (-1, 0, 1))
    curvature = before - 2 * at + after
    peak = 0.5 * (before - after) / np.where(curvature < -1e-6, curvature, -1e-6)
    frame = inner + np.clip(peak, -0.5, 0.5)
    frame = np.where((sharpest == 0) | (sharpest == last), sharpest, frame)
    depth = np.interp(frame, np.arange(last + 1), positions).astype(np.float32)
    return cv2.medianBlur(depth, MEDIAN)
