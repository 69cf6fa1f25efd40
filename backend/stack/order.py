"""Far to near: by focus distance where it is known, else by sharpness or by the file names."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..io.photographs import read_thumbnail
from .seriation import (
    magnification,
    path_length,
    profile_distances,
    sharpness_profile,
    shortest_path,
    sinking,
)

THUMBNAIL_SIDE = 640
NAMES_AGREE = 1.15  # file names are believed while their path is at most this much longer
CLEAR_SINKING = 0.2
CLEAR_MAGNIFICATION = 0.01
TIE_SHARE = 1 / 3  # of the gap to the neighbouring distance, which tied frames are spread over
SAME = 1e-4  # dioptres that differ by a smaller share are one setting


@dataclass(frozen=True)
class FocusSequence:
    """Indices into the photographs in file-name order, far to near as far as can be told."""

    indices: np.ndarray
    source: str  # "file name" or "sharpness"
    warnings: tuple[str, ...] = ()


def natural_key(path: Path) -> tuple[list[tuple[int, int | str]], str]:
    """Sorts image_2 before image_10."""
    words = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(word)) if word.isdecimal() else (1, word) for word in words], str(path)


def sequence_by_names(count: int, order: str) -> FocusSequence:
    """The file names' order, as the person says it runs: far-to-near or near-to-far."""
    indices = np.arange(count)
    return FocusSequence(indices[::-1] if order == "near-to-far" else indices, "file name")


def sequence_by_sharpness(paths: Sequence[Path]) -> FocusSequence:
    """The order of photographs (given in file-name order) without any focus distance."""
    thumbnails = [read_thumbnail(path, THUMBNAIL_SIDE) for path in paths]
    profiles = [sharpness_profile(thumbnail) for thumbnail in thumbnails]
    distances = profile_distances(profiles)
    names, shortest = np.arange(len(paths)), shortest_path(distances)
    believed = path_length(distances, names) <= NAMES_AGREE * path_length(distances, shortest)
    indices = names if believed else shortest
    reverse, reason = _runs_near_to_far(
        indices, [profiles[i] for i in indices], [thumbnails[i] for i in indices]
    )
    if believed:
        order = "The photographs are in the order of their file names, in which sharpness moves."
        remedy = f"set the order to {'far-to-near' if reverse else 'near-to-far'}"
    else:
        order = (
            "The photographs are in the order in which sharpness moves, "
            "which is not that of their file names."
        )
        remedy = "type the focus distances of both"
    ends = paths[indices[0]].name, paths[indices[-1]].name
    far, near = ends[::-1] if reverse else ends
    direction = (
        f"{far} is taken for the farthest and {near} for the nearest, {reason}; if that is wrong, {remedy}."
    )
    return FocusSequence(
        indices[::-1] if reverse else indices,
        "file name" if believed else "sharpness",
        (order, direction),
    )


def looks_reversed(paths: Sequence[Path]) -> bool:
    """Whether photographs said to run far to near plainly run near to far along the ground."""
    profiles = [sharpness_profile(read_thumbnail(path, THUMBNAIL_SIDE)) for path in paths]
    return sinking(profiles) < -2 * CLEAR_SINKING


def _runs_near_to_far(
    indices: np.ndarray, profiles: Sequence[np.ndarray], thumbnails: Sequence[np.ndarray]
) -> tuple[bool, str]:
    """(whether frames in this order run near to far, how that shows).

    Breathing comes second: with a lens that moves as a whole nearer focus magnifies, but many zooms do
    the opposite (Nikon's 18-55 mm grows by 2 to 4 % towards far focus).
    """
    sinks = sinking(profiles)
    if abs(sinks) >= CLEAR_SINKING:
        return sinks < 0, "because what is sharp moves to the bottom"
    grows = magnification(thumbnails)
    if abs(grows) >= CLEAR_MAGNIFICATION:
        return grows < 0, "because the picture grows that way"
    return trend(indices) < 0, "as the file names run (nothing else shows it)"


def fill_gaps(known: np.ndarray) -> np.ndarray:
    """(N,) dioptres in sequence with the unknown ones (NaN; at most N - 2) put on straight lines.

    Beyond the known ones the mean slope goes on, but never past infinity.
    """
    places = np.flatnonzero(~np.isnan(known))
    filled = np.interp(np.arange(len(known)), places, known[places])
    first, last = places[0], places[-1]
    slope = (known[last] - known[first]) / (last - first)
    filled[:first] = _beyond(known[first], -slope, first)[::-1]
    filled[last + 1 :] = _beyond(known[last], slope, len(known) - 1 - last)
    return filled


def _beyond(start: float, slope: float, count: int) -> np.ndarray:
    if count == 0:
        return np.empty(0)
    return start + max(slope, -start / count) * np.arange(1, count + 1)


def trend(values: np.ndarray) -> float:
    """Correlation of values (dioptres, say) with their place: positive where they rise."""
    return float(np.corrcoef(np.arange(len(values)), values)[0, 1])


def alike(first: float, second: float) -> bool:
    """Whether two values in dioptres are one focus setting."""
    return abs(first - second) <= SAME * max(abs(first), abs(second))


def longest_rise(values: Sequence[float]) -> list[int]:
    """Indices of a longest subsequence that never falls, by patience sorting."""
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


def tied_groups(dioptres: np.ndarray) -> list[range]:
    """Stretches of one focus setting in sorted dioptres, of at least two frames."""
    starts = [0]
    for i, value in enumerate(dioptres):
        if not alike(dioptres[starts[-1]], value):
            starts.append(i)
    groups = [range(*ends) for ends in zip(starts, [*starts[1:], len(dioptres)], strict=True)]
    return [group for group in groups if len(group) > 1]


def spread_ties(dioptres: np.ndarray, steps: Sequence[float]) -> np.ndarray:
    """(N,) float32 strictly increasing: frames that tie fill a part of the gap to their neighbours.

    Parameters: `dioptres` (N,) sorted, not all equal; `steps` (N,) relative step of the code each value
    came in, 0 where it is fine. The true focus of tied frames lies within half a step of the value.
    """
    spread = dioptres.astype(np.float64).copy()
    for group in tied_groups(dioptres):
        value = dioptres[group[0]]
        gaps = [value - dioptres[group[0] - 1]] if group[0] else []
        gaps += [dioptres[group[-1] + 1] - value] if group[-1] + 1 < len(dioptres) else []
        half = TIE_SHARE * min(gaps)
        if steps[group[0]] and value:  # a relative step says nothing of infinity
            half = min(half, value * steps[group[0]] / 2)
        low = max(value - half, 0.0)  # nothing lies beyond infinity
        spread[group] = low + (value + half - low) * (np.arange(len(group)) + 0.5) / len(group)
    return spread.astype(np.float32)
