"""Where a camera is moved to, and what of its view the reference camera's picture holds (no Blender here)."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from focal_depth.geometry.pinhole import Pinhole

STEPS = (0.025, 0.05, 0.075, 0.1, 0.15)  # of the median depth
SHOWN = 0.05  # moves of this length are compared as pictures
ORBIT = 15.0  # degrees about the point straight ahead at the median depth; compared as pictures too
DIRECTIONS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, 1.0)}


@dataclass(frozen=True)
class Move:
    """From where the reference camera stands."""

    name: str
    step: float  # of the median depth, or degrees of an orbit
    stand: np.ndarray  # (4, 4), in the reference camera's space as Blender has it; metres

    @property
    def is_shown(self) -> bool:
        """Whether a picture from here is compared."""
        return self.step in (SHOWN, ORBIT)

    def file(self, folder: Path, suffix: str) -> Path:
        """Where what is seen from here is kept: `left_0.05.png`."""
        return folder / f"{self.name.replace(' ', '_')}_{self.step:g}{suffix}"


def moves(depth: np.ndarray) -> list[Move]:
    """All steps and orbits in all directions, for a reference view of planar depth (H, W) in metres."""
    median = float(np.median(depth[np.isfinite(depth)]))
    steps = [
        Move(name, step, shift(step * median * right, step * median * up))
        for step in STEPS
        for name, (right, up) in DIRECTIONS.items()
    ]
    return steps + [
        Move(f"orbit {name}", ORBIT, _orbit(median, right * math.radians(ORBIT), up * math.radians(ORBIT)))
        for name, (right, up) in DIRECTIONS.items()
    ]


def shift(right: float, up: float, towards: float = 0.0) -> np.ndarray:
    """Moved so far along the reference camera's axes, in metres."""
    matrix = np.eye(4)
    matrix[:3, 3] = right, up, towards
    return matrix


def _orbit(distance: float, right: float, up: float) -> np.ndarray:
    """Turned by these angles about the point that lies so far ahead."""
    about_y = _turn(right, 2, 0)
    about_x = _turn(up, 2, 1)
    return shift(0, 0, -distance) @ about_y @ about_x @ shift(0, 0, distance)


def _turn(angle: float, of: int, to: int) -> np.ndarray:
    """The turn that takes axis `of` towards axis `to`."""
    matrix = np.eye(4)
    matrix[[of, to], [of, to]] = math.cos(angle)
    matrix[to, of], matrix[of, to] = math.sin(angle), -math.sin(angle)
    return matrix


def within_reference(depth: np.ndarray, camera: Pinhole, move: Move, margin: float = 1.0) -> np.ndarray:
    """(H, W) bool: pixels that show a point inside the reference camera's picture, hidden there or not.

    `depth` (H, W) is the true planar depth from the moved camera, whose pixels are `camera`'s; `margin` in
    pixels keeps off the picture's border. What lies outside that picture no mesh made of it can show.
    """
    height, width = depth.shape
    rays = camera.rays(np.arange(width) + 0.5, np.arange(height)[:, None] + 0.5).astype(np.float64)
    # By 1 / depth, for which infinity is nothing to divide by.
    x, y, z = np.moveaxis(rays @ move.stand[:3, :3].T + move.stand[:3, 3] / depth[..., None], -1, 0)
    column, row = camera.cx - camera.fx * x / z, camera.cy + camera.fy * y / z
    across = (column >= margin) & (column <= width - margin)
    return (z < 0) & across & (row >= margin) & (row <= height - margin)
