"""The ways to align a stack that are measured against each other; in all else they are alike."""

from dataclasses import dataclass

import numpy as np

from ...contract.errors import InputError
from ...registration.exposure import equalising_gains
from ...registration.motion import relative_field_of_view
from ...registration.register import register
from ...runtime.resources import Resources
from ...runtime.sessions import sessions_for
from ...stack import FocalStack
from .ecc import ecc_motion
from .motion import resampled, scale_and_shift, shown

NONE, FIELD_OF_VIEW, ECC, NETWORK = ALIGNMENTS = "none", "fov", "ecc", "network"


@dataclass(frozen=True)
class Aligned:
    """Pictures (N, H, W, 3) of one exposure, and the motions (N, 3, 3) that brought them there."""

    pictures: np.ndarray
    motion: np.ndarray


def align_by(alignment: str, photographs: np.ndarray, stack: FocalStack) -> Aligned:
    """Photographs (N, H, W, 3), as taken, by one of ALIGNMENTS.

    "none" leaves them as they are, "fov" crops as the thin lens tells, "ecc" and "network" find what
    motion is left after that. Raises InputError where `register` would leave a frame out.
    """
    if alignment == NETWORK:
        return _by_network(photographs, stack)
    motion = np.tile(np.eye(3), (len(photographs), 1, 1))
    if alignment != NONE:
        motion[:, :2] /= relative_field_of_view(stack)[:, None, None]
    if alignment == ECC:
        motion = motion @ ecc_motion(_resampled(photographs, motion))
    pictures = _resampled(photographs, motion)
    pictures *= equalising_gains(pictures)[:, None, None]
    height, width = pictures.shape[1:3]
    for index in range(len(pictures) - 2, -1, -1):  # as registration does
        missing = ~shown(motion[index], width, height)
        pictures[index][missing] = pictures[index + 1][missing]
    return Aligned(pictures, motion)


def _by_network(photographs: np.ndarray, stack: FocalStack) -> Aligned:
    registration = register(photographs.copy(), stack, sessions_for(Resources()))
    if len(registration.stack.frames) < len(stack.frames):
        folder = stack.reference.path.parent
        warning = registration.stack.warnings[-1]
        raise InputError(f"{folder}: {warning} Take such frames out before measuring.")
    return Aligned(registration.pictures, scale_and_shift(registration.motion.to_photographs))


def _resampled(photographs: np.ndarray, motion: np.ndarray) -> np.ndarray:
    return np.stack([resampled(picture, m) for picture, m in zip(photographs, motion, strict=True)])
