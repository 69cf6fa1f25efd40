"""Depth edges moved onto the picture's edges.

A network's depth runs over from one surface to the next within some pixels, and not quite where the picture
does. Each pixel about a jump takes a median of those around it that lie on a surface, weighted by how like
its colour they are, how near, and how sure (Ma et al., "Constant Time Weighted Median Filtering for Stereo
Matching and Beyond", ICCV 2013).
"""

import cv2
import numpy as np

from ..runtime.chunks import chunks
from ..runtime.parallel import for_each

REACH = 6  # pixels to either side within which a ramp has both its ends
BETWEEN, STEEP = 0.15, 1.6  # a ramp's pixels are away from both ends, and steeper than an even slope
SIMILAR, NEAR = 0.05, 4.0  # deviations of sRGB, and in pixels, within one surface
ROWS = 64  # of a picture, looked at in one go
CHUNK = 4_000  # pixels whose neighbourhoods are looked at in one go: they fit a processor's cache


def refine_edges(values: np.ndarray, trust: np.ndarray, picture: np.ndarray, min_step: float) -> np.ndarray:
    """Move steps of depth onto edges of the picture; slopes stay as they are.

    Parameters
    ----------
    values
        (H, W) normalised dioptres.
    trust
        (H, W) weights above 0, such as one over the uncertainty.
    picture
        (H, W, 3) float32, sRGB.
    min_step
        Only values about steps larger than this change.

    Returns
    -------
    ndarray
        (H, W) float32.
    """
    values = np.ascontiguousarray(values, np.float32)
    ramps, jumps = _ramps_and_jumps(values, min_step)
    weights = trust * ~ramps
    offsets = _sparse_disc()
    nearness = np.exp(-(offsets**2).sum(1) / (2 * NEAR**2)).astype(np.float32)
    at = np.flatnonzero(jumps)
    rows, columns = np.divmod(at, values.shape[1])
    refined = values.copy()
    # Places in flat arrays that go on beyond the border, so that every pixel has its neighbours.
    flat_values, flat_weights, *colours = map(_with_border, (values, weights, *cv2.split(picture)))
    width = values.shape[1] + 2 * REACH
    places, steps = (rows + REACH) * width + columns + REACH, offsets @ (width, 1)

    def refine(some: slice) -> None:
        here = places[some]
        around = here[:, None] + steps
        difference = sum((colour.take(around) - colour.take(here)[:, None]) ** 2 for colour in colours)
        likeness = np.exp(-difference / (2 * SIMILAR**2)) + 1e-6  # where nothing is alike, what is near
        weight = likeness * nearness * flat_weights.take(around)
        refined.flat[at[some]] = _weighted_median(flat_values.take(around), weight)

    for_each(refine, list(chunks(len(at), CHUNK)))
    return refined


def find_jumps(values: np.ndarray, min_step: float) -> np.ndarray:
    """Return (H, W) bool: pixels about a jump of more than `min_step` in values (H, W)."""
    return _ramps_and_jumps(values, min_step)[1]


def _ramps_and_jumps(values: np.ndarray, min_step: float) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) bool: pixels between two surfaces, on neither; and all pixels about a jump."""
    window = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
    # Slopes go on beyond the border: cut short they would look steep there.
    padded = np.pad(values, REACH, mode="reflect", reflect_type="odd")
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    ramps, steep = np.zeros((2, *values.shape), bool)

    def look(rows: slice) -> None:
        around = padded[rows.start : rows.stop + 2 * REACH]
        inner = slice(REACH, REACH + rows.stop - rows.start), slice(REACH, -REACH)
        here = around[inner]
        high, low = cv2.dilate(around, window)[inner], cv2.erode(around, window)[inner]
        jump = high - low
        if not (jump > min_step).any():
            return
        above, below = max(0, rows.start - 1), min(len(values), rows.stop + 1)
        slope = (cv2.dilate(values[above:below], cross) - cv2.erode(values[above:below], cross)) / 2
        slope = slope[rows.start - above : rows.stop - above]
        steep[rows] = (jump > min_step) & (slope > STEEP * jump / (2 * REACH))
        between = (here - low > BETWEEN * jump) & (high - here > BETWEEN * jump)
        ramps[rows] = steep[rows] & between

    for_each(look, list(chunks(len(values), ROWS)))
    return ramps, cv2.dilate(steep.astype(np.uint8), window) > 0


def _with_border(values: np.ndarray) -> np.ndarray:
    """All values of a picture (H, W) with a border REACH wide, row by row."""
    return cv2.copyMakeBorder(values, REACH, REACH, REACH, REACH, cv2.BORDER_REPLICATE).ravel()


def _sparse_disc() -> np.ndarray:
    """(K, 2) offsets within REACH, every third one: as good as all of them, in a third of the time."""
    side = np.arange(-REACH, REACH + 1)
    down, right = (grid.ravel() for grid in np.meshgrid(side, side, indexing="ij"))
    chosen = (down**2 + right**2 <= REACH**2) & ((down + 2 * right) % 3 == 0)
    return np.stack([down[chosen], right[chosen]], 1)


def _weighted_median(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(M,) of values and weights (M, K)."""
    order = np.argsort(values, axis=1)
    reached = np.cumsum(np.take_along_axis(weights, order, 1), 1)
    middle = (reached >= reached[:, -1:] / 2).argmax(1)
    return np.take_along_axis(values, np.take_along_axis(order, middle[:, None], 1), 1)[:, 0]
