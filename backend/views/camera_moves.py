"""Camera moves about a set, each a view a frame."""

import numpy as np

from .stereo import NEAREST_SHARE, DepthRange
from .view import View

ORBIT, PUSH_IN = MOVES = ("orbit", "push-in")
FRAME_RATE = 30
FRAMES = 3 * FRAME_RATE
RADIUS = NEAREST_SHARE  # of the nearest depth, of an orbit: what opens behind near things stays narrow
FLATNESS = 0.5  # of an orbit's height to its width
TRAVEL = 0.15  # of the nearest depth, of a push-in


def move_camera(move: str, depth: DepthRange, convergence: float) -> list[View]:
    """Return the views of a move.

    Parameters
    ----------
    move
        `ORBIT`, a loop about the photograph's camera, or `PUSH_IN`, from there ahead.
    depth
        Of the picture.
    convergence
        What depth stays in place in an orbit, metres.
    """
    if move == ORBIT:
        angles = np.linspace(0, 2 * np.pi, FRAMES, endpoint=False)
        radius = RADIUS * depth.nearest
        places = radius * np.sin(angles), radius * FLATNESS * np.cos(angles)
        return [View(float(right), float(up), 0, convergence) for right, up in zip(*places, strict=True)]
    eased = (1 - np.cos(np.linspace(0, np.pi, FRAMES))) / 2
    return [View(ahead=TRAVEL * depth.nearest * float(share), convergence=convergence) for share in eased]
