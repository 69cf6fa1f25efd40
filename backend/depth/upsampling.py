"""Depth from the size at which networks look at it to the photographs' own, with the photographs' edges.

About a jump there are two surfaces. Each is carried on to either side of the jump and enlarged by itself, so
that neither bends towards the other; then each pixel takes the one whose colour it has. Where the two look
alike, the jump stays halfway, where it was. (The idea is that of joint bilateral upsampling, Kopf et al.,
SIGGRAPH 2007, with two depths to choose from in place of a mean of all of them.)
"""

import cv2
import numpy as np

from ..runtime.chunks import Tile, chunks, tiles
from ..runtime.parallel import for_each
from .edges import refine_edges

REACH = 2  # small pixels to either side of a jump within which both its surfaces are seen
MARGIN = 2 * REACH + 4  # pixels about a tile that have a say in it
FAR_TO_GO = 2.5  # times as large as this, a picture is reached by way of one of twice the size
CHUNK = 1 << 14  # pixels about jumps, in one go
GRAIN = 0.1  # deviation of sRGB within a surface: colours that differ by less tell nothing
COLOUR_WEIGHT = 0.5  # of colour, where 1 is that of the place: an edge moves by less than a small pixel
NEAR, FAR, SIDE, NEAR_COLOUR, FAR_COLOUR = 0, 1, 2, slice(3, 6), slice(6, 9)  # layers


def upsample(values: np.ndarray, guide: np.ndarray, min_step: float) -> np.ndarray:
    """Enlarge depth to a picture's size: steps become edges of the picture, all else is interpolated.

    Parameters
    ----------
    values
        (h, w) normalised dioptres, which rise towards the camera.
    guide
        (H, W, 3) uint8, sRGB, larger or as large.
    min_step
        Steps larger than this become edges.

    Returns
    -------
    ndarray
        (H, W) float32.
    """
    height, width = values.shape
    if max(guide.shape[:2]) > FAR_TO_GO * max(values.shape):
        # Where an edge is farther off, the picture at twice the size tells.
        halfway = cv2.resize(guide, (2 * width, 2 * height), interpolation=cv2.INTER_AREA)
        doubled = _enlarged_to(values, halfway, min_step)
        values = refine_edges(doubled, np.ones_like(doubled), halfway.astype(np.float32) / 255, min_step)
    return values if values.shape == guide.shape[:2] else _enlarged_to(values, guide, min_step)


def _enlarged_to(values: np.ndarray, guide: np.ndarray, min_step: float) -> np.ndarray:
    size = guide.shape[1], guide.shape[0]
    small = cv2.resize(guide, values.shape[::-1], interpolation=cv2.INTER_AREA)
    values = np.ascontiguousarray(values, np.float32)
    layers, about_jumps = _two_surfaces(values, small, min_step)
    full = cv2.resize(values, size)
    places, colours = np.flatnonzero(cv2.resize(about_jumps, size) > 0), guide.reshape(-1, 3)

    def decide(some: slice) -> None:
        at = places[some]
        colour = colours.take(at, axis=0).astype(np.float32) / 255
        full.flat[at] = _of_like_colour(_enlarged_at(np.divmod(at, size[0]), layers, size), colour)

    for_each(decide, list(chunks(len(places), CHUNK)))
    return full


def _two_surfaces(values: np.ndarray, picture: np.ndarray, min_step: float) -> tuple[np.ndarray, np.ndarray]:
    """(h, w, 9): the near and the far surface, 1 on the near side and 0 on the far one, and the colours of
    both surfaces nearby, of a picture (h, w, 3) uint8; and (h, w) float32, 1 about jumps.

    Layers are 0 elsewhere.
    """
    height, width = values.shape
    layers, about_jumps = np.zeros((height, width, 9), np.float32), np.zeros((height, width), np.float32)

    def look(tile: Tile) -> None:
        outer = tuple(
            slice(max(0, side.start - MARGIN), min(length, side.stop + MARGIN))
            for side, length in zip(tile, values.shape, strict=True)
        )
        inner = tuple(
            slice(side.start - around.start, side.stop - around.start)
            for side, around in zip(tile, outer, strict=True)
        )
        found = _two_surfaces_of(values[outer], picture[outer], min_step)
        if found is not None:
            layers[tile], about_jumps[tile] = found[0][inner], found[1][inner]

    for_each(look, tiles(height, width))
    return layers, about_jumps


def _two_surfaces_of(
    values: np.ndarray, picture: np.ndarray, min_step: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """The same of a part of a picture; None where it has no jump."""
    # A little more than REACH, so that what is blurred and enlarged within it is right.
    window = np.ones((2 * REACH + 3, 2 * REACH + 3), np.uint8)
    high, low = cv2.dilate(values, window), cv2.erode(values, window)
    jump = high - low > min_step
    if not jump.any():
        return None
    near = jump & (values > (high + low) / 2)
    colours = picture.astype(np.float32) / 255
    surfaces = [_carried_on(values, colours, where) for where in (near, jump & ~near)]
    share = cv2.blur(near.astype(np.float32), (3, 3))  # an edge may lie a pixel off
    (near_value, near_colour), (far_value, far_colour) = surfaces
    layers = cv2.merge([near_value, far_value, share, near_colour, far_colour])
    return layers, cv2.erode(jump.astype(np.float32), np.ones((3, 3), np.uint8))


def _carried_on(values: np.ndarray, picture: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One surface's values, beyond it the mean of those around; and the mean colour of what is around."""
    side = 2 * REACH + 1
    weight = where.astype(np.float32)
    share = cv2.blur(weight, (side, side))
    mean = cv2.blur(weight * values, (side, side)) / np.maximum(share, 1e-6)
    colour = cv2.blur(weight[..., None] * picture, (side, side)) / np.maximum(share, 1e-6)[..., None]
    return np.where(where | (share < 1e-6), values, mean), colour


def _enlarged_at(at: tuple[np.ndarray, np.ndarray], layers: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(K, layers) of layers (h, w, ...) at places, rows and columns, of what is enlarged to `size` (width,
    height): interpolated, as `cv2.resize` does it.
    """
    (above, down), (left, right) = (
        _between(places, before, after)
        for places, before, after in zip(at, layers.shape, size[::-1], strict=False)
    )
    width, depth = layers.shape[1:]
    pixels = layers.reshape(-1, depth)
    upper, lower = (
        pixels.take(first, axis=0) * (1 - right[:, None]) + pixels.take(first + 1, axis=0) * right[:, None]
        for first in (above * width + left, (above + 1) * width + left)
    )
    return upper * (1 - down[:, None]) + lower * down[:, None]


def _between(places: np.ndarray, before: int, after: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixel before each place along a side that grows, and the share of the one after it."""
    exact = np.clip((places + np.float32(0.5)) * np.float32(before / after) - np.float32(0.5), 0, before - 1)
    first = np.minimum(exact.astype(int), before - 2)
    return first, (exact - first).astype(np.float32)


def _of_like_colour(layers: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """(K,) the near or the far surface's value for pixels with layers (K, 9) of a colour (K, 3)."""
    near, far = layers[:, NEAR_COLOUR], layers[:, FAR_COLOUR]
    to_near, to_far = (((colour - surface) ** 2).sum(1) for surface in (near, far))
    likeness = (to_far - to_near) / (((near - far) ** 2).sum(1) + 3 * GRAIN**2)
    is_near = 2 * layers[:, SIDE] - 1 + np.clip(likeness, -COLOUR_WEIGHT, COLOUR_WEIGHT) > 0
    return np.where(is_near, layers[:, NEAR], layers[:, FAR])
