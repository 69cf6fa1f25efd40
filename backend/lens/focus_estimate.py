"""What blur tells of a stack's focus: its steps where no distances are known, else whether those fit."""

from dataclasses import replace

import numpy as np

from ..stack import FocalStack
from .blur_distances import anchor_dioptres, check_distances, is_blur_sure, plausible_dioptres
from .focus_from_blur import (
    BlurPositions,
    measure_focus_positions,
    pixels_per_dioptre,
    weigh_against_prior,
)
from .patch_spectra import PatchSpectra

TYPE_ONE = "type the focus distance of one photograph to get metres"
TYPE_TWO = "type the focus distances of two photographs to get metres"


def estimate_focus(stack: FocalStack, spectra: PatchSpectra, size: tuple[int, int]) -> FocalStack:
    """Return the stack with the blur it has, and the focus that blur shows, or a check of distances it has.

    Parameters
    ----------
    stack
        The frames.
    spectra
        Of the patches of the frames, aligned.
    size
        Width and height in pixels of the pictures that they were measured in.
    """
    blur = measure_focus_positions(spectra)
    if blur is None or not is_blur_sure(blur):
        return stack
    stack = replace(stack, widest_blur=float(blur.positions[-1]) / max(size))
    scale = _scale(stack, size[0])
    if stack.dioptres is not None:
        written = np.array([frame.dioptres for frame in stack.frames], np.float64)
        names = [frame.path.name for frame in stack.frames]
        warning = check_distances(written, blur, names, scale)
        return stack.with_warnings(warning) if warning else stack
    blur = weigh_against_prior(blur, stack.positions)
    known = {i: frame.dioptres for i, frame in enumerate(stack.frames) if frame.dioptres is not None}
    if known and scale is not None and (list(known) == [0] or 0.0 not in known.values()):
        dioptres, deviation = anchor_dioptres(blur, known, scale)
        if dioptres[-1] * (stack.focal_length or 0) >= 1:  # within the focal length: blur is off, or the lens
            return stack
        return stack.with_estimated_focus(dioptres, is_metric=True).with_warnings(
            "Focus distances were estimated from blur and the one that is known, give or take "
            f"{deviation.max():.2g} dioptres."
        )
    dioptres = plausible_dioptres(blur, size, stack.focal_length, stack.f_number, stack.sensor_width)
    return stack.with_estimated_focus(dioptres, is_metric=False).with_warnings(_relative_warning(blur, scale))


def _scale(stack: FocalStack, width: int) -> float | None:
    """Pixels of blur per dioptre at that width; None where the lens is not known."""
    lens = stack.focal_length, stack.f_number, stack.sensor_width
    if lens[0] is None or lens[1] is None or lens[2] is None:
        return None
    near = 0.0 if stack.dioptres is None else float(stack.dioptres[-1])
    return pixels_per_dioptre(lens[0], lens[1], lens[2], width, near)


def _relative_warning(blur: BlurPositions, scale: float | None) -> str:
    if scale is None:
        return (
            "The steps between photographs were estimated from blur; without focal length, f-number and "
            f"sensor width their size is assumed: {TYPE_TWO}."
        )
    whole, deviation = blur.positions[-1] / scale, blur.range_uncertainty / scale
    return (
        f"Focus was estimated from blur: {whole:.2g} dioptres from the farthest to the nearest photograph, "
        f"give or take {deviation:.1g}; how far away the whole scene is, is assumed: {TYPE_ONE}."
    )
