"""Depth carried into plain surfaces from what is around them.

What the pixels cannot tell (a plain wall, dark cloth) a network invents. There, depth is taken from around:
smooth in the second order, so that slanted planes stay planes, and cut at occlusion edges. Elsewhere the
network's depth stays, smoothed within its own uncertainty.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..runtime.parallel import prefetch
from .edges import find_jumps
from .evidence import Evidence
from .planar_solver import CUT, Grid, double, solve

MODEST = 0.02  # normalised dioptres: an uncertainty of weight 1
POOR = 0.06  # beyond this a network's depth weighs next to nothing
POOR_AT_EDGES = 0.12  # the same about occlusion edges, where every network is less sure
FINEST = 0.004  # below this it weighs no more
NOTHING = 1e-6  # weight that remains, so that what is cut off all around keeps its depth
AT_EDGES, AT_JUMPS = 100.0, 10.0  # weights about occlusion edges, and about other jumps
HEAVY = 3.0  # weight of data that the solution hardly departs from
REACH, FAR_REACH = 8, 12  # pixels from an occlusion edge that are about it; that blur reaches
LONG = 0.06  # of the longer side: occlusion edges are that long, the rest is print
STEP, WIDE_STEP, EDGE_COLOUR = 0.03, 0.15, 0.03  # a cut: dioptres a pixel and over SIDE, sRGB a pixel
SIDE = 6  # pixels to either side of a jump that are compared
SURE = 1.0, 2.0  # a jump over the uncertainties of its sides: from noise to certainty
OUTSIDE = 0.03  # normalised dioptres from where contrast is the most, at which depth is wrong,
UNSURE = 0.02, 0.06  # if it is as uncertain as this
OUTLIER = 2.0  # times the uncertainty
ROUNDS = 3  # of reweighting
COARSE = 320  # pixels of the longer side of the grid on which data are reweighted
DRAWS = 5  # of errors that data may have, by which the error of what is carried is reckoned
DRAWN = 100  # pixels of the longer side of their grid
TOGETHER = 0.03  # of the longer side: deviation of Gaussians in which a network errs alike
SPECK, SOME = 11, 0.01  # pixels of a square, and the weight all over it, of data that are no chance specks
GROWTH = 1.0  # normalised dioptres of uncertainty over the picture's longer side, away from data


@dataclass(frozen=True)
class _Cuts:
    """Links of neighbours, as `Grid` has them, and (h, w) bool: occlusion edges long enough to be such."""

    across: np.ndarray
    down: np.ndarray
    edges: np.ndarray


def carry_depth(
    normalised: np.ndarray, uncertainty: np.ndarray, evidence: Evidence, picture: np.ndarray, min_step: float
) -> tuple[np.ndarray, np.ndarray]:
    """Carry depth into what pixels tell nothing of.

    Parameters
    ----------
    normalised, uncertainty
        (h, w) normalised dioptres, as a network infers them, with edges where the picture has them.
    evidence
        What the pixels tell.
    picture
        (h, w, 3) float32, sRGB, all in focus.
    min_step
        Smaller steps of depth are no jumps.

    Returns
    -------
    tuple of ndarray
        Depth and uncertainty, each (h, w) float32.
    """
    normalised = np.ascontiguousarray(normalised, np.float32)
    cuts = _find_cuts(normalised, uncertainty, picture)
    weights = _weigh(normalised, uncertainty, evidence, cuts.edges, min_step)
    depth, coarse = _solve(Grid(normalised, weights, cuts.across, cuts.down), uncertainty)
    depth = np.clip(depth, normalised.min(), normalised.max())
    return depth, _carried_uncertainty(uncertainty, evidence.share, weights, coarse)


def _solve(finest: Grid, uncertainty: np.ndarray) -> tuple[np.ndarray, Grid]:
    """Solve robustly: what lies far off the solution loses weight, as judged on a coarse grid first.

    Returns the solution, and the coarse grid with its last weights.
    """
    grids = [finest]
    while max(grids[-1].weights.shape) > COARSE:
        grids.append(grids[-1].halved())
    grid = coarsest = grids[-1]
    for _ in range(ROUNDS - 1):
        grid = _reweighted(coarsest, solve(grid), uncertainty)
    coarse, depth = grid, solve(grid)
    for grid in reversed(grids[:-1]):
        start = double(depth, grid)
        grid = _reweighted(grid, start, uncertainty)
        start = np.where(grid.weights > HEAVY, grid.target, start)
        depth = solve(grid, start)
    return depth, coarse


def _reweighted(grid: Grid, solution: np.ndarray, uncertainty: np.ndarray) -> Grid:
    """Return a grid whose weights fall with the distance of data from a solution, as Cauchy's do."""
    height, width = grid.weights.shape
    expected = cv2.resize(uncertainty, (width, height), interpolation=cv2.INTER_AREA)
    off = (solution - grid.target) / (OUTLIER * np.maximum(expected, FINEST))
    return replace(grid, weights=grid.weights / (1 + off**2))


def _weigh(
    normalised: np.ndarray, uncertainty: np.ndarray, evidence: Evidence, edges: np.ndarray, min_step: float
) -> np.ndarray:
    """(h, w) float32 weights of the network's depth."""
    weights = (MODEST / np.maximum(uncertainty, FINEST)) ** 2 / (1 + (uncertainty / POOR) ** 4)
    at_edges = AT_EDGES * _within(edges, REACH) / (1 + (uncertainty / POOR_AT_EDGES) ** 6)
    at_jumps = AT_JUMPS * find_jumps(normalised, min_step) / (1 + (uncertainty / POOR) ** 6)
    weights = np.maximum(weights, np.maximum(at_edges, at_jumps))
    # About edges, blur of the near side covers the far one: contrast tells of the wrong one of them.
    wrong = _contradiction(normalised, uncertainty, evidence) * ~_within(edges, FAR_REACH)
    return np.maximum(weights * evidence.share * (1 - wrong), NOTHING).astype(np.float32)


def _contradiction(normalised: np.ndarray, uncertainty: np.ndarray, evidence: Evidence) -> np.ndarray:
    """(h, w) from 0 to 1: where depth is uncertain and lies where contrast surely is not the most."""
    outside = np.maximum(np.maximum(evidence.least - normalised, normalised - evidence.most), 0)
    low, high = UNSURE
    return np.clip(outside / OUTSIDE - 1, 0, 1) * np.clip((uncertainty - low) / (high - low), 0, 1)


def _find_cuts(normalised: np.ndarray, uncertainty: np.ndarray, picture: np.ndarray) -> _Cuts:
    smooth = cv2.GaussianBlur(picture, (0, 0), 1)
    turned = normalised.T, uncertainty.T, cv2.transpose(smooth)
    across, down = prefetch(lambda maps: _links(*maps), [(normalised, uncertainty, smooth), turned])
    down = down.T
    cut = np.zeros(normalised.shape, np.uint8)
    for part in (cut[:, 1:], cut[:, :-1]):
        part |= across < CUT
    for part in (cut[1:], cut[:-1]):
        part |= down < CUT
    return _Cuts(across, down, _long_ones(cut))


def _links(normalised: np.ndarray, uncertainty: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Links (h, w - 1): 0 where depth surely jumps, and the colour changes."""
    normalised, uncertainty = np.ascontiguousarray(normalised), np.ascontiguousarray(uncertainty)
    step = np.abs(np.diff(normalised, axis=1))
    red, green, blue = cv2.split(cv2.absdiff(picture[:, 1:], picture[:, :-1]))
    colour = cv2.max(cv2.max(red, green), blue)
    window, half = np.ones((1, SIDE), np.uint8), SIDE // 2
    doubt = cv2.erode(uncertainty, window, anchor=(SIDE - 1, 0))[:, :-1]
    doubt = doubt + cv2.erode(uncertainty, window, anchor=(0, 0))[:, 1:]
    padded = np.pad(normalised, ((0, 0), (half, half)), mode="edge")
    wide = np.abs(padded[:, 2 * half + 1 :] - padded[:, : -2 * half - 1])
    sure = np.clip((wide / doubt - SURE[0]) / (SURE[1] - SURE[0]), 0, 1)
    nearby = cv2.dilate(colour, np.ones((3, 3), np.uint8))  # an edge may lie a pixel off
    here, around = (np.minimum(each / EDGE_COLOUR, 1) for each in (colour, nearby))
    return np.exp(-sure * np.maximum(step / STEP * around, wide / WIDE_STEP * here) ** 2)


def _long_ones(cut: np.ndarray) -> np.ndarray:
    """(h, w) bool of cuts: those that belong to a long edge."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(cv2.dilate(cut, np.ones((3, 3), np.uint8)))
    lengths = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1)
    is_long = lengths >= LONG * max(cut.shape)
    is_long[0] = False
    return (cut > 0) & is_long[labels]


def _within(where: np.ndarray, reach: int) -> np.ndarray:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(where.astype(np.uint8), disc) > 0


def _carried_uncertainty(
    uncertainty: np.ndarray, share: np.ndarray, weights: np.ndarray, coarse: Grid
) -> np.ndarray:
    """(h, w) the network's where pixels tell enough; else what is carried in errs by, more away from data."""
    height, width = uncertainty.shape
    carried = cv2.resize(_error_of_solution(coarse, uncertainty), (width, height))
    everywhere = cv2.erode(cv2.GaussianBlur(weights, (0, 0), 1), np.ones((SPECK, SPECK), np.uint8))
    is_without = (everywhere < SOME).astype(np.uint8)
    distance = cv2.distanceTransform(is_without, cv2.DIST_L2, 5) / max(weights.shape)
    return uncertainty + (1 - share) * (np.minimum(carried - uncertainty, 0) + GROWTH * distance)


def _error_of_solution(grid: Grid, uncertainty: np.ndarray) -> np.ndarray:
    """Return how far the solution is off, on a coarse grid, if data are off by their uncertainty.

    It is linear in the data, so errors drawn in their place solve for the error.
    """
    while max(grid.weights.shape) > DRAWN:
        grid = grid.halved()
    height, width = grid.weights.shape
    expected = cv2.resize(uncertainty, (width, height), interpolation=cv2.INTER_AREA)
    random = np.random.default_rng(0)
    square = np.zeros_like(expected)
    for _ in range(DRAWS):
        noise = cv2.GaussianBlur(
            random.standard_normal((height, width), np.float32), (0, 0), TOGETHER * width
        )
        square += solve(replace(grid, target=expected * noise / noise.std())) ** 2
    return np.sqrt(square / DRAWS)
