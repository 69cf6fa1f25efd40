"""Where something moved while the stack was photographed: what stands there is no depth of anything."""

import itertools

import cv2
import numpy as np

from ..runtime.parallel import prefetch

SIZE = 480  # longer side at which pictures are compared
REACH = 10  # pixels there: how far blur carries a value between neighbouring frames
NOTICED, CERTAIN = 0.03, 0.12  # sRGB beyond what blur explains
WORTH_SAYING = 0.01  # of the picture
OFF = 0.25  # normalised dioptres that depth is off by where something moved for certain


def detect_motion(pictures: np.ndarray) -> np.ndarray:
    """Return (h, w) 0..1, how certainly something moved in pictures (N, h, w, 3) of one grid and exposure."""
    return np.clip((difference_beyond_blur(pictures) - NOTICED) / (CERTAIN - NOTICED), 0, 1)


def add_motion_uncertainty(uncertainty: np.ndarray, moving: np.ndarray) -> np.ndarray:
    """Return the uncertainty (h, w) of normalised depth with what `moving` things add to it."""
    return uncertainty + moving * np.float32(OFF)


def motion_warnings(moving: np.ndarray) -> list[str]:
    """Return a warning, or none where hardly anything moved."""
    share = float(moving.mean())
    if share < WORTH_SAYING:
        return []
    return [
        f"Something moved while the photographs were taken, in {100 * share:.0f} % of the picture: "
        "Confidence is low there."
    ]


def difference_beyond_blur(pictures: np.ndarray) -> np.ndarray:
    """Return (h, w) by how much, in sRGB values, neighbouring pictures differ beyond what focus explains.

    Blur averages: of two pictures of one scene, the blurrier's values lie within the range that the
    sharper one has nearby, whichever of the two that is. What moved appears from nowhere.
    """
    height, width = pictures.shape[1:3]
    shrink = min(1.0, SIZE / max(height, width))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    reach = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)
    most = np.zeros(size[::-1], np.float32)

    def ranged(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        values = cv2.GaussianBlur(small, (0, 0), 1.5)
        return values, cv2.erode(values, reach), cv2.dilate(values, reach)

    for one, other in itertools.pairwise(prefetch(ranged, pictures)):
        np.maximum(most, np.minimum(_outside(one, other), _outside(other, one)), out=most)
    return cv2.resize(cv2.dilate(most, reach), (width, height), interpolation=cv2.INTER_LINEAR)


def _outside(one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]) -> np.ndarray:
    """(h, w) how far the values of `one` lie outside the range of `other`, in the worst channel."""
    values, (_, low, high) = one[0], other
    red, green, blue = cv2.split(np.maximum(low - values, values - high))
    return np.maximum(cv2.max(cv2.max(red, green), blue), 0)
