"""Copies of stacks with known depth: as a phone writes them, and photographed anew in other frames."""

import json

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

from focal_depth.research.evaluation.data import focal_depth as layout
from focal_depth.research.evaluation.phone_copies import copy_as_phone, photograph_anew
from focal_depth.stack import read_stack

HEIGHT, WIDTH = 96, 144
FAR, NEAR = 2.0, 0.5  # metres, left and right
BLUR = 8.0  # pixels


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """A far half and a near half, both of noise, each sharp in one of two photographs."""
    folder = tmp_path_factory.mktemp("rendered") / "halves"
    folder.mkdir()
    random = np.random.default_rng(5)
    sharp = cv2.GaussianBlur(random.random((HEIGHT, WIDTH, 3), np.float32), (0, 0), 0.8)
    sharp = np.clip(0.5 + 3 * (sharp - 0.5), 0, 1)
    soft = cv2.GaussianBlur(sharp, (0, 0), BLUR / 4)
    is_far = np.arange(WIDTH) < WIDTH // 2
    for number, picture in enumerate((is_far, ~is_far)):
        mixed = np.where(picture[None, :, None], sharp, soft)
        cv2.imwrite(str(folder / f"{number:02d}.png"), np.uint8(255 * mixed))
    (folder / "focus.csv").write_text(f"file,focus_distance_m\n00.png,{FAR}\n01.png,{NEAR}\n")
    (folder / "truth.json").write_text(json.dumps({"widest_blur_px": BLUR, "frames": ["00.png", "01.png"]}))
    depth = np.broadcast_to(np.where(is_far, FAR, NEAR), (HEIGHT, WIDTH)).astype(np.float32)
    np.savez(folder / "depth.npz", depth=depth)
    return folder


def contrast(picture: np.ndarray) -> list[float]:
    """Of the far half and of the near one, away from the edge between them."""
    detail = cv2.Laplacian(cv2.GaussianBlur(picture.mean(2), (0, 0), 1.5), cv2.CV_32F)
    return [float(np.abs(part).mean()) for part in (detail[:, 8:60], detail[:, 84:-8])]


def test_a_copy_is_the_same_scene_with_a_phones_processing(stack, tmp_path):
    copy_as_phone(stack, tmp_path / "copy", seed=1)
    original, copy = layout._load(stack), layout._load(tmp_path / "copy")
    assert copy.pictures.shape == original.pictures.shape
    np.testing.assert_array_equal(copy.truth, original.truth)
    assert 0.02 < np.abs(copy.pictures - original.pictures).mean() < 0.3


def test_a_scene_photographed_anew_has_more_frames_and_each_half_is_sharp_where_it_was(stack, tmp_path):
    photograph_anew(stack, tmp_path / "anew", 6, seed=1)
    anew = layout._load(tmp_path / "anew")
    assert len(anew.pictures) == 6
    np.testing.assert_allclose(anew.focus, np.linspace(1 / FAR, 1 / NEAR, 6), rtol=1e-4)
    far, near = zip(*(contrast(picture) for picture in anew.pictures), strict=True)
    assert np.argmax(far) <= 1 and np.argmax(near) >= 4  # the curved field moves it by less than a frame
    assert far[0] > 1.3 * far[-1] and near[-1] > 1.3 * near[0]
    assert read_stack(tmp_path / "anew").focal_length is None  # whose field of view would go with focus
