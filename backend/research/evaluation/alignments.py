"""The ways to align a stack that are compared; in all else they are alike."""

from dataclasses import dataclass

import numpy as np

from ...contract.errors import InputError
from ...registration.exposure import equalising_gains
from ...registration.motion import relative_field_of_view
from ...registration.polynomial import affine_maps
from ...registration.register import register
from ...registration.warp import fill_in, warp
from ...runtime.resources import Resources
from ...runtime.sessions import sessions_for
from ...stack import FocalStack
from .ecc import estimate_ecc_motion

NONE, FIELD_OF_VIEW, ECC, NETWORK = ALIGNMENTS = "none", "fov", "ecc", "network"


@dataclass(frozen=True)
class AlignedStack:
    """Frames on the reference's grid.

    Attributes
    ----------
    pictures
        (N, H, W, 3) float32 sRGB, at one exposure, far to near.
    maps
        (N, 2, 15) from the reference into each photograph, as `registration.polynomial` has maps.
    """

    pictures: np.ndarray
    maps: np.ndarray


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
        motion = motion @ estimate_ecc_motion(_warp_all(photographs, affine_maps(motion)))
    maps = affine_maps(motion)
    pictures = _warp_all(photographs, maps)
    pictures *= equalising_gains(pictures)[:, None, None]
    for index in range(len(pictures) - 2, -1, -1):  # as registration does
        fill_in(pictures[index], maps[index], pictures[index + 1])
    return AlignedStack(pictures, maps)


def _align_by_network(photographs: np.ndarray, stack: FocalStack) -> AlignedStack:
    registration = register(photographs.copy(), stack, sessions_for(Resources()))
    if len(registration.stack.frames) < len(stack.frames):
        folder = stack.reference.path.parent
        warning = registration.stack.warnings[-1]
        raise InputError(f"{folder}: {warning} Take such frames out before measuring.")
    return AlignedStack(registration.pictures, registration.motion.maps)


def _warp_all(photographs: np.ndarray, maps: np.ndarray) -> np.ndarray:
    size = photographs.shape[2], photographs.shape[1]
    return np.stack([warp(picture, each, size) for picture, each in zip(photographs, maps, strict=True)])
