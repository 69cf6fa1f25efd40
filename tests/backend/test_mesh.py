"""The depth map's mesh: geometry, coverage, orientation, and the command that writes it."""

import json
import time

import numpy as np
import pytest

from backend import cli, results
from backend.geometry.mesh import Intrinsics, grid_mesh, grid_size

WIDTH, HEIGHT = 300, 200
CAMERA = Intrinsics(fx=400, fy=410, cx=148, cy=103)


def plane(width=WIDTH, height=HEIGHT, camera=CAMERA):
    """Z pass of a plane tilted in both directions: 1/z is linear over the picture."""
    u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    x, y = (u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy
    return (1 / (0.5 + 0.2 * x - 0.3 * y)).astype(np.float32)


def test_vertices_project_onto_their_uvs_and_reproduce_depth():
    depth = plane()
    mesh = grid_mesh(depth, CAMERA, 20_000)
    x, y, z = mesh.vertices.T.astype(np.float64)
    u, v = CAMERA.cx + CAMERA.fx * x / -z, CAMERA.cy - CAMERA.fy * y / -z
    np.testing.assert_allclose(mesh.uvs, np.stack([u / WIDTH, 1 - v / HEIGHT], axis=1), atol=1e-5)
    u, v = np.clip(u, 0.5, WIDTH - 0.5), np.clip(v, 0.5, HEIGHT - 0.5)  # the border repeats
    truth = 1 / (0.5 + 0.2 * (u - CAMERA.cx) / CAMERA.fx - 0.3 * (v - CAMERA.cy) / CAMERA.fy)
    np.testing.assert_allclose(-z, truth, rtol=1e-4)


def test_faces_between_vertices_reproduce_a_smooth_z_pass():
    """A face is flat, so 1/z is linear across it in the picture; its middle must meet the depth map."""
    u, v = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    depth = (2 + 0.3 * np.sin(u / 40) * np.cos(v / 30)).astype(np.float32)
    mesh = grid_mesh(depth, CAMERA, 20_000)
    diagonal = mesh.faces[:, [0, 2]]
    z = 2 / (1 / -mesh.vertices[diagonal, 2]).sum(axis=1)
    middle = mesh.uvs[diagonal].mean(axis=1) * (WIDTH, HEIGHT)
    truth = 2 + 0.3 * np.sin(middle[:, 0] / 40) * np.cos((HEIGHT - middle[:, 1]) / 30)
    np.testing.assert_allclose(z, truth, rtol=1e-3)


def test_covers_the_whole_picture_and_faces_the_camera():
    mesh = grid_mesh(plane(), CAMERA, 5_000)
    assert len(mesh.vertices) <= 5_000
    assert mesh.uvs.min() == 0 and mesh.uvs.max() == 1
    corners = mesh.uvs[mesh.faces].astype(np.float64)
    x, y = corners[..., 0], corners[..., 1]
    area = 0.5 * (x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1)).sum(axis=1)  # the shoelace formula
    assert (area > 0).all(), "counter-clockwise seen from the camera"
    assert area.sum() == pytest.approx(1)


@pytest.mark.parametrize("size", [(6000, 4000), (1200, 800), (64, 4000), (7, 5)])
@pytest.mark.parametrize("most", [100, 500_000])
def test_cells_are_nearly_square_and_within_budget(size, most):
    columns, rows = grid_size(*size, most)
    assert (columns + 1) * (rows + 1) <= most
    assert columns <= size[0] and rows <= size[1]
    if min(columns, rows) > 20:
        assert size[0] / columns == pytest.approx(size[1] / rows, rel=0.05)


def test_a_million_vertices_take_well_under_a_second():
    camera = Intrinsics(1500, 1500, 1000, 600)
    depth = plane(2000, 1200, camera)
    started = time.perf_counter()
    mesh = grid_mesh(depth, camera, 1_000_000)
    assert time.perf_counter() - started < 1
    assert len(mesh.vertices) > 990_000
    assert mesh.vertices.dtype == mesh.uvs.dtype == np.float32 and mesh.faces.dtype == np.int32


def write_result(folder, depth):
    description = {"camera": {"fx": 400, "fy": 410, "cx": 148, "cy": 103}, "metric": True, "frames": []}
    picture = np.full((HEIGHT, WIDTH, 3), 0.5, np.float32)
    results.write_result(folder, depth, np.ones_like(depth), picture, description)


@pytest.fixture
def result(tmp_path):
    write_result(tmp_path / "result", plane())
    return tmp_path / "result"


def test_command_writes_the_arrays(result, tmp_path, capsys):
    output = tmp_path / "mesh.npz"
    arguments = ["mesh", str(result), "--output", str(output), "--max-vertices", "5000", "--messages"]
    assert cli.main(arguments) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["path"] == str(output)
    expected = grid_mesh(plane(), CAMERA, 5_000)
    with np.load(output) as arrays:
        np.testing.assert_array_equal(arrays["vertices"], expected.vertices)
        np.testing.assert_array_equal(arrays["uvs"], expected.uvs)
        np.testing.assert_array_equal(arrays["faces"], expected.faces)


def test_infinity_becomes_a_far_background(tmp_path):
    depth = plane()
    depth[:50] = np.inf
    write_result(tmp_path / "result", depth)
    assert cli.main(["mesh", str(tmp_path / "result"), "--output", str(tmp_path / "mesh.npz")]) == 0
    with np.load(tmp_path / "mesh.npz") as arrays:
        z = -arrays["vertices"][:, 2]
    assert np.isfinite(z).all() and z.max() > 100 * z.min()


def test_bad_input_is_named(result, tmp_path, capsys):
    missing = tmp_path / "missing"
    assert cli.main(["mesh", str(missing), "--output", str(tmp_path / "mesh.npz")]) == 2
    assert str(missing) in capsys.readouterr().err
    assert cli.main(["mesh", str(result), "--output", str(missing / "mesh.npz")]) == 2
    assert str(missing / "mesh.npz") in capsys.readouterr().err
