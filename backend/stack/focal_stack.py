"""What a focal stack is: frames far to near, and how much is known about their focus."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .order import natural_key


@dataclass(frozen=True)
class Frame:
    """One photograph. Lengths in metres; None where nothing is known; math.inf focuses at infinity."""

    path: Path
    width: int  # pixels, after EXIF orientation
    height: int
    focus_distance: float | None = None
    distance_source: str = "unknown"  # typed, sidecar, maker note, EXIF, XMP, interpolated, unknown
    focal_length: float | None = None
    f_number: float | None = None
    sensor_width: float | None = None  # of the oriented picture's horizontal side
    bits_per_channel: int = 8  # of the file; more than 8 asks for results of 16

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.width, self.height

    @property
    def dioptres(self) -> float | None:
        """Focus in 1/m; infinity is 0."""
        if self.focus_distance is None:
            return None
        return 0.0 if math.isinf(self.focus_distance) else 1.0 / self.focus_distance


@dataclass(frozen=True)
class FocalStack:
    """Frames in far-to-near order. `positions` is what the networks see of the focus."""

    frames: tuple[Frame, ...]
    order_source: str  # "focus distance", "sharpness" or "file name"
    dioptres: np.ndarray | None  # (N,) float32, strictly increasing; None: relative depth only
    warnings: tuple[str, ...] = ()
    relative_positions: np.ndarray | None = None  # (N,) of a relative stack that lost frames; else even

    @property
    def metric(self) -> bool:
        return self.dioptres is not None

    @property
    def reversed(self) -> bool:
        """Whether the file names run near to far, so that the stack runs against them."""
        return natural_key(self.frames[0].path) > natural_key(self.frames[-1].path)

    @property
    def reference(self) -> Frame:
        """The nearest-focus frame: narrowest field of view, and the grid every output lies on."""
        return self.frames[-1]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the reference frame in pixels."""
        return self.reference.size

    @property
    def positions(self) -> np.ndarray:
        """(N,) float32 focus in normalised dioptres: 0 at the farthest frame, 1 at the nearest."""
        known = self.relative_positions if self.dioptres is None else self.dioptres
        if known is None:
            return np.linspace(0, 1, len(self.frames), dtype=np.float32)
        return ((known - known[0]) / (known[-1] - known[0])).astype(np.float32)

    def without(self, left_out: np.ndarray) -> "FocalStack":
        """The stack less the frames where `left_out` (N,) is true."""
        frames = tuple(f for f, out in zip(self.frames, left_out, strict=True) if not out)
        if self.dioptres is None:
            return replace(self, frames=frames, relative_positions=self.positions[~left_out])
        return replace(self, frames=frames, dioptres=self.dioptres[~left_out])

    def with_warnings(self, *texts: str) -> "FocalStack":
        return replace(self, warnings=self.warnings + texts)
