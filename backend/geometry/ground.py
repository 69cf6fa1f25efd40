"""The ground: the dominant plane that faces upwards."""

from dataclasses import dataclass

import numpy as np

SAMPLES, TRIALS = 6000, 400
UPWARDS, ASIDE = 0.64, 0.26  # cosines of its normal to the camera's up and right: walls lean, heads little
ON_PLANE = 0.15  # degrees of parallax
LEAST_SHARE = 0.2  # of the cells
BELOW = 0.45  # of what is on it, at least, lies in the picture's lower half: walls stand on it
REFITS = 5


@dataclass(frozen=True)
class Plane:
    """normal . point + distance = 0 in the camera's space; the camera is above it, at `distance`."""

    normal: np.ndarray  # (3,) float32, of length 1
    distance: float  # metres

    def foot(self, point: np.ndarray) -> np.ndarray:
        """The point of the plane below a point."""
        return point - (self.normal @ point + self.distance) * self.normal


def find_ground(
    parallax: np.ndarray, confidence: np.ndarray, rays: np.ndarray, parallax_at_one_metre: float
) -> Plane | None:
    """Of parallax and confidence (R, C) with view rays (R, C, 3); None where no plane is large enough.

    Planes are linear in 1 / depth over the picture, so they are drawn and fitted there (RANSAC: Fischler and
    Bolles, 1981), where the depth map's noise is even.
    """
    random = np.random.default_rng(0)
    cells = random.choice(parallax.size, min(SAMPLES, parallax.size), replace=False)
    inputs, seen = rays.reshape(-1, 3)[cells], parallax.ravel()[cells]
    weights, lower = confidence.ravel()[cells] + 1e-3, cells >= parallax.size // 2
    best, most = None, 0.0
    for trial in random.integers(len(cells), size=(TRIALS, 3)):
        try:
            plane = np.linalg.solve(inputs[trial], seen[trial])
        except np.linalg.LinAlgError:
            continue
        if not _faces_upwards(plane):
            continue
        on = weights * (np.abs(inputs @ plane - seen) < ON_PLANE)
        share = on.sum() / weights.sum()
        if share > most and on[lower].sum() > BELOW * on.sum():
            best, most = plane, share
    if most < LEAST_SHARE:
        return None
    for _ in range(REFITS):
        on = np.abs(inputs @ best - seen) < ON_PLANE
        root = np.sqrt(weights[on])
        best = np.linalg.lstsq(inputs[on] * root[:, None], seen[on] * root, rcond=None)[0]
    if not _faces_upwards(best):
        return None
    return _plane(best, parallax_at_one_metre)


def _faces_upwards(plane: np.ndarray) -> bool:
    """Of coefficients (3,) with parallax = plane . ray: they point against the normal."""
    length = np.linalg.norm(plane)
    return -plane[1] > UPWARDS * length and abs(plane[0]) < ASIDE * length


def _plane(coefficients: np.ndarray, parallax_at_one_metre: float) -> Plane:
    """normal . (depth ray) + distance = 0 gives 1 / depth = -(normal / distance) . ray."""
    towards = -coefficients / parallax_at_one_metre
    length = float(np.linalg.norm(towards))
    return Plane((towards / length).astype(np.float32), 1 / length)
