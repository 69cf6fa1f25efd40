"""Cycles' camera against the thin lens, measured in the depth of slanted planes."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from focal_depth.lens.thin_lens import image_distance, relative_field_of_view

pytestmark = pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="needs bpy")

HERE = Path(__file__).parent
FOCAL_LENGTH, SENSOR_WIDTH, WIDTH, HEIGHT = 0.05, 0.036, 64, 48


@pytest.fixture(scope="module")
def seen():
    """What slanted_plane.py measures, in a process of its own: it empties Blender's preferences."""
    finished = subprocess.run(
        [sys.executable, HERE / "slanted_plane.py"],
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
        capture_output=True,
        text=True,
        timeout=300,
    )
    lines = [line for line in finished.stdout.splitlines() if line.startswith("SEEN ")]
    assert lines, finished.stderr
    return json.loads(lines[0].removeprefix("SEEN "))


@pytest.mark.parametrize("axis", ["x", "y"])
def test_depth_is_the_planes_at_pixel_centres(seen, axis):
    size = WIDTH if axis == "x" else HEIGHT
    focal = image_distance(FOCAL_LENGTH, 1 / 2.0) / SENSOR_WIDTH * WIDTH
    assert seen["far"][axis]["bend"] < 1e-4
    assert seen["far"][axis]["focal"] == pytest.approx(focal, rel=1e-4)
    assert seen["far"][axis]["centre"] == pytest.approx(size / 2, abs=0.01)


@pytest.mark.parametrize("axis", ["x", "y"])
def test_field_of_view_breathes_as_the_thin_lens(seen, axis):
    expected = relative_field_of_view(FOCAL_LENGTH, [1 / 2.0, 1 / 0.5])[0]
    assert seen["near"][axis]["focal"] / seen["far"][axis]["focal"] == pytest.approx(expected, rel=1e-4)


def test_scale_and_shift_are_those_of_the_frame(seen):
    for axis, shift, size in (("x", 0.05, WIDTH), ("y", -0.03, HEIGHT)):
        assert seen["moved"][axis]["focal"] / seen["near"][axis]["focal"] == pytest.approx(1.02, rel=1e-4)
        assert seen["moved"][axis]["centre"] - size / 2 == pytest.approx(shift * WIDTH, abs=0.01)
