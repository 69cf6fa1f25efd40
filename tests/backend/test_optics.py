"""The thin lens against numbers worked out by hand."""

import numpy as np
import pytest
from focal_depth.lens import thin_lens


def test_image_distance_of_a_macro_at_life_size():
    # Focused at twice the focal length, the image is as far behind the lens as the subject before it.
    assert thin_lens.image_distance(0.1, 1 / 0.2) == pytest.approx(0.2)


def test_focus_at_infinity_puts_the_image_in_the_focal_plane():
    assert thin_lens.image_distance(0.05, 0.0) == pytest.approx(0.05)


def test_focus_inside_the_focal_length_is_refused():
    with pytest.raises(ValueError, match="nearer"):
        thin_lens.image_distance(0.05, 1 / 0.04)


def test_the_nearest_focus_sees_least():
    fov = thin_lens.relative_field_of_view(0.05, np.array([0.0, 1.0, 2.0]))
    np.testing.assert_allclose(fov, [1 / 0.9, 0.95 / 0.9, 1.0])


def test_circle_of_confusion_of_a_fast_portrait_lens():
    # 50 mm f/2 at 1 m, background at infinity: A f / (d - f) = 25 mm * 50 / 950.
    assert thin_lens.circle_of_confusion(0.05, 2, 1.0, 0.0) == pytest.approx(0.025 * 50 / 950)


def test_sensor_width_of_a_full_frame_camera():
    assert thin_lens.sensor_width_from_equivalent(0.05, 0.05, 3000, 2000) == pytest.approx(0.036, rel=1e-3)
