"""The guided filter: depth to the picture's edges, and from where it is known to where it is not."""

import numpy as np
import pytest

from backend.refine import refine


@pytest.fixture
def scene() -> tuple[np.ndarray, np.ndarray]:
    """A picture whose left half is dark and near (1), its right half bright and far (0)."""
    truth = np.ones((96, 128), np.float32)
    truth[:, 64:] = 0
    grain = np.random.default_rng(1).normal(0, 0.01, (96, 128, 3))
    return truth, (0.8 - 0.6 * truth[..., None] + grain).astype(np.float32)


def test_a_smeared_edge_returns_to_the_picture_s_edge(scene):
    truth, picture = scene
    smeared = np.clip((70 - np.arange(128, dtype=np.float32)) / 12, 0, 1)[None].repeat(96, 0)
    unsure = np.where((smeared > 0) & (smeared < 1), 0.2, 0.01).astype(np.float32)
    refined = refine(smeared, unsure, picture)
    assert np.abs(refined - truth).mean() < 0.5 * np.abs(smeared - truth).mean()


def test_the_unsure_follow_the_sure(scene):
    truth, picture = scene
    depth, spread = truth.copy(), np.full((96, 128), 0.01, np.float32)
    depth[40:44, 20:24], spread[40:44, 20:24] = 0.0, 0.5
    refined = refine(depth, spread, picture)
    assert np.abs(refined[40:44, 20:24] - 1).max() < 0.05


def test_a_slope_stays_a_slope(scene):
    slope = np.linspace(0, 1, 128, dtype=np.float32)[None].repeat(96, 0)
    refined = refine(slope, np.full((96, 128), 0.01, np.float32), np.full((96, 128, 3), 0.5, np.float32))
    np.testing.assert_allclose(refined[:, 16:-16], slope[:, 16:-16], atol=0.01)


def test_a_speck_of_another_colour_is_not_extrapolated_to():
    depth = np.random.default_rng(2).uniform(0.2, 0.8, (96, 128)).astype(np.float32)
    picture = np.full((96, 128, 3), 0.5, np.float32)
    picture[50, 60], picture[20, 100] = 0.0, 8.0
    refined = refine(depth, np.full((96, 128), 0.05, np.float32), picture)
    assert refined.min() >= 0.2
    assert refined.max() <= 0.8
