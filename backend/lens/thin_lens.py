"""The thin lens. Distances are in metres from the lens, focus is in dioptres (1/m; 0 is infinity)."""

import numpy as np
from numpy.typing import ArrayLike

FULL_FRAME_WIDTH = 0.036
FULL_FRAME_DIAGONAL = 0.0432666


def image_distance(focal_length: ArrayLike, dioptres: ArrayLike) -> np.ndarray:
    """Return the distance from lens to sensor, s = f d / (d - f) = f / (1 - f D), in metres.

    The Gaussian lens equation, 1/f = 1/s + 1/d.

    Parameters
    ----------
    focal_length
        Metres.
    dioptres
        Focus in 1/m.

    Raises
    ------
    ValueError
        For focus inside the focal length.
    """
    denominator = 1.0 - np.asarray(focal_length) * np.asarray(dioptres)
    if np.any(denominator <= 0):
        raise ValueError("a lens cannot focus nearer than its focal length")
    return np.asarray(focal_length) / denominator


def relative_field_of_view(focal_length: float, dioptres: ArrayLike) -> np.ndarray:
    """Return the width of what each frame sees over the width that the narrowest frame sees.

    The field of view goes with 1/s (Won & Jeon, ECCV 2022, eq. 1).

    Parameters
    ----------
    focal_length
        Metres.
    dioptres
        (N,) focus of the frames in 1/m.

    Returns
    -------
    ndarray
        (N,) at least 1.

    Raises
    ------
    ValueError
        For focus inside the focal length.
    """
    image_distances = image_distance(focal_length, np.asarray(dioptres, dtype=np.float64))
    return np.max(image_distances) / image_distances


def circle_of_confusion(
    focal_length: float, f_number: float, focus_dioptres: ArrayLike, dioptres: ArrayLike
) -> np.ndarray:
    """Return the diameter of the blur disc on the sensor, c = A s |1/d - 1/z| with A = f/N, in metres.

    Parameters
    ----------
    focal_length
        Metres.
    f_number
        The aperture's.
    focus_dioptres
        Where the lens is focused, 1/d.
    dioptres
        Where the point is, 1/z.

    Raises
    ------
    ValueError
        For focus inside the focal length.
    """
    aperture = focal_length / f_number
    distance = image_distance(focal_length, focus_dioptres)
    return aperture * distance * np.abs(np.asarray(focus_dioptres) - np.asarray(dioptres))


def sensor_width_from_equivalent(focal_length: float, equivalent: float, width: int, height: int) -> float:
    """Return the sensor width in metres by the 35 mm equivalent focal length.

    That compares diagonals (CIPA).

    Parameters
    ----------
    focal_length, equivalent
        Metres.
    width, height
        Of the picture, in pixels.
    """
    diagonal = FULL_FRAME_DIAGONAL * focal_length / equivalent
    return float(diagonal * width / np.hypot(width, height))
