"""Large pictures given to a network tile by tile, so that memory holds them."""

from collections.abc import Callable
from itertools import product

import numpy as np

from ..contract.cost import MAX_TILE, TILE_OVERLAP
from ..runtime.timings import StageProgress

MULTIPLE = 32  # pixels: networks look at no other sizes

PredictTile = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def predict_in_tiles(
    predict: PredictTile,
    pictures: np.ndarray,
    positions: np.ndarray,
    progress: StageProgress,
    max_tile: int = MAX_TILE,
) -> tuple[np.ndarray, np.ndarray]:
    """Run a network over pictures tile by tile.

    Tiles overlap and are blended by weights that fall to their border, so that no seam shows.

    Parameters
    ----------
    predict
        Takes pictures (N, h, w, 3) and positions (N,), returns two maps (h, w).
    pictures
        (N, H, W, 3) float32.
    positions
        (N,) normalised dioptres.
    progress
        Hears of every tile.
    max_tile
        Pixels times frames of a tile.

    Returns
    -------
    tuple of ndarray
        Two maps (H, W) float32.
    """
    count, height, width, _ = pictures.shape
    if height * width <= max_tile // count:
        progress(0, 1)
        whole = predict(pictures, positions)
        progress(1, 1)
        return whole
    tiles = _tiles(height, width, max_tile // count)
    sums = np.zeros((2, height, width), np.float32)
    weights = np.zeros((height, width), np.float32)
    for done, (rows, columns) in enumerate(tiles):
        progress(done, len(tiles))
        weight = np.outer(_ramp(rows, height), _ramp(columns, width))
        for index, part in enumerate(predict(pictures[:, rows, columns], positions)):
            sums[index, rows, columns] += weight * part
        weights[rows, columns] += weight
    progress(len(tiles), len(tiles))
    return sums[0] / weights, sums[1] / weights


def _tiles(height: int, width: int, max_pixels: int) -> list[tuple[slice, slice]]:
    """Rows and columns of overlapping tiles of `max_pixels`: those of all grids that look at least twice."""
    grids = product(_divisions(height), _divisions(width))
    fitting = [(rows, columns) for rows, columns in grids if _area(rows[:1], columns[:1]) <= max_pixels]
    # Tiles that are nearly all overlap would hold less still, but never end.
    rows, columns = min(fitting, key=lambda grid: _area(*grid), default=(_smallest(height), _smallest(width)))
    return list(product(rows, columns))


def _divisions(length: int) -> list[list[slice]]:
    """Ways to divide `length` into spans that overlap by 2 TILE_OVERLAP or a little more, evenly laid."""
    most = max(1, -(-(length - 2 * TILE_OVERLAP) // TILE_OVERLAP))
    return [_spans(length, parts) for parts in range(1, most + 1)]


def _smallest(length: int) -> list[slice]:
    return _divisions(length)[-1]


def _spans(length: int, parts: int) -> list[slice]:
    side = min(length, -(-(length + (parts - 1) * 2 * TILE_OVERLAP) // (parts * MULTIPLE)) * MULTIPLE)
    starts = np.linspace(0, length - side, parts).astype(int)
    return [slice(int(start), int(start) + side) for start in starts]


def _area(rows: list[slice], columns: list[slice]) -> int:
    """Of all the tiles together, in pixels."""
    return sum(r.stop - r.start for r in rows) * sum(c.stop - c.start for c in columns)


def _ramp(span: slice, length: int) -> np.ndarray:
    """Weights that rise from nearly nothing to one over the overlap, but not at the picture's border."""
    size = span.stop - span.start
    position = np.arange(size, dtype=np.float32) + 0.5
    rise_from_border = np.clip(position / (2 * TILE_OVERLAP), 0, 1)
    rise = rise_from_border if span.start > 0 else np.ones(size, np.float32)
    fall = rise_from_border[::-1] if span.stop < length else np.ones(size, np.float32)
    return np.minimum(rise, fall)
