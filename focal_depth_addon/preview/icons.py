"""The histogram as icons side by side: an icon is square, the sidebar is wide."""

import bpy.utils.previews
import numpy as np

from .histogram import Histogram, draw

TILES, SIDE = 3, 128  # SIDE in pixels

_tiles: bpy.utils.previews.ImagePreviewCollection | None = None
_drawn: tuple = ()


def draw_icons(histogram: Histogram, near: float, far: float) -> list[int]:
    """Return the icon numbers, from left to right, of a histogram with lines at `near` and `far`."""
    global _tiles, _drawn
    tiles = _tiles
    if tiles is None:
        tiles = _tiles = bpy.utils.previews.new()
        for number in range(TILES):
            tiles.new(str(number)).image_size = SIDE, SIDE
    wanted = id(histogram.counts), near, far
    if _drawn != wanted:
        picture = draw(histogram, near, far, TILES * SIDE, SIDE)[::-1]
        for number, part in enumerate(np.split(picture, TILES, axis=1)):
            tiles[str(number)].image_pixels_float.foreach_set(part.ravel())
        _drawn = wanted
    return [tiles[str(number)].icon_id for number in range(TILES)]


def release() -> None:
    """Remove the icons."""
    global _tiles, _drawn
    if _tiles is not None:
        bpy.utils.previews.remove(_tiles)
    _tiles, _drawn = None, ()
