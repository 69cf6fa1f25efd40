"""From a depth map to surfaces: ramps at depth jumps made steps, specks taken out, cut apart, flattened.

Everything here is counted in *parallax*: the angle in degrees by which a point moves against infinity when
the camera moves sideways by `MOVE` of the median depth. It goes with 1 / depth, so planes are linear in it,
a focal stack's noise is even in it, and a jump of it is the gap that opens to the eye.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ..depth.edges import find_jumps, refine_edges
from ..depth.planar_solver import STIFFNESS, Grid, solve
from ..runtime.parallel import prefetch

MOVE = 0.05  # of the median depth
SAMPLES = 250_000  # of depth, by which its median is as good as by all
CUT = 0.12  # degrees: gaps wider than this are cut, unless a person chooses otherwise
FINEST_CUT = CUT / 2  # narrower ones cannot be
STRETCH = 0.5  # nor jumps below this part of a cell's own angle: on a coarse grid they are slopes
SPECK = 24  # cells
MIN_TRUST = 0.01  # in a depth of no confidence, against none at all
RIM = 2  # cells about a near surface that may hold some of its colour
RIM_SHARE = 0.2  # of it
SAME_COLOUR = 0.1  # sRGB: near and far that differ less cannot be distinguished
FLAT = 0.012  # of the longer side: over that length surfaces are made planes,
SHARE = 0.5  # by that part of the expected error at most
HELD = 10.0  # weight, against bending, of what is about a jump,
ABOUT = 7  # cells to either side of it,
CERTAIN = 2.0  # if it is that many times the expected error


@dataclass(frozen=True)
class Cuts:
    """Where neighbouring cells of a grid (R, C) are no longer connected.

    Attributes
    ----------
    right
        (R, C-1) bool, between a cell and the next one to the right.
    below
        (R-1, C) bool, between a cell and the next one below.
    """

    right: np.ndarray
    below: np.ndarray

    def __or__(self, other: "Cuts") -> "Cuts":
        return Cuts(self.right | other.right, self.below | other.below)


def borders(labels: np.ndarray) -> Cuts:
    """Return where cells of a grid (R, C) lie beside others that are labelled differently."""
    return Cuts(labels[:, 1:] != labels[:, :-1], labels[1:] != labels[:-1])


def to_parallax(depth: np.ndarray) -> np.ndarray:
    """Return the parallax in degrees, (H, W) float32, of planar depth in metres; that of infinity is 0."""
    return (np.degrees(MOVE * median_depth(depth)) / depth).astype(np.float32)


def to_depth(parallax: np.ndarray, median: float) -> np.ndarray:
    """Return planar depth, float32 metres: the inverse of `to_parallax`, for the same median depth."""
    return (np.degrees(MOVE * median) / parallax).astype(np.float32)


def median_depth(depth: np.ndarray) -> float:
    """Return the median of depth in metres, of every so many pixels that are not at infinity; 1 of none."""
    step = max(1, math.isqrt(depth.size // SAMPLES))
    sampled = depth[::step, ::step]
    finite = sampled[np.isfinite(sampled)]
    return float(np.median(finite)) if finite.size else 1.0


def extract_surfaces(
    parallax: np.ndarray,
    confidence: np.ndarray,
    expected_error: np.ndarray,
    picture: np.ndarray,
    cell_angle: float,
) -> tuple[np.ndarray, Cuts]:
    """Clean parallax, and cut it where surfaces end.

    Parameters
    ----------
    parallax
        (R, C) float32, degrees.
    confidence
        (R, C) float32, 0 to 1.
    expected_error
        (R, C) float32, degrees; not a number where it is unknown.
    picture
        (R, C, 3) float32 sRGB, 0 to 1.
    cell_angle
        Degrees that the middle cell covers of the view.

    Returns
    -------
    parallax : ndarray
        (R, C) float32, degrees.
    cuts : Cuts
        Where neighbouring cells are no longer connected.
    """
    limit = cut_limit(cell_angle)
    parallax = refine_edges(parallax, confidence + MIN_TRUST, picture, limit)
    parallax = _extend_rims(_remove_specks(parallax, limit), picture, limit)
    cuts = find_cuts(parallax, limit)
    return _flatten(parallax, expected_error, cuts, limit), cuts


def cut_limit(cell_angle: float) -> float:
    """Return the smallest jump, in degrees, at which cells of that angle come apart."""
    return max(FINEST_CUT, STRETCH * cell_angle)


def find_cuts(values: np.ndarray, limit: float) -> Cuts:
    """Return where neighbours in values (R, C) differ by more than `limit`, beyond an even slope."""
    right, below = prefetch(lambda each: _excess(each) > limit, (values, np.ascontiguousarray(values.T)))
    return Cuts(right, np.ascontiguousarray(below.T))


def _excess(values: np.ndarray) -> np.ndarray:
    """(R, C - 1) by how much more neighbours in a row differ than those before and after them."""
    steps = np.diff(values, axis=1)
    padded = np.pad(steps, ((0, 0), (1, 1)), mode="edge")
    before, after = padded[:, :-2] * np.sign(steps), padded[:, 2:] * np.sign(steps)
    return np.abs(steps) - np.maximum(np.minimum(before, after), 0)


def _remove_specks(parallax: np.ndarray, limit: float) -> np.ndarray:
    """Pieces smaller than `SPECK` cells are taken for noise: the nearest ones take their place."""
    pieces, sizes = _label_pieces(find_cuts(parallax, limit), parallax.shape)
    specks = (sizes < SPECK)[pieces]
    if not specks.any() or specks.all():
        return parallax
    return np.where(specks, fill_from_nearest(~specks, parallax), parallax)


def _extend_rims(parallax: np.ndarray, picture: np.ndarray, limit: float) -> np.ndarray:
    """Near surfaces take in the cells about them that hold some of their colour, blurred over what is behind.

    Left with the far surface, those would stay behind as ghosts of outlines.
    """
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * RIM + 1, 2 * RIM + 1))
    nearest = cv2.dilate(parallax, disc)
    rims = nearest - parallax > limit
    near_side = parallax - cv2.erode(parallax, disc) > limit
    beyond = ~(near_side | rims)
    if not (rims.any() and beyond.any()):
        return parallax
    near, far = prefetch(lambda sides: fill_from_nearest(sides, picture)[rims], (near_side & ~rims, beyond))
    difference, square = near - far, ((near - far) ** 2).sum(-1)
    mixed = ((picture[rims] - far) * difference).sum(-1) > RIM_SHARE * square
    extended = parallax.copy()
    extended[rims] = np.where(mixed & (square > SAME_COLOUR**2), nearest[rims], parallax[rims])
    return extended


def fill_from_nearest(is_valid: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return, in every cell, the value of the nearest valid one.

    Parameters
    ----------
    is_valid
        (R, C) bool, true somewhere.
    values
        (R, C) or (R, C, ...).
    """
    _, labels = cv2.distanceTransformWithLabels(
        (~is_valid).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    at_label = np.zeros((labels.max() + 1, *values.shape[2:]), values.dtype)
    at_label[labels[is_valid]] = values[is_valid]
    return at_label[labels]


def _label_pieces(cuts: Cuts, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(R, C) the number of each cell's connected piece, and their sizes in cells.

    Cells and the ways between them, drawn as a picture of twice the size, are what OpenCV can label.
    """
    drawn = np.zeros((2 * shape[0] - 1, 2 * shape[1] - 1), np.uint8)
    drawn[::2, ::2] = 1
    drawn[::2, 1::2] = ~cuts.right
    drawn[1::2, ::2] = ~cuts.below
    _, labels = cv2.connectedComponents(drawn, connectivity=4)
    pieces = labels[::2, ::2]
    return pieces, np.bincount(pieces.ravel())


def _flatten(parallax: np.ndarray, expected_error: np.ndarray, cuts: Cuts, limit: float) -> np.ndarray:
    """Surfaces made planes where they are nearly so, by part of the expected error at most.

    What is about a jump stays: it would pull both sides together, where they are not cut apart.
    """
    weight = STIFFNESS / (FLAT * max(parallax.shape)) ** 4
    window = np.ones((2 * ABOUT + 1, 2 * ABOUT + 1), np.uint8)
    jump = cv2.dilate(parallax, window) - cv2.erode(parallax, window)
    error = cv2.erode(np.nan_to_num(expected_error), window)  # it is large about every silhouette
    held = find_jumps(parallax, limit) & (jump > CERTAIN * error)
    weights = np.where(held, HELD, weight).astype(np.float32)
    links = (~cuts.right).astype(np.float32), (~cuts.below).astype(np.float32)
    flat = solve(Grid(parallax, weights, *links))
    return np.clip(flat, parallax - SHARE * error, parallax + SHARE * error)
