"""The frames of a stack on one grid and at one exposure; those that do not belong are left out."""

from dataclasses import dataclass

import numpy as np

from ..contract.errors import InputError
from ..runtime.progress import Progress
from ..stack import FocalStack
from .duplicates import without_copies
from .exposure import equalising_gains
from .motion import NETWORK, Alignment, align, fill_in, fine_contrast, relative_field_of_view, warp
from .sharpness import doubts_of_order

MATCHING = 0.3  # correlation with both neighbours under which a frame shows another scene
# Below the usual correlation: of a frame that was turned, or moved past what is aligned. An end frame may be
# blurred more than its neighbour, and is missed more.
FAR_BELOW, END_FAR_BELOW = 0.15, 0.35
BRIGHT_SHARE = 95  # percent of the values, which no picture has as white
DETAIL = 1e-3  # standard deviation of fine contrast under which a picture shows nothing, sRGB 0..1
ALIKE = 0.15  # logarithm of the gain beyond which a frame was exposed or balanced otherwise
SMALLEST_MAJORITY = 2 / 3  # of the frames must agree before the others are left out


@dataclass(frozen=True)
class Registered:
    """Pictures (N, h, w, 3) ready for the depth network, and how they came to be."""

    pictures: np.ndarray
    alignment: Alignment
    gains: np.ndarray  # (N, 3) already applied to the pictures


def register(
    photographs: np.ndarray,
    stack: FocalStack,
    method: str = NETWORK,
    progress: Progress = lambda done, of: None,
) -> tuple[FocalStack, Registered]:
    """Align photographs (N, h, w, 3), as taken, to the reference; sRGB float32, far to near.

    Returns the stack that is left: copies, and frames of another scene, framing or exposure, are taken out,
    the latter where most of the others agree, and named in its warnings. Raises InputError where nothing in
    the photographs could be in focus, or all are one picture.
    """
    _check_detail(photographs, stack)
    photographs, stack = without_copies(photographs * _towards_white(photographs), stack)
    stack, registered = _without_misfits(photographs, stack, method, progress)
    return stack.with_warnings(*doubts_of_order(registered.pictures, stack)), registered


def _without_misfits(
    photographs: np.ndarray, stack: FocalStack, method: str, progress: Progress
) -> tuple[FocalStack, Registered]:
    registered = _register(photographs, stack, method, progress)
    misfits = _misfits(registered)
    if not misfits.any():
        return stack, registered
    names = " and ".join(f.path.name for f, out in zip(stack.frames, misfits, strict=True) if out)
    odd = "the scene, the framing or the exposure is another than in the photographs focused next to it"
    if misfits.mean() > 1 - SMALLEST_MAJORITY or (~misfits).sum() < 3:
        return stack.with_warnings(f"{names}: {odd}; look at the result with care."), registered
    del registered
    stack = stack.without(misfits).with_warnings(f"{names} left out: {odd}.")
    return stack, _register(photographs[~misfits], stack, method, progress)


def _register(photographs: np.ndarray, stack: FocalStack, method: str, progress: Progress) -> Registered:
    alignment = align(photographs, relative_field_of_view(stack, method), method, progress)
    height, width = photographs.shape[1:3]
    pictures = np.empty_like(photographs)
    for index, motion in enumerate(alignment.motion):
        pictures[index] = warp(photographs[index], motion, (width, height))
    gains = equalising_gains(pictures)
    pictures *= gains[:, None, None]
    for index in range(len(pictures) - 2, -1, -1):
        fill_in(pictures[index], alignment.motion[index], pictures[index + 1])
    return Registered(pictures, alignment, gains)


def _check_detail(photographs: np.ndarray, stack: FocalStack) -> None:
    if max(float(fine_contrast(photograph).std()) for photograph in photographs) < DETAIL:
        raise InputError(
            f"{stack.frames[0].path.parent}: the photographs show nothing that could be in focus, all is "
            "plain; light the scene, or choose other photographs"
        )


def _towards_white(photographs: np.ndarray) -> np.float32:
    """What brings the bright parts of linear files, which know no white, to where networks see them."""
    bright = np.percentile(photographs[:, ::4, ::4], BRIGHT_SHARE)
    return np.float32(1 / max(1.0, bright))


def _misfits(registered: Registered) -> np.ndarray:
    """(N,) true for frames that match neither neighbour as frames here do, or were exposed unlike both.

    A slow drift, as of a lens that loses light near, is no misfit.
    """
    match = registered.alignment.match
    step = np.abs(np.diff(np.log(registered.gains), axis=0)).max(1)
    below = np.full(len(match) + 1, FAR_BELOW)
    below[[0, -1]] = END_FAR_BELOW
    expected = np.maximum(MATCHING, np.median(match) - below)
    misfits = (_best(match, np.maximum) < expected) | (_best(step, np.minimum) > ALIKE)
    # An end frame has one neighbour: if that one is a misfit, nothing speaks against the end frame.
    inner = misfits.copy()
    inner[[0, -1]] = False
    misfits[[0, -1]] &= ~inner[[1, -2]]
    return misfits


def _best(of_pairs: np.ndarray, better: np.ufunc) -> np.ndarray:
    """(N,) the better of the two pairs (N-1,) a frame is in; the end frames are in one."""
    return better(np.append(of_pairs, of_pairs[-1]), np.insert(of_pairs, 0, of_pairs[0]))
