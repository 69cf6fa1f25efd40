"""How the set stands: upright on the ground of the photograph, as it was found, picked, or left out."""

from math import pi

import bpy
import numpy as np
from mathutils import Matrix, Vector

FACING_Y = Matrix.Rotation(pi / 2, 4, "X")
OPTICAL_AXES = Matrix.Rotation(pi, 4, "X")  # in the camera's space, Z being the optical axis
STRAIGHT_DOWN = 0.999  # cosine from which on the camera looks along the ground's normal
DETECTED_TAG = (
    "focal_depth_detected_ground"  # on the origin: the backend's ground and pivot; pivot alone if unsure
)
CERTAINTY_TAG = "focal_depth_ground_certainty"  # on the origin, 0 to 1
SOURCE_TAG = "focal_depth_ground_source"  # on the origin, as the backend names it
CHOSEN_TAG = "focal_depth_chosen_ground"  # on the origin, beats what was found; without a plane it is level
PLANE = 4  # numbers of a ground: its normal and distance
ROUNDS, OUTLIER = 12, 4.7  # of fitting a plane; Tukey's biweight, in robust standard deviations
FEWEST = 3  # points that a plane needs
SPREAD = 2, 98  # percentiles of an object's points between which it stands


def record_detected(
    origin: bpy.types.Object, ground: np.ndarray, pivot: np.ndarray, certainty: float, source: str
) -> None:
    """Note on a set's origin what the backend found.

    Parameters
    ----------
    origin
        The set's.
    ground, pivot
        As `camera_frame` takes them.
    certainty, source
        Of the ground.
    """
    origin[DETECTED_TAG] = [*map(float, ground), *map(float, pivot)]
    origin[CERTAINTY_TAG], origin[SOURCE_TAG] = certainty, source


def choose(origin: bpy.types.Object, ground: np.ndarray | None) -> None:
    """Let a set stand on a ground that a person chose, level if it is empty, or as found if it is None."""
    if ground is None:
        origin.pop(CHOSEN_TAG, None)
        origin.rotation_euler, origin.location = (0, 0, 0), (0, 0, 0)
    else:
        origin[CHOSEN_TAG] = [*map(float, ground), 0.0]  # Blender stores no empty list


def is_chosen(origin: bpy.types.Object) -> bool:
    """Whether a person chose how a set stands."""
    return CHOSEN_TAG in origin


def has_chosen_plane(origin: bpy.types.Object) -> bool:
    """Whether that is a ground, rather than level."""
    return len(origin.get(CHOSEN_TAG, ())) > PLANE


def has_detected(origin: bpy.types.Object) -> bool:
    """Whether the backend found a ground that it is sure of."""
    return len(origin.get(DETECTED_TAG, ())) > PLANE


def frame_of(origin: bpy.types.Object) -> Matrix:
    """Return the transform from the camera's space to the set's."""
    found = np.array(origin[DETECTED_TAG])
    ground, pivot = found[:-3], found[-3:]
    if is_chosen(origin):
        ground = np.array(origin[CHOSEN_TAG])[:-1]
    if len(ground):
        pivot = pivot - (ground[:3] @ pivot + ground[3]) * ground[:3]
    return camera_frame(ground, pivot)


def foot_of(points: np.ndarray, frame: Matrix) -> np.ndarray:
    """Return the middle of points (N, 3) at the height of the lowest, (3,); few that lie off do not count.

    Parameters
    ----------
    points
        In the camera's space.
    frame
        The transform from there to the set's, Z up.
    """
    axes = np.array(frame.to_3x3())
    upright = points @ axes.T
    low, high = np.percentile(upright, SPREAD, axis=0)
    return np.append((low + high)[:2] / 2, low[2]) @ axes


def fit_plane(points: np.ndarray) -> np.ndarray | None:
    """Return the ground, as `camera_frame` takes it, that points (N, 3) in the camera's space lie on.

    A plane is linear in 1 / depth over the picture, where the noise of depth is even. None where they lie
    on a line.
    """
    depth = -points[:, 2]
    rays, nearness = points / depth[:, None], 1 / depth
    plane, weights = np.zeros(3), np.ones(len(points))
    for _ in range(ROUNDS):
        root = np.sqrt(weights)
        plane, _, rank, _ = np.linalg.lstsq(rays * root[:, None], nearness * root, rcond=1e-6)
        if rank < FEWEST:
            return None
        off = np.abs(nearness - rays @ plane)
        scale = max(1.4826 * float(np.median(off)), 1e-9)
        weights = np.maximum(1 - (off / (OUTLIER * scale)) ** 2, 0) ** 2
    length = np.linalg.norm(plane)
    return np.append(-plane / length, 1 / length)


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
