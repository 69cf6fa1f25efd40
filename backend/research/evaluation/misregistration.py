"""The error of an alignment, on rendered stacks whose truth.json holds the camera of every frame.

A pixel of the reference with known depth is a point in space, and each frame's camera, a pinhole of known
position, rotation, image distance and shift, sees it somewhere. That position is exact with parallax too.
"""

import json
from dataclasses import dataclass
from math import cos, sin
from pathlib import Path
from typing import Any

import numpy as np

from ...contract.errors import InputError
from ...registration.polynomial import evaluate
from ...stack import FocalStack

TRUTH = "truth.json"  # rendering/frames.py writes it
PICTURE_SIDE = 480  # pixels of the longer side to which misregistration refers


@dataclass(frozen=True)
class TrueCamera:
    """The camera of one frame.

    Translation and rotation are along and about the reference camera's axes: right, up, backward.

    Attributes
    ----------
    focal
        Image distance in pixels, with the breathing beyond the thin lens's.
    shift
        (2,) pixels right and down.
    translation
        (3,) metres.
    rotation
        (3,) radians, about x, then y, then z.
    """

    focal: float
    shift: np.ndarray
    translation: np.ndarray
    rotation: np.ndarray

    @property
    def has_moved(self) -> bool:
        """Whether it is not where the reference camera is."""
        return bool(self.translation.any() or self.rotation.any())


def read_true_cameras(folder: Path, stack: FocalStack) -> list[TrueCamera] | None:
    """Read the cameras of a stack's frames, in its order; None where the folder has no truth.json.

    Raises
    ------
    InputError
        Where the file lacks a frame or is damaged.
    """
    path = folder / TRUTH
    if not path.exists():
        return None
    try:
        truth = json.loads(path.read_text())
        pixels_per_metre = stack.size[0] / truth["sensor_width_m"]
        entries = {frame["file"]: frame for frame in truth["frames"]}
        return [_true_camera(entries[frame.path.name], pixels_per_metre) for frame in stack.frames]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{path} lacks the camera of a frame; render the stack again") from None


def _true_camera(entry: dict[str, Any], pixels_per_metre: float) -> TrueCamera:
    return TrueCamera(
        focal=entry["image_distance_m"] * entry["scale"] * pixels_per_metre,
        shift=np.array(entry["shift_px"], float),
        translation=np.array(entry["translation_m"], float),
        rotation=np.array(entry["rotation_rad"], float),
    )


def misregistration(maps: np.ndarray, cameras: list[TrueCamera], depth: np.ndarray) -> list[float]:
    """Measure the mean distance between estimated and true positions of the reference's pixels.

    Parameters
    ----------
    maps
        (N, 2, 15) from the reference, the last frame, into each, as `registration.polynomial` has maps.
    cameras
        N, in the same order.
    depth
        (H, W) planar depth of the reference in metres.

    Returns
    -------
    list of float
        N - 1 means, in pixels of a picture whose longer side is PICTURE_SIDE.
    """
    half = max(depth.shape) / 2
    points = _pixel_centres(depth.shape)
    errors = []
    for coefficients, camera in zip(maps[:-1], cameras[:-1], strict=True):
        estimated = evaluate(coefficients, points / half) * half
        distance = np.linalg.norm(estimated - true_positions(camera, cameras[-1], depth), axis=-1)
        errors.append(float(distance.mean()) * PICTURE_SIDE / (2 * half))
    return errors


def true_positions(camera: TrueCamera, reference: TrueCamera, depth: np.ndarray) -> np.ndarray:
    """Project the points that the reference camera sees into another one.

    Parameters
    ----------
    camera, reference
        The two cameras.
    depth
        (H, W) metres along the reference's optical axis; infinite where there is no surface.

    Returns
    -------
    numpy.ndarray
        (H, W, 2) pixels from the centre, right and down.
    """
    right, down = np.moveaxis(_pixel_centres(depth.shape) / reference.focal, -1, 0)
    # Points over their depth, so that what is infinitely far has a position too.
    points = np.stack([right, -down, -np.ones_like(right)], -1) - camera.translation / depth[..., None]
    right, up, backward = np.moveaxis(points @ _rotation_matrix(camera.rotation), -1, 0)
    return camera.focal * np.stack([right, -up], -1) / -backward[..., None] + camera.shift


def _pixel_centres(shape: tuple[int, ...]) -> np.ndarray:
    """Return (H, W, 2) pixels from the picture's centre, right and down."""
    height, width = shape
    return np.stack(np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2), -1)


def _rotation_matrix(rotation: np.ndarray) -> np.ndarray:
    """Return (3, 3) that carries the rotated camera's axes into the reference's: about x, then y, then z."""
    x, y, z = rotation
    about_x = np.array([[1, 0, 0], [0, cos(x), -sin(x)], [0, sin(x), cos(x)]])
    about_y = np.array([[cos(y), 0, sin(y)], [0, 1, 0], [-sin(y), 0, cos(y)]])
    about_z = np.array([[cos(z), -sin(z), 0], [sin(z), cos(z), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x
