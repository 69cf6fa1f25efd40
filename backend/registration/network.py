"""Our alignment network, from the weights that travel with the package."""

import numpy as np

from ..runtime.planes import to_planes
from ..runtime.sessions import Sessions
from ..runtime.timings import StageProgress
from ..weights import ALIGNMENT_MODEL

STRETCH = 4  # pairs of frames aligned at a time: more take more memory and no less time


def estimate_motion(pictures: np.ndarray, sessions: Sessions, progress: StageProgress) -> np.ndarray:
    """Return the scales and shifts that carry the last frame's coordinates into each frame.

    Coordinates run about the picture's centre in halves of its longer side, so the motion holds at any size.

    Parameters
    ----------
    pictures
        (N, H, W, 3) float32, sRGB 0 to 1, of one field of view, far to near.
    sessions
        Where the network is open, or opened.
    progress
        Hears of every stretch of frames.

    Returns
    -------
    ndarray
        (N, 3) float32: scale, and shift to the right and down.
    """
    motion = np.array([[1, 0, 0]], np.float32)
    # Far stretches of a long stack are chained to the nearer ones, so that memory stays flat.
    for last in range(len(pictures) - 1, 0, -STRETCH):
        progress(len(pictures) - 1 - last, len(pictures) - 1)
        stretch = to_planes(pictures[max(0, last - STRETCH) : last + 1])
        onto_last, _ = sessions.get(ALIGNMENT_MODEL).run(None, {"stack": stretch})
        onwards = onto_last[:-1, :1] * motion[:1] + np.pad(onto_last[:-1, 1:], ((0, 0), (1, 0)))
        motion = np.concatenate([onwards, motion])
    return motion
