"""Which way is up, by straight lines in the picture: walls, doors and boxes have edges that are vertical."""

import cv2
import numpy as np

from .directions import Upright, angle_deg, grid_of_directions, tilt_deg
from .pinhole import Pinhole

LONG_SIDE = 1000  # pixels, of the picture in which lines are found
SHORTEST = 0.03  # of a line, of the picture's long side
STRAIGHT = 1.2  # degrees, between a line and the direction to the vanishing point
TILTS, ROLLS, STEP = (-20, 60), (-12, 12), 0.5  # degrees of the directions that are tried
USUAL_TILT, USUAL_ROLL = (-8, 32), 6  # degrees: a range, and a standard deviation
TILT_FALLOFF = 12  # degrees, outside the range
MIN_LENGTH, MIN_COUNT = 0.9, 10  # long sides of all lines together, and how many
APART, MAX_RIVAL = 8, 0.8  # degrees from which on another direction may have so much of the length
DEVIATION = 2.0  # degrees, with a lens as wide as a phone's
WIDE_LENS = 0.8  # focal length over width


def find_vertical(picture: np.ndarray, camera: Pinhole) -> Upright | None:
    """Return the direction in which most upright lines of a picture meet; None where too few do.

    Lines by LSD (von Gioi et al., 2010). A line and the pinhole span a plane, and a direction that the line
    has in space lies in it (Hartley & Zisserman, section 8.6). Lines that recede over a floor meet above the
    picture's middle, verticals of a camera that looks down meet below, so both are seldom mistaken.

    Parameters
    ----------
    picture
        (H, W, 3) uint8 sRGB.
    camera
        Of the picture.
    """
    starts, ends = _lines(picture, camera)
    lengths = np.linalg.norm((starts - ends)[:, :2], axis=1) * camera.fx / max(picture.shape[:2])
    long = lengths > SHORTEST
    starts, ends, lengths = starts[long], ends[long], lengths[long]
    if len(lengths) < MIN_COUNT:
        return None
    planes = _unit(np.cross(starts, ends))
    middles = _unit(starts + ends)

    directions = grid_of_directions(TILTS, ROLLS, STEP)
    across = np.sqrt(np.maximum(1 - (directions @ middles.T) ** 2, 1e-6))
    angles = np.degrees(np.arcsin(np.clip(directions @ planes.T / across, -1, 1)))
    shares = np.maximum(1 - (angles / STRAIGHT) ** 2, 0)
    scores = shares @ lengths * _prior(directions)
    best = int(np.argmax(scores))
    narrowness = max(1.0, camera.fx / picture.shape[1] / WIDE_LENS)
    far = angle_deg(directions, directions[best]) > APART * narrowness
    if (
        shares[best] @ lengths < MIN_LENGTH
        or (shares[best] > 0).sum() < MIN_COUNT
        or scores[far].max() > MAX_RIVAL * scores[best]
    ):
        return None
    return Upright(directions[best], DEVIATION * narrowness)


def _lines(picture: np.ndarray, camera: Pinhole) -> tuple[np.ndarray, np.ndarray]:
    """Rays (N, 3) to both ends of each line."""
    scale = min(1.0, LONG_SIDE / max(picture.shape[:2]))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(small)[0]
    if found is None:
        return np.empty((0, 3), np.float32), np.empty((0, 3), np.float32)
    ends = found[:, 0] / scale
    return camera.rays(ends[:, 0], ends[:, 1]), camera.rays(ends[:, 2], ends[:, 3])


def _prior(directions: np.ndarray) -> np.ndarray:
    """How usual it is to hold a camera so, 0 to 1."""
    tilt, roll = tilt_deg(directions)
    middle, reach = sum(USUAL_TILT) / 2, (USUAL_TILT[1] - USUAL_TILT[0]) / 2
    beyond = np.maximum(np.abs(tilt - middle) - reach, 0)
    return np.exp(-0.5 * (beyond / TILT_FALLOFF) ** 2 - 0.5 * (roll / USUAL_ROLL) ** 2)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
