"""The order of frames, far to near, where focus distances do not give it: by sharpness or by file name."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..io.photographs import read_thumbnail
from .direction import judge_direction
from .overrides import FAR_TO_NEAR, NEAR_TO_FAR
from .seriation import measure_descent, path_length, profile_distances, sharpness_profile, shortest_path

THUMBNAIL_SIDE = 640  # pixels
NAMES_DETOUR = 1.15  # file names give the order while their path is at most so much longer than the shortest
CLEAR_DESCENT = 0.4
LEAST_LOG_ODDS = 0.1  # with less, pictures show no direction
SURE, LIKELY = 0.95, 0.75  # probabilities


@dataclass(frozen=True)
class FocusSequence:
    """An order of photographs, far to near as far as that shows.

    Attributes
    ----------
    indices
        (N,) int, into the photographs in file-name order.
    source
        What it was taken from: "focus distance", "file name" or "sharpness".
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


def sequence_by_sharpness(paths: Sequence[Path]) -> FocusSequence:
    """Return the order of photographs without any focus distance; `paths` are in file-name order.

    Raises
    ------
    InputError
        Where a photograph is damaged.
    """
    thumbnails = [read_thumbnail(path, THUMBNAIL_SIDE) for path in paths]
    profiles = [sharpness_profile(thumbnail) for thumbnail in thumbnails]
    distances = profile_distances(profiles)
    names, shortest = np.arange(len(paths)), shortest_path(distances)
    is_by_name = path_length(distances, names) <= NAMES_DETOUR * path_length(distances, shortest)
    indices = names if is_by_name else shortest
    if correlation_with_place(indices) < 0:  # a path has no direction of its own
        indices = indices[::-1]
    is_reversed, certainty, reason = _runs_near_to_far([thumbnails[i] for i in indices])
    if is_by_name:
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
    far, near = paths[indices[0]].name, paths[indices[-1]].name
    ends = (
        f"{far} was taken as the farthest and {near} as the nearest, {reason}; that is "
        f"{_in_words(certainty)}, and if it is wrong, {remedy}."
    )
    return FocusSequence(indices, "file name" if is_by_name else "sharpness", (how, ends), certainty)


def is_reversed_by_sharpness(paths: Sequence[Path]) -> bool:
    """Whether photographs that should run far to near plainly run near to far along the ground.

    Raises
    ------
    InputError
        Where a photograph is damaged.
    """
    profiles = [sharpness_profile(read_thumbnail(path, THUMBNAIL_SIDE)) for path in paths]
    return measure_descent(profiles) < -CLEAR_DESCENT


def _runs_near_to_far(thumbnails: Sequence[np.ndarray]) -> tuple[bool, float, str]:
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
