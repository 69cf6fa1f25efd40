"""Whether a network knows where it errs: pixels ordered by the error that it expects of itself."""

import numpy as np

PARTS = 5
PIXELS = 50_000  # drawn from each stack, so that many stacks fit in memory and all count alike
SEED = 1


def draw(expected: np.ndarray, error: np.ndarray) -> np.ndarray:
    """(2, PIXELS) expected and true error of pixels drawn from two (H, W) maps."""
    chosen = np.random.default_rng(SEED).integers(expected.size, size=PIXELS)
    return np.stack([expected.ravel()[chosen], error.ravel()[chosen]])


def by_expected_error(pixels: np.ndarray) -> dict[str, list[float]]:
    """Mean {"expected", "error"} of PARTS equal parts of pixels (2, n), the surest first."""
    parts = np.array_split(pixels[:, np.argsort(pixels[0])], PARTS, axis=1)
    expected, error = zip(*(part.mean(1).tolist() for part in parts), strict=True)
    return {"expected": list(expected), "error": list(error)}
