"""Tools that change depth where a mask is painted, and nowhere else.

Depth is in normalised dioptres: of a plane it is affine over the picture.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from ..contract.retouch import CUT, DISTRUST, FLATTEN, FROM_NEIGHBOURS, PUSH, SAME_SURFACE, TRUST
from ..depth.planar_solver import Grid, solve
from ..geometry.surfaces import fill_from_nearest
from .masks import PaintedLayer

SOLVED_SIDE = 640  # pixels of the longer side at most at which surfaces are continued; they are smooth
ABOUT = 0.25  # of a painted region's size: how much of what is about it is heeded
LEAST_ABOUT = 24  # pixels
NOTHING = 1e-6  # weight of what is painted over, beside 1
# Normalised dioptres at which depth counts a quarter: off a surface, and off the plane about which it lies.
OFF_SURFACE, OFF_PLANE = 0.03, 0.1
TRIALS, COMPARED = 200, 2000  # planes tried, and pixels by which they are compared
MOST_FITTED = 500_000  # pixels that a plane is fitted to
ROUNDS = 6  # of reweighting


@dataclass(frozen=True)
class DepthMaps:
    """Depth in normalised dioptres and confidence, each (H, W) float32."""

    normalised: np.ndarray
    confidence: np.ndarray


def retouch_depth(maps: DepthMaps, painted: PaintedLayer) -> DepthMaps:
    """Apply one layer of a depth tool.

    Returns
    -------
    DepthMaps
        The same but where the mask is above 0; what was painted is confident, but for `distrust`.
    """
    rows, columns = box = _about(painted)
    mask = painted.mask[box]
    if not mask.any():
        return maps
    depth, confidence = maps.normalised[box], maps.confidence[box]
    changed = CHANGES[painted.layer.tool](depth, confidence, mask, painted.layer.amount)
    sure = np.float32(0 if painted.layer.tool == DISTRUST else 1)
    normalised, confident = maps.normalised.copy(), maps.confidence.copy()
    normalised[rows, columns] = np.where(mask > 0, depth + mask * (changed - depth), depth)
    confident[rows, columns] = np.where(mask > 0, confidence + mask * (sure - confidence), confidence)
    return DepthMaps(normalised, confident)


def _about(painted: PaintedLayer) -> tuple[slice, slice]:
    """The painted box, and some of what is about it."""
    box = painted.box
    margin = max(LEAST_ABOUT, round(ABOUT * max(each.stop - each.start for each in box)))
    height, width = painted.mask.shape
    rows, columns = box
    return (
        slice(max(0, rows.start - margin), min(height, rows.stop + margin)),
        slice(max(0, columns.start - margin), min(width, columns.stop + margin)),
    )


def _flatten(depth: np.ndarray, confidence: np.ndarray, mask: np.ndarray, amount: float) -> np.ndarray:
    """The plane that most of what is painted lies on."""
    inside = mask > 0.5
    return _plane(depth, confidence + 0.05, inside if inside.any() else mask > 0)


def _from_neighbours(
    depth: np.ndarray, confidence: np.ndarray, mask: np.ndarray, amount: float
) -> np.ndarray:
    """The surface about it goes on; where there are several, the one that most of it belongs to."""
    free = mask == 0
    if not free.any():
        return depth
    near_surface = _robust(depth - _plane(depth, np.ones_like(depth), free), OFF_PLANE)
    filled = _continued(depth, mask, near_surface)
    return _continued(depth, mask, near_surface * _robust(depth - filled, OFF_SURFACE))


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
    planes = [_fit(terms[some], values[some], weights[some])]
    for _ in range(TRIALS):
        three = random.choice(some, 3)
        planes.append(_fit(terms[three], values[three], np.ones(3)))
    scores = [
        (weights[some] * _robust(values[some] - terms[some] @ each, OFF_SURFACE)).sum() for each in planes
    ]
    return planes[int(np.argmax(scores))]


def _same_surface(depth: np.ndarray, confidence: np.ndarray, mask: np.ndarray, amount: float) -> np.ndarray:
    """Both sides of an edge joined smoothly."""
    return _continued(depth, mask, np.ones_like(depth))


def _robust(misses: np.ndarray, limit: float) -> np.ndarray:
    """Geman and McClure's weights: a quarter of what is off by `limit`."""
    return 1 / (1 + (misses / limit) ** 2) ** 2


def _fit(terms: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    normal = terms.T * weights @ terms + 1e-9 * weights.sum() * np.eye(3)
    return np.linalg.solve(normal, terms.T * weights @ values)


def _continued(depth: np.ndarray, mask: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Depth with what is painted filled by planes from what is about it, as far as that has weight."""
    shrink = min(1.0, SOLVED_SIDE / max(depth.shape))
    height, width = depth.shape
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    trust = np.where(mask > 0, 0, weights).astype(np.float32)
    if not trust.any():
        return depth
    small, least = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (depth * trust, trust))
    target = small / np.maximum(least, NOTHING)
    least = np.where(least > 0.5, least, 0) + NOTHING
    joined = np.ones_like(target)
    filled = solve(Grid(target, least, joined[:, 1:], joined[1:]))
    return cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR)


def _cut(depth: np.ndarray, confidence: np.ndarray, mask: np.ndarray, amount: float) -> np.ndarray:
    """Each side goes on up to the stroke's middle, where depth jumps."""
    free = mask == 0
    return fill_from_nearest(free, depth) if free.any() else depth


def _push(depth: np.ndarray, confidence: np.ndarray, mask: np.ndarray, amount: float) -> np.ndarray:
    return depth + np.float32(amount)


def _leave(depth: np.ndarray, confidence: np.ndarray, mask: np.ndarray, amount: float) -> np.ndarray:
    return depth


CHANGES: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]] = {
    FLATTEN: _flatten,
    FROM_NEIGHBOURS: _from_neighbours,
    PUSH: _push,
    CUT: _cut,
    SAME_SURFACE: _same_surface,
    TRUST: _leave,
    DISTRUST: _from_neighbours,
}
