"""Tools that change depth where a mask is painted, and nowhere else.

Depth is in normalised dioptres: of a plane it is affine over the picture.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..contract.retouch import CUT, DISTRUST, FLATTEN, FROM_NEIGHBOURS, PUSH, SAME_SURFACE, TRUST
from ..depth.planar_solver import Grid, double, solve
from ..geometry.surfaces import fill_from_nearest
from .masks import PaintedLayer

SOLVED_SIDE = 640  # pixels of the longer side at most at which surfaces are continued; they are smooth
ABOUT = 0.25  # of a painted region's size: how much of what is about it is heeded
LEAST_ABOUT = 24  # pixels
NOTHING = 1e-6  # weight of what is painted over, beside 1
# Normalised dioptres at which depth counts a quarter: off a surface, and off the plane about which it lies.
OFF_SURFACE, OFF_PLANE = 0.03, 0.1
TRIALS, COMPARED = 500, 2000  # planes tried, and pixels by which they are compared
MOST_FITTED = 50_000  # pixels that a plane is fitted to
ROUNDS = 6  # of reweighting


@dataclass(frozen=True)
class DepthMaps:
    """Depth in normalised dioptres and confidence, each (H, W) float32."""

    normalised: np.ndarray
    confidence: np.ndarray


@dataclass(frozen=True)
class _Region:
    """What a tool works on: the painted box of the maps and what is about it, arrays (h, w) float32."""

    depth: np.ndarray
    confidence: np.ndarray
    mask: np.ndarray
    amount: float
    scale: float
    solved_side: int


def retouch_depth(
    maps: DepthMaps, painted: PaintedLayer, scale: float = 1.0, solved_side: int = SOLVED_SIDE
) -> DepthMaps:
    """Apply one layer of a depth tool.

    Parameters
    ----------
    maps
        What it changes.
    painted
        The layer.
    scale
        Pixels of the maps for one of the result: below 1 in a draft.
    solved_side
        Pixels of the longer side at most at which surfaces are continued; they differ by little.

    Returns
    -------
    DepthMaps
        The same but where the mask is above 0; what was painted is confident, but for `distrust`.
    """
    rows, columns = box = _about(painted, scale)
    mask = painted.mask[box]
    if not mask.any():
        return maps
    depth, confidence = maps.normalised[box], maps.confidence[box]
    changed = CHANGES[painted.layer.tool](
        _Region(depth, confidence, mask, painted.layer.amount, scale, solved_side)
    )
    sure = np.float32(0 if painted.layer.tool == DISTRUST else 1)
    normalised, confident = maps.normalised.copy(), maps.confidence.copy()
    normalised[rows, columns] = np.where(mask > 0, depth + mask * (changed - depth), depth)
    confident[rows, columns] = np.where(mask > 0, confidence + mask * (sure - confidence), confidence)
    return DepthMaps(normalised, confident)


def _about(painted: PaintedLayer, scale: float) -> tuple[slice, slice]:
    """The painted box, and some of what is about it."""
    box = painted.box
    margin = max(round(scale * LEAST_ABOUT), round(ABOUT * max(each.stop - each.start for each in box)))
    height, width = painted.mask.shape
    rows, columns = box
    return (
        slice(max(0, rows.start - margin), min(height, rows.stop + margin)),
        slice(max(0, columns.start - margin), min(width, columns.stop + margin)),
    )


def _flatten(region: _Region) -> np.ndarray:
    """The plane that most of what is painted lies on."""
    inside = region.mask > 0.5
    return _plane(region.depth, region.confidence + 0.05, inside if inside.any() else region.mask > 0)


def _from_neighbours(region: _Region) -> np.ndarray:
    """The surface about it goes on; where there are several, the one that most of it belongs to."""
    depth, free = region.depth, region.mask == 0
    if not free.any():
        return depth
    near_surface = _robust(depth - _plane(depth, np.ones_like(depth), free), OFF_PLANE)
    coarse = replace(region, solved_side=region.solved_side // 2)
    filled = _continued(coarse, near_surface)
    return _continued(region, near_surface * _robust(depth - filled, OFF_SURFACE))


def _plane(depth: np.ndarray, trust: np.ndarray, where: np.ndarray) -> np.ndarray:
    """(h, w) the plane near which most of depth is, where that counts."""
    y, x = (np.linspace(-1, 1, length) for length in depth.shape)
    row, column = (each[:: 1 + len(each) // MOST_FITTED] for each in np.nonzero(where))
    terms = np.stack([np.ones(len(row)), x[column], y[row]], 1)
    values, weights = depth[row, column].astype(np.float64), trust[row, column].astype(np.float64)
    plane = _likely_plane(terms, values, weights)
    for _ in range(ROUNDS):
        plane = _fit(terms, values, weights * _robust(values - terms @ plane, OFF_SURFACE))
    return (plane[0] + plane[1] * x[None] + plane[2] * y[:, None]).astype(np.float32)


def _likely_plane(terms: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The best of many planes through three points each (RANSAC; Fischler and Bolles, 1981)."""
    random = np.random.default_rng(0)
    some = random.choice(len(values), min(len(values), COMPARED), replace=False)
    corners = random.choice(some, (TRIALS, 3))
    through = np.linalg.solve(terms[corners] + 1e-9 * np.eye(3), values[corners][..., None])[..., 0]
    planes = np.vstack([_fit(terms[some], values[some], weights[some]), through])
    misses = values[some] - planes @ terms[some].T
    return planes[int(np.argmax(_robust(misses, OFF_SURFACE) @ weights[some]))]


def _same_surface(region: _Region) -> np.ndarray:
    """Both sides of an edge joined smoothly."""
    return _continued(region, np.ones_like(region.depth))


def _robust(misses: np.ndarray, limit: float) -> np.ndarray:
    """Geman and McClure's weights: a quarter of what is off by `limit`."""
    return 1 / (1 + (misses / limit) ** 2) ** 2


def _fit(terms: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    normal = terms.T * weights @ terms + 1e-9 * weights.sum() * np.eye(3)
    return np.linalg.solve(normal, terms.T * weights @ values)


def _continued(region: _Region, weights: np.ndarray) -> np.ndarray:
    """Depth with what is painted filled by planes from what is about it, as far as that has weight."""
    depth = region.depth
    shrink = min(1 / region.scale, SOLVED_SIDE / max(depth.shape))
    height, width = depth.shape
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    trust = np.where(region.mask > 0, 0, weights).astype(np.float32)
    if not trust.any():
        return depth
    small, least = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (depth * trust, trust))
    target = small / np.maximum(least, NOTHING)
    least = np.where(least > 0.5, least, 0) + NOTHING
    joined = np.ones_like(target)
    grids = [Grid(target, least, joined[:, 1:], joined[1:])]
    while max(grids[-1].weights.shape) > region.solved_side:
        grids.append(grids[-1].halved())
    filled = solve(grids.pop())
    for grid in reversed(grids):
        filled = double(filled, grid)
    return cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR)


def _cut(region: _Region) -> np.ndarray:
    """Each side goes on up to the stroke's middle, where depth jumps."""
    free = region.mask == 0
    return fill_from_nearest(free, region.depth) if free.any() else region.depth


def _push(region: _Region) -> np.ndarray:
    return region.depth + np.float32(region.amount)


def _leave(region: _Region) -> np.ndarray:
    return region.depth


CHANGES: dict[str, Callable[[_Region], np.ndarray]] = {
    FLATTEN: _flatten,
    FROM_NEIGHBOURS: _from_neighbours,
    PUSH: _push,
    CUT: _cut,
    SAME_SURFACE: _same_surface,
    TRUST: _leave,
    DISTRUST: _from_neighbours,
}
