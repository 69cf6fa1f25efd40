"""Exposure drift is evened out; a frame that does not belong is left out by name."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.registration.duplicates import drop_duplicates
from focal_depth.registration.exposure import equalising_gains
from focal_depth.registration.moving import detect_motion, motion_warnings
from focal_depth.registration.register import Registration, register
from focal_depth.research.evaluation.estimate_steps import register_as_estimate
from focal_depth.runtime.resources import Resources
from focal_depth.runtime.sessions import sessions_for
from focal_depth.stack import FocalStack, Frame
from photographs import shared_stack


@pytest.fixture
def photographs() -> np.ndarray:
    """(5, 120, 160, 3): one texture, in focus in the middle frame."""
    random = np.random.default_rng(6)
    texture = 0.2 + 0.6 * cv2.resize(random.random((60, 80, 3), np.float32), (160, 120))
    return np.stack([cv2.GaussianBlur(texture, (0, 0), 0.5 + abs(n - 2.2)) for n in range(5)])


def stack_of(count: int) -> FocalStack:
    frames = tuple(Frame(Path(f"{n}.jpg"), 160, 120) for n in range(count))
    return FocalStack(frames, "focus distance", np.linspace(1, 2, count, dtype=np.float32))


def registered(photographs: np.ndarray, stack: FocalStack) -> Registration:
    return register(photographs, stack, sessions_for(Resources()))


def test_gains_undo_another_exposure_and_white_balance(photographs):
    metered = np.float32([[1.05, 1, 1], [1, 1, 1], [1, 1, 1], [0.9, 0.9, 0.95], [1, 1, 1]])
    gains = equalising_gains(photographs * metered[:, None, None])
    np.testing.assert_allclose(gains * metered, 1, atol=0.01)


def test_gains_are_not_taken_from_saturated_colours(photographs):
    """A lamp that flickers in blue does not show on an orange wall, which has next to no blue in a picture.

    The pale thing before it is what tells, be it small: so of nikon_d3100_scene2, where nothing moved.
    """
    photographs[:, :, :120] *= np.float32([1, 0.4, 0.15])
    flicker = np.float32([1, 1.09, 1, 1.09, 1.07])
    photographs[:, :, 120:, 2] *= flicker[:, None, None]
    gains = equalising_gains(photographs)
    np.testing.assert_allclose(gains[:, 2] * flicker, flicker[4], atol=0.01)
    assert motion_warnings(detect_motion(photographs * gains[:, None, None])) == []


def test_a_good_stack_is_left_whole(photographs):
    registration = registered(photographs, stack_of(5))
    assert len(registration.stack.frames) == len(registration.pictures) == 5
    assert registration.stack.warnings == ()


def test_frames_that_differ_by_one_value_are_no_copies(photographs):
    frames = photographs.copy()
    frames[2], frames[3] = frames[1], frames[1]
    frames[3, 1, 1] = 0.5
    kept, stack = drop_duplicates(frames, stack_of(len(frames)))
    assert len(kept) == len(frames) - 1
    assert len(stack.warnings) == 1


@pytest.mark.parametrize("odd", [0, 2, 4])
def test_a_frame_of_another_scene_is_left_out_and_named(photographs, odd):
    photographs[odd] = np.random.default_rng(8).random(photographs[odd].shape, np.float32)
    registration = registered(photographs, stack_of(5))
    stack = registration.stack
    assert [frame.path.name for frame in stack.frames] == [f"{n}.jpg" for n in range(5) if n != odd]
    assert f"{odd}.jpg left out" in stack.warnings[-1]
    assert len(stack.dioptres) == len(registration.pictures) == 4


def test_two_frames_are_never_left_out(photographs):
    photographs[1] = np.random.default_rng(8).random(photographs[1].shape, np.float32)
    assert len(registered(photographs[:2], stack_of(2)).stack.frames) == 2


def test_the_odd_frame_of_a_real_stack_is_left_out():
    stack = register_as_estimate(shared_stack("nikon_d3100_scene6")).stack
    assert any("DSC_0015.JPG left out" in warning for warning in stack.warnings)
    assert len(stack.frames) == 6


def test_a_slow_drift_of_exposure_is_no_misfit(photographs):
    drift = np.linspace(0.8, 1.25, 5, dtype=np.float32)[:, None, None, None]
    registration = registered(photographs * drift, stack_of(5))
    assert len(registration.stack.frames) == 5
    assert np.ptp(registration.pictures.mean((1, 2, 3))) < 0.01


def test_a_frame_under_the_lens_cap_is_left_out(photographs):
    photographs[1] = 0
    stack = registered(photographs, stack_of(5)).stack
    assert "1.jpg left out" in stack.warnings[-1]
    relative = FocalStack(stack_of(5).frames, "file name", None)
    stack = registered(photographs, relative).stack
    np.testing.assert_allclose(stack.positions, [0, 0.5, 0.75, 1])
