"""From photographs to a FocalStack: frames in order, each with its focus."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..runtime.timings import Progress, no_progress
from .dioptres import fill_gaps, is_same_focus, spread_ties
from .distances import read_dioptres, unit_warnings
from .find import find_photographs
from .focal_stack import FocalStack, Frame, is_same_size
from .order import (
    FocusSequence,
    correlation_with_place,
    sequence_by_names,
    sequence_by_position,
    sequence_by_sharpness,
)
from .outsiders import find_outsiders, outsider_warnings
from .overrides import AUTO, Overrides
from .records import (
    FrameRecord,
    check_focus,
    find_copied_distance,
    open_photograph,
    read_records,
    without_written_distance,
)
from .stack_warnings import (
    RELATIVE_DEPTH,
    contradiction_warnings,
    copied_distance_warning,
    implausible_warnings,
    interpolation_warning,
    tie_warnings,
    zoom_warnings,
)
from .unify import unify

SMALLEST_SIDE = 32  # pixels


def read_stack(
    photographs: Path | str | Sequence[Path | str],
    overrides: Overrides | None = None,
    progress: Progress = no_progress,
) -> FocalStack:
    """Read a focal stack: its frames from far to near, and what is known of focus and lens.

    Pixels are decoded only where they have to show the order, the unit of distances, or what does not belong.

    Parameters
    ----------
    photographs
        A folder, files in any order, or a clip.
    overrides
        What a person types, which beats sidecars and metadata.
    progress
        Told how many frames of a clip were looked at.

    Raises
    ------
    InputError
        Where there are fewer than two photographs, one of them cannot be read or is of another size, or a
        sidecar or an override is at fault.
    """
    overrides = overrides or Overrides()
    given = [photographs] if isinstance(photographs, Path | str) else photographs
    found = find_photographs(given, overrides, progress)
    opened, shared = unify([open_photograph(path) for path in found.paths])
    records = read_records(opened, overrides, found.all)
    check_sizes([record.frame for record in records])
    outsiders = find_outsiders(records)
    records = [record for record in records if record.frame.path not in outsiders]
    stack = assemble_stack(records, overrides)
    remarks = (*found.remarks, *shared, *outsider_warnings(outsiders))
    return stack.with_warnings(
        *remarks, *implausible_warnings(records), *tie_warnings(stack), *zoom_warnings(stack)
    )


def assemble_stack(records: Sequence[FrameRecord], overrides: Overrides) -> FocalStack:
    """Return the stack of frames of one size, with warnings about their order and their gaps.

    Parameters
    ----------
    records
        In file-name order, at least two.
    overrides
        What a person typed.

    Raises
    ------
    InputError
        Where they are too small or damaged, or a focus distance lies within the focal length.
    """
    copied = find_copied_distance(records)
    if copied is not None:
        records = [without_written_distance(record) for record in records]
    records, warnings = read_dioptres(records)
    stack = _assemble(records, overrides)
    stack = stack.with_warnings(*warnings, *unit_warnings(stack))
    return stack if copied is None else stack.with_warnings(copied_distance_warning(copied))


def _assemble(records: Sequence[FrameRecord], overrides: Overrides) -> FocalStack:
    frames = [record.frame for record in records]
    _check_large_enough(frames[0])
    dioptres = np.array([math.nan if frame.dioptres is None else frame.dioptres for frame in frames])
    unknown = int(np.isnan(dioptres).sum())
    if len(frames) - unknown < 2:
        return _relative_stack(frames, order_frames(records, overrides))
    if unknown == 0:
        sequence = FocusSequence(np.arange(len(frames)), "focus distance")
        warnings = contradiction_warnings(dioptres, overrides)
    else:
        sequence = order_frames(records, overrides)
        warnings = [*sequence.warnings[:1], interpolation_warning(unknown, len(frames))]
    stack = _metric_stack(records, dioptres, sequence)
    return stack.with_warnings(*warnings)


def _relative_stack(frames: Sequence[Frame], sequence: FocusSequence) -> FocalStack:
    return FocalStack(
        frames=tuple(frames[i] for i in sequence.indices),
        order_source=sequence.source,
        dioptres=None,
        warnings=(RELATIVE_DEPTH, *sequence.warnings),
        order_certainty=sequence.certainty,
    )


def order_frames(records: Sequence[FrameRecord], overrides: Overrides) -> FocusSequence:
    """Return the order of frames, given in file-name order, where their distances do not fix it.

    Raises
    ------
    InputError
        Where a photograph is damaged.
    """
    if overrides.order != AUTO:
        return sequence_by_names(len(records), overrides.order)
    by_position = sequence_by_position([record.metadata.focus_order for record in records])
    return by_position or sequence_by_sharpness([record.frame for record in records])


def check_sizes(frames: Sequence[Frame]) -> None:
    """Refuse frames of different sizes.

    Raises
    ------
    InputError
        That names one which differs from most.
    """
    usual = usual_size(frames)
    for frame in frames:
        if not is_same_size(frame.size, usual):
            raise InputError(
                f"{frame.path} is {frame.width} x {frame.height} pixels and others are {usual[0]} x "
                f"{usual[1]}; leave it out, or give photographs of the same size and orientation"
            )


def usual_size(frames: Sequence[Frame]) -> tuple[int, int]:
    """Return width and height in pixels of most of the frames."""
    return Counter(frame.size for frame in frames).most_common(1)[0][0]


def _check_large_enough(frame: Frame) -> None:
    if min(frame.size) < SMALLEST_SIDE:
        raise InputError(
            f"{frame.path} is {frame.width} x {frame.height} pixels, which is too small for a depth map; "
            f"give photographs of at least {SMALLEST_SIDE} x {SMALLEST_SIDE} pixels"
        )


def _metric_stack(
    records: Sequence[FrameRecord], dioptres: np.ndarray, sequence: FocusSequence
) -> FocalStack:
    """Every frame gets a distance and the distances give the order; ties follow the sequence."""
    indices = sequence.indices
    dioptres = fill_gaps(dioptres[indices])
    if is_same_focus(dioptres.min(), dioptres.max()):
        raise InputError(
            f"{records[0].frame.path.parent}: the same focus distance is known of all photographs; type "
            "different ones, or none"
        )
    if correlation_with_place(dioptres) < 0:
        indices, dioptres = indices[::-1], dioptres[::-1]
    by_distance = np.argsort(dioptres, kind="stable")
    dioptres = dioptres[by_distance]
    ordered = [records[i] for i in indices[by_distance]]
    frames = tuple(
        _with_distance(record.frame, value) for record, value in zip(ordered, dioptres, strict=True)
    )
    stack = FocalStack(frames, sequence.source, dioptres=None)
    focal_length = stack.focal_length
    check_focus(stack.reference, focal_length)
    limit = 1 / focal_length if focal_length else math.inf
    return replace(stack, dioptres=spread_ties(dioptres, [record.distance_step for record in ordered], limit))


def _with_distance(frame: Frame, dioptres: float) -> Frame:
    if frame.focus_distance is not None:
        return frame
    distance = 1 / float(dioptres) if dioptres else math.inf
    filled = replace(frame, focus_distance=distance, distance_source="interpolated")
    check_focus(filled, filled.focal_length)
    return filled
