"""Whether a network's uncertainty agrees with its error: pixels ordered by uncertainty."""

import numpy as np

PARTS = 5
PIXELS = 50_000  # drawn from each stack, so that many stacks fit in memory and all count alike
SEED = 1


def sample_pixels(uncertainty: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Return (2, PIXELS) uncertainty and error of pixels drawn from two maps of one shape."""
    chosen = np.random.default_rng(SEED).integers(uncertainty.size, size=PIXELS)
    return np.stack([uncertainty.ravel()[chosen], error.ravel()[chosen]])


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
