"""Depth enlarged from the working size to the photographs'."""

import cv2
import numpy as np
import pytest
from focal_depth.depth.upsampling import upsample

MIN_STEP = 0.05
HEIGHT, WIDTH = 400, 600


def slanted_edge() -> np.ndarray:
    """(H, W) bool: true right of a line that crosses pixels."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return columns > 290 + 0.13 * rows


def picture_of(near: np.ndarray) -> np.ndarray:
    """(H, W, 3) bytes: another colour on either side, and grain."""
    grain = np.random.default_rng(0).normal(0, 8, (*near.shape, 3))
    return np.uint8(np.clip(np.where(near[..., None], [190, 120, 60], [40, 90, 130]) + grain, 0, 255))


def smaller(values: np.ndarray) -> np.ndarray:
    return cv2.resize(values, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_NEAREST)


def test_an_edge_lies_where_the_picture_has_it():
    near = slanted_edge()
    depth = np.where(near, 0.8, 0.3).astype(np.float32)
    enlarged = upsample(smaller(depth), picture_of(near), MIN_STEP)
    bilinear = cv2.resize(smaller(depth), (WIDTH, HEIGHT))
    assert np.abs(enlarged - depth).mean() < 0.1 * np.abs(bilinear - depth).mean()
    assert set(np.unique(enlarged.round(4))) == {np.float32(0.3), np.float32(0.8)}  # and nothing between


def test_an_edge_half_a_small_pixel_off_is_moved_to_it():
    near = slanted_edge()
    depth = np.where(near, 0.8, 0.3).astype(np.float32)
    off = smaller(np.roll(depth, 3, axis=1))
    off[:, 0] = off[:, 1]
    enlarged = upsample(off, picture_of(near), MIN_STEP)
    assert np.abs(enlarged - depth).mean() < 0.3 * np.abs(cv2.resize(off, (WIDTH, HEIGHT)) - depth).mean()


def test_where_colours_do_not_differ_an_edge_stays():
    depth = np.where(slanted_edge(), 0.8, 0.3).astype(np.float32)
    enlarged = upsample(smaller(depth), np.full((HEIGHT, WIDTH, 3), 128, np.uint8), MIN_STEP)
    bilinear = cv2.resize(smaller(depth), (WIDTH, HEIGHT))
    assert np.abs(enlarged - depth).mean() <= np.abs(bilinear - depth).mean()


@pytest.mark.parametrize("textured", [False, True])
def test_slopes_are_interpolated_whatever_the_picture_shows(textured):
    slope = np.tile(np.linspace(0, 1, WIDTH // 5, dtype=np.float32), (HEIGHT // 5, 1))
    guide = picture_of(slanted_edge()) if textured else np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    enlarged, expected = upsample(slope, guide, MIN_STEP), cv2.resize(slope, (WIDTH, HEIGHT))
    np.testing.assert_allclose(enlarged[:, 5:-5], expected[:, 5:-5], atol=1e-5)  # a border is carried on


def test_what_is_large_enough_stays():
    values = np.random.default_rng(1).random((HEIGHT, WIDTH), np.float32)
    assert upsample(values, picture_of(slanted_edge()), MIN_STEP) is values
