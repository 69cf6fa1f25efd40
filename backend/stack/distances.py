"""Focus distances that stand in the wrong unit, as the pictures and the distances themselves show."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .direction import judge_direction
from .focal_stack import FocalStack, Frame
from .order import SURE, is_plainly_reversed, read_thumbnails
from .records import FrameRecord, without_written_distance
from .seriation import sharpness_profiles

FEWEST = 4  # distances, before even steps say anything
EVEN = 0.1  # deviation of steps, of their mean
LEAST_RANGE = 0.02  # dioptres: the least that a bracket of ordinary photographs spans
LEAST_BLUR = 1 / 1000  # of the picture's width: the least change of blur that makes frames differ
AS_DIOPTRES = (
    "The focus distances in EXIF were taken as dioptres, which some Android cameras write there: they are "
    "evenly spaced, and as metres they would run opposite to what the pictures show. If they are metres, "
    "write them into a focus.csv beside the photographs."
)


def read_dioptres(records: Sequence[FrameRecord]) -> tuple[list[FrameRecord], list[str]]:
    """Take EXIF's focus distances as dioptres where they are.

    Android counts focus in dioptres (LENS_FOCUS_DISTANCE), and some cameras write that number for metres: it
    is evenly spaced, 0 stands for infinity, and frames run against the pictures.

    Parameters
    ----------
    records
        In file-name order.

    Returns
    -------
    records : list of FrameRecord
        With focus distances in metres.
    warnings : list of str
        That it was done, or none.

    Raises
    ------
    InputError
        Where a photograph is damaged.
    """
    records = list(records)
    if any(record.frame.distance_source not in ("EXIF", "unknown") for record in records):
        return records, []
    stored = [_stored(record) for record in records]
    values = [value for value in stored if value is not None]
    if len(values) < max(FEWEST, len(records)) or not _is_even(values):
        return records, []
    as_metres = [records[i].frame for i in np.argsort(values)[::-1]]  # far to near, were they metres
    if not _run_near_to_far(as_metres):
        return records, []
    return [_in_dioptres(record, value) for record, value in zip(records, values, strict=True)], [AS_DIOPTRES]


def unit_warnings(stack: FocalStack) -> list[str]:
    """Warn of focus distances in metres so far away, all of them, that the frames would look alike."""
    if stack.dioptres is None:
        return []
    span = float(stack.dioptres[-1] - stack.dioptres[0])
    if span > _least_span(stack):
        return []
    finite = [frame.focus_distance for frame in stack.frames if frame.focus_distance not in (None, math.inf)]
    return [
        f"The focus distances lie between {min(finite):.4g} and {max(finite):.4g} m, so far away that all "
        "photographs would be focused alike, and they are not; if they are millimetres or centimetres, write "
        "them in metres."
    ]


def _least_span(stack: FocalStack) -> float:
    """Dioptres over which blur changes by `LEAST_BLUR`: it is f^2 / N times their number.

    With short lenses, as phones have, that many are no wrong unit yet: never more than `LEAST_RANGE`.
    """
    focal_length, f_number, sensor_width = stack.focal_length, stack.f_number, stack.sensor_width
    if not (focal_length and f_number and sensor_width):
        return LEAST_RANGE
    return min(LEAST_RANGE, LEAST_BLUR * sensor_width * f_number / focal_length**2)


def _run_near_to_far(frames: Sequence[Frame]) -> bool:
    thumbnails = read_thumbnails(frames)
    direction = judge_direction(thumbnails)
    is_sure = direction.log_odds < 0 and direction.certainty >= SURE
    return is_sure or is_plainly_reversed(sharpness_profiles(thumbnails))


def _stored(record: FrameRecord) -> float | None:
    """What EXIF holds, whatever its unit: 0 too, which stands for unknown where the others are metres."""
    frame = record.frame
    if frame.focus_distance is None:
        return 0.0 if record.metadata.has_zero_distance else None
    return None if math.isinf(frame.focus_distance) else frame.focus_distance


def _is_even(values: Sequence[float]) -> bool:
    steps = np.diff(np.unique(values))
    return len(steps) >= FEWEST - 1 and bool(steps.std() <= EVEN * steps.mean())


def _in_dioptres(record: FrameRecord, dioptres: float) -> FrameRecord:
    bare = without_written_distance(record)
    distance = 1 / dioptres if dioptres else math.inf
    return replace(bare, frame=replace(bare.frame, focus_distance=distance, distance_source="EXIF"))
