"""A sparse solver for maps that are planes wherever nothing speaks against it.

It minimises, over a map x on the picture's grid, the sum of

    weight (x - target)^2 + STIFFNESS |second differences of x|^2 + TENSION |first differences of x|^2,

where differences across a cut do not count. Second differences leave slanted planes as they are (the thin
plate of Terzopoulos, IEEE PAMI 1986); the little tension keeps what is extrapolated from running away. Every
grid is solved by conjugate gradients, from the solution on the grid of half its size.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

STIFFNESS = 30.0  # against a weight of 1: planes over (STIFFNESS / weight)^(1/4) pixels
TENSION = 0.1
STEPS = 5, 15, 40, 60, 100, 200  # that suffice where data are dense
SOLVED = 1e-13  # of the data's square: beyond, rounding errors would grow step by step
CUT = 0.5  # a link below is one
BLOCK = 20_000  # pixels at a time: with all that belongs to them they fit a cache
REACH = 2  # rows on which a row depends, before it and after
SMALLEST = 10  # pixels of the shorter side of the coarsest grid


@dataclass(frozen=True)
class Grid:
    """Data on a grid of pixels.

    Attributes
    ----------
    target, weights
        (h, w) float32.
    across, down
        (h, w - 1) and (h - 1, w) float32: how far neighbours belong together, from 0 at a cut to 1.
    level
        How many times the grid was halved.
    tension
        Against first differences: over (STIFFNESS / tension)^(1/2) pixels beyond data planes become level.
    """

    target: np.ndarray
    weights: np.ndarray
    across: np.ndarray
    down: np.ndarray
    level: int = 0
    tension: float = TENSION

    def halved(self) -> "Grid":
        """Return the same on a grid of half the size; the largest cut between two pixels remains."""
        target, weights, across, down = self.target, self.weights, self.across, self.down
        odd = weights.shape[0] % 2, weights.shape[1] % 2
        if any(odd):
            border = ((0, odd[0]), (0, odd[1]))
            target, weights = np.pad(target, border, mode="edge"), np.pad(weights, border)
            across, down = np.pad(across, border, mode="edge"), np.pad(down, border, mode="edge")
        total = _summed(weights)
        mean = _summed(weights * target) / np.maximum(total, 1e-20)
        links = _halved_links(across), _halved_links(down.T).T
        return Grid(mean, total / 4, *links, self.level + 1, self.tension)


def solve(grid: Grid, start: np.ndarray | None = None, steps: tuple[int, ...] = STEPS) -> np.ndarray:
    """Solve for the map.

    Parameters
    ----------
    grid
        Its weights are above 0 everywhere, if by next to nothing.
    start
        (h, w) a map near the solution; None to begin on coarser grids.
    steps
        Of conjugate gradients, from the finest grid to the coarsest.

    Returns
    -------
    ndarray
        (h, w) float32.
    """
    if start is not None:
        count = steps[min(grid.level, len(steps) - 1)]
        return _descend(_Operator(grid), grid.weights * grid.target, start, count)
    grids = [grid]
    while min(grids[-1].weights.shape) >= 2 * SMALLEST:
        grids.append(grids[-1].halved())
    weights, target = grids[-1].weights, grids[-1].target
    mean = np.full(weights.shape, (weights * target).sum() / weights.sum(), np.float32)
    values = _descend(_Operator(grids[-1]), weights * target, mean, steps[-1])
    for each in reversed(grids[:-1]):
        values = solve(each, double(values, each), steps)
    return values


def double(values: np.ndarray, grid: Grid) -> np.ndarray:
    """Return a map of a halved grid on the grid that was halved: interpolated, but not over cuts."""
    height, width = grid.weights.shape
    size = 2 * values.shape[1], 2 * values.shape[0]
    smooth, nearest = (
        cv2.resize(values, size, interpolation=method)[:height, :width]
        for method in (cv2.INTER_LINEAR, cv2.INTER_NEAREST)
    )
    cut = np.zeros((height, width), np.uint8)
    cut[:, 1:] |= grid.across < CUT
    cut[1:] |= grid.down < CUT
    return np.where(cv2.dilate(cut, np.ones((5, 5), np.uint8)) > 0, nearest, smooth)


def _summed(values: np.ndarray) -> np.ndarray:
    """Sums of four neighbours, (h / 2, w / 2)."""
    return values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2]


def _halved_links(across: np.ndarray) -> np.ndarray:
    """Of links (h, w - 1) of pixels in a row those of pixels twice as large, (h / 2, w / 2 - 1)."""
    between, inside = across[:, 1::2], np.sqrt(across[:, ::2])  # halves of links inside lie on the way
    least = np.minimum(between, np.minimum(inside[:, :-1], inside[:, 1:]))
    return (least[::2] + least[1::2]) / 2


@dataclass(frozen=True)
class _Coefficients:
    """Of the sum's matrix on one grid, or on rows of it."""

    weights: np.ndarray
    slope_x: np.ndarray
    slope_y: np.ndarray
    bend_x: np.ndarray
    bend_y: np.ndarray
    twist: np.ndarray

    def rows(self, first: int, end: int) -> "_Coefficients":
        """Return those of the rows from `first` to before `end`, as if there were no others."""
        less = {"slope_y": 1, "bend_y": 2, "twist": 1}
        parts = {name: values[first : end - less.get(name, 0)] for name, values in vars(self).items()}
        return _Coefficients(**parts)

    def times(self, x: np.ndarray) -> np.ndarray:
        out = self.weights * x
        dx, dy = x[:, 1:] - x[:, :-1], x[1:] - x[:-1]
        flow_x, flow_y = self.slope_x * dx, self.slope_y * dy
        _move(_product(self.bend_x, dx[:, 1:], dx[:, :-1]), flow_x[:, :-1], flow_x[:, 1:])
        _move(_product(self.bend_y, dy[1:], dy[:-1]), flow_y[:-1], flow_y[1:])
        _move(_product(self.twist, dx[1:], dx[:-1]), flow_x[:-1], flow_x[1:])
        _move(flow_x, out[:, :-1], out[:, 1:])
        _move(flow_y, out[:-1], out[1:])
        return out

    def diagonal(self) -> np.ndarray:
        out = self.weights.copy()
        for part in (out[:, 1:], out[:, :-1]):
            part += self.slope_x
        for part in (out[1:], out[:-1]):
            part += self.slope_y
        for part, share in ((out[:, :-2], 1), (out[:, 1:-1], 4), (out[:, 2:], 1)):
            part += share * self.bend_x
        for part, share in ((out[:-2], 1), (out[1:-1], 4), (out[2:], 1)):
            part += share * self.bend_y
        for part in (out[1:, 1:], out[1:, :-1], out[:-1, 1:], out[:-1, :-1]):
            part += self.twist
        return out


def _product(coefficients: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Coefficients times differences; arrays without a row or column, which OpenCV refuses, as they are."""
    return cv2.multiply(coefficients, cv2.subtract(one, other)) if coefficients.size else coefficients


def _move(amount: np.ndarray, source: np.ndarray, target: np.ndarray) -> None:
    """Take an amount from one part of an array, and add it to another, in half of numpy's time."""
    if amount.size:
        cv2.subtract(source, amount, source)
        cv2.add(target, amount, target)


class _Operator:
    """The sum's matrix on one grid; differences are per pixel of the finest one."""

    def __init__(self, grid: Grid) -> None:
        stiffness = np.float32(STIFFNESS / 16**grid.level)
        tension = np.float32(grid.tension / 4**grid.level)
        across, down = (np.ascontiguousarray(each, np.float32) for each in (grid.across, grid.down))
        corner = np.minimum(np.minimum(across[:-1], across[1:]), np.minimum(down[:, :-1], down[:, 1:]))
        coefficients = _Coefficients(
            weights=grid.weights,
            slope_x=tension * across,
            slope_y=tension * down,
            bend_x=stiffness * np.minimum(across[:, :-1], across[:, 1:]),
            bend_y=stiffness * np.minimum(down[:-1], down[1:]),
            twist=2 * stiffness * corner,
        )
        self.inverse_diagonal = 1 / np.maximum(coefficients.diagonal(), 1e-12)
        self._blocks = list(_blocks(coefficients))

    def times(self, x: np.ndarray) -> np.ndarray:
        out = np.empty_like(x)
        for start, stop, first, end, coefficients in self._blocks:
            out[start:stop] = coefficients.times(x[first:end])[start - first : stop - first]
        return out


def _blocks(coefficients: _Coefficients) -> Iterator[tuple[int, int, int, int, _Coefficients]]:
    """Yield blocks of rows: from which row to which, and what they depend on."""
    height, width = coefficients.weights.shape
    step = max(1, BLOCK // width)
    for start in range(0, height, step):
        stop = min(start + step, height)
        first, end = max(start - REACH, 0), min(stop + REACH, height)
        yield start, stop, first, end, coefficients.rows(first, end)


def _descend(operator: _Operator, right: np.ndarray, start: np.ndarray, steps: int) -> np.ndarray:
    """Conjugate gradients, preconditioned by the diagonal."""
    scale = operator.inverse_diagonal
    x = np.array(start, np.float32, order="C")
    residual = np.ascontiguousarray(right - operator.times(x), np.float32)
    direction = scale * residual
    scaled = np.empty_like(direction)
    square, solved = _dot(residual, direction), SOLVED * _dot(right, scale * right)
    for _ in range(steps):
        if square <= solved:
            break
        product = operator.times(direction)
        step = square / _dot(direction, product)
        cv2.scaleAdd(direction, step, x, dst=x)
        cv2.scaleAdd(product, -step, residual, dst=residual)
        np.multiply(scale, residual, out=scaled)
        before, square = square, _dot(residual, scaled)
        cv2.scaleAdd(direction, square / before, scaled, dst=direction)
    return x


def _dot(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.dot(one.ravel(), other.ravel()))
