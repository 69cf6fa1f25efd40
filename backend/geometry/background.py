"""What lies behind cuts: the far surface goes on under the near one, in depth and in colour.

It reaches as far as a camera sees that moves `SPAN` times as far as cuts are made for (`surfaces.MOVE`).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .surfaces import Cuts, fill_from_nearest

SPAN = 2.0
MAX_REACH = 160  # cells
ROUNDS, COARSEST = 12, 16  # of evening out at each size, down to so many cells
MIXED = 3  # cells along an edge whose colour near and far share
INPAINT_RADIUS = 4  # cells


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


def build_background(parallax: np.ndarray, cuts: Cuts, limit: float, cell_angle: float) -> Background:
    """Extend the far surfaces under the near ones, behind their cuts.

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
    """
    near, far = _cut_sides(parallax, cuts)
    behind = np.full(parallax.size, np.nan, np.float32)
    flat = parallax.ravel()
    left = np.minimum(SPAN * (flat[near] - flat[far]) / cell_angle + 2, MAX_REACH).astype(np.int32)
    cells, values = near, flat[far]
    while len(cells):
        taken = np.isnan(behind[cells]) & (flat[cells] > values + limit / 2)
        order = np.flatnonzero(taken)[np.argsort(-left[taken], kind="stable")]
        _, first = np.unique(cells[order], return_index=True)
        chosen = order[first]
        cells, values, left = cells[chosen], values[chosen], left[chosen]
        behind[cells] = values
        cells, values, left = _neighbours(cells, values, left, parallax.shape)
    hidden = ~np.isnan(behind).reshape(parallax.shape)
    seeds = np.zeros(parallax.shape, bool)
    seeds.ravel()[far] = True
    seeds &= ~hidden
    if not seeds.any():
        return Background(parallax, seeds, seeds)
    even = _even_out(parallax, hidden, seeds)
    return Background(np.minimum(even, parallax), hidden | seeds, hidden)


def fill_colour(
    picture: np.ndarray, parallax: np.ndarray, background: Background, limit: float
) -> np.ndarray:
    """Return the picture with the colours of the far surfaces where the background is hidden.

    The near surface beside it first takes the colour of the far one, so that OpenCV's inpainting (Telea, "An
    Image Inpainting Technique Based on the Fast Marching Method", 2004) has only far colours to draw from.

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
    near_side = ~mask & (parallax > fill_from_nearest(background.hidden, background.parallax) + limit)
    coloured = fill_from_nearest(~(mask | near_side), picture)
    drawn_from = np.where(near_side[..., None], coloured, picture)
    return cv2.inpaint(drawn_from, mask.astype(np.uint8), INPAINT_RADIUS, cv2.INPAINT_TELEA)


def fill_mask(background: Background) -> np.ndarray:
    """Return the cells, (R, C) bool, that cannot show the photograph's own colour as background."""
    side = 2 * MIXED + 1
    return cv2.dilate(background.hidden.astype(np.uint8), np.ones((side, side), np.uint8)) > 0


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


def _even_out(values: np.ndarray, loose: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """(R, C) values, those of loose cells drawn smoothly between the fixed ones, coarse to fine."""
    values = np.where(fixed, values, 0).astype(np.float32)
    if min(values.shape) >= 2 * COARSEST and max(values.shape) % 2 == 0:
        half = values.shape[1] // 2, values.shape[0] // 2
        share, total, empty = (
            cv2.resize(each.astype(np.float32), half, interpolation=cv2.INTER_AREA)
            for each in (fixed, values, loose)
        )
        coarse_fixed = share > 0
        coarse_loose = (empty > 0) & ~coarse_fixed
        coarse = _even_out(total / np.maximum(share, 1e-6), coarse_loose, coarse_fixed)
        coarse = fill_from_nearest(coarse_loose | coarse_fixed, coarse)
        first = cv2.resize(coarse, values.shape[::-1], interpolation=cv2.INTER_LINEAR)
    else:
        first = fill_from_nearest(fixed, values)
    values[loose] = first[loose]
    return _relax(values, loose, loose | fixed)


def _relax(values: np.ndarray, loose: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """Loose cells drawn to the mean of their neighbours in the layer, a few times over."""
    rows, columns = np.nonzero(loose)
    about = (
        np.stack([np.maximum(rows - 1, 0), np.minimum(rows + 1, values.shape[0] - 1), rows, rows]),
        np.stack(
            [columns, columns, np.maximum(columns - 1, 0), np.minimum(columns + 1, values.shape[1] - 1)]
        ),
    )
    weights = layer[about].astype(np.float32)
    weights /= np.maximum(weights.sum(0), 1)
    for _ in range(ROUNDS):
        values[rows, columns] = (values[about] * weights).sum(0)
    return values
