"""Motion of known size is estimated; warping is exact to the pixel centre."""

import cv2
import numpy as np
import pytest
from focal_depth.registration.frames import aligned_frames
from focal_depth.registration.motion import Motion, align
from focal_depth.registration.polynomial import scales_and_shifts
from focal_depth.registration.warp import fill_in, warp
from focal_depth.runtime.chunks import tiles
from focal_depth.runtime.resources import Resources
from focal_depth.runtime.sessions import sessions_for
from focal_depth.stack import Overrides, read_stack


def aligned(pictures: np.ndarray, relative_fov: np.ndarray) -> Motion:
    return align(pictures, relative_fov, sessions_for(Resources()))


@pytest.fixture
def picture() -> np.ndarray:
    """(240, 360, 3) with detail at every scale."""
    random = np.random.default_rng(3)
    noise = sum(
        cv2.resize(random.random((240 // n, 360 // n, 3), np.float32), (360, 240)) for n in (2, 4, 8, 16)
    )
    return cv2.GaussianBlur(noise / 4, (0, 0), 1.0)


def moved_by(picture: np.ndarray, motion, size: tuple[int, int] = (360, 240)) -> np.ndarray:
    return warp(picture, scales_and_shifts([motion])[0], size)


def photographed(picture: np.ndarray, motion) -> np.ndarray:
    """The picture as a camera saw it in which the reference's (x, y) lies at (s x + b, s y + c)."""
    scale, x, y = motion
    return moved_by(picture, (1 / scale, -x / scale, -y / scale))


def test_warp_at_rest_changes_nothing(picture):
    np.testing.assert_allclose(moved_by(picture, (1, 0, 0)), picture, atol=1e-5)


def test_warp_shifts_by_halves_of_the_longer_side(picture):
    moved = moved_by(picture, (1, 10 / 180, -4 / 180))
    np.testing.assert_allclose(moved[20:-20, 20:-20], picture[16:-24, 30:-10], atol=1e-4)


def test_warp_halves_without_moving_the_centre(picture):
    np.testing.assert_allclose(
        moved_by(picture, (1, 0, 0), (180, 120)),
        cv2.resize(picture, (180, 120), interpolation=cv2.INTER_AREA),
        atol=0.05,
    )


def test_what_a_frame_does_not_show_comes_from_the_next_nearer_one(picture):
    # A far frame that shows a tenth less on every side, and lies 18 of 360 pixels to the right.
    motion = np.float32([1.1, 0.1, 0])
    height, width = picture.shape[:2]
    far, near = np.zeros_like(picture), np.ones_like(picture)
    fill_in(far, scales_and_shifts([motion])[0], near)
    assert (width, height) == (360, 240)
    filled = far[..., 0] == 1
    # 1.1 x + 0.1 reaches 1 at x = 0.818, and -1 at x = -1: nothing is missing on the left.
    assert filled[120, 327:].all() and not filled[120, :327].any()
    # 1.1 y reaches 2 / 3 at y = 0.606: 10.9 rows are missing above and below.
    assert filled[:11].all() and filled[-11:].all() and not filled[11:-11, :327].any()


def test_where_it_is_wanted_a_frame_is_as_in_the_whole(tmp_path, picture):
    """Also where two frames lack a border, and the third one has it."""
    for index in range(3):
        cv2.imwrite(str(tmp_path / f"{index}.png"), 255 * picture[:, :: 1 if index else -1])
    stack = read_stack(tmp_path, Overrides(order="far-to-near"))
    maps = scales_and_shifts(np.float32([[1.1, 0.1, 0], [1.05, -0.08, 0.05], [1, 0, 0]]))
    motion = Motion(np.ones(3), maps, np.ones(2), np.zeros(2))
    gains = np.float32([[1, 1.1, 0.9], [1.05, 1, 1], [1, 1, 1]])
    whole = {index: pixels for index, pixels, _ in aligned_frames(stack, motion, gains)}
    for tile in tiles(240, 360):
        for index, pixels, _ in aligned_frames(stack, motion, gains, [[tile]] * 3):
            np.testing.assert_array_equal(pixels[tile], whole[index][tile])


def test_the_network_estimates_scale_and_shift(picture):
    # A lens that breathes 4 % against its metadata, in a hand that drifts, blurring more frame by frame.
    truth = np.float32([[1.04, 0.02, -0.01], [1.027, 0.012, -0.005], [1.013, 0.008, -0.004], [1, 0, 0]])
    stack = np.stack(
        [cv2.GaussianBlur(photographed(picture, m), (0, 0), 0.5 + n) for n, m in enumerate(truth)]
    )
    motion = aligned(stack, np.ones(4, np.float32))
    # Half a pixel at the picture's corner.
    np.testing.assert_allclose(motion.residual, truth, atol=0.5 / 180)
    assert motion.correlation.min() > 0.9


def test_the_field_of_view_comes_before_the_network(picture):
    stack = np.stack([photographed(picture, (1 / 1.3, 0, 0)), picture])
    motion = aligned(stack, np.float32([1.3, 1]))
    assert motion.maps[0, 0, 1] == pytest.approx(1 / 1.3, abs=0.003)


def test_a_lens_that_holds_its_field_of_view_is_believed_against_the_metadata(picture):
    """By focus distance and focal length it should breathe, and the first frame by more than is plausible."""
    random = np.random.default_rng(1)
    soft = cv2.GaussianBlur(picture, (0, 0), 5)
    soft = 0.5 + (soft - soft.mean()) * (0.15 / soft.std())
    stack = soft + 0.08 * random.standard_normal((12, *soft.shape), np.float32)
    motion = aligned(np.clip(stack, 0, 1), np.linspace(0.8, 1, 12, dtype=np.float32))
    assert np.abs(motion.maps - scales_and_shifts(np.tile([1.0, 0.0, 0.0], (12, 1)))).max() < 0.01
    assert motion.correlation.min() > 0.95


def test_frames_of_different_scenes_stay_where_they_are(picture):
    other = np.random.default_rng(9).random(picture.shape, np.float32)
    motion = aligned(np.stack([other, picture]), np.ones(2, np.float32))
    assert motion.correlation[0] < 0.3


def test_a_long_stack_is_aligned_in_stretches_as_well_as_at_once(picture):
    scales = np.linspace(1.05, 1, 30)
    truth = np.float32([[s, (s - 1) / 3, (1 - s) / 5] for s in scales])
    stack = np.stack([photographed(picture, motion) for motion in truth])
    motion = aligned(stack, np.ones(30, np.float32))
    np.testing.assert_allclose(motion.residual, truth, atol=0.5 / 180)
