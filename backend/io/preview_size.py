"""Maps and pictures at the size at which they are shown."""

import numpy as np

LONGEST = 1280  # pixels of the longer side at most; depth itself is inferred no finer


def small_size(width: int, height: int) -> tuple[int, int]:
    """Return (width, height) in pixels of what is shown."""
    shrink = min(1.0, LONGEST / max(width, height))
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def sample_centres(values: np.ndarray) -> np.ndarray:
    """Return the value in the middle of every small pixel: a mean would invent depths between near and far.

    Parameters
    ----------
    values
        (H, W).
    """
    height, width = values.shape
    columns, rows = (
        ((np.arange(small) + 0.5) * whole / small).astype(int)
        for small, whole in zip(small_size(width, height), (width, height), strict=True)
    )
    return values[np.ix_(rows, columns)]
