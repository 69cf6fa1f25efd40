"""The motion that carries every frame onto the reference's grid: field of view first, then what remains."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..contract.qualities import NETWORK, NONE
from ..lens import thin_lens
from ..runtime.parallel import prefetch
from ..runtime.sessions import Sessions
from ..runtime.timings import StageProgress
from ..stack import FocalStack
from .network import estimate_motion
from .polynomial import scales_and_shifts
from .refine import SIDE, refine_motion
from .warp import warp

NETWORK_SIZE = 384  # longer side at which the network looks for motion, which is refined afterwards
LEAST_SIDE = 16  # pixels, of narrow pictures: two at the coarsest level of the network
AT_REST = np.array([1, 0, 0], np.float32)  # scale and shifts of no motion
SHRUNK = 4  # times smaller is a picture of which only the coarse is wanted
CORRELATED_SIZE = 320  # longer side at which frames are compared
WORSE = 0.01  # correlation that is lower by more tells of a motion that was found wrongly
LARGEST_SCALE, LARGEST_SHIFT = 0.15, 0.15  # beyond these a found motion is not believed


@dataclass(frozen=True)
class Motion:
    """Where the reference's points lie in each frame.

    Attributes
    ----------
    relative_fov
        (N,) from the thin lens; ones where the metadata do not tell.
    maps
        (N, 2, 15), the whole way from the reference into each photograph, as `polynomial` has maps.
    correlation
        (N-1,) of each frame with the next one, aligned.
    misregistration
        (N-1,) what is left between neighbours, the median over the picture, in pixels where its longer side
        has `refine.SIDE`; NaN where it was not measured.
    model
        Name of the richest motion model that was earned.
    """

    relative_fov: np.ndarray
    maps: np.ndarray
    correlation: np.ndarray
    misregistration: np.ndarray
    model: str = "none"

    @property
    def residual(self) -> np.ndarray:
        """(N, 3) scale, and shift to the right and down, of the maps' middle, without the field of view."""
        scale = (self.maps[:, 0, 1] + self.maps[:, 1, 2]) / 2
        return np.stack([scale, self.maps[:, 0, 0], self.maps[:, 1, 0]], 1) * self.relative_fov[:, None]


def relative_field_of_view(stack: FocalStack, method: str = NETWORK) -> np.ndarray:
    """(N,) over the reference's; ones where focal length or focus distances are unknown, and for "none"."""
    focal_length = stack.focal_length
    if method == NONE or stack.dioptres is None or focal_length is None:
        return np.ones(len(stack.frames), np.float32)
    return thin_lens.relative_field_of_view(focal_length, stack.dioptres).astype(np.float32)


def align(
    pictures: np.ndarray,
    relative_fov: np.ndarray,
    sessions: Sessions,
    method: str = NETWORK,
    progress: StageProgress = lambda done, of: None,
) -> Motion:
    """Estimate the motion between pictures.

    Parameters
    ----------
    pictures
        (N, h, w, 3) float32, sRGB, far to near, not yet cropped.
    relative_fov
        (N,) as `relative_field_of_view` returns it.
    sessions
        For the network.
    method
        Of `qualities.ALIGNMENTS`; only "network" estimates what the thin lens leaves: our network the large
        motion, the patches of the pictures what that leaves.
    progress
        Hears of the network's steps.
    """
    cropped = _cropped(relative_fov)
    greys = list(prefetch(_shrunk_grey, pictures))
    before = _correlations(greys, cropped)
    unmeasured = Motion(relative_fov, cropped, before, np.full(len(before), np.nan, np.float32))
    if method != NETWORK:
        return unmeasured
    found = coarse_maps(pictures, relative_fov, sessions, method, progress)
    refined = refine_motion(greys, found)
    after = _correlations(greys, refined.maps)
    if np.median(after) < np.median(before) - WORSE:
        return unmeasured
    return Motion(relative_fov, refined.maps, after, refined.misregistration, refined.model)


def coarse_maps(
    pictures: np.ndarray,
    relative_fov: np.ndarray,
    sessions: Sessions,
    method: str,
    progress: StageProgress = lambda done, of: None,
) -> np.ndarray:
    """Return the maps (N, 2, 15) of pictures by what the thin lens tells and our network sees.

    The parameters are those of `align`.
    """
    cropped = _cropped(relative_fov)
    if method != NETWORK:
        return cropped
    size = _size_within(pictures[0], NETWORK_SIZE)
    views = prefetch(lambda pair: warp(*pair, size), zip(pictures, cropped, strict=True))
    residual = _plausible(estimate_motion(np.stack(list(views)), sessions, progress), relative_fov)
    return scales_and_shifts(residual / relative_fov[:, None])


def _cropped(relative_fov: np.ndarray) -> np.ndarray:
    """(N, 2, 15) maps of frames whose field of view alone differs."""
    return scales_and_shifts(np.tile(AT_REST, (len(relative_fov), 1)) / relative_fov[:, None])


def _plausible(motion: np.ndarray, relative_fov: np.ndarray) -> np.ndarray:
    """Frames whose motion is absurd are left where the metadata put them.

    It is not absurd that the field of view stays, whatever the metadata say: many lenses hold it.
    """
    beyond_metadata, beyond_photograph = motion[:, 0], motion[:, 0] / relative_fov
    scale = np.minimum(np.abs(beyond_metadata - 1), np.abs(beyond_photograph - 1))
    shift = np.abs(motion[:, 1:]).max(1)
    absurd = ~((scale < LARGEST_SCALE) & (shift < LARGEST_SHIFT))
    return np.where(absurd[:, None], AT_REST, motion).astype(np.float32)


def _correlations(greys: Sequence[np.ndarray], maps: np.ndarray) -> np.ndarray:
    """(N-1,) correlation of the fine contrast of neighbouring frames, once resampled by the maps."""
    size = _size_within(greys[0], CORRELATED_SIZE)
    contrast = prefetch(lambda pair: fine_contrast(warp(*pair, size)), zip(greys, maps, strict=True))
    values = [_correlation(one, other) for one, other in itertools.pairwise(contrast)]
    return np.array(values, np.float32)


def fine_contrast(grey: np.ndarray) -> np.ndarray:
    """(h, w) of a grey picture: what is finer than a blur of 12 pixels and coarser than one of 2."""
    grey = cv2.GaussianBlur(grey, (0, 0), 2)
    height, width = grey.shape
    # A wide blur is the same of a shrunk picture, in a tenth of the time.
    small = cv2.resize(grey, (-(-width // SHRUNK), -(-height // SHRUNK)), interpolation=cv2.INTER_AREA)
    return grey - cv2.resize(cv2.GaussianBlur(small, (0, 0), 12 / SHRUNK), (width, height))


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Of two contrasts of zero mean; 0 where one has none, such as a black frame."""
    energy = np.sqrt(np.mean(one**2) * np.mean(other**2))
    return float(np.mean(one * other) / energy) if energy > 1e-12 else 0.0


def _shrunk_grey(picture: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    size = _size_within(grey, SIDE)
    return grey if grey.shape[::-1] == size else cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def _size_within(picture: np.ndarray, side: int) -> tuple[int, int]:
    """Width and height of a picture whose longer side is no longer than that."""
    height, width = picture.shape[:2]
    shrink = min(1.0, side / max(height, width))
    return max(LEAST_SIDE, round(width * shrink)), max(LEAST_SIDE, round(height * shrink))
