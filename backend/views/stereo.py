"""Two eyes on a set: how far apart, what lies in the plane of the screen, and whether that is comfortable."""

from dataclasses import dataclass, replace

import numpy as np

from .rasteriser import Drawing
from .view import View

EYES = 0.063  # metres between people's: the mean of Dodgson, "Variation and extrema of human IPD", 2004
NEAREST_SHARE = 1 / 30  # of the nearest depth: stereo photography's old rule for the distance of two lenses
# Disparity that television allows, in shares of the picture's width (BSkyB, "Technical Guidelines for Plano
# Stereoscopic (3D) Programme Content", 2010): the whole, and in front of the screen and behind it
MAX_RANGE, MAX_FRONT, MAX_BEHIND = 0.03, 0.025, 0.04
USUAL_FRONT, USUAL_BEHIND = 0.01, 0.02  # but for moments, by the same
SPARE = 0.95  # of these is what we choose ourselves: borders are cropped afterwards
EXTREMES = 0.5, 99.5  # per cent of the picture are nearer, farther than what counts as its ends


@dataclass(frozen=True)
class DepthRange:
    """Depth of what a picture shows, metres: of nearly all of it, and of its middle part the median."""

    nearest: float
    middle: float
    farthest: float


@dataclass(frozen=True)
class Disparity:
    """How far apart both eyes show things, in shares of the width: in front of the screen and behind.

    Below 0 where nothing lies on that side.
    """

    front: float
    behind: float

    @property
    def is_comfortable(self) -> bool:
        """Whether television would show it."""
        fits = self.front + self.behind <= MAX_RANGE
        return fits and self.front <= MAX_FRONT and self.behind <= MAX_BEHIND


def measure_depth(drawing: Drawing) -> DepthRange:
    """Measure the depth of a view from the photograph's camera; places that show nothing do not count."""
    rows, columns = drawing.nearness.shape
    middle = drawing.nearness[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    everywhere = drawing.nearness[drawing.nearness > 0]
    middle = middle[middle > 0] if (middle > 0).any() else everywhere
    far, near = np.percentile(everywhere, EXTREMES)
    return DepthRange(1 / float(near), 1 / float(np.median(middle)), 1 / float(far))


def comfortable_eye_distance(depth: DepthRange, focal_length: float) -> float:
    """Return the largest comfortable distance of both eyes, metres.

    Parameters
    ----------
    depth
        Of the picture.
    focal_length
        In widths of the picture.
    """
    span = 1 / depth.nearest - 1 / depth.farthest
    return SPARE * MAX_RANGE / (focal_length * max(span, 1e-6 / depth.nearest))


def choose_eye_distance(depth: DepthRange, focal_length: float, is_metric: bool) -> tuple[float, str]:
    """Return a distance of both eyes, metres, and which it is: that of people, where it is comfortable."""
    most = comfortable_eye_distance(depth, focal_length)
    if is_metric and most >= EYES:
        return EYES, "as people's"
    if most >= NEAREST_SHARE * depth.nearest:
        return NEAREST_SHARE * depth.nearest, "a thirtieth of the nearest depth"
    return most, "the most that is comfortable"


def choose_convergence(depth: DepthRange, focal_length: float, eye_distance: float) -> float:
    """Return the depth that is shown in the plane of the screen, metres.

    It is that of the picture's middle where no more comes out of the screen and lies behind it than is usual;
    else as near to that as can be.
    """
    near, far = 1 / depth.nearest, 1 / depth.farthest
    reach = SPARE / (focal_length * eye_distance)
    least, most = near - USUAL_FRONT * reach, far + USUAL_BEHIND * reach
    if least > most:  # too much for both: shared out as usual
        return 1 / (near - (near - far) * USUAL_FRONT / (USUAL_FRONT + USUAL_BEHIND))
    return 1 / float(np.clip(1 / depth.middle, least, most))


def measure_disparity(
    depth: DepthRange, focal_length: float, eye_distance: float, convergence: float
) -> Disparity:
    """Return the disparity of a picture's ends, of both eyes' `focal_length` in widths of the picture."""
    scale = focal_length * eye_distance
    return Disparity(
        scale * (1 / depth.nearest - 1 / convergence), scale * (1 / convergence - 1 / depth.farthest)
    )


def eyes(view: View, eye_distance: float) -> list[View]:
    """Return the views of the left and the right eye about a view."""
    return [replace(view, right=view.right + side * eye_distance / 2) for side in (-1, 1)]
