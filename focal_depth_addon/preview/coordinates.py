"""Where in the picture something lies. Nothing in here knows Blender.

A place is (x, y) in 0..1 of width and height, from the top left corner.
"""

from collections.abc import Sequence

import numpy as np


def pixel_at(place: tuple[float, float], shape: tuple[int, int]) -> tuple[int, int] | None:
    """Row and column of an array of that (rows, columns); row 0 is at the top. None outside."""
    x, y = place
    if not (0 <= x < 1 and 0 <= y < 1):
        return None
    return int(y * shape[0]), int(x * shape[1])


def place_seen(point: Sequence[float], camera: dict, size: tuple[int, int]) -> tuple[float, float] | None:
    """Where the photograph shows a point, or all that lies in its direction, in the camera's space (it looks
    along -Z); None behind it. `camera` and `size` (width, height) are result.json's."""
    x, y, z = point
    if z >= 0:
        return None
    column = camera["cx"] + camera["fx"] * x / -z
    row = camera["cy"] - camera["fy"] * y / -z
    return column / size[0], row / size[1]


def ping_pong(step: int, count: int) -> int:
    """0 to count - 1 and back again, for ever."""
    return count - 1 - abs(count - 1 - step % max(2 * (count - 1), 1))


def metres_of_error(depth: float, error: float) -> float:
    """An error in dioptres as one of depth, to first order: d(1/z) = -dz / z²."""
    return float(np.float64(depth) ** 2 * error)
