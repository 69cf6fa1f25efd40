"""Pictures resampled onto the reference's grid."""

import cv2
import numpy as np

from .polynomial import evaluate

CELL = 16  # pixels between which a map is taken to be linear: a thousandth of a pixel off, and far faster
BORDER = 65  # points of each border at which a map is looked at
ROWS = 256  # resampled at a time, so that a map of a large photograph takes little memory


def warp(picture: np.ndarray, coefficients: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resample a picture once onto the reference's grid.

    Shrinking averages first, so that no detail folds over; borders repeat.

    Parameters
    ----------
    picture
        (h, w, C) or (h, w) floats, uint8 or uint16.
    coefficients
        (2, 15), the map from the reference into the picture; see `polynomial`.
    size
        Width and height of the grid.

    Returns
    -------
    ndarray
        (height, width, C) or (height, width) of the picture's type.
    """
    shrink = min(1.0, 1.5 * max(size) / max(picture.shape[:2]))
    if shrink < 1:
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    out = np.empty((size[1], size[0], *picture.shape[2:]), picture.dtype)
    for top in range(0, size[1], ROWS):
        rows = slice(top, min(top + ROWS, size[1]))
        where = _positions(coefficients, size, rows, (picture.shape[1], picture.shape[0]))
        cv2.remap(picture, where, None, cv2.INTER_CUBIC, dst=out[rows], borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return out


def fill_in(
    picture: np.ndarray, coefficients: np.ndarray, nearer: np.ndarray, gain: np.ndarray | float = 1.0
) -> None:
    """Take what a frame does not show of the reference's view, in place, from the next nearer one.

    A lens that breathes against the rule shows less when focused far. A border repeated instead would
    look like texture, in focus.

    Parameters
    ----------
    picture, nearer
        (h, w, C), on the reference's grid.
    coefficients
        (2, 15), the map that the picture was resampled by.
    gain
        One or (C,): the values of `nearer` times it are this picture's.
    """
    height, width = picture.shape[:2]
    if _is_covered(coefficients, (width, height)):
        return
    for top in range(0, height, ROWS):
        rows = slice(top, min(top + ROWS, height))
        x, y = np.moveaxis(_positions(coefficients, (width, height), rows, (width, height)), -1, 0)
        missing = (x < -0.5) | (x > width - 0.5) | (y < -0.5) | (y > height - 0.5)
        if missing.any():
            picture[rows][missing] = _as_kind(nearer[rows][missing] * gain, picture.dtype)


def _is_covered(coefficients: np.ndarray, size: tuple[int, int]) -> bool:
    """Whether a frame shows all that the reference shows, by the borders: maps do not fold."""
    edge = np.array(size) / max(size)
    x, y = (side * np.linspace(-1, 1, BORDER) for side in edge)
    across, down = np.ones_like(x) * edge[1], np.ones_like(y) * edge[0]
    border = np.concatenate(
        [np.stack(each, -1) for each in ((x, across), (x, -across), (down, y), (-down, y))]
    )
    return bool((np.abs(evaluate(coefficients, border)) <= edge).all())


def _positions(
    coefficients: np.ndarray, size: tuple[int, int], rows: slice, source: tuple[int, int]
) -> np.ndarray:
    """(rows, width, 2) float32: OpenCV's x and y, in a picture of size `source`, of the grid's pixels."""
    (width, height), half, source_half = size, max(size) / 2, max(source) / 2
    across, down = _knots(0, width), _knots(rows.start, rows.stop)
    # Pixel centres lie at +0.5, OpenCV's at whole numbers.
    points = np.stack(np.meshgrid((across + 0.5 - width / 2) / half, (down + 0.5 - height / 2) / half), -1)
    knots = (evaluate(coefficients, points) * source_half + np.array(source) / 2 - 0.5).astype(np.float32)
    # Each cell of the knots becomes CELL pixels: an affine resampling of the lattice itself.
    stretch = np.array([[1 / CELL, 0, 0], [0, 1 / CELL, 0]])
    return cv2.warpAffine(
        knots, stretch, (width, rows.stop - rows.start), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )


def _knots(start: int, stop: int) -> np.ndarray:
    """Pixel numbers from `start`, CELL apart, the last at or beyond the last pixel."""
    return start + CELL * np.arange(-(-(stop - 1 - start) // CELL) + 1)


def _as_kind(values: np.ndarray, kind: np.dtype) -> np.ndarray:
    return values if kind.kind == "f" else np.clip(np.rint(values), 0, np.iinfo(kind).max)
