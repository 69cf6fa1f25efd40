"""The space of viewers: y up from the ground, the camera looking to -z, metres (glTF 2.0, 3.4)."""

import numpy as np

STRAIGHT_DOWN = 0.999  # cosine from which on the camera looks along the ground's normal


def viewer_frame(ground: np.ndarray, pivot: np.ndarray) -> np.ndarray:
    """Return the transform from the camera's space.

    Parameters
    ----------
    ground
        (4,): n . p + d = 0 in the camera's space, n upwards, |n| = 1. If it is empty, the camera is level.
    pivot
        (3,): the point that becomes the origin.

    Returns
    -------
    ndarray
        (4, 4) float64.
    """
    frame = np.eye(4)
    if len(ground):
        up, ahead = np.asarray(ground[:3], np.float64), np.array([0.0, 0.0, -1.0])
        if abs(ahead @ up) > STRAIGHT_DOWN:
            ahead = np.array([0.0, 1.0, 0.0])  # the top of the picture
        ahead -= (ahead @ up) * up
        ahead /= np.linalg.norm(ahead)
        frame[:3, :3] = np.cross(ahead, up), up, -ahead
    frame[:3, 3] = -frame[:3, :3] @ pivot
    return frame


def transform(frame: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return points (N, 3) in the space that a frame (4, 4) leads to, float32."""
    return (points @ frame[:3, :3].T + frame[:3, 3]).astype(np.float32)
