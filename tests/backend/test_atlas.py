"""Two pictures in one square: every place of either is found again."""

import cv2
import numpy as np
import pytest
from focal_depth.geometry.atlas import build_atlas, to_atlas


@pytest.mark.parametrize("shape", [(600, 900), (900, 600), (700, 700), (300, 900), (90, 120)])
def test_places_show_the_pictures(shape):
    size = 512
    ramps = np.stack(np.meshgrid(*(np.linspace(0, 255, side) for side in shape), indexing="ij"), -1)
    picture = np.dstack([ramps, np.zeros(shape)]).astype(np.uint8)
    background = np.dstack([ramps, np.full(shape, 255)]).astype(np.uint8)
    canvas, placements = build_atlas(picture, background, size)
    uvs = np.random.default_rng(2).random((500, 2)).astype(np.float32)
    for placement, blue in zip(placements, (0, 255), strict=True):
        there = to_atlas(uvs, placement)
        assert there.min() > 0 and there.max() < 1
        x, y = (there * (1, -1) + (0, 1)).T * size - 0.5
        shown = cv2.remap(canvas, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)[:, 0]
        assert (shown[:, 2] == blue).all(), "nothing of the other picture"
        np.testing.assert_allclose(shown[:, :2] / 255, np.stack([1 - uvs[:, 1], uvs[:, 0]], 1), atol=0.02)


def test_a_wide_photograph_takes_the_whole_width():
    picture = np.full((400, 1200, 3), 9, np.uint8)
    canvas, _ = build_atlas(picture, picture, 256)
    assert (canvas[:85] == 9).all()
