"""How far off an alignment is, on rendered stacks whose truth.json tells what every camera did.

A pixel of the reference with known depth is a point in space, and each frame's camera, a pinhole of
known place, turn, image distance and shift, sees it somewhere. That place is exact with parallax too.
"""

import json
from dataclasses import dataclass
from math import cos, sin
from pathlib import Path

import numpy as np

from ...contract.errors import InputError
from ...stack import FocalStack

TRUTH = "truth.json"  # rendering/frames.py writes it
PICTURE_SIDE = 480  # pixels of the longer side in which misregistration is told


@dataclass(frozen=True)
class TrueFrame:
    """The camera of one frame.

    Translation (metres) and rotation (radians, about x, then y, then z) are along and about the
    reference camera's axes: right, up, backward.
    """

    focal: float  # pixels: the image distance, with what the lens breathes beyond the thin one
    shift: np.ndarray  # (2,) pixels right and down
    translation: np.ndarray
    rotation: np.ndarray

    @property
    def moved(self) -> bool:
        return bool(self.translation.any() or self.rotation.any())


def read_true_frames(folder: Path, stack: FocalStack) -> list[TrueFrame] | None:
    """In the stack's order; None where the folder has no truth.json."""
    path = folder / TRUTH
    if not path.exists():
        return None
    try:
        truth = json.loads(path.read_text())
        pixels = stack.size[0] / truth["sensor_width_m"]
        told = {frame["file"]: frame for frame in truth["frames"]}
        return [_true_frame(told[frame.path.name], pixels) for frame in stack.frames]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{path} does not tell every frame's camera; render the stack again") from None


def _true_frame(told: dict, pixels: float) -> TrueFrame:
    """`pixels` in a metre of the sensor."""
    return TrueFrame(
        focal=told["image_distance_m"] * told["scale"] * pixels,
        shift=np.array(told["shift_px"], float),
        translation=np.array(told["translation_m"], float),
        rotation=np.array(told["rotation_rad"], float),
    )


def misregistration(motion: np.ndarray, frames: list[TrueFrame], depth: np.ndarray) -> list[float]:
    """N - 1 means over the reference's pixels of the distance between found and true place, in pixels.

    motion: (N, 3, 3) from the reference, the last frame, into each; depth: (H, W) metres, planar, of
    the reference. Pixels are those of a picture whose longer side is PICTURE_SIDE.
    """
    half = max(depth.shape) / 2
    points = _pixel_centres(depth.shape)
    off = []
    for matrix, frame in zip(motion[:-1], frames[:-1], strict=True):
        found = points @ matrix[:2, :2].T + half * matrix[:2, 2]
        distance = np.linalg.norm(found - true_places(frame, frames[-1], depth), axis=-1)
        off.append(float(distance.mean()) * PICTURE_SIDE / (2 * half))
    return off


def true_places(frame: TrueFrame, reference: TrueFrame, depth: np.ndarray) -> np.ndarray:
    """(H, W, 2) pixels from the centre, right and down, where the reference's points lie in a frame.

    depth: (H, W) metres along the reference's optical axis; infinite where there is no surface.
    """
    right, down = np.moveaxis(_pixel_centres(depth.shape) / reference.focal, -1, 0)
    # Points over their depth, so that what is infinitely far has a place too.
    seen = np.stack([right, -down, -np.ones_like(right)], -1) - frame.translation / depth[..., None]
    right, up, backward = np.moveaxis(seen @ _turn(frame.rotation), -1, 0)
    return frame.focal * np.stack([right, -up], -1) / -backward[..., None] + frame.shift


def _pixel_centres(shape: tuple[int, int]) -> np.ndarray:
    """(H, W, 2) pixels from the picture's centre, right and down."""
    height, width = shape
    return np.stack(np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2), -1)


def _turn(rotation: np.ndarray) -> np.ndarray:
    """(3, 3) that carries the turned camera's axes into the reference's: about x, then y, then z."""
    x, y, z = rotation
    about_x = np.array([[1, 0, 0], [0, cos(x), -sin(x)], [0, sin(x), cos(x)]])
    about_y = np.array([[cos(y), 0, sin(y)], [0, 1, 0], [-sin(y), 0, cos(y)]])
    about_z = np.array([[cos(z), -sin(z), 0], [sin(z), cos(z), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x
