"""Focus settings in dioptres: which are the same, gaps between them filled, ties spread."""

import math
from collections.abc import Sequence

import numpy as np

TIE_SHARE = 1 / 3  # of the gap to the neighbouring setting, which tied frames are spread over at most
EXACT_SHARE = (
    1e-3  # of the range, which frames of one exact distance are spread over: each has a place of its own
)
SAME_FOCUS = 1e-4  # dioptres that differ by a smaller share are one setting


def is_same_focus(first: float, second: float) -> bool:
    """Whether two values in dioptres are one focus setting."""
    return abs(first - second) <= SAME_FOCUS * max(abs(first), abs(second))


def fill_gaps(dioptres: np.ndarray) -> np.ndarray:
    """Return dioptres with those that are not a number interpolated along straight lines.

    Before the first and beyond the last value the mean slope goes on, but never past infinity.

    Parameters
    ----------
    dioptres
        (N,) in order, at least two of them numbers.
    """
    places = np.flatnonzero(~np.isnan(dioptres))
    filled = np.interp(np.arange(len(dioptres)), places, dioptres[places])
    first, last = places[0], places[-1]
    slope = (dioptres[last] - dioptres[first]) / (last - first)
    filled[:first] = _extrapolate(dioptres[first], -slope, first)[::-1]
    filled[last + 1 :] = _extrapolate(dioptres[last], slope, len(dioptres) - 1 - last)
    return filled


def _extrapolate(start: float, slope: float, count: int) -> np.ndarray:
    if count == 0:
        return np.empty(0)
    return start + max(slope, -start / count) * np.arange(1, count + 1)


def find_ties(dioptres: np.ndarray) -> list[range]:
    """Return the stretches of one focus setting in sorted dioptres (N,), of at least two frames each."""
    starts = [0]
    for i, value in enumerate(dioptres):
        if not is_same_focus(dioptres[starts[-1]], value):
            starts.append(i)
    groups = [range(*ends) for ends in zip(starts, [*starts[1:], len(dioptres)], strict=True)]
    return [group for group in groups if len(group) > 1]


def spread_ties(dioptres: np.ndarray, steps: Sequence[float], limit: float = math.inf) -> np.ndarray:
    """Return strictly increasing dioptres, (N,) float32: tied frames fill a part of the gaps around them.

    Parameters
    ----------
    dioptres
        (N,) sorted, not all the same setting.
    steps
        (N,) relative steps of the codes the values are stored in, 0 where they are exact. The true focus of
        tied frames lies within half a step of their value; exact ones stay all but equal.
    limit
        Dioptres that the lens cannot reach, one over its focal length: ties keep away from it as from a
        neighbouring setting. All `dioptres` are another setting below it.
    """
    spread = dioptres.astype(np.float64).copy()
    for group in find_ties(dioptres):
        value = dioptres[group[0]]
        gaps = [value - dioptres[group[0] - 1]] if group[0] else []
        gaps.append((dioptres[group[-1] + 1] if group[-1] + 1 < len(dioptres) else limit) - value)
        half = TIE_SHARE * min(gaps)
        if steps[group[0]] == 0:
            half = min(half, EXACT_SHARE * float(dioptres[-1] - dioptres[0]))
        elif value:  # a relative step bounds nothing at infinity
            half = min(half, value * steps[group[0]] / 2)
        low = max(value - half, 0.0)  # nothing lies beyond infinity
        spread[group] = low + (value + half - low) * (np.arange(len(group)) + 0.5) / len(group)
    return spread.astype(np.float32)
