"""Pictures resampled onto the reference's grid."""

from collections.abc import Sequence

import cv2
import numpy as np

from ..runtime.chunks import Tile, tiles
from ..runtime.parallel import for_each
from .polynomial import evaluate, evaluate_on_grid

CELL = 16  # pixels between which a map is taken to be linear: a thousandth of a pixel off, and far faster
MARGIN = 2.0  # pixels: a tile is shown if its corners are, and so much about them
ROWS = 256  # resampled at a time, so that a map of a large photograph takes little memory


def warp(
    picture: np.ndarray,
    coefficients: np.ndarray,
    size: tuple[int, int],
    where: Sequence[Tile] | None = None,
    out: np.ndarray | None = None,
) -> np.ndarray:
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
    where
        Tiles of it that are wanted, which begin at multiples of CELL; elsewhere anything may be returned.
    out
        (height, width, C) or (height, width) of the picture's type, which is written to and returned, in
        place of a new array.

    Returns
    -------
    ndarray
        (height, width, C) or (height, width) of the picture's type.
    """
    shrink = min(1.0, 1.5 * max(size) / max(picture.shape[:2]))
    if shrink < 1:
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    if out is None:
        out = np.empty((size[1], size[0], *picture.shape[2:]), picture.dtype)
    knots = _knots(coefficients, size, (picture.shape[1], picture.shape[0]))

    def resample(tile: Tile) -> None:
        positions = _positions(knots, tile)
        cv2.remap(picture, positions, None, cv2.INTER_CUBIC, out[tile], cv2.BORDER_REPLICATE)  # type: ignore[call-overload]

    for_each(resample, tiles(size[1], size[0], ROWS, size[0]) if where is None else where)
    return out


def fill_in(
    picture: np.ndarray,
    coefficients: np.ndarray,
    nearer: np.ndarray,
    gain: np.ndarray | float = 1.0,
    where: Sequence[Tile] | None = None,
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
    where
        Tiles that are looked at, which begin at multiples of CELL, as `tiles_not_shown` returns them; by
        default all that it would return.
    """
    height, width = picture.shape[:2]
    if where is None:
        where = tiles_not_shown(coefficients, (width, height), tiles(height, width))
    if not where:
        return
    knots = _knots(coefficients, (width, height), (width, height))
    for tile in where:
        x, y = np.moveaxis(_positions(knots, tile), -1, 0)
        missing = (x < -0.5) | (x > width - 0.5) | (y < -0.5) | (y > height - 0.5)
        if missing.any():
            picture[tile][missing] = _as_kind(nearer[tile][missing] * gain, picture.dtype)


def tiles_not_shown(coefficients: np.ndarray, size: tuple[int, int], of: Sequence[Tile]) -> list[Tile]:
    """Return those tiles of a grid, `size` wide and high, that a frame does not show all of: by corners."""
    corners = np.array([[(x, y) for x in _ends(tile[1]) for y in _ends(tile[0])] for tile in of])
    points = (corners.reshape(-1, 4, 2) - np.array(size) / 2) / (max(size) / 2)
    edge = (np.array(size) - 2 * MARGIN) / max(size)
    is_shown = (np.abs(evaluate(coefficients, points)) <= edge).all(axis=(1, 2))
    return [tile for tile, shown in zip(of, is_shown, strict=True) if not shown]


def _ends(side: slice) -> tuple[int, int]:
    return side.start, side.stop


def _knots(coefficients: np.ndarray, size: tuple[int, int], source: tuple[int, int]) -> np.ndarray:
    """(rows, columns, 2) float32: OpenCV's x and y, in a picture of size `source`, of a grid's points.

    They are the middles of cells that cover a grid of `size`, and of one cell more all round.
    """
    (width, height), half, source_half = size, max(size) / 2, max(source) / 2
    # Pixel centres lie at +0.5, OpenCV's at whole numbers.
    x, y = ((_middles(side) - side / 2) / half for side in (width, height))
    knots = evaluate_on_grid(coefficients, x, y) * source_half + np.array(source) / 2 - 0.5
    return knots.astype(np.float32)


def _middles(side: int) -> np.ndarray:
    """Middles, in pixels from the border, of cells that cover so many pixels, and of one before and after."""
    return CELL * (np.arange(-(-side // CELL) + 2) - 0.5)


def _positions(knots: np.ndarray, tile: Tile) -> np.ndarray:
    """(rows, columns, 2) float32 positions of a tile's pixels, which begins at a multiple of CELL."""
    down, across = (slice(side.start // CELL, -(-side.stop // CELL) + 2) for side in tile)
    positions = cv2.resize(knots[down, across], None, fx=CELL, fy=CELL, interpolation=cv2.INTER_LINEAR)
    rows, columns = (slice(CELL, CELL + side.stop - side.start) for side in tile)
    return positions[rows, columns]


def _as_kind(values: np.ndarray, kind: np.dtype) -> np.ndarray:
    return values if kind.kind == "f" else np.clip(np.rint(values), 0, np.iinfo(kind).max)
