"""The order of frames, far to near, where focus distances do not give it: by sharpness or by file name."""

import functools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..contract.formats import locate
from ..io.photographs import read_thumbnail
from ..io.reading import Reading
from ..runtime.parallel import prefetch
from ..runtime.resources import available_threads
from .direction import judge_direction
from .focal_stack import Frame
from .overrides import FAR_TO_NEAR, NEAR_TO_FAR
from .seriation import measure_descent, path_length, profile_distances, sharpness_profiles, shortest_path

THUMBNAIL_SIDE = 640  # pixels
DECODED_AT_ONCE = 2  # photographs, some of which are only small once they are decoded whole
MAX_THUMBNAILS = 256  # kept: 70 MB
DETOUR = 1.15  # an order agrees with sharpness while its path is at most so much longer than the shortest
CLEAR_DESCENT = 0.4
LEAST_LOG_ODDS = 0.1  # with less, pictures show no direction
SHORTEST_SWEEP = 3  # frames
SWEEP, NO_SWEEP = 0.9, 0.8  # correlation of place and focus within a sweep, and over one alone
SURE, LIKELY = 0.95, 0.75  # probabilities


@dataclass(frozen=True)
class FocusSequence:
    """An order of photographs, far to near as far as that shows.

    Attributes
    ----------
    indices
        (N,) int, into the photographs in file-name order.
    source
        What it was taken from: "focus distance", "focus position", "file name" or "sharpness".
    warnings
        Sentences: first how it was determined, then which end is far.
    certainty
        Probability that the first is the far end: 1 where distances or a person determine it, 0.5 where
        nothing does.
    """

    indices: np.ndarray
    source: str
    warnings: tuple[str, ...] = ()
    certainty: float = 1.0


def sequence_by_names(count: int, order: str) -> FocusSequence:
    """Return the order of `count` file names, of which a person typed how they run: `NEAR_TO_FAR` or not."""
    indices = np.arange(count)
    return FocusSequence(indices[::-1] if order == NEAR_TO_FAR else indices, "file name")


def sequence_by_position(positions: Sequence[float | None]) -> FocusSequence | None:
    """Return the order by what maker notes tell of focus without its distance (`Metadata.focus_order`).

    Parameters
    ----------
    positions
        (N,) in file-name order, larger where nearer.

    Returns
    -------
    FocusSequence or None
        None where one is unknown, or all are the same.
    """
    values = [position for position in positions if position is not None]
    if len(values) < len(positions) or min(values) == max(values):
        return None
    how = "The photographs are ordered by the focus positions in their maker notes."
    return FocusSequence(np.argsort(values, kind="stable"), "focus position", (how,))


def sequence_by_sharpness(frames: Sequence[Frame]) -> FocusSequence:
    """Return the order of frames without any focus distance; they are given in file-name order.

    Raises
    ------
    InputError
        Where a photograph is damaged.
    """
    thumbnails = read_thumbnails(frames)
    profiles = sharpness_profiles(thumbnails)
    distances = profile_distances(profiles)
    names, shortest = np.arange(len(frames)), shortest_path(distances)
    is_by_name = path_length(distances, names) <= DETOUR * path_length(distances, shortest)
    indices = names if is_by_name else shortest
    if correlation_with_place(indices) < 0:  # a path has no direction of its own
        indices = indices[::-1]
    is_reversed, certainty, reason = _judge_reversal([thumbnails[i] for i in indices])
    if sweep := describe_sweeps(np.argsort(indices)):
        how = sweep
        remedy = "type the focus distances of both"
    elif is_by_name:
        how = (
            "The photographs are ordered by file name, which agrees with how sharpness moves through the "
            "scene."
        )
        remedy = f"set the order to {FAR_TO_NEAR if is_reversed else NEAR_TO_FAR}"
    else:
        how = "The photographs are ordered by how sharpness moves through the scene, not by file name."
        remedy = "type the focus distances of both"
    if is_reversed:
        indices = indices[::-1]
    far, near = frames[indices[0]].path.name, frames[indices[-1]].path.name
    ends = (
        f"{far} was taken as the farthest and {near} as the nearest, {reason}; that is "
        f"{_in_words(certainty)}, and if it is wrong, {remedy}."
    )
    return FocusSequence(indices, "file name" if is_by_name else "sharpness", (how, ends), certainty)


def describe_sweeps(places: np.ndarray) -> str | None:
    """Return a sentence on photographs whose focus goes to the other end and back, or starts over.

    Parameters
    ----------
    places
        (N,) of each photograph, in file-name order, in the order of focus.

    Returns
    -------
    str or None
        None where focus goes through them once.
    """
    count = len(places)
    if count < 2 * SHORTEST_SWEEP or abs(correlation_with_place(places)) > NO_SWEEP:
        return None
    halves = [
        (correlation_with_place(places[:cut]), correlation_with_place(places[cut:]))
        for cut in range(SHORTEST_SWEEP, count - SHORTEST_SWEEP + 1)
    ]
    first, second = max(halves, key=lambda pair: min(map(abs, pair)))
    if min(abs(first), abs(second)) < SWEEP:
        return None
    way = "to the other end and back" if first * second < 0 else "from one end to the other twice"
    return (
        f"Focus goes {way} through the photographs: all were used, ordered by how sharpness moves through "
        "the scene."
    )


def read_thumbnails(frames: Sequence[Frame]) -> list[np.ndarray]:
    """Return a small grey picture of each frame. Raises InputError where a photograph is damaged."""

    def read(frame: Frame) -> np.ndarray:
        return _thumbnail(frame.path, locate(frame.path)[0].stat().st_mtime_ns, frame.reading)

    return list(prefetch(read, frames, min(DECODED_AT_ONCE, available_threads())))


@functools.lru_cache(maxsize=MAX_THUMBNAILS)
def _thumbnail(path: Path, modified: int, reading: Reading) -> np.ndarray:
    """Read once: order, direction and what does not belong are all seen in it."""
    return read_thumbnail(path, THUMBNAIL_SIDE, reading)


def is_plainly_reversed(profiles: Sequence[np.ndarray]) -> bool:
    """Whether frames that should run far to near plainly run near to far along the ground.

    Parameters
    ----------
    profiles
        Of the frames, as `seriation.sharpness_profile` returns them.
    """
    return measure_descent(profiles) < -CLEAR_DESCENT


def _judge_reversal(thumbnails: Sequence[np.ndarray]) -> tuple[bool, float, str]:
    """Whether frames run near to far, how probably, and how that shows, of frames whose names rather rise."""
    direction = judge_direction(thumbnails)
    if abs(direction.log_odds) < LEAST_LOG_ODDS:
        return False, 0.5, "as their file names run, since the pictures do not show it"
    return direction.log_odds < 0, direction.certainty, direction.reason


def _in_words(certainty: float) -> str:
    word = "almost certain" if certainty >= SURE else "likely" if certainty >= LIKELY else "unsure"
    return f"{word} ({certainty:.0%})"


def correlation_with_place(values: np.ndarray) -> float:
    """Return the correlation of values (N,) with their place: positive where they rise."""
    return float(np.corrcoef(np.arange(len(values)), values)[0, 1])


def longest_rise(values: Sequence[float]) -> list[int]:
    """Return the indices of a longest subsequence that never falls, by patience sorting."""
    ends: list[float] = []  # the lowest end of a run of each length
    end_at: list[int] = []
    before: list[int | None] = []
    for i, value in enumerate(values):
        length = bisect_right(ends, value)
        before.append(end_at[length - 1] if length else None)
        ends[length : length + 1] = [value]
        end_at[length : length + 1] = [i]
    run: list[int] = []
    at = end_at[-1] if end_at else None
    while at is not None:
        run.append(at)
        at = before[at]
    return run[::-1]
