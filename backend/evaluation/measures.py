"""Depth error in normalised dioptres: 1 is the whole range from the farthest to the nearest focus."""

import cv2
import numpy as np

EDGE_REACH = 8  # pixels about a depth edge
EDGE_STEP = 0.05  # of the range within one pixel makes an edge


def mean_error(depth: np.ndarray, truth: np.ndarray, where: np.ndarray | None = None) -> float:
    """Mean |difference| of two (H, W) maps of normalised dioptres, of the pixels `where` says."""
    error = np.abs(depth - truth)
    return float(error.mean() if where is None else error[where].mean())


def near_edges(truth: np.ndarray) -> np.ndarray:
    """(H, W) where a depth edge of the truth is at most EDGE_REACH pixels away."""
    truth = np.asarray(truth, np.float32)
    step = cv2.morphologyEx(truth, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > EDGE_STEP
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * EDGE_REACH + 1, 2 * EDGE_REACH + 1))
    return cv2.dilate(step.astype(np.uint8), reach).astype(bool)


def nearest_frame(truth: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """What an oracle says that picks the true nearest frame everywhere."""
    middles = (positions[1:] + positions[:-1]) / 2
    return positions[np.searchsorted(middles, truth)]
