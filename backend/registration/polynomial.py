"""Maps of the picture plane as quartic polynomials, for what hands, lenses and firmware do to it.

Coordinates run about the picture's centre in halves of its longer side, x to the right and y down, so a map
holds at any size. Its coefficients are (2, 15): one row for x and one for y, by `EXPONENTS`.
"""

import numpy as np
from numpy.typing import ArrayLike

DEGREE = 4
EXPONENTS = tuple((degree - y, y) for degree in range(DEGREE + 1) for y in range(degree + 1))  # of x and y
FITTED_ON = (17, 13)  # points across and down, many times as many as there are coefficients


def monomials(points: np.ndarray) -> np.ndarray:
    """Return the 15 monomials, (..., 15), of points (..., 2)."""
    x, y = points[..., 0], points[..., 1]
    powers_x, powers_y = [np.ones_like(x)], [np.ones_like(y)]
    for _ in range(DEGREE):
        powers_x.append(powers_x[-1] * x)
        powers_y.append(powers_y[-1] * y)
    return np.stack([powers_x[i] * powers_y[j] for i, j in EXPONENTS], -1)


def scales_and_shifts(motion: ArrayLike) -> np.ndarray:
    """Return the maps (N, 2, 15) that take (x, y) to (s x + b, s y + c), of rows s, b, c (N, 3)."""
    motion = np.asarray(motion, np.float64)
    maps = np.zeros((len(motion), 2, len(EXPONENTS)))
    maps[:, 0, EXPONENTS.index((1, 0))] = maps[:, 1, EXPONENTS.index((0, 1))] = motion[:, 0]
    maps[:, :, 0] = motion[:, 1:]
    return maps


def affine_maps(matrices: ArrayLike) -> np.ndarray:
    """Return the maps (N, 2, 15) of matrices (N, 2 or 3, 3) that take (x, y, 1) to a point."""
    matrices = np.asarray(matrices, np.float64)
    maps = np.zeros((len(matrices), 2, len(EXPONENTS)))
    for column, exponents in enumerate(((1, 0), (0, 1), (0, 0))):
        maps[:, :, EXPONENTS.index(exponents)] = matrices[:, :2, column]
    return maps


def evaluate(coefficients: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return where a map (2, 15) takes points (..., 2)."""
    return monomials(points) @ coefficients.T


def evaluate_on_grid(coefficients: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return where a map (2, 15) takes a grid, (rows, columns, 2) of x (columns,) and y (rows,)."""
    powers = np.zeros((2, DEGREE + 1, DEGREE + 1))  # of y and x
    for column, (of_x, of_y) in enumerate(EXPONENTS):
        powers[:, of_y, of_x] = coefficients[:, column]
    rows, columns = (np.vander(axis, DEGREE + 1, increasing=True) for axis in (y, x))
    return np.stack(list(rows @ powers @ columns.T), -1)


def lattice(size: tuple[int, int]) -> np.ndarray:
    """Return points (221, 2) spread over a picture of `size` (width, height), its borders included."""
    width, height = size
    half = max(size) / 2
    axes = (
        np.linspace(-side, side, count) / 2 / half
        for side, count in zip((width, height), FITTED_ON, strict=True)
    )
    return np.stack(np.meshgrid(*axes), -1).reshape(-1, 2)


def displaced(maps: np.ndarray, displacements: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the maps (N, 2, 15) nearest to p -> map(p + displacement(p)) over a picture.

    Parameters
    ----------
    maps, displacements
        (N, 2, 15).
    size
        Width and height of the picture, at any scale.
    """
    points = lattice(size)
    basis = monomials(points)
    targets = [
        evaluate(coefficients, points + basis @ displacement.T)
        for coefficients, displacement in zip(maps, displacements, strict=True)
    ]
    return fit(points, np.stack(targets))


def fit(points: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the maps (N, 2, 15) that take points (P, 2) nearest to targets (N, P, 2), by least squares."""
    return np.moveaxis(np.linalg.pinv(monomials(points)) @ targets, 1, 2)
