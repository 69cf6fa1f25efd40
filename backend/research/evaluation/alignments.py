"""The ways to align a stack that are compared; in all else they are alike."""

from dataclasses import dataclass

import numpy as np

from ...contract.errors import InputError
from ...registration.exposure import equalising_gains
from ...registration.motion import relative_field_of_view
from ...registration.register import register
from ...runtime.resources import Resources
from ...runtime.sessions import sessions_for
from ...stack import FocalStack
from .ecc import estimate_ecc_motion
from .motion import covered_pixels, motion_matrices, resample

NONE, FIELD_OF_VIEW, ECC, NETWORK = ALIGNMENTS = "none", "fov", "ecc", "network"


@dataclass(frozen=True)
class AlignedStack:
    """Frames on the reference's grid.

    Attributes
    ----------
    pictures
        (N, H, W, 3) float32 sRGB, at one exposure, far to near.
    motion
        (N, 3, 3) from the reference into each photograph; see `motion`.
    """

    pictures: np.ndarray
    motion: np.ndarray


def align_stack(alignment: str, photographs: np.ndarray, stack: FocalStack) -> AlignedStack:
    """Align photographs.

    Parameters
    ----------
    alignment
        One of ALIGNMENTS: "none" leaves them as they are, "fov" crops them by the thin lens, "ecc" and
        "network" estimate the motion that remains after that.
    photographs
        (N, H, W, 3) float32 sRGB as taken, far to near.
    stack
        Their focal stack.

    Raises
    ------
    InputError
        Where registration would leave out a frame.
    """
    if alignment == NETWORK:
        return _align_by_network(photographs, stack)
    motion = np.tile(np.eye(3), (len(photographs), 1, 1))
    if alignment != NONE:
        motion[:, :2] /= relative_field_of_view(stack)[:, None, None]
    if alignment == ECC:
        motion = motion @ estimate_ecc_motion(_resample_all(photographs, motion))
    pictures = _resample_all(photographs, motion)
    pictures *= equalising_gains(pictures)[:, None, None]
    height, width = pictures.shape[1:3]
    for index in range(len(pictures) - 2, -1, -1):  # as registration does
        missing = ~covered_pixels(motion[index], width, height)
        pictures[index][missing] = pictures[index + 1][missing]
    return AlignedStack(pictures, motion)


def _align_by_network(photographs: np.ndarray, stack: FocalStack) -> AlignedStack:
    registration = register(photographs.copy(), stack, sessions_for(Resources()))
    if len(registration.stack.frames) < len(stack.frames):
        folder = stack.reference.path.parent
        warning = registration.stack.warnings[-1]
        raise InputError(f"{folder}: {warning} Take such frames out before measuring.")
    return AlignedStack(registration.pictures, motion_matrices(registration.motion.to_photographs))


def _resample_all(photographs: np.ndarray, motion: np.ndarray) -> np.ndarray:
    return np.stack([resample(picture, m) for picture, m in zip(photographs, motion, strict=True)])
