"""The frames of a stack on one grid and at one exposure; those that do not belong are left out."""

from dataclasses import dataclass

import numpy as np

from .alignment import Alignment, align, relative_field_of_view, warp
from .exposure import equalising_gains
from .stack import FocalStack

MATCHING = 0.3  # correlation with both neighbours under which a frame shows another scene
ALIKE = 0.15  # logarithm of the gain beyond which a frame was exposed or balanced otherwise
SMALLEST_MAJORITY = 2 / 3  # of the frames must agree before the others are left out


@dataclass(frozen=True)
class Registered:
    """Pictures (N, h, w, 3) ready for the depth network, and how they came to be."""

    pictures: np.ndarray
    alignment: Alignment
    gains: np.ndarray  # (N, 3) already applied to the pictures


def register(photographs: np.ndarray, stack: FocalStack) -> tuple[FocalStack, Registered]:
    """Align photographs (N, h, w, 3), as taken, to the reference; sRGB float32, far to near.

    Returns the stack that is left: frames of another scene or another exposure are taken out, where
    most of the others agree, and named in its warnings.
    """
    registered = _register(photographs, stack)
    misfits = _misfits(registered)
    if not misfits.any() or misfits.mean() > 1 - SMALLEST_MAJORITY or (~misfits).sum() < 3:
        return stack, registered
    names = " and ".join(f.path.name for f, out in zip(stack.frames, misfits, strict=True) if out)
    stack = stack.without(misfits).with_warnings(
        f"{names} left out: the scene, the framing or the exposure is another than in the other photographs."
    )
    return stack, _register(photographs[~misfits], stack)


def _register(photographs: np.ndarray, stack: FocalStack) -> Registered:
    alignment = align(photographs, relative_field_of_view(stack))
    height, width = photographs.shape[1:3]
    moved = (warp(p, m, (width, height)) for p, m in zip(photographs, alignment.motion, strict=True))
    pictures = np.stack(list(moved))
    gains = equalising_gains(pictures)
    pictures *= gains[:, None, None]
    return Registered(pictures, alignment, gains)


def _misfits(registered: Registered) -> np.ndarray:
    """(N,) true for frames that match neither neighbour or need another exposure than the rest."""
    match = registered.alignment.match
    best = np.maximum(np.append(match, match[-1]), np.insert(match, 0, match[0]))
    return (best < MATCHING) | (np.abs(np.log(registered.gains)).max(1) > ALIKE)
