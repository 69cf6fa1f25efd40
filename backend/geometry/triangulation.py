"""Adaptive triangles over a grid of cells: small at edges and curvature, wide on planes.

Right-triangulated irregular networks (Evans, Kirkpatrick and Townsend, Algorithmica 2001): a triangle is
split at the middle of its longest side while that middle lies too far off the line between its ends. Errors
handed up from small triangles to large ones leave the mesh without cracks, and show how many triangles a
tolerance costs before any is made.

Corners are an array (R+1, C+1) about a grid of R x C cells, both multiples of `BLOCK`.
"""

import math
from dataclasses import dataclass

import numpy as np

BLOCK = 32  # cells along the legs of the largest triangles


def measure_split_errors(inverse_depth: np.ndarray, forced: np.ndarray, slip: float) -> np.ndarray:
    """Return the tolerance below which each corner becomes a vertex, (R+1, C+1) float32.

    Parameters
    ----------
    inverse_depth
        (R+1, C+1), above 0: what triangles interpolate in the picture, and the unit of the errors.
    forced
        (R+1, C+1) bool: corners that become vertices at any tolerance.
    slip
        What counts for every cell by which a texture slips: uvs are interpolated over the triangle in space,
        where the middle between two depths is not the middle in the picture.
    """
    errors = np.where(forced, np.float32(np.inf), np.float32(0))
    size = 2
    while size <= BLOCK:
        _split_sides(errors, inverse_depth, size, slip * size)
        _split_squares(errors, inverse_depth, size, slip * size * math.sqrt(2))
        size *= 2
    errors[::BLOCK, ::BLOCK] = np.inf
    return errors


def count_added_triangles(shape: tuple[int, ...]) -> np.ndarray:
    """Return how many triangles more there are with each corner as a vertex, `shape` (R+1, C+1) int8."""
    costs = np.full(shape, 2, np.int8)
    costs[[0, -1]] = 1
    costs[:, [0, -1]] = 1
    costs[::BLOCK, ::BLOCK] = 0
    return costs


def triangulate(errors: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the triangles of the corners that become vertices at a tolerance.

    Parameters
    ----------
    errors
        (R+1, C+1) as `measure_split_errors` returns them.
    tolerance
        In their unit.

    Returns
    -------
    ndarray
        (T, 3) int64 flat indices of corners, counter-clockwise in an upright picture.
    """
    flat = errors.ravel()
    todo, done = _blocks(errors.shape), []
    for _ in range(2 * round(math.log2(BLOCK))):
        apex, left, right = todo.T
        middle = (left + right) // 2
        split = flat[middle] > tolerance
        done.append(todo[~split])
        apex, left, right, middle = apex[split], left[split], right[split], middle[split]
        todo = np.concatenate([np.stack([middle, apex, left], 1), np.stack([middle, right, apex], 1)])
    return np.concatenate([*done, todo])


def _split_sides(errors: np.ndarray, values: np.ndarray, size: int, slip: float) -> None:
    """Own errors at the middles of the sides of squares of `size`; they depend on the squares' middles."""
    half = size // 2
    across, down = errors[::size, half::size], errors[half::size, ::size]
    ends = values[::size, :-1:size], values[::size, size::size]
    _raise_to(across, _error(values[::size, half::size], *ends, slip))
    ends = values[:-1:size, ::size], values[size::size, ::size]
    _raise_to(down, _error(values[half::size, ::size], *ends, slip))
    middles = errors[half::size, half::size]
    for sides in (across[:-1], across[1:], down[:, :-1], down[:, 1:]):
        _raise_to(middles, sides)


def _split_squares(errors: np.ndarray, values: np.ndarray, size: int, slip: float) -> None:
    """Own errors at the middles of squares; they depend on the corners that their diagonal leaves out.

    Diagonals run towards the middle of the square of twice the size.
    """
    for row in (0, size):
        for column in (0, size):
            places = _SquarePlaces(errors.shape, size, row, column)
            upper_left, lower_right = places.at(0, 0), places.at(size, size)
            upper_right, lower_left = places.at(0, size), places.at(size, 0)
            on, off = (upper_left, lower_right), (upper_right, lower_left)
            if row != column:
                on, off = off, on
            middle = places.at(size // 2, size // 2)
            _raise_to(errors[middle], _error(values[middle], values[on[0]], values[on[1]], slip))
            for corner in off:
                _raise_to(errors[corner], errors[middle])


@dataclass(frozen=True)
class _SquarePlaces:
    """Every second square of `size` in both directions, from (row, column) on."""

    shape: tuple[int, ...]
    size: int
    row: int
    column: int

    def at(self, down: int, right: int) -> tuple[slice, slice]:
        """Index of one place in all of these squares."""
        ends = (
            length - (offset < self.size) for length, offset in zip(self.shape, (down, right), strict=True)
        )
        starts = self.row + down, self.column + right
        rows, columns = (slice(*way, 2 * self.size) for way in zip(starts, ends, strict=True))
        return rows, columns


def _error(middle: np.ndarray, one: np.ndarray, other: np.ndarray, slip: float) -> np.ndarray:
    """Of leaving out the middle between two ends; `slip` is that of ends of which one is at infinity."""
    total = one + other
    return np.abs(middle - total / 2) + slip / 2 * np.abs(one - other) / np.maximum(total, 1e-12)


def _raise_to(errors: np.ndarray, least: np.ndarray) -> None:
    np.maximum(errors, least, out=errors)


def _blocks(shape: tuple[int, ...]) -> np.ndarray:
    """The largest triangles, (T, 3): apex, then the ends of the longest side."""
    rows, columns = (np.arange(0, length - 1, BLOCK) for length in shape)
    upper_left = rows[:, None] * shape[1] + columns
    falling = ((rows[:, None] + columns) // BLOCK % 2 == 0).ravel()  # the diagonal runs to the lower right
    upper_left = upper_left.ravel()
    upper_right, lower_left = upper_left + BLOCK, upper_left + BLOCK * shape[1]
    lower_right = lower_left + BLOCK
    fall = [lower_left, lower_right, upper_left], [upper_right, upper_left, lower_right]
    rise = [lower_right, upper_right, lower_left], [upper_left, lower_left, upper_right]
    return np.concatenate(
        [np.stack(pair, 1)[falling] for pair in fall] + [np.stack(pair, 1)[~falling] for pair in rise]
    )
