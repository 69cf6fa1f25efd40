"""Where focus sweeps through a clip and which frames are taken, on sharpness made by a formula."""

import numpy as np
import pytest
from focal_depth.stack.sweeps import choose_frames, find_sweeps, focus_curve

TILES = np.linspace(0, 1, 60)  # focus in which each tile is sharp
NOISE = 0.02


def profiles(focus: np.ndarray, noise: float = NOISE) -> np.ndarray:
    """(T, 60) logarithms of sharpness of frames focused at `focus`, from 0 to 1."""
    blur = (focus[:, None] - TILES) / 0.15
    random = np.random.default_rng(0)
    return np.log(0.05 + 1 / (1 + blur**2)) + noise * random.standard_normal(blur.shape)


def eased(count: int) -> np.ndarray:
    """A pull that begins and ends slowly."""
    time = np.linspace(0, 1, count)
    return time**2 * (3 - 2 * time)


def take(focus: np.ndarray, count: int = 12) -> tuple[list, list[int]]:
    measured = profiles(focus)
    sweeps = find_sweeps(measured)
    return sweeps, choose_frames(focus_curve(len(focus), sweeps), sweeps, measured, count)


def test_frames_are_even_in_focus_and_not_in_time():
    focus = np.concatenate([np.zeros(40), eased(60), np.ones(40)])
    sweeps, chosen = take(focus)
    assert len(sweeps) == 1
    steps = np.diff(focus[chosen])
    assert (steps > 0).all() and steps.max() < 2.2 * steps.min()
    assert focus[chosen][0] < 0.05 and focus[chosen][-1] > 0.95
    in_time = np.diff(focus[np.linspace(0, len(focus) - 1, 12).astype(int)])
    assert in_time.max() > 10 * max(in_time.min(), 1e-3)


def test_where_focus_turns_the_longer_way_is_taken():
    focus = np.concatenate([eased(50)[10:], eased(70)[::-1]])
    sweeps, chosen = take(focus)
    assert len(sweeps) == 2
    assert sweeps[1].first == pytest.approx(40, abs=6)
    assert min(chosen) >= 40 - 6
    assert np.ptp(focus[chosen]) > 0.95


def test_a_pull_that_stops_on_its_way_is_one():
    focus = np.concatenate([0.4 * eased(40), np.full(60, 0.4), 0.4 + 0.6 * eased(40)])
    sweeps, chosen = take(focus)
    assert len(sweeps) == 1
    assert sum(40 <= index < 100 for index in chosen) <= 2  # rest is taken once


def test_focus_that_hunts_is_taken_from_all_its_ways():
    ways = [(0, 0.4), (0.4, 0.2), (0.2, 0.7), (0.7, 0.55), (0.55, 1.0)]
    focus = np.concatenate([start + (end - start) * eased(40) for start, end in ways])
    sweeps, chosen = take(focus)
    assert len(sweeps) == 5
    assert np.ptp(focus[chosen]) > 0.9
    curve = focus_curve(len(focus), sweeps)
    assert np.corrcoef(curve, focus)[0, 1] > 0.97


def test_two_pulls_the_same_way_are_two():
    focus = np.concatenate([eased(50), eased(60)])
    sweeps, chosen = take(focus)
    assert len(sweeps) == 2
    assert min(chosen) >= 50 or max(chosen) < 50
    assert np.corrcoef(focus_curve(len(focus), sweeps), focus)[0, 1] > 0.97


def test_where_focus_rests_there_is_no_sweep():
    assert find_sweeps(profiles(np.full(90, 0.4))) == []
    assert find_sweeps(profiles(np.full(90, 0.4), noise=0)) == []


def test_frames_blurred_by_motion_are_left_out():
    focus = np.linspace(0, 1, 120)
    measured = profiles(focus)
    blurred = np.arange(3, 120, 6)
    measured[blurred] -= 0.5
    sweeps = find_sweeps(measured)
    chosen = choose_frames(focus_curve(120, sweeps), sweeps, measured, 12)
    assert len(sweeps) == 1 and len(chosen) == 12
    assert not set(chosen) & set(blurred)


@pytest.mark.parametrize("count", [2, 5, 9])
def test_a_burst_of_few_frames_is_taken_whole(count):
    _, chosen = take(np.linspace(0, 1, count), 24)
    assert chosen == list(range(count))


def test_of_frames_shown_several_times_one_is_taken():
    _, chosen = take(np.repeat(np.linspace(0, 1, 8), 6), 24)
    assert [index // 6 for index in chosen] == list(range(8))
