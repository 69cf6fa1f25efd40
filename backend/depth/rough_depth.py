"""Rough depth, in a fraction of a second: for people to see before the estimate proper is there.

It takes small grey pictures of the frames, as those by which stacks are put in order, the large motion
between them, and one run of the network.
"""

import cv2
import numpy as np

from ..fusion.all_in_focus import fuse
from ..registration.motion import coarse_maps, relative_field_of_view
from ..registration.warp import warp
from ..runtime.sessions import Sessions
from ..stack import FocalStack
from ..stack.order import read_thumbnails
from .edges import refine_edges
from .focal_unet import EDGE_STEP, run_network
from .scales import resize

SIDE = 480  # pixels of the longer side, at most
MOST_FRAMES = 12


def rough_depth(stack: FocalStack, alignment: str, sessions: Sessions) -> np.ndarray:
    """Infer depth roughly.

    Parameters
    ----------
    stack
        As `read_stack` returns it. Of many frames some are looked at, from the farthest to the nearest.
    alignment
        Of `qualities.ALIGNMENTS`.
    sessions
        For the networks.

    Returns
    -------
    ndarray
        (h, w) float32 normalised dioptres, with the shape of the photographs.

    Raises
    ------
    InputError
        Where a photograph is damaged.
    """
    count = len(stack.frames)
    chosen = np.unique(np.linspace(0, count - 1, min(count, MOST_FRAMES)).round().astype(int))
    size = _size(*stack.size)
    thumbnails = read_thumbnails([stack.frames[index] for index in chosen])
    pictures = np.stack([_as_rgb(thumbnail, size) for thumbnail in thumbnails])
    relative_fov = relative_field_of_view(stack, alignment)[chosen]
    maps = coarse_maps(pictures, relative_fov, sessions, alignment)
    aligned = np.stack([warp(picture, each, size) for picture, each in zip(pictures, maps, strict=True)])
    positions = stack.positions[chosen]
    depth, uncertainty = run_network(sessions, aligned, positions)
    return refine_edges(depth, 1 / uncertainty, fuse(depth, aligned, positions), EDGE_STEP)


def _size(width: int, height: int) -> tuple[int, int]:
    """Width and height at which photographs of a size are looked at."""
    shrink = min(1.0, SIDE / max(width, height))
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _as_rgb(thumbnail: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w, 3) float32, 0 to 1: of one size, though photographs may differ by a pixel or two."""
    grey = resize(thumbnail.astype(np.float32) / 255, size)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
