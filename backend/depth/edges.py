"""Depth edges moved onto the picture's edges.

A network's depth runs over from one surface to the next within some pixels, and not quite where the picture
does. Each pixel about a jump takes a median of those around it that lie on a surface, weighted by how like
its colour they are, how near, and how sure (Ma et al., "Constant Time Weighted Median Filtering for Stereo
Matching and Beyond", ICCV 2013).
"""

import cv2
import numpy as np

REACH = 6  # pixels to either side within which a ramp has both its ends
BETWEEN, STEEP = 0.15, 1.6  # a ramp's pixels are away from both ends, and steeper than an even slope
SIMILAR, NEAR = 0.05, 4.0  # deviations of sRGB, and in pixels, within one surface
CHUNK = 40_000  # pixels whose neighbourhoods are looked at in one go


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
    rows, columns = np.nonzero(jumps)
    refined = values.copy()
    for start in range(0, len(rows), CHUNK):
        row, column = rows[start : start + CHUNK], columns[start : start + CHUNK]
        around = (
            np.clip(row[:, None] + offsets[:, 0], 0, values.shape[0] - 1),
            np.clip(column[:, None] + offsets[:, 1], 0, values.shape[1] - 1),
        )
        difference = ((picture[around] - picture[row, column, None]) ** 2).sum(-1)
        likeness = np.exp(-difference / (2 * SIMILAR**2)) + 1e-6  # where nothing is alike, what is near
        refined[row, column] = _weighted_median(values[around], likeness * nearness * weights[around])
    return refined


def find_jumps(values: np.ndarray, min_step: float) -> np.ndarray:
    """Return (H, W) bool: pixels about a jump of more than `min_step` in values (H, W)."""
    return _ramps_and_jumps(values, min_step)[1]


def _ramps_and_jumps(values: np.ndarray, min_step: float) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) bool: pixels between two surfaces, on neither; and all pixels about a jump."""
    window = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
    # Slopes go on beyond the border: cut short they would look steep there.
    padded = np.pad(values, REACH, mode="reflect", reflect_type="odd")
    inner = slice(REACH, -REACH), slice(REACH, -REACH)
    high, low = cv2.dilate(padded, window)[inner], cv2.erode(padded, window)[inner]
    jump = high - low
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    slope = (cv2.dilate(values, cross) - cv2.erode(values, cross)) / 2
    steep = (jump > min_step) & (slope > STEEP * jump / (2 * REACH))
    between = (values - low > BETWEEN * jump) & (high - values > BETWEEN * jump)
    return steep & between, cv2.dilate(steep.astype(np.uint8), window) > 0


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
