"""Whether a network's uncertainty agrees with its error: pixels ordered by uncertainty."""

import numpy as np

PARTS = 5
PIXELS = 50_000  # drawn from each stack, so that many stacks fit in memory and all count alike
SEED = 1


def sample_pixels(uncertainty: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Return (2, PIXELS) uncertainty and error of pixels drawn from two maps of one shape."""
    chosen = np.random.default_rng(SEED).integers(uncertainty.size, size=PIXELS)
    return np.stack([uncertainty.ravel()[chosen], error.ravel()[chosen]])


def sparsification_error(uncertainty: np.ndarray, error: np.ndarray) -> float:
    """Measure how far uncertainty is from an oracle that knows the error.

    Pixels are taken away one by one, and the mean error of the others is drawn over the share taken: once
    the most uncertain first, once those of the largest error first. What lies between the two curves is
    the sparsification error (Ilg et al., "Uncertainty Estimates and Multi-Hypotheses Networks for Optical
    Flow", ECCV 2018), here in the unit of the error.

    Parameters
    ----------
    uncertainty, error
        (n,) of the same pixels.
    """

    def area(order: np.ndarray) -> float:
        return float(np.mean(np.cumsum(error[order], dtype=np.float64) / np.arange(1, len(error) + 1)))

    return area(np.argsort(uncertainty, kind="stable")) - area(np.argsort(error, kind="stable"))


def error_by_uncertainty(pixels: np.ndarray) -> dict[str, list[float]]:
    """Average PARTS equal parts of pixels (2, n), from the least uncertain to the most.

    Returns
    -------
    dict
        "expected": mean uncertainty of each part; "error": mean error.
    """
    parts = np.array_split(pixels[:, np.argsort(pixels[0])], PARTS, axis=1)
    expected, error = zip(*(part.mean(1).tolist() for part in parts), strict=True)
    return {"expected": list(expected), "error": list(error)}
