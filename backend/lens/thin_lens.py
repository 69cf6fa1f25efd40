"""The thin lens. Distances from the lens in metres, focus in dioptres (1/m, 0 is infinity)."""

import numpy as np

FULL_FRAME_WIDTH = 0.036
FULL_FRAME_DIAGONAL = 0.0432666


def image_distance(focal_length, dioptres):
    """Lens to sensor, s = f d / (d - f) = f / (1 - f D), in metres.

    Gaussian lens equation, 1/f = 1/s + 1/d. Raises ValueError for focus inside the focal length.
    """
    denominator = 1.0 - np.asarray(focal_length) * np.asarray(dioptres)
    if np.any(denominator <= 0):
        raise ValueError("a lens cannot focus nearer than its focal length")
    return focal_length / denominator


def relative_field_of_view(focal_length, dioptres) -> np.ndarray:
    """(N,) width of what each frame sees over the width the narrowest frame sees, at least 1.

    The field of view goes with 1/s (photographs.md; Won & Jeon, ECCV 2022, eq. 1).
    """
    image_distances = image_distance(focal_length, np.asarray(dioptres, dtype=np.float64))
    return np.max(image_distances) / image_distances


def circle_of_confusion(focal_length, f_number, focus_dioptres, dioptres):
    """Diameter of the blur disc on the sensor, c = A s |1/d - 1/z| with A = f/N, in metres."""
    aperture = focal_length / f_number
    distance = image_distance(focal_length, focus_dioptres)
    return aperture * distance * np.abs(np.asarray(focus_dioptres) - np.asarray(dioptres))


def sensor_width_from_equivalent(focal_length, equivalent, width, height) -> float:
    """Sensor width in metres from the 35 mm equivalent focal length, which compares diagonals (CIPA)."""
    diagonal = FULL_FRAME_DIAGONAL * focal_length / equivalent
    return diagonal * width / np.hypot(width, height)
