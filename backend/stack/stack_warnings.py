"""What a person should know of a whole stack, in sentences."""

import math
from collections.abc import Sequence

import numpy as np

from .dioptres import find_ties, is_same_focus
from .focal_stack import FocalStack
from .names import join_names
from .order import correlation_with_place, is_plainly_reversed
from .overrides import AUTO, FAR_TO_NEAR, NEAR_TO_FAR, Overrides
from .records import FrameRecord

CHANGED_ZOOM = 1.02  # the longest focal length over the shortest, which cameras round
RELATIVE_DEPTH = (
    "Fewer than two focus distances are known, so depth is relative: type the focus distances of two "
    "photographs to get metres."
)


def contradiction_warnings(dioptres: np.ndarray, overrides: Overrides) -> list[str]:
    """Warn where focus distances, (N,) dioptres in file-name order, run against the order that was typed."""
    if overrides.order == AUTO or is_same_focus(dioptres.min(), dioptres.max()):
        return []
    order = FAR_TO_NEAR if correlation_with_place(dioptres) > 0 else NEAR_TO_FAR
    if order == overrides.order:
        return []
    return [
        f"The focus distances run {order}, but the order is set to {overrides.order}; the focus distances "
        "were used."
    ]


def copied_distance_warning(distance: float) -> str:
    """Warn that every photograph has this focus distance, in metres, which was not used."""
    metres = "infinity" if math.isinf(distance) else f"{distance:.3g} m"
    return (
        f"All photographs have the same focus distance, {metres}, as where an editor copied it from one to "
        "all; it was not used."
    )


def interpolation_warning(unknown: int, count: int) -> str:
    """Warn that `unknown` of `count` photographs have no focus distance of their own."""
    return (
        f"{unknown} of {count} photographs have no focus distance; theirs were interpolated from those of "
        "the others."
    )


def implausible_warnings(records: Sequence[FrameRecord]) -> list[str]:
    """Warn of values in the photographs' metadata that cannot be true."""
    return [
        f"{record.frame.path.name}: {value} is impossible and was ignored."
        for record in records
        for value in record.metadata.implausible
    ]


def tie_warnings(stack: FocalStack) -> list[str]:
    """Warn of frames of a metric stack that have the same focus distance."""
    if not stack.is_metric:
        return []
    return [
        f"{join_names([stack.frames[i].path.name for i in group])} have the same focus distance "
        f"({stack.frames[group[0]].distance_source}); they were kept in the order of their file names, "
        "slightly apart."
        for group in find_ties(np.array([frame.dioptres for frame in stack.frames]))
    ]


def zoom_warnings(stack: FocalStack) -> list[str]:
    """Warn where the focal length differs between frames."""
    lengths = [frame.focal_length for frame in stack.frames if frame.focal_length]
    if lengths and max(lengths) > CHANGED_ZOOM * min(lengths):
        return [
            f"The focal length changes between photographs, from {1000 * min(lengths):.3g} to "
            f"{1000 * max(lengths):.3g} mm: do not zoom while you take a focal stack."
        ]
    return []


def reversal_warnings(stack: FocalStack, profiles: Sequence[np.ndarray]) -> list[str]:
    """Warn where the pictures show that a metric stack runs near to far.

    Dioptres where metres belong turn it around; some Android cameras write them into EXIF.

    Parameters
    ----------
    stack
        Of which a camera's own note of the distance is believed.
    profiles
        Of its frames, as `seriation.sharpness_profile` returns them.
    """
    sources = {frame.distance_source for frame in stack.frames}
    if not stack.is_metric or "maker note" in sources or not is_plainly_reversed(profiles):
        return []
    return [
        "The focus distances run opposite to what the pictures show, as if they were dioptres, which some "
        "Android cameras write into EXIF; if so, write them in metres into a focus.csv beside the "
        "photographs, or type them."
    ]
