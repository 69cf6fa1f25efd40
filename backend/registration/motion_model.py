"""Models of the motion between two frames, from a similarity to a smooth field, fitted to patches."""

from dataclasses import dataclass, replace

import numpy as np

from .polynomial import EXPONENTS, monomials

PATCH_ERROR = 0.2  # pixels, of one patch's shift
# Pixels at a picture's edge, one sigma, that a term of each degree may move it: bends are small, or there is
# nothing to see in that corner.
LIKELY = (20.0, 6.0, 1.5, 1.5, 1.5)
LARGEST_MISS = 1.5  # pixels: a patch missed by more is an outlier, by however much
ROUNDS = 3  # of reweighting
OUTLYING = 2.5  # medians: a patch missed by so much counts a quarter
LEAST_SPREAD = 0.05  # pixels

_CUBIC = tuple(exponents for exponents in EXPONENTS if sum(exponents) <= 3)


@dataclass(frozen=True)
class MotionModel:
    """A family of displacements that are linear in K parameters.

    Attributes
    ----------
    name
        As result.json has it.
    terms
        Each a displacement's x and y: dictionaries of factors by exponents of x and y.
    """

    name: str
    terms: tuple[tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]], ...]

    def basis(self, points: np.ndarray) -> np.ndarray:
        """Return (P, 2, K) displacements of points (P, 2) by a unit of each parameter."""
        return np.einsum("pm,akm->pak", monomials(points), self._coefficients)

    def polynomials(self, parameters: np.ndarray) -> np.ndarray:
        """Return the displacements of parameters (N, K) as polynomials (N, 2, 15)."""
        return np.einsum("akm,nk->nam", self._coefficients, parameters)

    def ridge(self, farthest: float) -> np.ndarray:
        """Return (K, K), how unlikely large parameters are beside one patch.

        Parameters
        ----------
        farthest
            Pixels, one sigma, that anything is likely to move at all.
        """
        degrees = [max(sum(exponents) for axis in term for exponents in axis) for term in self.terms]
        return np.diag([(PATCH_ERROR / min(LIKELY[degree], farthest)) ** 2 for degree in degrees])

    @property
    def _coefficients(self) -> np.ndarray:
        table = np.zeros((2, len(self.terms), len(EXPONENTS)))
        for k, term in enumerate(self.terms):
            for axis, factors in enumerate(term):
                for exponents, factor in factors.items():
                    table[axis, k, EXPONENTS.index(exponents)] = factor
        return table


def _each_axis(exponents: tuple[tuple[int, int], ...]) -> tuple:
    return tuple(({e: 1.0}, {}) for e in exponents) + tuple(({}, {e: 1.0}) for e in exponents)


_SIMILARITY = (
    ({(0, 0): 1.0}, {}),
    ({}, {(0, 0): 1.0}),
    ({(1, 0): 1.0}, {(0, 1): 1.0}),
    ({(0, 1): -1.0}, {(1, 0): 1.0}),
)
# A homography near none at all, and radial distortion about the picture's centre.
_PERSPECTIVE = (
    ({(1, 0): 1.0}, {(0, 1): -1.0}),
    ({(0, 1): 1.0}, {(1, 0): 1.0}),
    ({(2, 0): 1.0}, {(1, 1): 1.0}),
    ({(1, 1): 1.0}, {(0, 2): 1.0}),
)
_RADIAL = (({(3, 0): 1.0, (1, 2): 1.0}, {(2, 1): 1.0, (0, 3): 1.0}),)

REST = MotionModel("none", ())
SIMILARITY = MotionModel("similarity", _SIMILARITY)
RADIAL = MotionModel("radial", _SIMILARITY + _PERSPECTIVE + _RADIAL)
CUBIC = MotionModel("cubic", _each_axis(_CUBIC))
QUARTIC = MotionModel("quartic", _each_axis(EXPONENTS))
MODELS = (REST, SIMILARITY, RADIAL, CUBIC, QUARTIC)  # from plain to rich


@dataclass(frozen=True)
class Fits:
    """Of E pairs of frames.

    Attributes
    ----------
    parameters
        (E, K) in pixels.
    information
        (E, K, K) one over their covariance.
    misses
        (E, P) pixels by which patches are missed.
    """

    parameters: np.ndarray
    information: np.ndarray
    misses: np.ndarray


def fit_motion(basis: np.ndarray, ridge: np.ndarray, shifts: np.ndarray, weights: np.ndarray) -> Fits:
    """Fit a model to the shifts of patches, heeding few of them that move otherwise.

    Iteratively reweighted least squares with Geman and McClure's weights, all pairs at once.

    Parameters
    ----------
    basis
        (P, 2, K), of `MotionModel.basis` at the patches.
    ridge
        (K, K).
    shifts
        (E, P, 2) pixels.
    weights
        (E, P) at least 0.
    """
    fits = _fit_once(basis, ridge, shifts, weights)
    for _ in range(ROUNDS):
        spread = np.maximum(LEAST_SPREAD, weighted_median(fits.misses, weights))[:, None]
        fits = _fit_once(basis, ridge, shifts, weights / (1 + (fits.misses / (OUTLYING * spread)) ** 2) ** 2)
    spread = np.maximum(LEAST_SPREAD, weighted_median(fits.misses, weights))
    return replace(fits, information=fits.information / spread[:, None, None] ** 2)


def _fit_once(basis: np.ndarray, ridge: np.ndarray, shifts: np.ndarray, weights: np.ndarray) -> Fits:
    """By weighted least squares; the information is of shifts that err by one pixel."""
    patches, axes, count = basis.shape
    flat = basis.reshape(patches * axes, count)
    products = np.einsum("pak,pal->pkl", basis, basis).reshape(patches, count * count)
    normal = (weights @ products).reshape(len(weights), count, count) + ridge
    right = (weights[..., None] * shifts).reshape(len(shifts), patches * axes) @ flat
    parameters = np.linalg.solve(normal, right[..., None])[..., 0]
    left = shifts - (parameters @ flat.T).reshape(shifts.shape)
    return Fits(parameters, normal, np.linalg.norm(left, axis=-1))


def held_out_miss(
    basis: np.ndarray, ridge: np.ndarray, folds: np.ndarray, shifts: np.ndarray, weights: np.ndarray
) -> float:
    """Return by how many pixels a model misses patches that it was not fitted to, on average.

    Parameters
    ----------
    basis, ridge, shifts, weights
        As `fit_motion` takes them.
    folds
        (P,) the number of the part that each patch is in; each part is left out once.
    """
    total = count = 0.0
    for fold in np.unique(folds):
        is_out = folds == fold
        misses = fit_motion(basis, ridge, shifts, weights * ~is_out).misses
        total += float((weights * is_out * np.minimum(misses, LARGEST_MISS)).sum())
        count += float((weights * is_out).sum())
    return total / max(count, 1e-9)


def weighted_median(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the medians (E,) of values (E, P) that count by weights (E, P)."""
    order = np.argsort(values, axis=1)
    summed = np.cumsum(np.take_along_axis(weights, order, 1), axis=1)
    at = (summed < summed[:, -1:] / 2).sum(1).clip(max=values.shape[1] - 1)
    return np.take_along_axis(values, np.take_along_axis(order, at[:, None], 1), 1)[:, 0]
