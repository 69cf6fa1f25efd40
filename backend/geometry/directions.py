"""Directions upwards in the camera's space: x right, y up, looking down -z."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Upright:
    """A measured direction upwards.

    Attributes
    ----------
    up
        (3,), of length 1.
    deviation_deg
        Its standard deviation.
    """

    up: np.ndarray
    deviation_deg: float


def to_direction(tilt_deg: np.ndarray | float, roll_deg: np.ndarray | float) -> np.ndarray:
    """Return the direction upwards, (..., 3), of a camera tilted down and rolled clockwise by angles."""
    tilt, roll = np.radians(tilt_deg), np.radians(roll_deg)
    return np.stack(
        np.broadcast_arrays(-np.sin(roll) * np.cos(tilt), np.cos(roll) * np.cos(tilt), np.sin(tilt)), -1
    )


def tilt_deg(directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far a camera is tilted down and rolled clockwise, in degrees; inverse of `to_direction`."""
    x, y, z = np.moveaxis(directions, -1, 0)
    return np.degrees(np.arcsin(np.clip(z, -1, 1))), np.degrees(np.arctan2(-x, y))


def grid_of_directions(tilts: tuple[float, float], rolls: tuple[float, float], step: float) -> np.ndarray:
    """Return directions upwards (N, 3) of all tilts and rolls in ranges, `step` degrees apart."""
    tilt, roll = (np.arange(low, high + step / 2, step) for low, high in (tilts, rolls))
    return to_direction(*np.meshgrid(tilt, roll, indexing="ij")).reshape(-1, 3)


def angle_deg(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the angle between directions (..., 3), in degrees."""
    return np.degrees(np.arccos(np.clip((one * other).sum(-1), -1, 1)))
