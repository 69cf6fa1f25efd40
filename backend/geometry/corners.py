"""Corners of a grid of cells: where surfaces are cut apart a corner is there once for each of them.

Quadrants about a corner are numbered clockwise from the upper left: 0, 1, 2, 3.
"""

from dataclasses import dataclass

import numpy as np

from ..runtime.parallel import for_each
from .surfaces import Cuts

# Cells of the four quadrants about a corner, in a grid padded by one cell: (down, right).
QUADRANTS = ((0, 0), (0, 1), (1, 1), (1, 0))
MAX_MOVE = 0.24  # cells, of corners on a contour: triangles of one cell cannot fold over below a quarter
CONTOUR_ROUNDS = 3


@dataclass(frozen=True)
class Corners:
    """The (R+1, C+1) corners of a grid, with up to four copies of each.

    Attributes
    ----------
    copy
        (4, R+1, C+1) uint8: which copy the cell in each quadrant has.
    values
        (4, R+1, C+1) float32: of each copy, the mean of its cells.
    cut
        (R+1, C+1) bool: whether there is more than one copy.
    contour
        (R+1, C+1, 2) float32: moves down and right, in cells, that make cuts smooth lines.
    """

    copy: np.ndarray
    values: np.ndarray
    cut: np.ndarray
    contour: np.ndarray

    def farthest(self) -> np.ndarray:
        """Return the least value of all copies of each corner, (R+1, C+1)."""
        there = np.arange(4).reshape(4, 1, 1) <= self.copy.max(0)
        return np.where(there, self.values, np.inf).min(0)


def build_corners(values: np.ndarray, cuts: Cuts, contour: np.ndarray | None = None) -> Corners:
    """Return the corners of a grid of values (R, C) that is cut, on another's contour if there is one."""
    sides = _sides(cuts)
    copy = _copies(sides)
    padded = np.pad(values, 1, mode="edge")
    cells = [
        padded[down : padded.shape[0] - 1 + down, right : padded.shape[1] - 1 + right]
        for down, right in QUADRANTS
    ]
    means = np.empty(copy.shape, np.float32)

    def average(number: int) -> None:
        total, count = np.zeros((2, *copy.shape[1:]), np.float32)
        for member, cell in zip(copy == number, cells, strict=True):
            np.add(total, cell, out=total, where=member)
            count += member
        np.divide(total, np.maximum(count, 1), out=means[number])

    for_each(average, range(4))
    return Corners(copy, means, copy.max(0) > 0, _contour(sides) if contour is None else contour)


def _sides(cuts: Cuts) -> np.ndarray:
    """(4, R+1, C+1) bool: cuts that end in a corner from above, the right, below and the left.

    Beyond the picture cells go on as at its border.
    """
    upright = np.pad(np.pad(cuts.right, ((1, 1), (0, 0)), mode="edge"), ((0, 0), (1, 1)))
    level = np.pad(np.pad(cuts.below, ((0, 0), (1, 1)), mode="edge"), ((1, 1), (0, 0)))
    return np.stack([upright[:-1], level[:, 1:], upright[1:], level[:, :-1]])


def _copies(sides: np.ndarray) -> np.ndarray:
    """(4, R+1, C+1) uint8 from clockwise walks about the corners: a new copy begins beyond every cut."""
    above, right, below, left = sides.astype(np.uint8)
    walked = np.stack([np.zeros_like(above), above, above + right, above + right + below])
    # Without a cut on the left the last one is the first again.
    count = np.maximum(walked[3] + left, 1)
    return walked % count


def _contour(sides: np.ndarray) -> np.ndarray:
    """Moves of corners along which one contour passes towards the middle of their neighbours on it."""
    passed = sides.sum(0) == 2
    passed[[0, -1]] = False
    passed[:, [0, -1]] = False
    rows, columns = np.nonzero(passed)
    moves = np.zeros((*passed.shape, 2), np.float32)
    ways = ((-1, 0), (0, 1), (1, 0), (0, -1))
    on_contour = [side[rows, columns, None] for side in sides]
    for _ in range(CONTOUR_ROUNDS):
        about = sum(
            on * (moves[rows + down, columns + right] + np.array((down, right), np.float32))
            for on, (down, right) in zip(on_contour, ways, strict=True)
        )
        moved = moves[rows, columns] / 2 + about / 4
        moves[rows, columns] = np.clip(moved, -MAX_MOVE, MAX_MOVE, dtype=np.float32)
    return moves
