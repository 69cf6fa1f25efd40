"""What a moved camera sees of a sheet, against what it must see by the plane's equation."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from focal_depth.geometry.pinhole import Pinhole

from rendering.moves import ORBIT, Move, moves, shift, within_reference

HERE = Path(__file__).parent
needs_bpy = pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="needs bpy")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What moved_sheet.py measures, in a process of its own: it empties Blender's preferences."""
    finished = subprocess.run(
        [sys.executable, HERE / "moved_sheet.py", tmp_path_factory.mktemp("scene")],
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
        capture_output=True,
        text=True,
        timeout=300,
    )
    lines = [line for line in finished.stdout.splitlines() if line.startswith("SEEN ")]
    assert lines, finished.stderr
    return json.loads(lines[0].removeprefix("SEEN "))


@needs_bpy
def test_the_picture_is_seen_where_it_says_and_nowhere_else(seen):
    assert 0.6 < seen["share"] < 0.95 and seen["unsure"] < 0.2
    assert seen["wrong"] == 0


@needs_bpy
def test_from_the_reference_camera_a_sheet_is_its_picture_and_its_depth(seen):
    assert seen["off"] < 0.015  # of sRGB, where two pixels differ by 0.01
    assert seen["depth_off"] < 1e-4


@needs_bpy
def test_a_displaced_plane_keeps_its_width_at_every_depth(seen):
    assert seen["plane_depths"] == [1.5, 3.0]
    assert seen["plane_width"] == pytest.approx(2.0 * 96 / 90, rel=0.01)  # the view's at the median depth


def test_moves_are_parts_of_the_median_depth_that_is_finite():
    depth = np.array([[1.0, 2.0, 3.0, np.inf]])
    (left,) = (move for move in moves(depth) if move.name == "left" and move.step == 0.05)
    assert left.stand == pytest.approx(shift(-0.1, 0.0))
    (up,) = (move for move in moves(depth) if move.name == "up" and move.step == 0.1)
    assert up.stand == pytest.approx(shift(0.0, 0.2))


@pytest.mark.parametrize(
    ("name", "aside"), [("orbit left", (-1, 0)), ("orbit right", (1, 0)), ("orbit up", (0, 1))]
)
def test_an_orbit_stands_aside_and_looks_at_the_same_point(name, aside):
    (orbit,) = (move for move in moves(np.full((2, 2), 2.0)) if move.name == name)
    ahead = np.array([0.0, 0.0, -2.0, 1.0])
    assert orbit.stand @ ahead == pytest.approx(ahead)
    assert orbit.stand[:2, 3] == pytest.approx(2 * np.sin(np.radians(ORBIT)) * np.array(aside))
    assert np.linalg.det(orbit.stand[:3, :3]) == pytest.approx(1.0)


def test_near_points_leave_the_picture_before_far_ones():
    camera = Pinhole(100, 100, 50, 20)
    depth = np.full((40, 100), np.inf)
    depth[:20] = 2.0
    inside = within_reference(depth, camera, Move("right", 0.1, shift(0.2, 0.0)), margin=0.0)
    assert inside[20:].all()  # infinity does not move
    assert inside[0].tolist() == [True] * 90 + [False] * 10  # 100 px * 0.2 m / 2 m
