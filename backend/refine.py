"""Depth that follows the picture's edges: a guided filter that trusts confident pixels more.

He and Sun, "Fast Guided Filter", 2015: within a window depth is taken as linear in the colours of the
all-in-focus picture; the coefficients are found at a fraction of the size and applied at all of it.
Each pixel counts by the inverse square of its expected error, so that depth flows from where focus
tells it to where it does not.
"""

import cv2
import numpy as np

RADIUS = 2  # of the window, at the reduced size
REDUCTION = 4
SMALLEST_CONTRAST = 1e-4  # variance of colour (sRGB 0..1) below which the picture has no say
SMALLEST_ERROR = 0.005  # normalised dioptres; nothing is trusted more than this deserves


def refine(depth: np.ndarray, spread: np.ndarray, guide: np.ndarray) -> np.ndarray:
    """Filtered (H, W) depth in normalised dioptres; `spread` (H, W) its expected error, guide (H, W, 3)."""
    guide = np.clip(guide, 0, 1)  # highlights beyond white would outweigh all else
    height, width = depth.shape
    weight = (1 / (spread + SMALLEST_ERROR) ** 2).astype(np.float32)
    w, weighted_depth = _reduced(weight), _reduced(weight * depth)
    colour = _reduced(guide)
    total = _mean(w)
    mean_depth = _mean(weighted_depth) / total
    mean_colour = _mean(w[..., None] * colour) / total[..., None]
    outer = (colour[..., :, None] * colour[..., None, :]).reshape(*w.shape, 9)
    spread_of_colour = (_mean(w[..., None] * outer) / total[..., None]).reshape(*w.shape, 3, 3)
    spread_of_colour -= mean_colour[..., :, None] * mean_colour[..., None, :]
    spread_of_colour += SMALLEST_CONTRAST * np.eye(3, dtype=np.float32)
    covariance = _mean(weighted_depth[..., None] * colour) / total[..., None]
    covariance -= mean_colour * mean_depth[..., None]
    slope = np.linalg.solve(spread_of_colour, covariance[..., None])[..., 0]
    offset = mean_depth - (slope * mean_colour).sum(-1)
    linear = _mean(np.dstack([slope, offset]) * w[..., None]) / total[..., None]
    linear = cv2.resize(linear, (width, height), interpolation=cv2.INTER_LINEAR)
    refined = (linear[..., :3] * guide).sum(-1) + linear[..., 3]
    # A speck of a colour that the reduced window averaged away must not be extrapolated to.
    window = np.ones((2 * RADIUS * REDUCTION + 1,) * 2, np.uint8)
    return np.clip(refined, cv2.erode(depth, window), cv2.dilate(depth, window))


def _reduced(values: np.ndarray) -> np.ndarray:
    height, width = values.shape[:2]
    size = max(1, width // REDUCTION), max(1, height // REDUCTION)
    return cv2.resize(values, size, interpolation=cv2.INTER_AREA)


def _mean(values: np.ndarray) -> np.ndarray:
    return cv2.blur(values, (2 * RADIUS + 1, 2 * RADIUS + 1))
