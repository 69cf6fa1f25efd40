"""Depth edges come to lie where the picture has them; everything else stays."""

import cv2
import numpy as np
import pytest
from focal_depth.depth.edges import refine_edges

SIZE = 60, 80
MIN_STEP = 0.05


def halves(left, right, column=40):
    picture = np.full((*SIZE, 3), left, np.float32)
    picture[:, column:] = right
    return picture


def steps(column):
    values = np.full(SIZE, 0.2, np.float32)
    values[:, column:] = 0.8
    return values


@pytest.mark.parametrize("misplaced", [-2, 0, 2])
def test_a_blurred_or_misplaced_step_goes_where_the_colour_changes(misplaced):
    blurred = cv2.GaussianBlur(steps(40 + misplaced), (0, 0), 1.5)
    sharp = refine_edges(blurred, np.ones(SIZE), halves(0.2, 0.7), MIN_STEP)
    assert np.abs(sharp - steps(40)).max() < 0.1


def test_slopes_stay_as_they_are():
    slope = np.tile(np.linspace(0, 1, SIZE[1], dtype=np.float32), (SIZE[0], 1))
    picture = np.random.default_rng(1).random((*SIZE, 3)).astype(np.float32)
    np.testing.assert_array_equal(refine_edges(slope, np.ones(SIZE), picture, MIN_STEP), slope)


def test_small_steps_stay_as_they_are():
    small = steps(40) * 0.05
    np.testing.assert_array_equal(refine_edges(small, np.ones(SIZE), halves(0.2, 0.7, 43), MIN_STEP), small)


def test_the_surer_values_win():
    """Of one colour everywhere: only trust decides which side a pixel belongs to."""
    trust = np.where(np.arange(SIZE[1]) < 40, 0.05, 1.0) * np.ones(SIZE)
    moved = refine_edges(steps(40), trust, halves(0.5, 0.5), MIN_STEP)
    assert (moved[:, 38] > 0.7).all() and (moved[:, 25] < 0.3).all()
