"""Places in the picture. Needs no Blender.

A place is (x, y) in 0..1 of width and height, from the top left corner.
"""

from collections.abc import Sequence

import numpy as np

from ...backend.contract.schema import Camera


def pixel_at(place: tuple[float, float], shape: tuple[int, ...]) -> tuple[int, int] | None:
    """Return the row and column at a place in an array of `shape` (rows, columns); None outside."""
    x, y = place
    if not (0 <= x < 1 and 0 <= y < 1):
        return None
    return int(y * shape[0]), int(x * shape[1])


def project(point: Sequence[float], camera: Camera, size: Sequence[int]) -> tuple[float, float] | None:
    """Return the place of a point, or of all points in its direction, in the photograph.

    Parameters
    ----------
    point
        (x, y, z) in the camera's space; it faces -Z.
    camera, size
        As in result.json; (width, height) in pixels.

    Returns
    -------
    tuple or None
        None where the point is behind the camera.
    """
    x, y, z = point
    if z >= 0:
        return None
    column = camera["cx"] + camera["fx"] * x / -z
    row = camera["cy"] - camera["fy"] * y / -z
    return column / size[0], row / size[1]


def ping_pong(step: int, count: int) -> int:
    """Return the index at a step of going from 0 to `count` - 1 and back, again and again."""
    return count - 1 - abs(count - 1 - step % max(2 * (count - 1), 1))


def depth_uncertainty(depth: float, uncertainty: float) -> float:
    """Return an uncertainty in dioptres as one in metres, to first order: d(1/z) = -dz / z^2."""
    return float(np.float64(depth) ** 2 * uncertainty)
