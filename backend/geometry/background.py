"""What lies behind cuts: the far surfaces go on under the near ones, in depth and in colour.

It reaches as far as a camera sees that orbits by `ORBIT` about the scene's middle.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ..depth.planar_solver import Grid, solve
from .surfaces import MOVE, Cuts, fill_from_nearest
from .texture import fill

ORBIT = math.radians(15)
SPAN = math.tan(ORBIT) / MOVE  # that many times as far as cuts are made for
COARSE = 160  # cells of the longer side of the grid on which surfaces are continued
DATA = 0.01  # weight of what is seen: its slope is that of some seven coarse cells
NOTHING = 1e-9  # of what is hidden
TENSION = 5e-3  # planes go on for some eighty coarse cells
STEPS = 50, 100, 200  # of conjugate gradients: data are sparse
ROUNDS = 3  # of telling what is hidden from what is not
SEAM_ROUNDS = 12  # of joining what is hidden to what is seen
MIXED = 3  # cells along an edge whose colour near and far share
UNMIXED = 12  # cells from it, from where on blur of the near surface, too, does not reach


@dataclass(frozen=True)
class Background:
    """A second layer of cells on the same grid.

    Attributes
    ----------
    parallax
        (R, C) float32, degrees.
    cells
        (R, C) bool: where the layer is.
    hidden
        (R, C) bool: those of them that the surfaces hide.
    """

    parallax: np.ndarray
    cells: np.ndarray
    hidden: np.ndarray


def build_background(
    parallax: np.ndarray, cuts: Cuts, limit: float, cell_angle: float, cut_out: np.ndarray
) -> Background:
    """Extend the far surfaces under the near ones, behind their cuts.

    They are continued on a coarse grid, as planes are (`depth/planar_solver.py`), from all that is seen about
    what is hidden: across cuts, and where the near surface stands on the far one.

    Parameters
    ----------
    parallax
        (R, C) float32, degrees.
    cuts
        Of that parallax.
    limit
        Degrees: the smallest jump that is cut.
    cell_angle
        Degrees that the middle cell covers of the view.
    cut_out
        (R, C) bool: cells that are taken out of the set, which hide all that is behind them.
    """
    near, far = _cut_sides(parallax, cuts)
    seeds = np.zeros(parallax.shape, bool)
    seeds.ravel()[near] = True
    seeds = _about(cut_out, 1) & ~seeds
    seeds.ravel()[far] = True
    if not seeds.any():
        return Background(parallax, seeds, seeds)
    step = max(1, max(parallax.shape) // COARSE)
    coarse, coarse_cuts = _every(step, parallax, cuts)
    candidates = _reach_behind(coarse, coarse_cuts, step * cell_angle)
    none = np.zeros_like(candidates)
    candidates, behind = _continue(coarse, coarse_cuts, limit, candidates, none)
    size = parallax.shape[::-1]
    behind = _enlarge(candidates, behind, size)
    about = cv2.dilate(candidates.astype(np.uint8), np.ones((3, 3), np.uint8))
    hidden = (cv2.resize(about, size, interpolation=cv2.INTER_NEAREST) > 0) & (parallax > behind + limit / 2)
    hidden.ravel()[near] = True
    if cut_out.any():  # what is about it may hide something farther, which is not what is behind it
        out = cut_out[step // 2 :: step, step // 2 :: step]
        behind = np.where(cut_out, _enlarge(*_continue(coarse, coarse_cuts, limit, out, out), size), behind)
        hidden |= cut_out
    seeds &= ~hidden
    if not seeds.any():
        return Background(parallax, seeds, seeds)
    behind = _join(np.where(hidden, behind, parallax), hidden, seeds)
    return Background(np.minimum(behind, parallax), hidden | seeds, hidden)


def _enlarge(where: np.ndarray, values: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Values at `size` (width, height), interpolated among those of `where` only."""
    if where.any():
        values = fill_from_nearest(where, values)
    return cv2.resize(values, size, interpolation=cv2.INTER_LINEAR)


def _every(step: int, parallax: np.ndarray, cuts: Cuts) -> tuple[np.ndarray, Cuts]:
    """Every so many-th cell, and whether a cut lies between two of them."""
    first = step // 2
    rows, columns = (np.arange(first, length, step) for length in parallax.shape)
    right = _cut_between(cuts.right[rows], columns)
    below = _cut_between(cuts.below[:, columns].T, rows).T
    return np.ascontiguousarray(parallax[np.ix_(rows, columns)]), Cuts(right, below)


def _cut_between(right: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """(R, K - 1) bool: whether some cut of (R, C - 1) lies between one of K columns and the next."""
    passed = np.pad(np.cumsum(right, axis=1, dtype=np.int32), ((0, 0), (1, 0)))[:, columns]
    return np.diff(passed, axis=1) > 0


def _continue(
    parallax: np.ndarray, cuts: Cuts, limit: float, hidden: np.ndarray, cut_out: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(R, C) bool: those of the cells that hide something; and parallax of what goes on behind them.

    What turns out to lie on the continued surface hides nothing, unless it is cut out: it is what the near
    surface stands on, and tells how the far one goes on.
    """
    lowest = parallax.min()
    behind = np.full_like(parallax, lowest)
    for _ in range(ROUNDS):
        grid = Grid(
            parallax,
            np.where(hidden, NOTHING, DATA).astype(np.float32),
            _links(parallax.T, behind.T, hidden.T, cuts.right.T, limit).T,
            _links(parallax, behind, hidden, cuts.below, limit),
            tension=TENSION,
        )
        behind = np.maximum(solve(grid, steps=STEPS), lowest)
        hidden = hidden & ((parallax > behind + limit / 2) | cut_out)
    return hidden, behind


def _links(
    parallax: np.ndarray, behind: np.ndarray, hidden: np.ndarray, cut: np.ndarray, limit: float
) -> np.ndarray:
    """(R - 1, C) float32: 1 where the far surface goes on from a cell to the one below it, else 0."""
    one, other = hidden[:-1], hidden[1:]
    rests = np.where(one, (parallax - behind)[:-1], (parallax - behind)[1:]) < 2 * limit
    nearer = np.where(one, parallax[:-1] > parallax[1:], parallax[1:] > parallax[:-1])
    at_border = (cut & nearer) | (~cut & rests)
    return np.where(one & other, True, np.where(one | other, at_border, ~cut)).astype(np.float32)


def _reach_behind(parallax: np.ndarray, cuts: Cuts, cell_angle: float) -> np.ndarray:
    """(R, C) bool: cells on the near side of cuts, as far as a moved camera looks behind them.

    They are nearer than the middle of the cut's two sides: what leads back to the far one hides little.
    """
    near, far = _cut_sides(parallax, cuts)
    flat, reached = parallax.ravel(), np.zeros(parallax.size, np.int32)
    left = (SPAN * (flat[near] - flat[far]) / cell_angle + 2).astype(np.int32)
    cells, values = near, (flat[near] + flat[far]) / 2
    while len(cells):
        taken = (left > reached[cells]) & (flat[cells] > values)
        order = np.flatnonzero(taken)[np.argsort(-left[taken], kind="stable")]
        _, first = np.unique(cells[order], return_index=True)
        chosen = order[first]
        cells, values, left = cells[chosen], values[chosen], left[chosen]
        reached[cells] = left
        cells, values, left = _neighbours(cells, values, left, parallax.shape)
    return (reached > 0).reshape(parallax.shape)


def fill_colour(
    picture: np.ndarray, parallax: np.ndarray, background: Background, limit: float
) -> np.ndarray:
    """Return the picture with the colours of the far surfaces where the background is hidden.

    They are taken from what is as far away and shows its own colour: see texture.py.

    Parameters
    ----------
    picture
        (R, C, 3) uint8.
    parallax
        (R, C) float32, degrees, of the surfaces.
    background
        Behind them.
    limit
        Degrees: the smallest jump that is cut.
    """
    mask = fill_mask(background)
    if not mask.any():
        return picture
    # Wherever it is: cells far from the mask do not matter.
    behind = fill_from_nearest(background.hidden, background.parallax)
    sources = ~_about(background.hidden, UNMIXED) & (parallax < behind + limit)
    if not sources.any():
        return picture
    return fill(picture, mask, sources, np.where(background.hidden, behind, parallax))


def fill_mask(background: Background) -> np.ndarray:
    """Return the cells, (R, C) bool, that cannot show the photograph's own colour as background."""
    return _about(background.hidden, MIXED)


def _about(where: np.ndarray, reach: int) -> np.ndarray:
    side = 2 * reach + 1
    return cv2.dilate(where.astype(np.uint8), np.ones((side, side), np.uint8)) > 0


def _cut_sides(parallax: np.ndarray, cuts: Cuts) -> tuple[np.ndarray, np.ndarray]:
    """Flat indices of the near and of the far cell of every cut."""
    index = np.arange(parallax.size).reshape(parallax.shape)
    one = np.concatenate([index[:, :-1][cuts.right], index[:-1][cuts.below]])
    other = np.concatenate([index[:, 1:][cuts.right], index[1:][cuts.below]])
    flat = parallax.ravel()
    nearer = flat[one] > flat[other]
    return np.where(nearer, one, other), np.where(nearer, other, one)


def _neighbours(
    cells: np.ndarray, values: np.ndarray, left: np.ndarray, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The four cells about each cell that has steps left, with its value and a step less."""
    going = left > 1
    cells, values, left = cells[going], values[going], left[going] - 1
    rows, columns = np.divmod(cells, shape[1])
    inside = rows > 0, columns < shape[1] - 1, rows < shape[0] - 1, columns > 0
    steps = -shape[1], 1, shape[1], -1
    around = np.concatenate([cells[ok] + step for ok, step in zip(inside, steps, strict=True)])
    return around, np.concatenate([values[ok] for ok in inside]), np.concatenate([left[ok] for ok in inside])


def _join(values: np.ndarray, loose: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """(R, C) values, the loose cells drawn to the mean of their neighbours among loose and fixed ones."""
    layer = loose | fixed
    rows, columns = np.nonzero(loose & _about(fixed, SEAM_ROUNDS))
    about = (
        np.stack([np.maximum(rows - 1, 0), np.minimum(rows + 1, values.shape[0] - 1), rows, rows]),
        np.stack(
            [columns, columns, np.maximum(columns - 1, 0), np.minimum(columns + 1, values.shape[1] - 1)]
        ),
    )
    weights = layer[about].astype(np.float32)
    weights /= np.maximum(weights.sum(0), 1)
    for _ in range(SEAM_ROUNDS):
        values[rows, columns] = (values[about] * weights).sum(0)
    return values
