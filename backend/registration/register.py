"""The frames of a stack on one grid and at one exposure; those that do not belong are left out."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.qualities import NETWORK
from ..runtime.parallel import for_each
from ..runtime.sessions import Sessions
from ..runtime.timings import StageProgress
from ..stack import FocalStack
from ..stack.names import join_names
from .duplicates import drop_duplicates
from .exposure import equalising_gains
from .motion import Motion, align, fine_contrast, relative_field_of_view
from .sharpness import check_order
from .warp import fill_in, warp

MATCHING = 0.3  # correlation with both neighbours under which a frame shows another scene
# Below the usual correlation: of a frame that was turned, or moved past what is aligned. An end frame may be
# blurred more than its neighbour, and is missed more.
FAR_BELOW, END_FAR_BELOW = 0.15, 0.35
BRIGHT_SHARE = 95  # percent of the values, which no picture has as white
DETAIL = 1e-3  # standard deviation of fine contrast under which a picture shows nothing, sRGB 0..1
ALIKE = 0.15  # logarithm of the gain beyond which a frame was exposed or balanced otherwise
# Pixels at SIDE, the median over a picture: more than the noise of patches that blur a lot.
MISREGISTERED = 1.5
SMALLEST_MAJORITY = 2 / 3  # of the frames must agree before the others are left out


@dataclass(frozen=True)
class Registration:
    """Frames on one grid and at one exposure, and how they came there.

    Attributes
    ----------
    stack
        The frames that belong, with warnings that name the others.
    pictures
        (N, h, w, 3) float32, sRGB, aligned, far to near.
    motion
        That they were aligned by.
    gains
        (N, 3) float32, of red, green and blue; already applied to the pictures.
    """

    stack: FocalStack
    pictures: np.ndarray
    motion: Motion
    gains: np.ndarray


def register(
    photographs: np.ndarray,
    stack: FocalStack,
    sessions: Sessions,
    method: str = NETWORK,
    progress: StageProgress = lambda done, of: None,
) -> Registration:
    """Align photographs to the reference and even out their exposure.

    Duplicates are left out, and frames of another scene, framing or exposure where most of the others agree.

    Parameters
    ----------
    photographs
        (N, h, w, 3) float32, sRGB, as taken, far to near. They are changed.
    stack
        Their frames.
    sessions
        For the alignment network.
    method
        Of `qualities.ALIGNMENTS`.
    progress
        Hears of the network's steps.

    Raises
    ------
    InputError
        Where nothing in the photographs could be in focus, or all are one picture.
    """
    _check_detail(photographs, stack)
    _scale(photographs, _towards_white(photographs))
    photographs, stack = drop_duplicates(photographs, stack)

    def align_and_even(frames: np.ndarray, stack: FocalStack) -> Registration:
        motion = align(frames, relative_field_of_view(stack, method), sessions, method, progress)
        return _apply(motion, frames, stack)

    registration = align_and_even(photographs, stack)
    misfits = _misfits(registration)
    if misfits.any():
        stack, is_left_out = _handle_misfits(misfits, stack)
        registration = replace(registration, stack=stack)
        if is_left_out:
            del registration
            registration = align_and_even(photographs[~misfits], stack)
    warnings = check_order(registration.pictures, registration.stack)
    warnings += _misregistration_warnings(registration)
    return replace(registration, stack=registration.stack.with_warnings(*warnings))


def _misregistration_warnings(registration: Registration) -> list[str]:
    """A warning that names the photographs that could not be aligned well with the next one, or none."""
    left = registration.motion.misregistration
    far_off = np.flatnonzero(left > MISREGISTERED)  # false where it was not measured
    if not far_off.size:
        return []
    names = join_names([registration.stack.frames[index].path.name for index in far_off])
    return [
        f"{names} could not be aligned well with the photograph focused next nearer; use a tripod, or "
        "smaller steps of focus."
    ]


def _handle_misfits(misfits: np.ndarray, stack: FocalStack) -> tuple[FocalStack, bool]:
    """The stack with a warning that names them, and whether they are left out of it."""
    names = " and ".join(f.path.name for f, out in zip(stack.frames, misfits, strict=True) if out)
    fault = "the scene, the framing or the exposure is another than in the photographs focused next to it"
    if misfits.mean() > 1 - SMALLEST_MAJORITY or (~misfits).sum() < 3:
        return stack.with_warnings(f"{names}: {fault}; look at the result with care."), False
    return stack.without(misfits).with_warnings(f"{names} left out: {fault}."), True


def _apply(motion: Motion, photographs: np.ndarray, stack: FocalStack) -> Registration:
    height, width = photographs.shape[1:3]
    pictures = np.empty_like(photographs)

    def warp_one(index: int) -> None:
        warp(photographs[index], motion.maps[index], (width, height), out=pictures[index])

    for_each(warp_one, range(len(pictures)))
    gains = equalising_gains(pictures)
    _scale(pictures, gains)
    for index in range(len(pictures) - 2, -1, -1):
        fill_in(pictures[index], motion.maps[index], pictures[index + 1])
    return Registration(stack, pictures, motion, gains)


def _scale(pictures: np.ndarray, factors: np.ndarray | np.float32) -> None:
    """Multiply pictures (N, h, w, 3) in place by factors (N, 3), or one."""
    factors = np.broadcast_to(factors, (len(pictures), 3))

    def scale_one(index: int) -> None:
        if (factors[index] != 1).any():
            pictures[index] *= np.tile(factors[index], (pictures.shape[2], 1))  # faster than along three

    for_each(scale_one, range(len(pictures)))


def _check_detail(photographs: np.ndarray, stack: FocalStack) -> None:
    greys = (cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY) for photograph in photographs)
    if not any(fine_contrast(grey).std() >= DETAIL for grey in greys):
        raise InputError(
            f"{stack.frames[0].path.parent}: the photographs show nothing that could be in focus, all is "
            "plain; light the scene, or choose other photographs"
        )


def _towards_white(photographs: np.ndarray) -> np.float32:
    """What brings the bright parts of linear files, which know no white, to where networks see them."""
    some = photographs[:, ::8, ::8]
    return np.float32(1 if some.max() <= 1 else 1 / max(1.0, np.percentile(some, BRIGHT_SHARE)))


def _misfits(registration: Registration) -> np.ndarray:
    """(N,) true for frames that match neither neighbour as frames here do, or were exposed unlike both.

    A slow drift, as of a lens that loses light near, is no misfit.
    """
    correlation = registration.motion.correlation
    step = np.abs(np.diff(np.log(registration.gains), axis=0)).max(1)
    below = np.full(len(correlation) + 1, FAR_BELOW)
    below[[0, -1]] = END_FAR_BELOW
    expected = np.maximum(MATCHING, np.median(correlation) - below)
    misfits = (_best(correlation, np.maximum) < expected) | (_best(step, np.minimum) > ALIKE)
    # An end frame has one neighbour: if that one is a misfit, nothing speaks against the end frame.
    inner = misfits.copy()
    inner[[0, -1]] = False
    misfits[[0, -1]] &= ~inner[[1, -2]]
    return misfits


def _best(of_pairs: np.ndarray, better: np.ufunc) -> np.ndarray:
    """(N,) the better of the two pairs (N-1,) a frame is in; the end frames are in one."""
    return better(np.append(of_pairs, of_pairs[-1]), np.insert(of_pairs, 0, of_pairs[0]))
