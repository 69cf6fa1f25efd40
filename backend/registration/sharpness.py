"""What sharpness tells of frames in memory: how unlike two are, and whether the order holds."""

import cv2
import numpy as np

from ..runtime.parallel import prefetch
from ..stack import FocalStack
from ..stack.names import join_names
from ..stack.order import THUMBNAIL_SIDE, longest_rise
from ..stack.seriation import path_length, profile_distances, sharpness_profiles, shortest_path
from ..stack.stack_warnings import reversal_warnings

# The path through the frames in their order, over the shortest. It is 1.00 in 31 stacks, real and rendered,
# and 1.12 and more where two of ten frames or fewer are exchanged.
DETOUR = 1.1
MOVING_SHARE = 0.3  # of the differences; 0.04 with a plain wall, 0.68 and more in those stacks
# What a stack is ordered by, in a sentence.
ORDERED_BY = {
    "focus distance": "focus distances",
    "focus position": "focus positions",
    "file name": "file names",
    "sharpness": "overall sharpness",
}
MOST_NAMED = 0.25  # of the frames; more are not the exception


def profiles(photographs: np.ndarray) -> list[np.ndarray]:
    """Return the log sharpness of the tiles of photographs (N, h, w, 3), sRGB float32."""
    return sharpness_profiles(list(prefetch(_thumbnail, photographs)))


def check_order(photographs: np.ndarray, stack: FocalStack) -> list[str]:
    """Return warnings of what sharpness says against the order of the frames."""
    found = profiles(photographs)
    return [*reversal_warnings(stack, found), *_unsteadiness_warnings(stack, found)]


def _unsteadiness_warnings(stack: FocalStack, found: list[np.ndarray]) -> list[str]:
    """A warning that names the frames out of line, or none."""
    # A plain wall sharpens as a whole and blurs again, the same on both ways: only what moves tells.
    distances = profile_distances([profile - profile.mean() for profile in found])
    if (distances**2).sum() < MOVING_SHARE * (profile_distances(found) ** 2).sum():
        return []
    shortest = shortest_path(distances)
    if path_length(distances, range(len(distances))) <= DETOUR * path_length(distances, list(shortest)):
        return []
    place = np.argsort(shortest)
    in_line = max(longest_rise(list(place)), longest_rise(list(-place)), key=len)
    odd = [frame.path.name for n, frame in enumerate(stack.frames) if n not in in_line]
    about = f", at least not about {join_names(odd)}" if len(odd) <= max(1, MOST_NAMED * len(place)) else ""
    return [
        f"Sharpness does not move steadily through the photographs in the order of their "
        f"{ORDERED_BY[stack.order_source]}, which was followed{about}; type the focus distances that are "
        "wrong, or leave those photographs out."
    ]


def _thumbnail(photograph: np.ndarray) -> np.ndarray:
    """(h, w) uint8 grey of a photograph (H, W, 3)."""
    grey = (255 * np.clip(cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY), 0, 1)).astype(np.uint8)
    scale = min(1.0, THUMBNAIL_SIDE / max(grey.shape))
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
