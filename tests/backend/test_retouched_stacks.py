"""Real stacks with plain walls, tables and paper, retouched by a few strokes."""

import cv2
import numpy as np
import pytest
from focal_depth.contract.retouch import FLATTEN, Layer, format_layers
from focal_depth.io.result_folder import read_depth, read_description, read_linear_picture
from focal_depth.research.evaluation.data.surfaces import Plane, read_surfaces
from focal_depth.research.evaluation.planarity import plane_residuals
from focal_depth.retouch.result import retouch_result
from photographs import STACKS

REAL = STACKS.parent / "real"
SLOW = "lessthan_frames", "cocoa1", "yeuchi", "fscli_dsc", "room_pair_pixel3"  # each takes long to estimate
NAMES = "owl", *(pytest.param(name, marks=pytest.mark.torture) for name in SLOW)
MOST_STROKES = 10
PLANARITY = 0.005  # of the focus range
BORDER = 2  # pixels of a stroke's border, which blends


@pytest.fixture(params=NAMES)
def estimated(request, command, tmp_path):
    """Marked planes, and the result of an estimate in which each is outlined by one stroke."""
    if not REAL.is_dir():
        pytest.skip(f"no shared data at {REAL}")
    planes = read_surfaces(REAL / "surfaces.json")[request.param].planes
    folder = tmp_path / "result"
    made = command("estimate", REAL / request.param, "--output", folder)
    assert made.returncode == 0, made.stderr
    width, height = read_description(folder)["size"]
    layers = [
        Layer(plane.name, FLATTEN, outlines=[{"points": corners(plane, width, height), "width": 0}])
        for plane in planes
    ]
    assert 0 < len(layers) <= MOST_STROKES
    (folder / "retouch").mkdir()
    (folder / "retouch" / "layers.json").write_text(format_layers(layers))
    return planes, folder


def corners(plane: Plane, width: int, height: int) -> list[list[float]]:
    rows, columns = plane.pixels((height, width))
    left, right = columns.start / width, columns.stop / width
    top, bottom = rows.start / height, rows.stop / height
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def maps_of(folder, before_retouch: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normalised dioptres, confidence and picture."""
    far, near = (read_description(folder)["frames"][end]["dioptres"] for end in (0, -1))
    depth, confidence = read_depth(folder, before_retouch)
    return (1 / depth - far) / (near - far), confidence, read_linear_picture(folder, before_retouch)[0]


def test_a_stroke_makes_each_plain_surface_flat_where_it_was_and_nothing_else(estimated):
    planes, folder = estimated
    assert retouch_result(folder) == []
    before, after = maps_of(folder, before_retouch=True), maps_of(folder, before_retouch=False)
    height, width = before[0].shape
    painted = np.zeros((height, width), np.uint8)
    for plane in planes:
        rows, columns = plane.pixels((height, width))
        painted[rows, columns] = 1
        inside = (
            slice(rows.start + BORDER, rows.stop - BORDER),
            slice(columns.start + BORDER, columns.stop - BORDER),
        )
        estimate, flat = before[0][inside], after[0][inside]
        was_off = plane_residuals(estimate).mean()
        assert plane_residuals(flat).mean() < min(PLANARITY, was_off)
        assert np.median(np.abs(flat - estimate)) < 2 * was_off  # it lies where most of it was
    elsewhere = cv2.dilate(painted, np.ones((2 * BORDER + 1, 2 * BORDER + 1), np.uint8)) == 0
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one[elsewhere], other[elsewhere])
