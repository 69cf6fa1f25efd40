"""Tiles, units and fusion."""

from pathlib import Path

import numpy as np
import pytest
from focal_depth.depth.predictors import infer
from focal_depth.depth.tiling import infer_in_tiles, to_confidence, to_metres
from focal_depth.fusion.all_in_focus import AllInFocus
from focal_depth.stack import FocalStack, Frame, read_photograph
from photographs import shared_stack


def stack_of(dioptres) -> FocalStack:
    count = 3 if dioptres is None else len(dioptres)
    frames = tuple(Frame(Path(f"{n}.jpg"), 8, 6) for n in range(count))
    return FocalStack(frames, "focus distance", dioptres if dioptres is None else np.float32(dioptres))


def brightness(pictures, positions):
    return pictures[0, ..., 0], pictures[-1, ..., 0]


def test_tiles_join_without_a_seam():
    pictures = np.random.default_rng(1).random((3, 500, 700, 3), np.float32)
    calls, budget = [], 3 * 300 * 400
    first, last = infer_in_tiles(
        brightness, pictures, None, lambda done, of: calls.append((done, of)), budget
    )
    np.testing.assert_allclose(first, pictures[0, ..., 0], atol=1e-6)
    np.testing.assert_allclose(last, pictures[-1, ..., 0], atol=1e-6)
    assert calls[-1][0] == calls[-1][1] > 2


def test_normalised_dioptres_become_metres():
    normalised = np.float32([[0, 0.5, 1]])
    np.testing.assert_allclose(to_metres(normalised, stack_of([0.5, 1, 2])), [[2, 1 / 1.25, 0.5]], rtol=1e-6)


def test_depth_stays_finite_when_the_farthest_frame_is_focused_at_infinity():
    depth = to_metres(np.float32([[-0.2, 0, 1]]), stack_of([0, 1, 2]))
    assert np.isfinite(depth).all()
    assert (depth[0, :2] >= 20).all()


def test_relative_depth_runs_from_one_to_four():
    np.testing.assert_allclose(to_metres(np.float32([[1, 0]]), stack_of(None)), [[1, 4]])


def test_confidence_falls_with_the_expected_error():
    confidence = to_confidence(np.float32([0, 0.01, 0.1, 1]), 10)
    assert confidence[0] == 1
    assert (np.diff(confidence) < 0).all()


@pytest.mark.parametrize("shape", [(2, 17, 40), (3, 65, 33), (60, 32, 32), (4, 700, 1000)])
def test_any_number_of_frames_of_any_size(shape):
    pictures = np.random.default_rng(3).random((*shape, 3), np.float32)
    positions = np.linspace(0, 1, shape[0], dtype=np.float32)
    reported = []
    depth, spread = infer("ours", pictures, positions, lambda done, of: reported.append(done / of))
    assert depth.shape == spread.shape == shape[1:]
    assert np.isfinite(depth).all() and (spread > 0).all()
    assert reported == sorted(reported) and reported[-1] == 1


@pytest.mark.parametrize("step", [2, 8])
def test_the_sharpest_of_41_frames_is_found_also_between_those_it_sees(step):
    folder = shared_stack("generated_1")
    numbers = [*range(0, 40, step), 40]
    pictures = np.stack([read_photograph(folder / f"image_{number + 1}.jpg") for number in numbers])
    depth, _ = infer("ours", pictures, np.float32(numbers) / 40, lambda done, of: None)
    truth = np.load(folder / "best_focus_index.npy")  # of the crop that the shared data name
    assert np.abs(40 * depth[20:379, 20:379] - truth).mean() < 0.5


def test_each_pixel_comes_from_the_frames_focused_on_it():
    normalised = np.float32([[0.0, 0.5, 1.0, -0.3, 1.4, 0.25]])
    fusion = AllInFocus(normalised, np.float32([0, 0.5, 1]))
    for index in range(3):
        fusion.add(index, np.full((1, 6, 3), index, np.float32))
    np.testing.assert_allclose(fusion.picture()[0, :, 0], [0, 1, 2, 0, 2, 0.5], atol=1e-3)
