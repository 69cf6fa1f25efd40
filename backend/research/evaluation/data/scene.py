"""One focal stack of a data set, with its true depth."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....registration.register import Registration
from .surfaces import Surfaces

DISPARITY, DIOPTRES, METRES = "disparity", "dioptres", "m"
MIN_INVERSE = 1e-6  # of an inverse unit: depth that is farther, up to infinity, counts as the inverse of this


@dataclass(frozen=True)
class EvaluationStack:
    """A focal stack with the truth by which methods are measured.

    Attributes
    ----------
    pictures
        (N, H, W, 3) float32 sRGB 0 to 1, far to near.
    focus
        (N,) float64, rising, in a unit of the data set that is linear in the inverse of depth.
    unit
        Of the truth: DISPARITY, DIOPTRES or METRES.
    truth
        (H, W) float64; None where the data set has none or does not publish it.
    valid
        (H, W) bool: where the truth counts; None without truth.
    folder
        Of the photographs as taken, which are to be aligned; None where they are aligned.
    confidence
        (H, W) float64, 0 to 1, in the truth; None where all is equally certain.
    registration
        That the pictures come from; None where they were registered by nobody or by others.
    all_in_focus
        (H, W, 3) float32 sRGB 0 to 1: what a pinhole would show; None where it is unknown.
    """

    pictures: np.ndarray
    focus: np.ndarray
    unit: str
    truth: np.ndarray | None = None
    valid: np.ndarray | None = None
    folder: Path | None = None
    confidence: np.ndarray | None = None
    registration: Registration | None = None
    all_in_focus: np.ndarray | None = None

    @property
    def positions(self) -> np.ndarray:
        """(N,) float32 focus in normalised dioptres: 0 at the farthest frame, 1 at the nearest."""
        far, near = self.focus[0], self.focus[-1]
        return ((self.focus - far) / (near - far)).astype(np.float32)

    def to_truth_unit(self, normalised: np.ndarray) -> np.ndarray:
        """Convert depth (H, W) from normalised dioptres to the truth's unit, float64."""
        far, near = self.focus[0], self.focus[-1]
        inverse = far + np.asarray(normalised, np.float64) * (near - far)
        return 1 / np.maximum(inverse, MIN_INVERSE) if self.unit == METRES else inverse


@dataclass(frozen=True)
class Scene:
    """A stack that is read when it is needed, so that many take no memory.

    Attributes
    ----------
    data_set
        As its authors call it.
    split
        Such as "test": figures of two splits are never mixed.
    name
        Unique in the data set; a "/" separates the parts of a path.
    load
        Reads the stack.
    surfaces
        What is marked in a real stack without truth; None of other stacks.
    """

    data_set: str
    split: str
    name: str
    load: Callable[[], EvaluationStack]
    surfaces: Surfaces | None = None
