"""Variational depth from focus.

Moeller, Benning, Schönlieb and Cremers, "Variational Depth from Focus Reconstruction", TIP 2015: depth
u minimises the sum over pixels of

    FIDELITY * -contrast(u)  +  |grad u|

where the contrast of a pixel, its modified Laplacian in every frame over the highest of them, is a
polynomial in depth. That is smooth but not convex, and total variation is convex but not smooth;
ADMM with the first linearised alternates between the two, its penalty growing until they agree.
Numbers are those of the program published by students of the authors, whose depth runs from -10 to 10.
"""

import cv2
import numpy as np

from .peak import depth_at
from .sml import modified_laplacian

FIDELITY = 6.0
FAINT = 0.3  # contrast below which a pixel has little weight, summed over the colours
DEGREE = 6  # less where there are too few frames for it
REACH = 10.0  # depth runs from -REACH to REACH, evenly over the frames
STEPS, PENALTY, GROWTH = 400, 1.0, 1.02
STEP = 8 / FIDELITY
WINDOWS = 15, 21  # pixels, over which the first guess is averaged before and after choosing the sharpest


def variational_depth(pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return depth (H, W) from aligned pictures (N, H, W, 3), far to near, and positions (N,)."""
    height, width = pictures.shape[1:3]
    # cv2.dct takes even sizes only.
    pictures = np.pad(pictures, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), "edge")
    contrast = np.stack([modified_laplacian(picture).sum(-1) for picture in pictures])
    contrast /= contrast.max(0) + FAINT
    depth = _minimise(_slope(contrast), _guess(contrast))[:height, :width]
    return depth_at((depth / REACH + 1) / 2 * (len(positions) - 1), positions)


def _guess(contrast: np.ndarray) -> np.ndarray:
    """Return depth (H, W) at the sharpest frame of smoothed contrast (N, H, W), itself smoothed."""
    before, after = WINDOWS
    smooth = np.stack([cv2.blur(plane, (before, before)) for plane in contrast])
    frame = np.argmax(smooth, 0).astype(np.float32)
    return REACH * (2 * cv2.blur(frame, (after, after)) / (len(contrast) - 1) - 1)


def _slope(contrast: np.ndarray) -> np.ndarray:
    """Return (degree, H, W) the slope of contrast (N, H, W) over depth / REACH, the highest power first."""
    count, height, width = contrast.shape
    degree = min(DEGREE, count - 1)
    powers = np.vander(np.linspace(-1, 1, count), degree + 1)
    polynomial = np.linalg.pinv(powers) @ contrast.reshape(count, -1)
    slope = polynomial[:-1] * np.arange(degree, 0, -1)[:, None]
    return slope.reshape(degree, height, width).astype(np.float32)


def _minimise(slope: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Return depth (H, W) after STEPS of linearised ADMM from a guess (H, W)."""
    penalty = PENALTY
    wanted = np.zeros((2, *depth.shape), np.float32)
    jumps = np.zeros_like(wanted)  # the gradient that total variation prefers
    dual = np.zeros_like(wanted)
    frequencies = _laplacian(depth.shape)
    for _ in range(STEPS):
        rise, part = slope[0], depth / REACH
        for coefficient in slope[1:]:
            rise = rise * part + coefficient
        target = depth + STEP * FIDELITY / REACH * rise - penalty * _divergence(jumps - dual)
        depth = cv2.idct(cv2.dct(target) / (1 + penalty * frequencies))
        depth = np.clip(depth, -REACH, REACH)
        _gradient(depth, out=wanted)
        wanted += dual
        length = np.maximum(cv2.magnitude(*wanted), 1e-9)
        jumps = wanted * np.maximum(1 - STEP / penalty / length, 0)
        dual = (wanted - jumps) / GROWTH
        penalty *= GROWTH
    return depth


def _laplacian(shape: tuple[int, ...]) -> np.ndarray:
    """Return (H, W) minus the Laplacian with free borders, a product under the cosine transform."""
    rows, columns = (2 - 2 * np.cos(np.pi * np.arange(size) / size) for size in shape)
    return (rows[:, None] + columns).astype(np.float32)


def _gradient(values: np.ndarray, out: np.ndarray) -> None:
    """Write differences to the next column and row into out (2, H, W); 0 at the last."""
    np.subtract(values[:, 1:], values[:, :-1], out=out[0, :, :-1])
    np.subtract(values[1:], values[:-1], out=out[1, :-1])
    out[0, :, -1] = out[1, -1] = 0


def _divergence(field: np.ndarray) -> np.ndarray:
    """Return (H, W) minus the transpose of `_gradient`, of a field (2, H, W) that is 0 at the last too."""
    across, down = field
    divergence = across + down
    divergence[:, 1:] -= across[:, :-1]
    divergence[1:] -= down[:-1]
    return divergence
