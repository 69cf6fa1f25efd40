"""Where a camera is moved to, and what of its view the reference camera's picture holds (no Blender here)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from focal_depth.geometry.pinhole import Pinhole

STEPS = (0.025, 0.05, 0.075, 0.1, 0.15)  # of the median depth
SHOWN = 0.05  # moves of this length are compared as pictures
DIRECTIONS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, 1.0)}


@dataclass(frozen=True)
class Move:
    """From where the reference camera stands, along its own axes: right, up; metres."""

    name: str
    step: float  # of the median depth
    right: float
    up: float

    def file(self, folder: Path, suffix: str) -> Path:
        """Where what is seen from here is kept: `left_0.05.png`."""
        return folder / f"{self.name}_{self.step:g}{suffix}"


def moves(depth: np.ndarray) -> list[Move]:
    """All steps in all directions, for a reference view of that planar depth (H, W) in metres."""
    median = float(np.median(depth[np.isfinite(depth)]))
    return [
        Move(name, step, right * step * median, up * step * median)
        for step in STEPS
        for name, (right, up) in DIRECTIONS.items()
    ]


def within_reference(depth: np.ndarray, camera: Pinhole, move: Move, margin: float = 1.0) -> np.ndarray:
    """(H, W) bool: pixels that show a point inside the reference camera's picture, hidden there or not.

    `depth` (H, W) is the true planar depth from the moved camera, whose pixels are `camera`'s; `margin` in
    pixels keeps off the picture's border. What lies outside that picture no mesh made of it can show.
    """
    height, width = depth.shape
    column, row = np.arange(width) + 0.5, np.arange(height)[:, None] + 0.5
    column = column + camera.fx * move.right / depth
    row = row - camera.fy * move.up / depth
    across = (column >= margin) & (column <= width - margin)
    return across & (row >= margin) & (row <= height - margin)
