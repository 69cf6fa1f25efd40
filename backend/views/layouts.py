"""How the views of a set stand together in one picture."""

from collections.abc import Sequence

import numpy as np

from ..io.colour import srgb_bytes, srgb_decode
from . import quilt
from .rasteriser import Drawing
from .stereo import DepthRange, eyes
from .view import View

MONO, SIDE_BY_SIDE, OVER_UNDER, ANAGLYPH, QUILT, RGBD = LAYOUTS = (
    "mono",
    "side-by-side",
    "over-under",
    "anaglyph",
    "quilt",
    "rgbd",
)
STEREO = SIDE_BY_SIDE, OVER_UNDER, ANAGLYPH, QUILT
# For red and cyan glasses before an LCD, in linear light: Dubois, "Conversion of a stereo pair to anaglyph
# with the least-squares projection method", 2009; the method is of his "A projection method to generate
# anaglyph stereo images", ICASSP 2001.
LEFT_EYE = np.array([[0.437, 0.449, 0.164], [-0.062, -0.062, -0.024], [-0.048, -0.050, -0.017]], np.float32)
RIGHT_EYE = np.array([[-0.011, -0.032, -0.007], [0.377, 0.761, 0.009], [-0.026, -0.093, 1.234]], np.float32)
DECODED = srgb_decode(np.arange(256) / 255)


def views_of(layout: str, view: View, eye_distance: float) -> list[View]:
    """Return the views of a layout about a view, in the order in which `compose` takes them."""
    if layout == QUILT:
        return quilt.spread_views(view, eye_distance)
    return eyes(view, eye_distance) if layout in STEREO else [view]


def compose(layout: str, drawings: Sequence[Drawing], depth: DepthRange) -> np.ndarray:
    """Return the picture of a layout, (H, W, 3) uint8 sRGB.

    Parameters
    ----------
    layout
        One of `LAYOUTS`.
    drawings
        Its views.
    depth
        What is black and white in `RGBD`.
    """
    pictures = [each.picture for each in drawings]
    match layout:
        case "side-by-side":
            return np.concatenate(pictures, axis=1)
        case "over-under":
            return np.concatenate(pictures)
        case "anaglyph":
            return _anaglyph(*pictures)
        case "quilt":
            return quilt.lay_out(pictures)
        case "rgbd":
            return np.concatenate([pictures[0], _grey_depth(drawings[0].nearness, depth)], axis=1)
        case _:
            return pictures[0]


def _anaglyph(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return srgb_bytes(DECODED[left] @ LEFT_EYE.T + DECODED[right] @ RIGHT_EYE.T)


def _grey_depth(nearness: np.ndarray, depth: DepthRange) -> np.ndarray:
    """(h, w, 3) uint8: even steps for even steps of 1 / depth, the nearest white."""
    far, near = 1 / depth.farthest, 1 / depth.nearest
    share = np.clip((nearness - far) / max(near - far, 1e-12), 0, 1)
    return np.repeat(np.round(255 * share).astype(np.uint8)[..., None], 3, axis=2)
