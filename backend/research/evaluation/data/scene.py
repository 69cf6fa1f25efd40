"""One focal stack of a data set, with the truth it is measured by."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DISPARITY, DIOPTRES, METRES = "disparity", "dioptres", "m"
NEAREST = 1e-6  # of an inverse unit: what is farther, infinity among it, is told as the inverse of this


@dataclass(frozen=True)
class Focused:
    """What a method is given, and what it is measured by.

    Focus and truth of a data set are in its own unit. `focus` is in one that is linear in the inverse of
    depth, of the frames far to near: rising for DIOPTRES and DISPARITY.
    """

    pictures: np.ndarray  # (N, H, W, 3) float32 sRGB 0..1, far to near
    focus: np.ndarray  # (N,) float64, rising
    unit: str  # of the truth: DISPARITY, DIOPTRES or METRES
    truth: np.ndarray | None = None  # (H, W) float64; None where the data set keeps it to itself or has none
    valid: np.ndarray | None = None  # (H, W) bool: where truth is known and counts; None without truth
    folder: Path | None = None  # of the photographs as taken, which are to be aligned; None where they are
    confidence: np.ndarray | None = None  # (H, W) float64 0..1 of the truth; None where all is equally sure

    @property
    def positions(self) -> np.ndarray:
        """(N,) float32, 0 at the farthest focus and 1 at the nearest, linear in the inverse of depth."""
        far, near = self.focus[0], self.focus[-1]
        return ((self.focus - far) / (near - far)).astype(np.float32)

    def in_unit(self, normalised: np.ndarray) -> np.ndarray:
        """(H, W) float64 in the truth's unit from normalised depth, which `positions` measure."""
        far, near = self.focus[0], self.focus[-1]
        inverse = far + np.asarray(normalised, np.float64) * (near - far)
        return 1 / np.maximum(inverse, NEAREST) if self.unit == METRES else inverse


@dataclass(frozen=True)
class Scene:
    """A stack that is read when it is its turn, so that many take no memory."""

    data_set: str  # as its authors call it
    split: str  # "test", for one: figures of two splits are never mixed
    name: str  # unlike any other of the data set; a path's parts are parted by "/"
    load: Callable[[], Focused]
