"""How focus moves through a clip, by its pictures alone: where it sweeps, turns and rests.

A frame's sharpness profile (`seriation`) is a point. While focus is pulled the point moves along a curve;
where focus turns it comes back the same way, and where focus rests it stays, but for noise.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

WINDOW = 5  # frames, of the running median that a blurred one does not move
FEW = 20  # frames: in fewer, each may have a focus of its own, and what differs is no noise
FEWEST_STEPS = 6  # into which the curve's extent is divided in any case
MEDIAN_NOISE = 0.29  # variance of the median of so many values, of that of one
SURE = 3.0  # times the noise: so far has the point to move before it has moved
PLAIN = 6.0  # times the noise: so far has the curve to reach
STEPS = 24  # into which the curve's extent is divided at most
TURN = 0.8  # of the longer of two steps: the point that goes on is farther than that from where it was
JUMP = 3.0  # steps at once, after which it may be where it has been
LEAST_CHANGE = 0.03  # of the logarithm of sharpness, root mean square over the tiles: less is no pull
COVERS = 0.8  # of all focus in a clip: a sweep over less is one of several that are taken together
REACH = 0.5  # of the distance between two places: as far may a frame be from its own
APART = 0.5  # of that distance, at least, between two frames: where focus rests, one is taken
POOR = -3.0  # times the spread of frames beside their neighbours: less sharp is blurred, or encoded badly
TO_SIGMA = 1.4826  # of a median absolute deviation
QUIET_PART = 30  # percentile of what frames differ by from their neighbours: others are blurred


@dataclass(frozen=True)
class Sweep:
    """A stretch of a clip through which focus moves one way.

    Attributes
    ----------
    first
        Index of its first frame.
    travel
        (n,) how far focus has moved at each of its frames, in steps of equal change; it never falls.
    """

    first: int
    travel: np.ndarray

    @property
    def last(self) -> int:
        """Index of its last frame."""
        return self.first + len(self.travel) - 1

    @property
    def length(self) -> float:
        """How far focus moves in all."""
        return float(self.travel[-1])


def find_sweeps(profiles: np.ndarray) -> list[Sweep]:
    """Return the sweeps of focus through a clip, in their order.

    Parameters
    ----------
    profiles
        (T, K) float, logarithms of sharpness of the frames' tiles.

    Returns
    -------
    list of Sweep
        Each begins where the one before ends, or, where focus starts over, after it. None where focus rests.
    """
    points = _running_median(profiles)
    extent = np.linalg.norm(points - np.median(points, axis=0), axis=1).max()
    noise = _noise(profiles)
    if extent < max(LEAST_CHANGE * np.sqrt(points.shape[1]), PLAIN * noise):
        return []
    step = np.clip(SURE * noise, extent / STEPS, extent / FEWEST_STEPS)
    places = _steps(points, step)
    if len(places) < 2:
        return []
    return [_sweep(points, part) for part in _one_way(points, places, step) if len(part) > 1]


def focus_curve(count: int, sweeps: list[Sweep]) -> np.ndarray:
    """Return where focus is at each of `count` frames, 0 to 1: up on one way, down on the way back."""
    curve = np.zeros(count)
    begun, way, turn = 0.0, 1.0, -1
    for sweep in sweeps:
        if sweep.first == turn:  # else it starts over
            begun, way = curve[turn], -way
        turn = sweep.last
        curve[sweep.first : sweep.last + 1] = begun + way * sweep.travel
        curve[sweep.last :] = curve[sweep.last]
    span = np.ptp(curve)
    return (curve - curve.min()) / span if span else curve


def choose_frames(focus: np.ndarray, sweeps: list[Sweep], profiles: np.ndarray, count: int) -> list[int]:
    """Choose frames evenly spaced in focus, but none that is less sharp than its neighbours.

    They are those of the longest sweep; where it covers a part only, those of all. Of frames that focus rests
    through, one is taken.

    Parameters
    ----------
    focus
        (T,) as `focus_curve` returns it.
    sweeps
        As `find_sweeps` returns them.
    profiles
        (T, K) as it takes them.
    count
        How many, at most.

    Returns
    -------
    list of int
        Indices into the clip's frames, in the order of focus.
    """
    longest = max(sweeps, key=lambda sweep: sweep.length)
    frames = np.arange(longest.first, longest.last + 1)
    if np.ptp(focus[frames]) < COVERS:
        frames = np.arange(len(focus))
    points = _running_median(profiles)
    gain = (profiles - points).mean(axis=1)[frames]
    is_poor = gain < POOR * TO_SIGMA * np.median(np.abs(gain))
    places = np.linspace(focus[frames].min(), focus[frames].max(), count)
    reach = REACH * (places[1] - places[0])
    chosen = dict.fromkeys(int(frames[_nearest(focus[frames], place, reach, is_poor)]) for place in places)
    return _spaced(list(chosen), focus, APART * (places[1] - places[0]))


def _nearest(focus: np.ndarray, place: float, reach: float, is_poor: np.ndarray) -> int:
    """The nearest frame that is not poor, or the nearest of all where there is none within reach."""
    apart = np.abs(focus - place)
    good = np.where(is_poor, np.inf, apart)
    return int(good.argmin() if good.min() <= reach else apart.argmin())


def _spaced(chosen: list[int], focus: np.ndarray, least: float) -> list[int]:
    """Those that are at least so far from the one before."""
    spaced = chosen[:1]
    for index in chosen[1:]:
        if focus[index] - focus[spaced[-1]] >= least:
            spaced.append(index)
    return spaced


def _running_median(profiles: np.ndarray) -> np.ndarray:
    if len(profiles) < FEW:
        return profiles
    half = WINDOW // 2
    padded = np.pad(profiles, ((half, half), (0, 0)), mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=0), axis=-1)


def _noise(profiles: np.ndarray) -> float:
    """How far two medians of one focus lie apart, by how far frames lie beside their neighbours' middle."""
    if len(profiles) < FEW:
        return 0.0
    beside = profiles[1:-1] - (profiles[:-2] + profiles[2:]) / 2
    variance = np.percentile((beside**2).sum(axis=1), QUIET_PART) / 1.5
    return float(np.sqrt(2 * MEDIAN_NOISE * variance))


def _steps(points: np.ndarray, step: float) -> list[int]:
    """Indices of the frames at which the point has moved by another step."""
    places = [0]
    for index, point in enumerate(points):
        if np.linalg.norm(point - points[places[-1]]) >= step:
            places.append(index)
    return places


def _one_way(points: np.ndarray, places: list[int], step: float) -> list[list[int]]:
    """The steps in parts that lead one way; where focus turns, one ends and the next begins."""
    parts = [places[:2]]
    for place in places[2:]:
        part = parts[-1]
        if len(part) > 1 and _returns(points, part, place):
            parts.append([part[-1], place])
        elif _starts_over(points, part, place, step):
            parts.append([place])
        else:
            part.append(place)
    return parts


def _returns(points: np.ndarray, part: list[int], place: int) -> bool:
    before, last, now = points[part[-2]], points[part[-1]], points[place]
    longer = max(np.linalg.norm(last - before), np.linalg.norm(now - last))
    return bool(np.linalg.norm(now - before) < TURN * longer)


def _starts_over(points: np.ndarray, part: list[int], place: int, step: float) -> bool:
    jump = np.linalg.norm(points[place] - points[part[-1]])
    return bool(jump > JUMP * step and np.linalg.norm(points[part] - points[place], axis=1).min() < jump / 2)


def _sweep(points: np.ndarray, places: list[int]) -> Sweep:
    """Travel at every frame: whole at each step, between two of them by the distances to both."""
    travel = [0.0]
    for number, (before, after) in enumerate(pairwise(places)):
        inside = points[before + 1 : after + 1]
        gone = np.linalg.norm(inside - points[before], axis=1)
        left = np.linalg.norm(inside - points[after], axis=1)
        travel += list(number + gone / np.maximum(gone + left, 1e-9))
    return Sweep(places[0], np.maximum.accumulate(np.array(travel)))
