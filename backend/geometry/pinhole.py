"""The reference camera as geometry needs it: pixels to rays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Pinhole:
    """A pinhole camera.

    Attributes
    ----------
    fx, fy
        Distance from the pinhole to the image in pixels.
    cx, cy
        Principal point in pixels; pixel centres lie at +0.5, so that a centred one is (W/2, H/2).
    """

    fx: float
    fy: float
    cx: float
    cy: float

    def rays(self, u: ArrayLike, v: ArrayLike) -> np.ndarray:
        """Return view rays to depth 1 in the camera's space.

        As Blender has it: x right, y up, looking down -z (Hartley & Zisserman, eq. 6.9 inverted).

        Parameters
        ----------
        u, v
            Places in the picture, in pixels; they broadcast.

        Returns
        -------
        ndarray
            (..., 3) float32.
        """
        rays = np.empty((*np.broadcast_shapes(np.shape(u), np.shape(v)), 3), np.float32)
        rays[..., 0] = (np.asarray(u) - self.cx) / self.fx
        rays[..., 1] = (self.cy - np.asarray(v)) / self.fy
        rays[..., 2] = -1
        return rays
