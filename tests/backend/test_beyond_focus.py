"""What lies beyond the focus of all frames is named, and of low confidence."""

import shutil

import focal_depth
import numpy as np
import pytest
from focal_depth.depth.beyond_focus import WORTH_SAYING, add_uncertainty_beyond, beyond_warnings
from photographs import shared_stack


def test_uncertainty_rises_beyond_both_ends_and_nowhere_else():
    depth = np.float32([[-0.3, -0.02, 0.0, 0.5, 1.0, 1.02, 1.4]])
    after = add_uncertainty_beyond(depth, np.full_like(depth, 0.01))
    np.testing.assert_allclose(after, [[0.16, 0.16, 0.01, 0.01, 0.01, 0.16, 0.16]], atol=1e-6)


@pytest.mark.parametrize(("beyond", "word"), [(-0.1, "farther away"), (1.1, "closer")])
def test_each_end_is_named_where_it_is_much(beyond, word):
    depth = np.full((10, 100), 0.5, np.float32)
    depth[:, : int(WORTH_SAYING)] = beyond
    (warning,) = beyond_warnings(depth)
    assert word in warning and "10 %" in warning
    depth[:, 5:] = 0.5
    assert not list(beyond_warnings(depth))


def test_a_real_stack_without_its_farthest_frame_says_that_it_is_missing(tmp_path):
    folder = shared_stack("nikon_d3100_scene2")
    stack = focal_depth.read_stack(folder)
    whole = focal_depth.estimate(stack)
    assert not any("is a guess" in text for text in whole.warnings)
    farthest, second = stack.frames[0].path.name, stack.positions[1]
    shutil.copytree(folder, tmp_path / "near", ignore=lambda *_: {farthest})
    short = focal_depth.estimate(focal_depth.read_stack(tmp_path / "near"))
    (warning,) = (text for text in short.warnings if "is a guess" in text)
    assert "focused farther away" in warning
    was_farther = whole.normalised < second - 0.15
    assert np.median(short.confidence[was_farther]) < 0.4 < np.median(short.confidence[~was_farther])
