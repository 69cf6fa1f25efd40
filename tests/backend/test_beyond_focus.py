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
    depth[:, : int(100 * WORTH_SAYING)] = beyond
    (warning,) = beyond_warnings(depth)
    assert word in warning and "10 %" in warning
    depth[:, 5:] = 0.5
    assert not list(beyond_warnings(depth))


def test_a_stack_without_its_farthest_frames_says_that_they_are_missing(tmp_path):
    whole = shared_stack("generated_1")
    result = focal_depth.estimate(focal_depth.read_stack(whole))
    assert not any("is a guess" in text for text in result.warnings)
    stack = focal_depth.read_stack(whole)
    shutil.copytree(whole, tmp_path / "near", ignore=lambda _, names: farthest(stack, names))
    short = focal_depth.estimate(focal_depth.read_stack(tmp_path / "near"))
    (warning,) = (text for text in short.warnings if "is a guess" in text)
    assert "focused farther away" in warning
    was_far = result.normalised < 0.2  # farther than any frame that is left
    assert np.median(short.confidence[was_far]) < 0.4 < np.median(short.confidence[~was_far])


def farthest(stack, names) -> set[str]:
    """The farthest third of a stack's frames."""
    left_out = {frame.path.name for frame in stack.frames[: len(stack.frames) // 3]}
    return left_out & set(names)
