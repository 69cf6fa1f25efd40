"""What lies beyond the focus of all frames: farther than the farthest, or nearer than the nearest.

Nothing there is ever sharp. Blur tells that it is beyond, and little of how far.
"""

from collections.abc import Iterator

import numpy as np

MARGIN = 0.01  # normalised dioptres beyond the ends of focus from which on depth counts as beyond
OFF = 0.15  # normalised dioptres that depth is off by there, besides what the network expects
WORTH_SAYING = 10.0  # percent of the picture


def add_uncertainty_beyond(normalised: np.ndarray, uncertainty: np.ndarray) -> np.ndarray:
    """Return the uncertainty (h, w) of normalised depth with what is added beyond the ends of focus."""
    outside = np.maximum(-normalised, normalised - 1)
    return uncertainty + np.float32(OFF) * np.clip(outside / MARGIN, 0, 1)


def beyond_warnings(normalised: np.ndarray) -> Iterator[str]:
    """Yield a warning for either end beyond which much of the picture (h, w) lies."""
    farther, nearer = (
        100 * float(beyond.mean()) for beyond in (normalised < -MARGIN, normalised > 1 + MARGIN)
    )
    if farther >= WORTH_SAYING:
        yield (
            f"About {farther:.0f} % of the picture is farther than the farthest photograph is focused: its "
            "depth is a guess. Take one more photograph, focused farther away."
        )
    if nearer >= WORTH_SAYING:
        yield (
            f"About {nearer:.0f} % of the picture is nearer than the nearest photograph is focused: its "
            "depth is a guess. Take one more photograph, focused closer."
        )
