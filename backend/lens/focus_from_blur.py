"""Where frames are focused, by how blur grows from frame to frame.

Circle of confusion in pixels = f s / (N p) x |difference in dioptres|, p being the pixel pitch: so a frame's
focus position in dioptres is a position in *pixels of blur*, up to one constant and that factor. Every
textured patch lies somewhere on that axis, and its distance from a frame's position is its blur there.
Positions of all frames and patches are fitted together, so a patch need not be sharp in any frame.
"""

from dataclasses import dataclass, replace

import numpy as np

from . import thin_lens
from .patch_spectra import PatchSpectra, disc_blur

FEWEST_PATCHES = 6
RANGES = np.geomspace(2.5, 60, 10)  # pixels of blur over the stack, at LONGEST_SIDE, to begin from
MOST_STARTS = 2
START_FRAMES = 12  # the most that the beginning is sought by
SPREAD = 0.15  # of ln(power): what is off by more counts less and less
# The steps between frames vary by about this factor (a deviation of the logarithm), where blur says nothing.
STEP_SPREAD = 0.7
# Two frames fit a small range with patches at its ends nearly as well as a larger one with all between:
# people focus on things. In parts of a residual's cost, for a range e times as large.
RANGE_COST = 0.02
OUTSIDE_COST, OUTSIDE = 0.02, 0.15  # for a patch farther beyond the frames than this share of their range
# What the model leaves out (the aperture's shape, slanted patches, a camera's processing), as measured on
# rendered and real stacks of known distances: of the range, and of a frame's place in the range.
RANGE_ERROR, RANGE_ERROR_OF_TWO, PLACE_ERROR, LEAST_ERROR = 0.08, 0.3, 0.04, 0.3  # the last in pixels
USUAL_COST = 0.6  # of a residual; where the fit is worse (things move, frames are out of order), errors grow
# How far frames of brackets lie from even spacing, of the range: the root mean square of real stacks whose
# distances are written.
UNEVENNESS = 0.1
OVERLAPS = 2.0  # patches share half their pixels: fewer are independent


@dataclass(frozen=True)
class BlurPositions:
    """Where frames are focused, in pixels of blur.

    Attributes
    ----------
    positions
        (N,) pixels of the pictures, strictly increasing from 0 at the first frame, the farthest.
    uncertainty
        (N,) standard deviation of a frame's place within the range, the range held.
    range_uncertainty
        Standard deviation of the last position.
    patch_count
        How many patches they were measured by.
    """

    positions: np.ndarray
    uncertainty: np.ndarray
    range_uncertainty: float
    patch_count: int

    @property
    def normalised(self) -> np.ndarray:
        """(N,) from 0 to 1: right where the lens is unknown, too."""
        return self.positions / self.positions[-1]


def pixels_per_dioptre(
    focal_length: float, f_number: float, sensor_width: float, width: int, reference_dioptres: float = 0.0
) -> float:
    """Return the circle of confusion, in pixels of the reference frame's grid, of one dioptre of defocus.

    f s / (N p): on the reference's grid a frame's own image distance falls out.

    Parameters
    ----------
    focal_length, sensor_width
        Metres.
    f_number
        The aperture's.
    width
        Of the pictures, in pixels.
    reference_dioptres
        Focus of the reference frame, where it is known.

    Raises
    ------
    ValueError
        For focus inside the focal length.
    """
    distance = float(thin_lens.image_distance(focal_length, reference_dioptres))
    return focal_length * distance / (f_number * sensor_width / width)


def measure_focus_positions(spectra: PatchSpectra) -> BlurPositions | None:
    """Measure where frames are focused by the blur of what they show.

    Parameters
    ----------
    spectra
        Of at least two frames, far to near.

    Returns
    -------
    BlurPositions or None
        None where too little in them has texture.
    """
    if len(spectra.scale) < FEWEST_PATCHES:
        return None
    fit = min((_Fit(spectra, start).refine() for start in _starts(spectra)), key=lambda each: each.cost)
    count = spectra.power.shape[2]
    place, end = fit.deviations()
    misfit = max(1.0, fit.cost / USUAL_COST)
    share = misfit * (RANGE_ERROR if count > 2 else RANGE_ERROR_OF_TWO)
    least = LEAST_ERROR / spectra.scale.max()
    within = np.hypot(np.hypot(place, misfit * PLACE_ERROR * fit.positions[-1]), least)
    within[[0, -1]] = 0  # they are the range
    whole = float(np.hypot(np.hypot(end, share * fit.positions[-1]), least))
    return BlurPositions(fit.positions, within, whole, len(spectra.scale))


def weigh_against_prior(blur: BlurPositions, prior: np.ndarray) -> BlurPositions:
    """Return the likeliest positions, between those that blur shows and the usual ones, by how sure it is.

    Parameters
    ----------
    blur
        As measured.
    prior
        (N,) normalised positions that are assumed where nothing is measured: even steps.
    """
    if len(prior) == 2:
        return blur
    usual, spread = prior * blur.positions[-1], UNEVENNESS * blur.positions[-1]
    share = spread**2 / (spread**2 + (blur.uncertainty[1:-1] ** 2).mean())
    return replace(blur, positions=usual + share * (blur.positions - usual))


def _starts(spectra: PatchSpectra) -> list[np.ndarray]:
    """Evenly spaced positions (N,) to begin from, the ranges that fit best."""
    count = spectra.power.shape[2]
    frames = _some_frames(count)
    some = spectra.of_frames(frames)
    costs = []
    for whole in RANGES / spectra.scale.max():
        positions = np.linspace(0, whole, count)
        _, _, cost = _place_patches(some, positions[frames], whole)
        costs.append((cost.mean() + RANGE_COST * np.log(whole), whole))
    return [np.linspace(0, whole, count) for _, whole in sorted(costs)[:MOST_STARTS]]


def _some_frames(count: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, START_FRAMES)).round().astype(int))


def _place_patches(
    spectra: PatchSpectra, positions: np.ndarray, whole: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Patches' places (P,), log texture (P, B) and cost (P,), each at the best of some places."""
    places = np.linspace(-0.3, 1.3, 33) * whole
    diameters = np.abs(positions - places[:, None])
    texture = np.empty((len(spectra.scale), len(places), spectra.power.shape[1]))
    cost = np.empty(texture.shape[:2])
    for scale in np.unique(spectra.scale):
        level = spectra.scale == scale
        # float32 tells places apart, in half of the time.
        attenuation = disc_blur().attenuate(diameters * scale)[0].astype(np.float32)
        power, noise = (each[level][:, None].astype(np.float32) for each in (spectra.power, spectra.noise))
        texture[level], residual = _fit_texture(power, noise, attenuation)
        cost[level] = _robust(residual).mean((-1, -2))
    cost += OUTSIDE_COST * (_beyond(places, whole) / (OUTSIDE * whole)) ** 2
    best = np.arange(len(cost)), cost.argmin(1)
    return places[best[1]], texture[best], cost[best]


def _fit_texture(
    power: np.ndarray, noise: np.ndarray, attenuation: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log power of the texture (..., B) before blur, and what is left of ln(power) (..., B, N)."""
    signal = np.maximum(power - noise, 0.05 * power)
    weights = (signal / power) ** 2
    texture = _over_frames(weights, np.log(signal) - attenuation) / weights.sum(-1)
    for _ in range(2):
        share, residual = _compare(power, noise, texture, attenuation)
        change = _over_frames(share, residual) / (_over_frames(share, share) + 1e-3)
        texture = texture + np.clip(change, -1, 1)
    return texture, _compare(power, noise, texture, attenuation)[1]


def _over_frames(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Sums of products over the last axis, which is short: in a fifth of the time that `sum` takes."""
    return np.einsum("...n,...n->...", one, other)


def _compare(
    power: np.ndarray, noise: np.ndarray, texture: np.ndarray, attenuation: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Share of the signal in the modelled power, and ln(power) less that of the model."""
    signal = np.exp(texture[..., None] + attenuation)
    model = signal + noise
    return signal / model, np.log(power / model)


def _robust(residual: np.ndarray) -> np.ndarray:
    """Cauchy's cost."""
    return np.log1p((residual / SPREAD) ** 2 / 2)


def _beyond(places: np.ndarray, whole: float) -> np.ndarray:
    """By how much places lie beyond the frames, signed."""
    return np.where(places < 0, places, np.maximum(places - whole, 0))


class _Fit:
    """Positions of frames, places and texture of patches, by Levenberg's method.

    The unknowns of the frames are logarithms of their steps, so that they stay in order. Texture and place
    of a patch touch no other patch and are eliminated (Schur complements).
    """

    def __init__(self, spectra: PatchSpectra, positions: np.ndarray) -> None:
        self.spectra = spectra
        self.steps = np.log(np.diff(positions))
        frames = _some_frames(len(positions))
        self.places, _, _ = _place_patches(spectra.of_frames(frames), positions[frames], positions[-1])
        attenuation, _ = self._attenuate(positions, self.places)
        self.texture, _ = _fit_texture(spectra.power, spectra.noise, attenuation)
        self._evaluate()

    @property
    def positions(self) -> np.ndarray:
        """(N,) pixels of blur, from 0."""
        return np.concatenate([[0.0], np.cumsum(np.exp(self.steps))])

    def refine(self) -> "_Fit":
        """Go down to the nearest minimum."""
        damping = 1e-2
        for _ in range(40):
            held = self.steps, self.places, self.texture, self.cost
            self._step(damping)
            gain = held[3] - self.cost
            if gain > 0:
                damping = max(damping / 3, 1e-4)
                if gain < 1e-5:
                    break
                continue
            self.steps, self.places, self.texture, _ = held
            self._evaluate()
            damping *= 4
            if damping > 1e4:
                break
        return self

    def deviations(self) -> tuple[np.ndarray, float]:
        """Standard deviations by how the patches disagree: of places in the range (N,), and of the range.

        The sandwich estimate of M-estimators, H^-1 (sum of g g^T over patches) H^-1 (Huber 1967).
        """
        normal, gradient, _ = self._normal_equations(1e-4)
        inverse = np.linalg.inv(normal.sum(0) + self._step_prior() + 1e-9 * np.eye(len(self.steps)))
        changes = gradient @ inverse @ self._by_steps().T  # (P, N) what each patch pulls the positions by
        share = self.positions / self.positions[-1]
        within = changes - changes[:, -1:] * share
        place = np.sqrt(OVERLAPS * (within**2).sum(0))
        return place, float(np.sqrt(OVERLAPS * (changes[:, -1] ** 2).sum()))

    def _attenuate(self, positions: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log attenuation (P, B, N) and its derivative by the frames' positions."""
        defocus = (positions - places[:, None]) * self.spectra.scale[:, None]
        value, slope = disc_blur().attenuate(np.abs(defocus))
        return value, slope * (np.sign(defocus) * self.spectra.scale[:, None])[:, None]

    def _evaluate(self) -> None:
        positions = self.positions
        attenuation, slope = self._attenuate(positions, self.places)
        self._share, self._residual = _compare(
            self.spectra.power, self.spectra.noise, self.texture, attenuation
        )
        self._slope = self._share * slope
        whole = positions[-1]
        outside = OUTSIDE_COST * ((_beyond(self.places, whole) / (OUTSIDE * whole)) ** 2).mean()
        steps = 0.5 * (((self.steps - self.steps.mean()) / STEP_SPREAD) ** 2).sum() / self._residual.size
        self.cost = _robust(self._residual).mean() + RANGE_COST * np.log(whole) + outside + steps

    def _by_steps(self) -> np.ndarray:
        """(N, N-1) derivative of positions by the logarithms of steps."""
        return np.tril(np.ones((len(self.steps) + 1, len(self.steps))), -1) * np.exp(self.steps)

    def _step_prior(self) -> np.ndarray:
        count = len(self.steps)
        return (np.eye(count) - 1 / count) / STEP_SPREAD**2

    def _normal_equations(self, damping: float) -> tuple[np.ndarray, np.ndarray, "_Eliminated"]:
        """Each patch's share of the normal matrix (P, N-1, N-1) and gradient (P, N-1) of the steps."""
        weights = 1 / (SPREAD**2 + self._residual**2 / 2)
        share, slope, residual = self._share, self._slope, self._residual
        # Texture: one number a patch and band.
        texture = _over_frames(weights, share**2) + 1e-3 / SPREAD**2
        mixed = weights * share * slope
        pull = _over_frames(weights * share, residual)
        scaled = mixed / np.sqrt(texture)[..., None]
        matrix = -scaled.transpose(0, 2, 1) @ scaled
        diagonal = np.arange(matrix.shape[1])
        matrix[:, diagonal, diagonal] += (weights * slope**2).sum(1)
        gradient = (weights * slope * residual).sum(1) - (mixed * (pull / texture)[..., None]).sum(1)
        # Place: moving a patch is moving all frames the other way.
        whole = self.positions[-1]
        beyond = _beyond(self.places, whole)
        bands_and_frames = self._residual[0].size
        stiffness = 2 * OUTSIDE_COST * bands_and_frames / (OUTSIDE * whole) ** 2 * (beyond != 0)
        place = (matrix.sum((1, 2)) + stiffness) * (1 + damping) + 1e-6
        place_mixed = -matrix.sum(2)
        place_pull = -gradient.sum(1) - stiffness * beyond
        matrix = matrix - place_mixed[:, :, None] * place_mixed[:, None] / place[:, None, None]
        gradient = gradient - place_mixed * (place_pull / place)[:, None]
        by_steps = self._by_steps()
        eliminated = _Eliminated(texture, mixed, pull, place, place_mixed, place_pull)
        return by_steps.T @ matrix @ by_steps, gradient @ by_steps, eliminated

    def _step(self, damping: float) -> None:
        normal, gradient, eliminated = self._normal_equations(damping)
        whole = self.positions[-1]
        prior = self._step_prior()
        matrix = normal.sum(0) + prior
        matrix += damping * np.diag(np.diag(matrix) + 1e-6)
        pull = gradient.sum(0) - prior @ self.steps
        pull -= RANGE_COST * self._residual.size * np.exp(self.steps) / whole
        steps = np.clip(np.linalg.solve(matrix, pull), -0.5, 0.5)
        places, texture = eliminated.substitute(self._by_steps() @ steps, 0.15 * whole)
        self.steps = self.steps + steps
        self.places = self.places + places
        self.texture = self.texture + texture
        self._evaluate()


@dataclass(frozen=True)
class _Eliminated:
    """What gives the changes of patches from those of frames."""

    texture: np.ndarray
    mixed: np.ndarray
    pull: np.ndarray
    place: np.ndarray
    place_mixed: np.ndarray
    place_pull: np.ndarray

    def substitute(self, positions: np.ndarray, farthest: float) -> tuple[np.ndarray, np.ndarray]:
        """Return changes of places (P,) and texture (P, B) of changes of positions (N,)."""
        places = (self.place_pull - self.place_mixed @ positions) / self.place
        places = np.clip(places, -farthest, farthest)
        texture = (self.pull - (self.mixed * (positions - places[:, None])[:, None]).sum(-1)) / self.texture
        return places, np.clip(texture, -2, 2)
