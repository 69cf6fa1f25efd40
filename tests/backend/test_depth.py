"""Tiles, units and fusion."""

from pathlib import Path

import numpy as np
import pytest
from focal_depth.contract.qualities import FOCAL_UNET
from focal_depth.depth.predictor import Prediction, predictor_named
from focal_depth.depth.tiling import predict_in_tiles
from focal_depth.depth.units import from_confidence, to_confidence, to_dioptres, to_metres, to_normalised
from focal_depth.fusion.all_in_focus import AllInFocus
from focal_depth.io.photographs import read_photograph
from focal_depth.runtime.resources import Resources
from focal_depth.runtime.sessions import sessions_for
from focal_depth.stack import FocalStack, Frame
from photographs import shared_stack


def stack_of(dioptres) -> FocalStack:
    count = 3 if dioptres is None else len(dioptres)
    frames = tuple(Frame(Path(f"{n}.jpg"), 8, 6) for n in range(count))
    return FocalStack(frames, "focus distance", dioptres if dioptres is None else np.float32(dioptres))


def brightness(pictures, positions):
    return pictures[0, ..., 0], pictures[-1, ..., 0]


def test_tiles_join_without_a_seam():
    pictures = np.random.default_rng(1).random((3, 500, 700, 3), np.float32)
    calls, max_tile = [], 3 * 300 * 400
    first, last = predict_in_tiles(
        brightness, pictures, None, lambda done, of: calls.append((done, of)), max_tile
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


def test_dioptres_are_one_over_metres_and_become_normalised_again():
    normalised = np.float32([[-0.4, -0.1, 0, 0.3, 1, 1.2]])  # the first is farther than depth goes
    for stack in (stack_of([0.5, 1, 2]), stack_of(None)):
        dioptres = to_dioptres(normalised, stack)
        np.testing.assert_allclose(dioptres * to_metres(normalised, stack), 1, rtol=1e-6)
        np.testing.assert_allclose(to_normalised(dioptres, stack)[:, 1:], normalised[:, 1:], atol=1e-6)


def test_confidence_falls_with_the_uncertainty():
    uncertainty = np.float32([0, 0.01, 0.1, 1])
    confidence = to_confidence(uncertainty)
    assert confidence[0] == 1
    assert (np.diff(confidence) < 0).all()
    np.testing.assert_allclose(from_confidence(confidence), uncertainty, atol=1e-5)
    assert to_confidence(np.float32([0.1])) == pytest.approx(1 / np.e)
    assert np.isnan(from_confidence(np.float32([0])))


def predict(pictures, positions, progress=lambda done, of: None) -> Prediction:
    return predictor_named(FOCAL_UNET).predict(pictures, positions, sessions_for(Resources()), progress)


@pytest.mark.parametrize("shape", [(2, 17, 40), (3, 65, 33), (60, 32, 32), (4, 700, 1000)])
def test_any_number_of_frames_of_any_size(shape):
    pictures = np.random.default_rng(3).random((*shape, 3), np.float32)
    positions = np.linspace(0, 1, shape[0], dtype=np.float32)
    reported = []
    prediction = predict(pictures, positions, lambda done, of: reported.append(done / of))
    assert prediction.normalised.shape == prediction.uncertainty.shape == shape[1:]
    assert np.isfinite(prediction.normalised).all() and (prediction.uncertainty > 0).all()
    assert reported == sorted(reported) and reported[-1] == 1


@pytest.mark.parametrize("step", [2, 8])
def test_the_sharpest_of_41_frames_is_inferred_also_between_those_that_are_there(step):
    folder = shared_stack("generated_1")
    numbers = [*range(0, 40, step), 40]
    pictures = np.stack([read_photograph(folder / f"image_{number + 1}.jpg") for number in numbers])
    depth = predict(pictures, np.float32(numbers) / 40).normalised
    truth = np.load(folder / "best_focus_index.npy")  # of the crop that the shared data name
    assert np.abs(40 * depth[20:379, 20:379] - truth).mean() < 0.5


def test_each_pixel_comes_from_the_frames_focused_on_it():
    normalised = np.float32([[0.0, 0.5, 1.0, -0.3, 1.4, 0.25]])
    fusion = AllInFocus(normalised, np.float32([0, 0.5, 1]))
    for index in range(3):
        fusion.add(index, np.full((1, 6, 3), index, np.float32))
    np.testing.assert_allclose(fusion.picture()[0, :, 0], [0, 1, 2, 0, 2, 0.5], atol=1e-3)
