"""The reference camera as geometry needs it: pixels to rays."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pinhole:
    """Pinhole camera in pixels; pixel centres at +0.5, so a centred principal point is (W/2, H/2)."""

    fx: float
    fy: float
    cx: float
    cy: float

    def rays(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        """(..., 3) float32 view rays to depth 1 of picture positions u, v, in the camera's space as Blender
        has it: x right, y up, looking down -z (Hartley & Zisserman, eq. 6.9 inverted)."""
        rays = np.empty((*np.broadcast_shapes(u.shape, v.shape), 3), np.float32)
        rays[..., 0] = (u - self.cx) / self.fx
        rays[..., 1] = (self.cy - v) / self.fy
        rays[..., 2] = -1
        return rays
