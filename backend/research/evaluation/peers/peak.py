"""Depth between frames from the frame where a focus measure peaks and its two neighbours."""

import numpy as np


def frame_at_peak(measure: np.ndarray) -> np.ndarray:
    """Return (H, W) the frame, with fractions, where the logarithm (N, H, W) of a focus measure is highest.

    The parabola through three logarithms is Nayar and Nakagawa's Gaussian through three measures. The
    first and the last frame have no neighbour beyond them and stay whole.
    """
    sharpest = np.argmax(measure, 0)
    last = len(measure) - 1
    inner = np.clip(sharpest, 1, last - 1)
    before, at, after = (np.take_along_axis(measure, (inner + step)[None], 0)[0] for step in (-1, 0, 1))
    curvature = before - 2 * at + after
    peak = 0.5 * (before - after) / np.where(curvature < -1e-6, curvature, -1e-6)
    frame = inner + np.clip(peak, -0.5, 0.5)
    return np.where((sharpest == 0) | (sharpest == last), sharpest, frame)


def depth_at(frame: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Interpolate positions (N,) at frames (H, W) with fractions, to (H, W) float32 depth."""
    return np.interp(frame, np.arange(len(positions)), positions).astype(np.float32)
