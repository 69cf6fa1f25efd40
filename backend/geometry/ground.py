"""The ground: the dominant plane that faces upwards."""

from dataclasses import dataclass

import numpy as np

SAMPLES, TRIALS = 6000, 400
UPWARDS, ASIDE = 0.64, 0.26  # cosines of its normal to the camera's up and right: walls lean, heads little
ON_PLANE = 0.15  # degrees of parallax
MIN_SHARE = 0.2  # of the cells
BELOW = 0.45  # of what is on it, at least, lies in the picture's lower half: walls stand on it
REFITS = 5


@dataclass(frozen=True)
class Plane:
    """The plane normal . point + distance = 0 in the camera's space; the camera is above it.

    Attributes
    ----------
    normal
        (3,) float32, of length 1.
    distance
        Metres from the camera.
    """

    normal: np.ndarray
    distance: float

    def foot(self, point: np.ndarray) -> np.ndarray:
        """Return the point of the plane below a point (3,)."""
        return point - (self.normal @ point + self.distance) * self.normal


def find_ground(
    parallax: np.ndarray, confidence: np.ndarray, rays: np.ndarray, parallax_at_one_metre: float
) -> Plane | None:
    """Return the dominant plane that faces upwards; None where no plane is large enough.

    Planes are linear in 1 / depth over the picture, so they are drawn and fitted there (RANSAC: Fischler and
    Bolles, 1981), where the depth map's noise is even.

    Parameters
    ----------
    parallax
        (R, C) float32, degrees.
    confidence
        (R, C) float32, 0 to 1.
    rays
        (R, C, 3) float32 view rays to depth 1.
    parallax_at_one_metre
        Degrees.
    """
    random = np.random.default_rng(0)
    cells = random.choice(parallax.size, min(SAMPLES, parallax.size), replace=False)
    inputs, outputs = rays.reshape(-1, 3)[cells], parallax.ravel()[cells]
    weights, lower = confidence.ravel()[cells] + 1e-3, cells >= parallax.size // 2
    best, most = None, 0.0
    for trial in random.integers(len(cells), size=(TRIALS, 3)):
        try:
            plane = np.linalg.solve(inputs[trial], outputs[trial])
        except np.linalg.LinAlgError:
            continue
        if not _faces_upwards(plane):
            continue
        on = weights * (np.abs(inputs @ plane - outputs) < ON_PLANE)
        share = on.sum() / weights.sum()
        if share > most and on[lower].sum() > BELOW * on.sum():
            best, most = plane, share
    if best is None or most < MIN_SHARE:
        return None
    for _ in range(REFITS):
        on = np.abs(inputs @ best - outputs) < ON_PLANE
        root = np.sqrt(weights[on])
        best = np.linalg.lstsq(inputs[on] * root[:, None], outputs[on] * root, rcond=None)[0]
    if not _faces_upwards(best):
        return None
    return _plane(best, parallax_at_one_metre)


def _faces_upwards(plane: np.ndarray) -> bool:
    """Of coefficients (3,) with parallax = plane . ray: they point against the normal."""
    length = np.linalg.norm(plane)
    return -plane[1] > UPWARDS * length and abs(plane[0]) < ASIDE * length


def _plane(coefficients: np.ndarray, parallax_at_one_metre: float) -> Plane:
    """The plane, since normal . (depth ray) + distance = 0 gives 1 / depth = -(normal / distance) . ray."""
    towards = -coefficients / parallax_at_one_metre
    length = float(np.linalg.norm(towards))
    return Plane((towards / length).astype(np.float32), 1 / length)
