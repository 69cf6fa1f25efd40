"""Quilts: a grid of views in one picture for holographic displays, as Looking Glass Factory lays it out.

The lower left view is the leftmost, the upper right one the rightmost, and the file's name tells the grid and
the aspect ratio of a view (docs.lookingglassfactory.com, "Quilts", read in November 2026).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from .view import View

COLUMNS, ROWS = 8, 6
GRID = r"_qs\d+x\d+a[\d.]+$"  # of a file's name
SPAN = 4.0  # eye distances between the outermost views
LONGER_SIDE = 4096  # pixels of the whole, unless a person chooses otherwise


def spread_views(view: View, eye_distance: float) -> list[View]:
    """Return the views of a quilt about a view, from left to right."""
    places = np.linspace(-0.5, 0.5, COLUMNS * ROWS) * SPAN * eye_distance
    return [replace(view, right=view.right + float(place)) for place in places]


def lay_out(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Return the quilt (ROWS h, COLUMNS w, 3) of pictures (h, w, 3) from left to right."""
    rows = [
        np.concatenate(pictures[start : start + COLUMNS], axis=1)
        for start in range(0, len(pictures), COLUMNS)
    ]
    return np.concatenate(rows[::-1])


def name_quilt(path: Path, size: tuple[int, int]) -> Path:
    """Return the path with the grid, and the aspect ratio of views of a size (width, height), in its name."""
    stem = re.sub(GRID, "", path.stem)  # a quilt that is written anew keeps its name
    return path.with_name(f"{stem}_qs{COLUMNS}x{ROWS}a{size[0] / size[1]:.4g}{path.suffix}")
