"""Depth from aligned pictures: tiles that fit in memory, then dioptres, metres and confidence."""

from collections.abc import Callable
from itertools import product

import numpy as np

from ..runtime.progress import Progress
from ..stack import FocalStack

# A tile takes about 70 bytes a pixel and frame at the network's widest stage.
TILE_BUDGET = 7_000_000  # pixels times frames: larger takes more memory and hardly less time
OVERLAP = 96  # pixels a tile sees beyond its own part
MULTIPLE = 32  # pixels: networks look at no other sizes
SMALLEST_TILE = (3 * OVERLAP) ** 2  # pixels
RELATIVE_FAR, RELATIVE_NEAR = 0.25, 1.0  # dioptres by convention where no distance is known

Infer = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def infer_in_tiles(
    infer: Infer,
    pictures: np.ndarray,
    positions: np.ndarray,
    progress: Progress,
    budget: int = TILE_BUDGET,
) -> tuple[np.ndarray, np.ndarray]:
    """Run `infer` over pictures (N, H, W, 3) tile by tile, of up to `budget` pixels times frames; returns
    its two (H, W) maps.

    Tiles overlap and are blended by weights that fall to their border, so that no seam shows.
    """
    count, height, width, _ = pictures.shape
    tiles = _tiles(height, width, budget // count)
    sums = np.zeros((2, height, width), np.float32)
    weights = np.zeros((height, width), np.float32)
    for done, (rows, columns) in enumerate(tiles):
        progress(done, len(tiles))
        weight = np.outer(_ramp(rows, height), _ramp(columns, width))
        for index, part in enumerate(infer(pictures[:, rows, columns], positions)):
            sums[index, rows, columns] += weight * part
        weights[rows, columns] += weight
    progress(len(tiles), len(tiles))
    return sums[0] / weights, sums[1] / weights


def _tiles(height: int, width: int, most: int) -> list[tuple[slice, slice]]:
    """Rows and columns of overlapping tiles of `most` pixels: those of all grids that look at least twice."""
    grids = product(_divisions(height), _divisions(width))
    fitting = [(rows, columns) for rows, columns in grids if _area(rows[:1], columns[:1]) <= most]
    # Tiles that are nearly all overlap would hold less still, but never end.
    rows, columns = min(fitting, key=lambda grid: _area(*grid), default=(_smallest(height), _smallest(width)))
    return list(product(rows, columns))


def _divisions(length: int) -> list[list[slice]]:
    """Ways to divide `length` into spans that overlap by 2 OVERLAP or a little more, evenly laid."""
    most = max(1, -(-(length - 2 * OVERLAP) // OVERLAP))
    return [_spans(length, parts) for parts in range(1, most + 1)]


def _smallest(length: int) -> list[slice]:
    return _divisions(length)[-1]


def _spans(length: int, parts: int) -> list[slice]:
    side = min(length, -(-(length + (parts - 1) * 2 * OVERLAP) // (parts * MULTIPLE)) * MULTIPLE)
    starts = np.linspace(0, length - side, parts).astype(int)
    return [slice(int(start), int(start) + side) for start in starts]


def _area(rows: list[slice], columns: list[slice]) -> int:
    """Of all the tiles together, in pixels."""
    return sum(r.stop - r.start for r in rows) * sum(c.stop - c.start for c in columns)


def _ramp(span: slice, length: int) -> np.ndarray:
    """Weights that rise from nearly nothing to one over the overlap, but not at the picture's border."""
    size = span.stop - span.start
    position = np.arange(size, dtype=np.float32) + 0.5
    rise = np.ones(size, np.float32) if span.start == 0 else np.clip(position / (2 * OVERLAP), 0, 1)
    fall = np.ones(size, np.float32) if span.stop == length else np.clip(position[::-1] / (2 * OVERLAP), 0, 1)
    return np.minimum(rise, fall)


def to_metres(normalised: np.ndarray, stack: FocalStack) -> np.ndarray:
    """Planar depth from normalised dioptres; in metres, or relative where the stack is not metric."""
    if stack.dioptres is None:
        far, near, gap = RELATIVE_FAR, RELATIVE_NEAR, RELATIVE_FAR
    else:
        far, near = float(stack.dioptres[0]), float(stack.dioptres[-1])
        gap = float(stack.dioptres[1] - stack.dioptres[0])
    dioptres = far + normalised * (near - far)
    # What lies beyond the farthest focus cannot be told from infinity by much.
    return (1.0 / np.maximum(dioptres, max(far - 0.5 * gap, 0.05 * gap))).astype(np.float32)


def to_confidence(spread: np.ndarray, frame_count: int) -> np.ndarray:
    """1 where no error is expected, 1/e where it is a whole step between frames."""
    return np.exp(-np.maximum(spread, 0) * (frame_count - 1)).astype(np.float32)


def from_confidence(confidence: np.ndarray, frame_count: int) -> np.ndarray:
    """The expected error of normalised dioptres that `to_confidence` was given; not a number at 0."""
    known = np.where(confidence > 0, confidence, np.nan)
    return (-np.log(known) / (frame_count - 1)).astype(np.float32)


def dioptre_span(dioptres: list[float] | None) -> float:
    """Dioptres from the farthest frame to the nearest; by convention where none are known."""
    return RELATIVE_NEAR - RELATIVE_FAR if dioptres is None else dioptres[-1] - dioptres[0]
