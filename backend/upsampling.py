"""Depth from the size at which networks look at it to the photographs' own, with the photographs' edges.

About a jump there are two surfaces. Each is carried on to either side of the jump and enlarged by itself, so
that neither bends towards the other; then each pixel takes the one whose colour it has. Where the two look
alike, the jump stays halfway, where it was. (The idea is that of joint bilateral upsampling, Kopf et al.,
SIGGRAPH 2007, with two depths to choose from in place of a mean of all of them.)
"""

import cv2
import numpy as np

from .chunks import chunks
from .edges import brought_to_edges

REACH = 2  # small pixels to either side of a jump within which both its surfaces are seen
BAND = 128  # rows enlarged in one go
FAR_TO_GO = 2.5  # times as large as this, a picture is reached by way of one of twice the size
GRAIN = 0.1  # deviation of sRGB within a surface: colours that differ by less tell nothing
SAY = 0.5  # of colour, where 1 is that of the place: an edge moves by less than a small pixel
DEPTH, NEAR, FAR, SIDE, WITHIN, NEAR_COLOUR, FAR_COLOUR = 0, 1, 2, 3, 4, slice(5, 8), slice(8, 11)  # layers


def to_full_size(values: np.ndarray, guide: np.ndarray, limit: float) -> np.ndarray:
    """(H, W) float32 of values (h, w), which rise towards the camera, and a larger sRGB picture (H, W, 3)
    of bytes. Steps larger than `limit` become edges of the picture; all else is interpolated.
    """
    height, width = values.shape
    if max(guide.shape[:2]) > FAR_TO_GO * max(values.shape):
        # Where an edge is farther off, the picture at twice the size tells.
        halfway = cv2.resize(guide, (2 * width, 2 * height), interpolation=cv2.INTER_AREA)
        doubled = _enlarged_to(values, halfway, limit)
        values = brought_to_edges(doubled, np.ones_like(doubled), np.float32(halfway) / 255, limit)
    return values if values.shape == guide.shape[:2] else _enlarged_to(values, guide, limit)


def _enlarged_to(values: np.ndarray, guide: np.ndarray, limit: float) -> np.ndarray:
    height, width = guide.shape[:2]
    small = cv2.resize(guide, values.shape[::-1], interpolation=cv2.INTER_AREA)
    layers = _two_surfaces(np.ascontiguousarray(values, np.float32), np.float32(small) / 255, limit)
    full = np.empty((height, width), np.float32)
    for rows in chunks(height, BAND):
        band = _enlarged(layers, rows, (width, height))
        full[rows] = band[..., DEPTH]
        at = np.nonzero(band[..., WITHIN] > 0)
        full[rows][at] = _of_like_colour(band[at], np.float32(guide[rows][at]) / 255)
    return full


def _two_surfaces(values: np.ndarray, picture: np.ndarray, limit: float) -> np.ndarray:
    """(h, w, 11): depth as it is; the near and the far surface; 1 on the near side and 0 on the far one;
    1 about jumps; and the colours of both surfaces nearby."""
    # A little more than REACH, so that what is blurred and enlarged within it is right.
    window = np.ones((2 * REACH + 3, 2 * REACH + 3), np.uint8)
    high, low = cv2.dilate(values, window), cv2.erode(values, window)
    jump = high - low > limit
    near = jump & (values > (high + low) / 2)
    surfaces = [_carried_on(values, picture, where) for where in (near, jump & ~near)]
    within = cv2.erode(np.float32(jump), np.ones((3, 3), np.uint8))
    share = cv2.blur(np.float32(near), (3, 3))  # an edge may lie a pixel off
    (near_value, near_colour), (far_value, far_colour) = surfaces
    layers = [values, near_value, far_value, share, within, near_colour, far_colour]
    return np.dstack(layers)


def _carried_on(values: np.ndarray, picture: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One surface's values, beyond it the mean of those around; and the mean colour of what is around."""
    side = 2 * REACH + 1
    weight = np.float32(where)
    around = cv2.blur(np.dstack([weight, weight * values, weight[..., None] * picture]), (side, side))
    means = around[..., 1:] / np.maximum(around[..., :1], 1e-6)
    known = where | (around[..., 0] < 1e-6)
    return np.where(known, values, means[..., 0]), means[..., 1:]


def _enlarged(layers: np.ndarray, rows: slice, size: tuple[int, int]) -> np.ndarray:
    """(rows, W, layers) of layers (h, w, ...) at `size` (width, height), interpolated."""
    width, height = size
    place = (np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5) * len(layers) / height - 0.5
    place = np.clip(place, 0, len(layers) - 1)
    above = np.minimum(place.astype(int), len(layers) - 2)
    share = (place - above)[:, None, None]
    band = layers[above] * (1 - share) + layers[above + 1] * share
    return np.dstack(
        [
            cv2.resize(np.ascontiguousarray(band[..., layer]), (width, len(band)))
            for layer in range(band.shape[-1])
        ]
    )


def _of_like_colour(layers: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """(K,) the near or the far surface's value for pixels with layers (K, 11) of a colour (K, 3)."""
    near, far = layers[:, NEAR_COLOUR], layers[:, FAR_COLOUR]
    to_near, to_far = (((colour - surface) ** 2).sum(1) for surface in (near, far))
    likeness = (to_far - to_near) / (((near - far) ** 2).sum(1) + 3 * GRAIN**2)
    is_near = 2 * layers[:, SIDE] - 1 + np.clip(likeness, -SAY, SAY) > 0
    return np.where(is_near, layers[:, NEAR], layers[:, FAR])
