"""Normalised dioptres to dioptres, metres and confidence, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..contract.qualities import FOCAL_UNET
from ..contract.schema import CONFIDENCE_UNIT, Description
from ..runtime.parallel import elementwise

if (
    TYPE_CHECKING
):  # its readers of photographs take a fifth of a second to load, and a mesh has no need of them
    from ..stack import FocalStack


def focus_range(stack: FocalStack) -> tuple[float, float]:
    """Return the dioptres of the farthest and the nearest frame; relative ones where none are known."""
    dioptres = stack.counted_dioptres
    return float(dioptres[0]), float(dioptres[-1])


def to_dioptres(normalised: np.ndarray, stack: FocalStack) -> np.ndarray:
    """Return dioptres (1/m, or relative where the stack is not metric) of normalised ones, all above 0.

    What lies beyond the farthest focus cannot be told from infinity by much: it is held half a step beyond.
    """
    far, near = focus_range(stack)
    is_by_convention = stack.dioptres is None and stack.relative_dioptres is None
    gap = far if is_by_convention else float(stack.counted_dioptres[1]) - far
    return np.maximum(far + normalised * (near - far), max(far - 0.5 * gap, 0.05 * gap))


def to_metres(normalised: np.ndarray, stack: FocalStack) -> np.ndarray:
    """Return planar depth, float32, of normalised dioptres: metres, or relative without distances."""
    return elementwise(lambda values: 1.0 / to_dioptres(values, stack), normalised, np.float32)


def to_normalised(dioptres: np.ndarray, stack: FocalStack) -> np.ndarray:
    """Return dioptres, relative ones where the stack is not metric, as normalised ones.

    It undoes `to_dioptres`, but for what that held half a step beyond the farthest focus.
    """
    far, near = focus_range(stack)
    return (dioptres - np.float32(far)) / np.float32(near - far)


def to_confidence(uncertainty: np.ndarray) -> np.ndarray:
    """Return confidence, float32, of an uncertainty in normalised dioptres.

    It is 1 where no error is expected and 1/e where it is `CONFIDENCE_UNIT`, however many frames there are.
    """
    return elementwise(
        lambda values: np.exp(np.maximum(values, 0) / -CONFIDENCE_UNIT), uncertainty, np.float32
    )


def from_confidence(confidence: np.ndarray, unit: float = CONFIDENCE_UNIT) -> np.ndarray:
    """Return the uncertainty that `to_confidence` was given; not a number at 0.

    Parameters
    ----------
    confidence
        0 to 1.
    unit
        `confidence_unit` of the result.json it belongs to.
    """

    def uncertain(values: np.ndarray) -> np.ndarray:
        return np.log(np.where(values > 0, values, np.nan)) * -unit

    return elementwise(uncertain, confidence, np.float32)


def expected_error(confidence: np.ndarray, description: Description) -> np.ndarray:
    """Return the expected error of a result's depth in dioptres, of its confidence.

    Relative dioptres where the result is not metric; not a number at confidence 0, and where the network
    that made it tells none.
    """
    if description.get("network") != FOCAL_UNET:
        return np.full_like(confidence, np.nan)
    frames = description["frames"]
    span = frames[-1]["dioptres"] - frames[0]["dioptres"]
    step = 1 / (len(frames) - 1)  # in which results counted up to 0.2.0
    return from_confidence(confidence, description.get("confidence_unit", step)) * np.float32(span)
