"""A curve of focus over the time of a clip. Needs no Blender."""

from collections.abc import Sequence

import numpy as np

MARGIN = 0.08  # of the picture's height, above and below
LINE, TAKEN = (0.55, 0.75, 1.0, 1.0), (1.0, 0.65, 0.15, 1.0)
OUTSIDE = (0.0, 0.0, 0.0, 0.45)  # what lies before the start and after the end
THICKNESS, RADIUS = 2, 3  # pixels


def draw_curve(
    points: Sequence[tuple[float, float]],
    taken: Sequence[float],
    start: float,
    end: float,
    duration: float,
    width: int,
    height: int,
) -> np.ndarray:
    """Draw where focus is at every moment, dots at the frames taken, and dark what is left out.

    Parameters
    ----------
    points
        Seconds, rising, and focus from 0 to 1.
    taken
        Seconds of the frames taken.
    start, end
        Seconds between which frames are taken.
    duration
        Of the clip, in seconds.
    width, height
        Of the picture, in pixels.

    Returns
    -------
    ndarray
        (height, width, 4) float32 sRGB, alpha premultiplied as icons have it, row 0 at the top.
    """
    picture = np.zeros((height, width, 4), np.float32)
    if not points or duration <= 0:
        return picture
    seconds, focus = np.array(points).T
    columns = np.arange(width)
    moments = columns / max(1, width - 1) * duration
    rows = _row(np.interp(moments, seconds, focus), height)
    inside = (moments >= seconds[0]) & (moments <= seconds[-1])
    for column in columns[inside]:
        before = rows[max(0, column - 1)]
        low, high = sorted((before, rows[column]))
        picture[max(0, low - THICKNESS // 2) : high + THICKNESS, column] = LINE
    for moment in taken:
        column = max(RADIUS, round(moment / duration * (width - 1)))
        row = int(_row(np.interp(moment, seconds, focus), height))
        picture[row - RADIUS : row + RADIUS + 1, column - RADIUS : column + RADIUS + 1] = TAKEN
    left_out = (moments < start) | (moments > end)
    alpha = OUTSIDE[3]
    picture[:, left_out] = picture[:, left_out] * (1 - alpha) + np.array(OUTSIDE, np.float32)
    return picture


def _row(focus: np.ndarray, height: int) -> np.ndarray:
    """Rows of focus from 0, near the bottom, to 1."""
    return np.rint((1 - MARGIN - (1 - 2 * MARGIN) * focus) * (height - 1)).astype(int)
