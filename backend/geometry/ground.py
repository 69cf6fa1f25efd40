"""The ground: the plane that faces upwards and under which nothing shows, or what lines and sensors tell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..runtime.chunks import chunks
from .directions import Upright, angle_deg, tilt_deg

AT_ONCE = 64  # planes
SAMPLES, TRIALS = 6000, 4000
REACHES = 0.08, 0.35  # of the picture's width: within which three points of a trial lie
MIN_AREA = 1e-5  # of the three, as rays
TOLERANCE, FINEST = 0.025, 0.03  # share of the range of parallax, and degrees
BELOW_WEIGHT = 0.6  # of what shows under a plane against what lies on it
USUAL_ROLL = 7.0  # degrees, standard deviation
STEEPEST, STEEP = 72.0, 32.0  # degrees of tilt at which a plane may as well be a wall, and that lead to it
FULL_SPREAD = 0.12  # of the range of parallax: ground recedes, fronts do not
NEAR_REFERENCE = 8.0  # degrees, standard deviation of a plane about lines or a sensor
LEAST_AGREEMENT = 0.1  # with lines, which may be those of a thing that leans
REFITS = 8
PLANE_DEVIATION = 3.0  # degrees
AGREEMENT = 12.0  # degrees up to which a plane and a reference are one
RIVAL = 12.0  # degrees from which on another plane is a rival
SURE_SHARE, SURE_MARGIN = 0.08, 0.35  # of a plane's score, and of the rival's distance to it
SURE_SHIFT = 8.0  # degrees by which a plane may move where a ninth of the picture is left out
LARGE_PART = 0.1  # of what lies on a plane
MIN_CERTAINTY = 0.5
RAISED_CERTAINTY = 0.7  # of a level top above the ground
REFERENCE_CERTAINTY = 0.8
MAX_CERTAINTY = 0.95  # the flattest table may be a shelf that leans
LOWEST = 0.02  # of the scene lies below a ground without a plane

SURFACE, LINES, SENSOR = "surface", "lines", "sensor"  # where the direction comes from


@dataclass(frozen=True)
class Ground:
    """The plane normal . point + distance = 0 in the camera's space; the camera is above it.

    Attributes
    ----------
    normal
        (3,) float32, of length 1, upwards.
    distance
        Metres from the camera.
    certainty
        0 to 1 that it is the ground; at least `MIN_CERTAINTY`.
    source
        `SURFACE`, `LINES` or `SENSOR`.
    """

    normal: np.ndarray
    distance: float
    certainty: float
    source: str

    def foot(self, point: np.ndarray) -> np.ndarray:
        """Return the point of the plane below a point (3,)."""
        return point - (self.normal @ point + self.distance) * self.normal


@dataclass(frozen=True)
class _Cells:
    """Some cells of the parallax map: view rays (N, 3) to depth 1, degrees (N,), weights that sum to 1."""

    rays: np.ndarray
    parallax: np.ndarray
    weights: np.ndarray
    tolerance: float
    span: float


def find_ground(
    parallax: np.ndarray,
    confidence: np.ndarray,
    rays: np.ndarray,
    parallax_at_one_metre: float,
    references: Sequence[tuple[str, Upright]] = (),
    is_metric: bool = True,
) -> Ground | None:
    """Return the ground; None where it is unsure.

    Planes are linear in 1 / depth over the picture, so they are drawn and fitted there (RANSAC: Fischler and
    Bolles, 1981), where the depth map's noise is even. A plane counts the more of the picture lies on it and
    the less shows under it, and where it recedes and is not rolled.

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
    references
        What else tells the way up, the best first, with its name.
    is_metric
        Whether angles in the scene are true. In relative depth a floor is a plane still, but leans otherwise
        than the camera: references then count only where no plane does.
    """
    random = np.random.default_rng(0)
    cells = _sample(parallax, confidence, rays, random)
    planes = _draw_planes(parallax, rays, random)
    trusted = references if is_metric else ()
    plane, certainty = _choose_plane(planes, cells, trusted, with_tops=not references)
    normal = _normals(plane)
    for _, reference in trusted:
        if angle_deg(normal, reference.up) < AGREEMENT:
            normal, certainty = _mean(normal, reference), max(certainty, REFERENCE_CERTAINTY)
            break
    if certainty < MIN_CERTAINTY:
        return _lay_under(cells, *references[0], parallax_at_one_metre) if references else None
    on = np.abs(cells.parallax - cells.rays @ plane) < cells.tolerance
    heights = cells.rays[on] @ normal * (parallax_at_one_metre / cells.parallax[on])
    certainty = min(certainty, MAX_CERTAINTY)
    return Ground(normal.astype(np.float32), -float(np.median(heights)), certainty, SURFACE)


def _choose_plane(
    planes: np.ndarray, cells: _Cells, references: Sequence[tuple[str, Upright]], with_tops: bool
) -> tuple[np.ndarray, float]:
    """The plane (3,) that is most likely the ground, and its certainty.

    Without one, `with_tops` the top of a box will do: it is level too; what shows under it does not count.
    """
    on, below, usual = _evaluate(planes, cells)
    usual = usual * _agreement(planes, references)
    plane, certainty = _best_plane(planes, (on - BELOW_WEIGHT * below) * usual, cells)
    if certainty < MIN_CERTAINTY and with_tops:
        raised, certainty = _best_plane(planes, on * usual, cells)
        return raised, RAISED_CERTAINTY * certainty
    return plane, certainty


def _best_plane(planes: np.ndarray, scores: np.ndarray, cells: _Cells) -> tuple[np.ndarray, float]:
    """The plane (3,) of the highest score, fitted, and its certainty."""
    best = int(np.argmax(scores)) if len(scores) else -1
    if best < 0 or scores[best] <= 0:
        return np.array([0, 0, 1.0]), 0.0  # a wall
    plane = _refit(planes[best], cells, cells.weights)
    rivals = scores[angle_deg(_normals(planes), _normals(plane)) > RIVAL]
    share, margin = scores[best], 1 - max(rivals.max(initial=0), 0) / scores[best]
    certainty = min(share / SURE_SHARE, 1) * np.clip(margin / SURE_MARGIN, 0, 1)
    return plane, float(
        certainty * np.clip(2 - 2 * _shift_deg(plane, planes[best], cells) / SURE_SHIFT, 0, 1)
    )


def _sample(
    parallax: np.ndarray, confidence: np.ndarray, rays: np.ndarray, random: np.random.Generator
) -> _Cells:
    low, high = np.percentile(parallax, (3, 97))
    chosen = random.choice(parallax.size, min(SAMPLES, parallax.size), replace=False)
    weights = confidence.ravel()[chosen] + 1e-3
    return _Cells(
        rays.reshape(-1, 3)[chosen].astype(np.float64),
        parallax.ravel()[chosen].astype(np.float64),
        weights / weights.sum(),
        max(FINEST, TOLERANCE * (high - low)),
        max(float(high - low), 1e-6),
    )


def _draw_planes(parallax: np.ndarray, rays: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Coefficients (T, 3), with parallax = plane . ray, through three cells that are near each other."""
    rows, columns = parallax.shape
    row = (rows * np.sqrt(random.uniform(size=TRIALS))).astype(int)  # ground is more often low than high
    column = random.integers(columns, size=TRIALS)
    reach = columns * np.exp(random.uniform(np.log(REACHES[0]), np.log(REACHES[1]), TRIALS))
    places = [(row, column)]
    for _ in range(2):
        aside, along = random.uniform(-1, 1, (2, TRIALS)) * reach
        places.append(
            (
                np.clip(row + along, 0, rows - 1).astype(int),
                np.clip(column + 2 * aside, 0, columns - 1).astype(int),
            )
        )
    inputs = np.stack([rays[place] for place in places], 1).astype(np.float64)
    outputs = np.stack([parallax[place] for place in places], 1).astype(np.float64)
    wide = np.abs(np.linalg.det(inputs)) > MIN_AREA
    planes = np.linalg.solve(inputs[wide], outputs[wide][..., None])[..., 0]
    tilt, roll = tilt_deg(_normals(planes))
    return planes[(np.abs(tilt) < STEEPEST) & (np.abs(roll) < 3 * USUAL_ROLL)]


def _evaluate(planes: np.ndarray, cells: _Cells) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(T,) each: the share of the scene on a plane, that under it, and how much it lies like ground."""
    groups = [planes[some] for some in chunks(len(planes), AT_ONCE)] or [planes]
    parts = [_evaluate_some(group, cells) for group in groups]
    on, below, usual = (np.concatenate(part) for part in zip(*parts, strict=True))
    return on, below, usual


def _evaluate_some(planes: np.ndarray, cells: _Cells) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same of few, whose residuals fit a processor's cache."""
    predicted = cells.rays @ planes.T
    residuals = cells.parallax[:, None] - predicted
    near = np.maximum(1 - (residuals / cells.tolerance) ** 2, 0) * cells.weights[:, None]
    on = near.sum(0)
    below = cells.weights @ ((residuals < -2 * cells.tolerance) & (predicted > 0))
    mean = cells.parallax @ near / np.maximum(on, 1e-9)
    spread = np.sqrt(((cells.parallax[:, None] - mean) ** 2 * near).sum(0) / np.maximum(on, 1e-9))
    tilt, roll = tilt_deg(_normals(planes))
    usual = np.exp(-0.5 * (roll / USUAL_ROLL) ** 2) * np.clip((STEEPEST - tilt) / STEEP, 0, 1)
    return on, below, usual * np.minimum(spread / (FULL_SPREAD * cells.span), 1)


def _agreement(planes: np.ndarray, references: Sequence[tuple[str, Upright]]) -> np.ndarray:
    """(T,) of 1 and less: how well planes go with the first reference."""
    if not references:
        return np.ones(len(planes))
    name, reference = references[0]
    angles = angle_deg(_normals(planes), reference.up)
    least = 0.0 if name == SENSOR else LEAST_AGREEMENT
    return least + (1 - least) * np.exp(-0.5 * (angles / NEAR_REFERENCE) ** 2)


def _refit(plane: np.ndarray, cells: _Cells, weights: np.ndarray) -> np.ndarray:
    """Tukey's biweight, from a first plane."""
    for _ in range(REFITS):
        residuals = cells.parallax - cells.rays @ plane
        root = np.sqrt(weights) * np.maximum(1 - (residuals / cells.tolerance) ** 2, 0)
        plane = np.linalg.lstsq(cells.rays * root[:, None], cells.parallax * root, rcond=None)[0]
    return plane


def _shift_deg(plane: np.ndarray, first: np.ndarray, cells: _Cells) -> float:
    """How far a plane turned as it was fitted, or turns where a ninth of the picture is left out."""
    normals = [_normals(first)]
    on = np.abs(cells.parallax - cells.rays @ plane) < cells.tolerance
    low, high = cells.rays[:, :2].min(0), cells.rays[:, :2].max(0)
    thirds = np.clip((cells.rays[:, :2] - low) / np.maximum(high - low, 1e-9) * 3, 0, 2).astype(int)
    ninths = 3 * thirds[:, 0] + thirds[:, 1]
    for ninth in range(9):
        if cells.weights[on & (ninths == ninth)].sum() > LARGE_PART * cells.weights[on].sum():
            rest = np.where(ninths == ninth, 0, cells.weights)
            normals.append(_normals(_refit(plane, cells, rest)))
    return float(angle_deg(np.stack(normals), _normals(plane)).max())


def _mean(normal: np.ndarray, reference: Upright) -> np.ndarray:
    """A plane's normal and a reference, weighted by their variances."""
    mean = normal / PLANE_DEVIATION**2 + reference.up / reference.deviation_deg**2
    return mean / np.linalg.norm(mean)


def _lay_under(cells: _Cells, name: str, reference: Upright, parallax_at_one_metre: float) -> Ground:
    """A plane as a reference tells it, under nearly all of the scene."""
    finite = cells.parallax > 1e-3 * cells.span
    heights = cells.rays[finite] @ reference.up * (parallax_at_one_metre / cells.parallax[finite])
    order = np.argsort(heights)
    shares = np.cumsum(cells.weights[finite][order])
    lowest = heights[order][np.searchsorted(shares, LOWEST * shares[-1])]
    return Ground(reference.up.astype(np.float32), max(-float(lowest), 1e-3), REFERENCE_CERTAINTY, name)


def _normals(planes: np.ndarray) -> np.ndarray:
    """(..., 3): coefficients with parallax = plane . ray point against the normal."""
    return -planes / np.linalg.norm(planes, axis=-1, keepdims=True)
