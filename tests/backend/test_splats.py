"""Gaussian splats of the photo set: where they lie, what they cover, and the files that hold them."""

import json
import struct

import numpy as np
import pytest
from focal_depth.cli.main import main
from focal_depth.export.photo_set import PhotoSet
from focal_depth.export.splat_files import HARMONIC
from focal_depth.export.splats import SPREAD, Splats, move_splats, split_into_splats
from focal_depth.geometry.grid import DepthMap
from focal_depth.geometry.mesh import build_mesh
from focal_depth.geometry.surfaces import MOVE
from plyfile import PlyData
from results import CAMERA as DESCRIBED_CAMERA
from results import description, write_result
from test_mesh import (
    BLUE,
    CAMERA,
    FAR,
    HEIGHT,
    NEAR,
    RED,
    WIDTH,
    plane,
    square_before_wall,
    square_mask,
)

BUDGET = 200_000  # more than the picture has pixels
EXTENSION = "KHR_gaussian_splatting"


def set_of(depth: np.ndarray, picture: np.ndarray | None = None) -> PhotoSet:
    picture = np.full((HEIGHT, WIDTH, 3), 128, np.uint8) if picture is None else picture
    source = DepthMap(depth, np.ones_like(depth), np.zeros_like(depth), is_metric=True)
    mesh, background = build_mesh(source, picture, CAMERA, 100_000)
    return PhotoSet(mesh, picture, background, CAMERA, description(["0.png", "1.png"], [FAR, NEAR]))


def projected(splats: Splats) -> np.ndarray:
    """(N, 2) pixels, from the left and from the top."""
    x, y, z = splats.centres.T.astype(np.float64)
    return np.stack([CAMERA.cx - CAMERA.fx * x / z, CAMERA.cy + CAMERA.fy * y / z], 1)


def matrices(quaternions: np.ndarray) -> np.ndarray:
    """(N, 3, 3) of w x y z, as columns what becomes of the axes: q v q* of each."""
    w, vector = quaternions[:, :1, None].astype(np.float64), quaternions[:, 1:].astype(np.float64)
    axes = np.broadcast_to(np.eye(3), (len(vector), 3, 3))
    twice = 2 * np.cross(vector[:, None], axes)
    return (axes + w * twice + np.cross(vector[:, None], twice)).transpose(0, 2, 1)


def covariances(splats: Splats) -> np.ndarray:
    spread = matrices(splats.rotations) * splats.scales[:, None]
    return spread @ spread.transpose(0, 2, 1)


def test_every_pixel_has_one_splat_of_its_colour_on_its_surface():
    depth, picture = square_before_wall()
    splats = split_into_splats(set_of(depth, picture), BUDGET)
    column, row = np.floor(projected(splats)).astype(int).T
    far = -splats.centres[:, 2] > (NEAR + FAR) / 2
    near = ~far
    assert near.sum() == len(set(zip(row[near], column[near], strict=True)))
    seen = np.full((HEIGHT, WIDTH), np.inf)
    np.minimum.at(seen, (row, column), -splats.centres[:, 2])
    assert np.isfinite(seen).all()
    assert np.mean(np.abs(seen - depth) > 0.01) < 0.01, "but for the contour, which lies between pixels"
    inside = square_mask()[row, column]
    assert (splats.colours[near & inside] == RED).all(1).mean() > 0.98
    assert np.abs(splats.colours[far & inside].astype(int) - BLUE).max() <= 8, "of what is filled in behind"


def test_splats_are_as_large_as_their_cells_and_lie_in_their_surface():
    splats = split_into_splats(set_of(plane()), BUDGET)
    z = -splats.centres[:, 2]
    truth = np.array([0.2, 0.3, -0.5]) / np.linalg.norm([0.2, 0.3, 0.5])
    normals = matrices(splats.rotations)[:, :, 2]
    assert np.abs(normals @ truth).min() > 0.995
    assert (splats.scales[:, 2] < 0.1 * splats.scales[:, 1]).all()
    jacobian = np.zeros((len(z), 2, 3))
    jacobian[:, 0, 0], jacobian[:, 1, 1] = CAMERA.fx / z, -CAMERA.fy / z
    jacobian[:, :, 2] = (splats.centres[:, :2] * (CAMERA.fx, -CAMERA.fy)) / z[:, None] ** 2
    seen = jacobian @ covariances(splats) @ jacobian.transpose(0, 2, 1)
    one_pixel = np.broadcast_to(np.eye(2) * SPREAD**2 / 12, seen.shape)
    np.testing.assert_allclose(seen, one_pixel, atol=0.03 * SPREAD**2 / 12)


def test_only_narrow_cuts_are_bridged():
    narrow = NEAR / (1 - np.radians(0.09) / MOVE)  # degrees of parallax, above the finest cut
    depth = np.full((HEIGHT, WIDTH), NEAR, np.float32)
    depth[:, WIDTH // 2 :] = narrow
    for step, is_bridged in ((depth, True), (square_before_wall()[0], False)):
        splats = split_into_splats(set_of(step), BUDGET)
        z = -splats.centres[:, 2]
        low, high = step.min(), step.max()
        between = (z > low + 0.2 * (high - low)) & (z < high - 0.2 * (high - low))
        assert between.any() == is_bridged


def test_splats_move_as_a_whole():
    splats = split_into_splats(set_of(plane()), 20_000)
    turn, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))
    frame = np.eye(4)
    frame[:3, :3], frame[:3, 3] = turn * np.linalg.det(turn), (1, 2, 3)
    moved = move_splats(splats, frame)
    turn = frame[:3, :3]
    np.testing.assert_allclose(moved.centres, splats.centres @ turn.T + (1, 2, 3), atol=1e-5)
    np.testing.assert_allclose(
        covariances(moved), turn @ covariances(splats) @ turn.T, atol=1e-5 * splats.scales.max() ** 2
    )


@pytest.mark.parametrize("budget", [20_000, 50_000])
def test_the_budget_is_used_and_holds(budget):
    count = len(split_into_splats(set_of(*square_before_wall()), budget).centres)
    assert 0.95 * budget < count <= budget


@pytest.fixture
def result(tmp_path):
    depth, picture = square_before_wall()
    lens = {"fx": CAMERA.fx, "fy": CAMERA.fy, "cx": CAMERA.cx, "cy": CAMERA.cy}
    described = description(["0.png", "1.png"], [FAR, NEAR], camera=DESCRIBED_CAMERA | lens)
    linear = (picture / np.float32(255)) ** 2.2
    write_result(tmp_path / "result", depth, np.ones_like(depth), linear, described)
    return tmp_path / "result"


def attributes(path) -> dict[str, np.ndarray]:
    """Of the one primitive of a .glb."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    document, binary = json.loads(data[20 : 20 + length]), data[28 + length :]
    (primitive,) = document["meshes"][0]["primitives"]
    assert document["extensionsUsed"] == [EXTENSION] and primitive["mode"] == 0
    assert primitive["extensions"][EXTENSION]["kernel"] == "ellipse"
    assert primitive["extensions"][EXTENSION]["colorSpace"] == "srgb_rec709_display"
    widths = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
    arrays = {}
    for name, number in primitive["attributes"].items():
        accessor = document["accessors"][number]
        offset = document["bufferViews"][accessor["bufferView"]]["byteOffset"]
        width = widths[accessor["type"]]
        values = np.frombuffer(binary, "<f4", accessor["count"] * width, offset)
        arrays[name.removeprefix(f"{EXTENSION}:")] = values.reshape(-1, width)
    return arrays


def test_both_files_hold_the_same_splats(result, tmp_path, capsys):
    for suffix in (".ply", ".glb"):
        output = tmp_path / f"set{suffix}"
        assert main(["splats", str(result), "--output", str(output), "--splats", "30000", "--messages"]) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["path"] == str(output)
    vertex = PlyData.read(tmp_path / "set.ply")["vertex"]
    glb = attributes(tmp_path / "set.glb")

    def columns(*names: str) -> np.ndarray:
        return np.stack([vertex[name] for name in names], 1)

    y_down = np.array([1, -1, -1])
    np.testing.assert_allclose(columns("x", "y", "z"), glb["POSITION"] * y_down, atol=1e-6)
    np.testing.assert_allclose(np.exp(columns("scale_0", "scale_1", "scale_2")), glb["SCALE"], rtol=1e-4)
    np.testing.assert_allclose(1 / (1 + np.exp(-columns("opacity"))), glb["OPACITY"], rtol=1e-5)
    coefficients = columns("f_dc_0", "f_dc_1", "f_dc_2")
    np.testing.assert_allclose(coefficients, glb["SH_DEGREE_0_COEF_0"], atol=1e-6)
    np.testing.assert_allclose(
        matrices(columns("rot_0", "rot_1", "rot_2", "rot_3")),
        y_down[:, None] * matrices(np.roll(glb["ROTATION"], 1, 1)),
        atol=1e-5,
    )
    near = glb["POSITION"][:, 2] > glb["POSITION"][:, 2].mean()
    assert np.ptp(glb["POSITION"][:, 2]) == pytest.approx(FAR - NEAR, rel=0.01)
    shown = np.median(255 * (0.5 + HARMONIC * coefficients[near]), 0)
    np.testing.assert_allclose(shown, RED, atol=8)  # a gamma of 2.2 is not quite sRGB


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("set.obj", (), "ends in .ply or .glb"),
        ("set.ply", ("--splats", "100"), "--splats 100: a set needs 20000 or more"),
        ("missing/set.ply", (), "cannot be written"),
    ],
)
def test_bad_input_is_named(result, tmp_path, capsys, name, more, said):
    assert main(["splats", str(result), "--output", str(tmp_path / name), *more]) == 2
    assert said in capsys.readouterr().err
