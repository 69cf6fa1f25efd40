"""The motion that carries every frame onto the reference's grid: field of view first, then what remains."""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np

from ..contract.qualities import NETWORK, NONE
from ..lens import thin_lens
from ..runtime.sessions import Sessions
from ..runtime.timings import StageProgress
from ..stack import FocalStack
from .network import estimate_motion

NETWORK_SIZE = 320  # longer side at which motion is looked for; 480 finds it a fifth better in twice the time
AT_REST = np.array([1, 0, 0], np.float32)  # scale and shifts of no motion
LARGEST_SCALE, LARGEST_SHIFT = 0.15, 0.15  # beyond these a found motion is not believed


@dataclass(frozen=True)
class Motion:
    """Where the reference's points lie in each frame: at (s x + b, s y + c).

    Coordinates run about the picture's centre in halves of its longer side.

    Attributes
    ----------
    relative_fov
        (N,) from the thin lens; ones where the metadata do not tell.
    residual
        (N, 3) float32, scale and shifts that the network estimated after that.
    correlation
        (N-1,) of each frame with the next one, aligned.
    """

    relative_fov: np.ndarray
    residual: np.ndarray
    correlation: np.ndarray

    @property
    def to_photographs(self) -> np.ndarray:
        """(N, 3) scale and shifts of the whole way from the reference into each photograph."""
        return self.residual / self.relative_fov[:, None]


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
        Of `qualities.ALIGNMENTS`; only "network" estimates what the thin lens leaves.
    progress
        Hears of the network's steps.
    """
    height, width = pictures.shape[1:3]
    shrink = min(1.0, NETWORK_SIZE / max(height, width))
    size = max(8, round(width * shrink)), max(8, round(height * shrink))
    at_rest = np.tile(AT_REST, (len(pictures), 1))
    cropped = _warp_all(pictures, at_rest / relative_fov[:, None], size)
    before = _correlations(cropped)
    if method != NETWORK:
        return Motion(relative_fov, at_rest, before)
    residual = _plausible(estimate_motion(cropped, sessions, progress))
    after = _correlations(_warp_all(cropped, residual, size))
    if np.median(after) < np.median(before):
        return Motion(relative_fov, at_rest, before)
    return Motion(relative_fov, residual, after)


def _warp_all(pictures: np.ndarray, motions: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return np.stack([warp(picture, motion, size) for picture, motion in zip(pictures, motions, strict=True)])


def warp(picture: np.ndarray, motion: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A picture (h, w, C) resampled once onto the reference's grid of `size` (width, height).

    Its values may be floats, uint8 or uint16, and stay so. Shrinking averages first, so that no detail
    folds over; borders repeat.
    """
    width, height = size
    shrink = min(1.0, 1.5 * max(size) / max(picture.shape[:2]))
    if shrink < 1:
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    source_height, source_width = picture.shape[:2]
    scale, shift_x, shift_y = (float(value) for value in motion)
    source_half, half = max(source_width, source_height) / 2, max(size) / 2
    zoom = scale * source_half / half
    # Pixel centres lie at +0.5, OpenCV's at whole numbers.
    offset_x = source_width / 2 + source_half * shift_x - zoom * width / 2 + 0.5 * zoom - 0.5
    offset_y = source_height / 2 + source_half * shift_y - zoom * height / 2 + 0.5 * zoom - 0.5
    matrix = np.array([[zoom, 0, offset_x], [0, zoom, offset_y]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def fill_in(
    picture: np.ndarray, motion: np.ndarray, nearer: np.ndarray, gain: np.ndarray | float = 1.0
) -> None:
    """What a frame does not show of the reference's view is taken, in place, from the next nearer one,
    whose values times `gain`, one or (3,), are this one's.

    A lens that breathes against the rule shows less when focused far. A border repeated instead would
    look like texture, in focus.
    """
    height, width = picture.shape[:2]
    scale, shift_x, shift_y = (float(value) for value in motion)
    half = max(width, height) / 2
    y = np.abs(scale * (np.arange(height) + 0.5 - height / 2) / half + shift_y) > height / 2 / half
    x = np.abs(scale * (np.arange(width) + 0.5 - width / 2) / half + shift_x) > width / 2 / half
    picture[y] = _as_kind(nearer[y] * gain, picture.dtype)
    picture[:, x] = _as_kind(nearer[:, x] * gain, picture.dtype)


def _as_kind(values: np.ndarray, kind: np.dtype) -> np.ndarray:
    return values if kind.kind == "f" else np.clip(np.rint(values), 0, np.iinfo(kind).max)


def _plausible(motion: np.ndarray) -> np.ndarray:
    """Frames whose motion is absurd are left where the metadata put them."""
    scale, shift = np.abs(motion[:, 0] - 1), np.abs(motion[:, 1:]).max(1)
    absurd = ~((scale < LARGEST_SCALE) & (shift < LARGEST_SHIFT))
    return np.where(absurd[:, None], AT_REST, motion).astype(np.float32)


def _correlations(pictures: np.ndarray) -> np.ndarray:
    """(N-1,) correlation of the fine contrast of neighbouring frames."""
    contrast = map(fine_contrast, pictures)
    values = [_correlation(one, other) for one, other in itertools.pairwise(contrast)]
    return np.array(values, np.float32)


def fine_contrast(picture: np.ndarray) -> np.ndarray:
    """(h, w) of a picture (h, w, 3): what is finer than a blur of 12 pixels and coarser than one of 2."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 2)
    return grey - cv2.GaussianBlur(grey, (0, 0), 12)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Of two contrasts of zero mean; 0 where one has none, such as a black frame."""
    energy = np.sqrt(np.mean(one**2) * np.mean(other**2))
    return float(np.mean(one * other) / energy) if energy > 1e-12 else 0.0
