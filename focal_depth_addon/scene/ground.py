"""The set's orientation: upright on the ground of the photograph, if there is one."""

from math import pi

import numpy as np
from mathutils import Matrix, Vector

FACING_Y = Matrix.Rotation(pi / 2, 4, "X")
OPTICAL_AXES = Matrix.Rotation(pi, 4, "X")  # in the camera's space, Z being the optical axis
STRAIGHT_DOWN = 0.999  # cosine from which on the camera looks along the ground's normal


def camera_frame(ground: np.ndarray, pivot: np.ndarray) -> Matrix:
    """Return the transform from the camera's space to the set's: Z up from the ground, the camera facing +Y.

    Parameters
    ----------
    ground
        (4,): n . p + d = 0 in the camera's space, n upwards, |n| = 1. If it is empty, the camera itself is
        the origin, and level.
    pivot
        (3,): the point of the ground that becomes the origin.
    """
    if not len(ground):
        return FACING_Y
    up = Vector(ground[:3].tolist())
    ahead = Vector((0, 0, -1))
    if abs(ahead.dot(up)) > STRAIGHT_DOWN:
        ahead = Vector((0, 1, 0))  # the top of the picture
    ahead = (ahead - ahead.dot(up) * up).normalized()
    axes = Matrix((ahead.cross(up), ahead, up)).to_4x4()
    return axes @ Matrix.Translation(-Vector(pivot.tolist()))
