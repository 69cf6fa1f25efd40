"""How flat a surface comes out: what is left of its depth by the plane that fits it best."""

import numpy as np

STEPS = 50
LEAST_RESIDUAL = 1e-5  # normalised dioptres, below which a pixel gains no more weight


def plane_residuals(depth: np.ndarray) -> np.ndarray:
    """Measure how far depth is from a plane, which is affine in dioptres over the picture.

    The plane a x + b y + c is the one with the least mean absolute residual, so that a fault on a part of
    the surface does not tilt it: by iteratively reweighted least squares.

    Parameters
    ----------
    depth
        (h, w) normalised dioptres of a flat surface. Over the focus range, residuals in dioptres are the
        same number, with focus distances and without.

    Returns
    -------
    numpy.ndarray
        (h, w) float64 absolute residuals.
    """
    y, x = (axis.ravel() for axis in np.mgrid[tuple(slice(-1, 1, size * 1j) for size in depth.shape)])
    basis, values = np.stack([x, y, np.ones_like(x)]), depth.ravel().astype(np.float64)
    residuals, weights = np.abs(values), np.ones_like(values)
    for _ in range(STEPS):
        weighted = basis * weights
        plane = np.linalg.lstsq(weighted @ basis.T, weighted @ values, rcond=None)[0]
        residuals = np.abs(values - plane @ basis)
        weights = 1 / np.maximum(residuals, LEAST_RESIDUAL)
    return residuals.reshape(depth.shape)
