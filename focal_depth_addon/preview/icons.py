"""Wide pictures as icons side by side: an icon is square, the sidebar is wide."""

import json
from collections.abc import Callable

import bpy.utils.previews
import numpy as np

from .focus_curve import draw_curve
from .histogram import Histogram, draw

TILES, SIDE = 3, 128  # SIDE in pixels

_tiles: bpy.utils.previews.ImagePreviewCollection | None = None
_drawn: dict[str, tuple] = {}


def draw_icons(histogram: Histogram, near: float, far: float) -> list[int]:
    """Return the icon numbers, from left to right, of a histogram with lines at `near` and `far`."""
    shown = id(histogram.counts), near, far
    return _draw("histogram", shown, lambda: draw(histogram, near, far, TILES * SIDE, SIDE))


def draw_curve_icons(curve: str, taken: str, start: float, end: float, duration: float) -> list[int]:
    """Return the icon numbers, from left to right, of a clip's curve of focus; both texts are JSON."""
    shown = curve, taken, start, end, duration
    return _draw(
        "curve",
        shown,
        lambda: draw_curve(json.loads(curve), json.loads(taken), start, end, duration, TILES * SIDE, SIDE),
    )


def _draw(name: str, shown: tuple, picture: Callable[[], np.ndarray]) -> list[int]:
    global _tiles
    tiles = _tiles = _tiles or bpy.utils.previews.new()
    names = [f"{name} {number}" for number in range(TILES)]
    if _drawn.get(name) != shown:
        parts = np.split(picture()[::-1], TILES, axis=1)
        for tile, part in zip(names, parts, strict=True):
            preview = tiles.get(tile) or tiles.new(tile)
            preview.image_size = SIDE, SIDE
            preview.image_pixels_float.foreach_set(part.ravel())
        _drawn[name] = shown
    return [tiles[tile].icon_id for tile in names]


def release() -> None:
    """Remove the icons."""
    global _tiles
    if _tiles is not None:
        bpy.utils.previews.remove(_tiles)
    _tiles = None
    _drawn.clear()
