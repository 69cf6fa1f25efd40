"""A histogram of depth, with bins that are even in dioptres. Needs no Blender."""

from typing import NamedTuple

import numpy as np

from .colours import INFERNO

BINS = 192
TAILS = 0.1, 99.9  # percentiles between which the axis runs
MARGIN = 0.04  # of the axis, beyond them
STRIP = 0.12  # of the picture's height: the colours alone, below the bars
MAX_BAR = 0.9  # of the height above that strip
HANDLE, OUTLINE = (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0)


class Histogram(NamedTuple):
    """Counts of pixels by their depth."""

    counts: np.ndarray  # (BINS,), from near to far
    nearest: float  # dioptres at the start of the axis
    farthest: float  # dioptres at its end

    def place(self, distance: float) -> float:
        """Return where on the axis a distance lies, 0 at the left, clipped to 0..1."""
        return float(np.clip((self.nearest - 1 / distance) / (self.nearest - self.farthest), 0, 1))

    def dioptres(self) -> np.ndarray:
        """Return the dioptres in the middle of every bin, (BINS,)."""
        return self.nearest - (np.arange(BINS) + 0.5) / BINS * (self.nearest - self.farthest)


def count_depths(depth: np.ndarray) -> Histogram:
    """Count depths (H, W), infinity among them. Those beyond the axis count at its ends."""
    dioptres = np.reciprocal(depth.ravel(), dtype=np.float32)
    low, high = (float(end) for end in np.percentile(dioptres[:: max(1, dioptres.size // 100_000)], TAILS))
    margin = max(MARGIN * (high - low), 1e-3 * high, 1e-9)
    nearest, farthest = high + margin, max(low - margin, 0.0)
    step = (nearest - dioptres) * np.float32(BINS / (nearest - farthest))
    bins = np.clip(step, 0, BINS - 1).astype(np.int64)
    return Histogram(np.bincount(bins, minlength=BINS), nearest, farthest)


def draw(histogram: Histogram, near: float, far: float, width: int, height: int) -> np.ndarray:
    """Draw bars in false colours, a strip of those colours below, and upright lines at `near` and `far`.

    Parameters
    ----------
    histogram
        What is drawn.
    near, far
        Distances between which the colours run.
    width, height
        Of the picture, in pixels.

    Returns
    -------
    ndarray
        (height, width, 4) float32 sRGB, alpha premultiplied as icons have it, row 0 at the top.
    """
    columns = np.arange(width) * BINS // width
    tall = np.sqrt(histogram.counts / max(histogram.counts.max(), 1))[columns]  # the root shows small things
    level = (histogram.dioptres() - 1 / far) / max(1 / near - 1 / far, 1e-12)
    colours = INFERNO[np.rint(np.clip(level, 0, 1) * 255).astype(int)[columns]] / np.float32(255)
    strip = round(STRIP * height)
    above = (height - strip - np.arange(height) - 0.5) / (height - strip)  # 1 at the top, 0 on the strip
    filled = above[:, None] < MAX_BAR * tall
    picture = np.zeros((height, width, 4), np.float32)
    picture[..., :3] = filled[..., None] * colours
    picture[..., 3] = filled
    for distance in (near, far):
        left = 1 + round(histogram.place(distance) * (width - 4))
        picture[: height - strip, left - 1 : left + 3] = OUTLINE
        picture[: height - strip, left : left + 2] = HANDLE
    return picture
