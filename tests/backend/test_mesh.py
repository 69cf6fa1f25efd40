"""The depth map's mesh: geometry, cuts, background, budget, and the command that writes it."""

import json

import cv2
import numpy as np
import pytest
from focal_depth.cli.main import main
from focal_depth.geometry import mesh
from focal_depth.geometry.grid import DepthMap
from focal_depth.geometry.mesh import MeshArrays, build_mesh
from focal_depth.geometry.pinhole import Pinhole
from focal_depth.geometry.surfaces import MOVE
from results import CAMERA as DESCRIBED_CAMERA
from results import description, write_result

WIDTH, HEIGHT = 320, 224
CAMERA = Pinhole(fx=400, fy=410, cx=158, cy=115)
NEAR, FAR = 0.8, 1.6  # metres
RED, BLUE = (200, 40, 30), (30, 60, 180)


def picture_positions():
    u, v = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    return (u - CAMERA.cx) / CAMERA.fx, (v - CAMERA.cy) / CAMERA.fy


def plane():
    """Z pass of a plane tilted in both directions: 1/z is linear over the picture."""
    x, y = picture_positions()
    return (1 / (0.5 + 0.2 * x - 0.3 * y)).astype(np.float32)


def square_mask():
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[60:150, 80:200] = True
    return mask


def square_before_wall():
    """Depth and picture of a red square before a blue wall."""
    mask = square_mask()
    depth = np.where(mask, NEAR, FAR).astype(np.float32)
    return depth, np.where(mask[..., None], RED, BLUE).astype(np.uint8)


def mesh_of(depth, picture=None, budget=100_000) -> MeshArrays:
    return with_background(depth, picture, budget)[0]


def with_background(depth, picture=None, budget=100_000):
    picture = np.full((HEIGHT, WIDTH, 3), 128, np.uint8) if picture is None else picture
    source = DepthMap(depth, np.ones_like(depth), np.zeros_like(depth), is_metric=True)
    return build_mesh(source, picture, CAMERA, budget)


def solid(mesh: MeshArrays) -> np.ndarray:
    """Faces that are no bridges."""
    return mesh.faces[mesh.gap == 0]


def depths(mesh: MeshArrays) -> np.ndarray:
    return -mesh.vertices[:, 2]


def uv_areas(mesh: MeshArrays, faces: np.ndarray) -> np.ndarray:
    x, y = np.moveaxis(mesh.uvs[faces].astype(np.float64), -1, 0)
    return 0.5 * (x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1)).sum(axis=1)  # the shoelace formula


def test_what_is_left_out_has_no_faces_and_no_bridges():
    depth, picture = square_before_wall()
    left_out = np.zeros(depth.shape, bool)
    left_out[40:100, 60:140] = True  # of both
    source = DepthMap(depth, np.ones_like(depth), np.zeros_like(depth), True, left_out)
    mesh, _ = build_mesh(source, picture, CAMERA, 100_000)
    middles = mesh.uvs[mesh.faces].mean(1) * (WIDTH, HEIGHT)
    across, down = middles[:, 0], HEIGHT - middles[:, 1]
    within = (across > 61) & (across < 139) & (down > 41) & (down < 99)
    assert not within.any()
    surfaces = solid(mesh)[~mesh.background[mesh.gap == 0]]
    assert np.abs(uv_areas(mesh, surfaces)).sum() == pytest.approx(1 - 60 * 80 / (WIDTH * HEIGHT), abs=0.005)


def with_object(outlined, depth, picture) -> MeshArrays:
    objects = outlined.astype(np.uint8)
    certain = np.ones_like(depth), np.zeros_like(depth)
    source = DepthMap(depth, *certain, True, objects=objects, object_names=("Square",))
    return build_mesh(source, picture, CAMERA, 100_000)[0]


def covered(mesh: MeshArrays, faces: np.ndarray) -> float:
    """Pixels of the picture that these faces cover."""
    return np.abs(uv_areas(mesh, mesh.faces[faces])).sum() * WIDTH * HEIGHT


@pytest.mark.parametrize("margin", [0, 12], ids=["along its edge", "roughly"])
def test_an_object_of_its_own_is_cut_out_and_what_is_behind_it_filled(margin):
    depth, picture = square_before_wall()
    reach = np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)
    mesh = with_object(cv2.dilate(square_mask().astype(np.uint8), reach), depth, picture)
    assert list(mesh.object_names) == ["Square"]
    own = mesh.objects == 1
    assert not np.intersect1d(mesh.faces[own], mesh.faces[~own]).size  # nothing joins them
    np.testing.assert_allclose(depths(mesh)[np.unique(mesh.faces[own])], NEAR, rtol=0.01)
    np.testing.assert_allclose(depths(mesh)[np.unique(mesh.faces[~own])], FAR, rtol=0.01)
    assert covered(mesh, own & (mesh.gap == 0)) == pytest.approx(square_mask().sum(), rel=0.03)
    surface = ~own & ~mesh.background
    assert covered(mesh, surface) == pytest.approx((~square_mask()).sum(), rel=0.03)
    behind = mesh.uvs[mesh.faces[mesh.background]].mean(1) * (WIDTH, HEIGHT)
    assert covered(mesh, mesh.background) >= 0.99 * square_mask().sum()
    assert np.ptp(behind, axis=0) == pytest.approx([120, 90], abs=14)


def test_an_object_takes_the_ground_along_that_it_was_outlined_with():
    """Nothing tells where it ends on what it stands on; behind it that goes on."""
    _, y = picture_positions()
    ground = 1 / (0.6 + 1.2 * np.maximum(y, -0.2))
    outlined = square_mask()
    depth = np.where(outlined, np.minimum(ground, ground[149, 0]), ground).astype(np.float32)
    picture = np.where(outlined[..., None], RED, BLUE).astype(np.uint8)
    mesh = with_object(outlined, depth, picture)
    own = mesh.objects == 1
    assert covered(mesh, own & (mesh.gap == 0)) == pytest.approx(outlined.sum(), rel=0.03)
    corners = mesh.faces[mesh.background]
    z = 3 / (1 / depths(mesh)[corners]).sum(1)
    u, v = (mesh.uvs[corners].mean(1) * (WIDTH, HEIGHT)).T
    rows, columns = (HEIGHT - v).astype(int), u.astype(int)
    inside = outlined[rows, columns]
    np.testing.assert_allclose((1 / z)[inside], (1 / ground)[rows, 0][inside], atol=0.04)


def test_all_may_be_an_object_of_its_own():
    depth, picture = square_before_wall()
    mesh = with_object(np.ones(depth.shape), depth, picture)
    assert (mesh.objects == 1).all()


def test_vertices_project_onto_their_uvs_and_reproduce_depth():
    mesh = mesh_of(plane())
    x, y, z = mesh.vertices.T.astype(np.float64)
    u, v = CAMERA.cx + CAMERA.fx * x / -z, CAMERA.cy - CAMERA.fy * y / -z
    np.testing.assert_allclose(mesh.uvs, np.stack([u / WIDTH, 1 - v / HEIGHT], axis=1), atol=1e-5)
    u, v = np.clip(u, 0.5, WIDTH - 0.5), np.clip(v, 0.5, HEIGHT - 0.5)  # the border repeats
    truth = 1 / (0.5 + 0.2 * (u - CAMERA.cx) / CAMERA.fx - 0.3 * (v - CAMERA.cy) / CAMERA.fy)
    np.testing.assert_allclose(-z, truth, rtol=1e-4)


def test_faces_between_vertices_reproduce_a_smooth_z_pass():
    """A face is flat, so 1/z is linear across it in the picture; its middle must meet the depth map."""
    u, v = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    mesh = mesh_of((2 + 0.1 * np.sin(u / 40) * np.cos(v / 30)).astype(np.float32))
    z = 3 / (1 / depths(mesh)[mesh.faces]).sum(axis=1)
    middle = mesh.uvs[mesh.faces].mean(axis=1) * (WIDTH, HEIGHT)
    truth = 2 + 0.1 * np.sin(middle[:, 0] / 40) * np.cos((HEIGHT - middle[:, 1]) / 30)
    np.testing.assert_allclose(z, truth, rtol=2e-3)
    assert len(mesh.faces) < WIDTH * HEIGHT / 4


def test_planes_take_few_triangles():
    assert len(mesh_of(np.full_like(plane(), 2.0)).faces) < WIDTH * HEIGHT / 300
    assert len(mesh_of(plane()).faces) < WIDTH * HEIGHT / 30


def test_the_texture_does_not_slip_on_slanted_faces():
    """Renderers interpolate uvs in space; there the middle of a side is not its middle in the picture."""
    mesh = mesh_of(plane())
    sides = mesh.faces[:, [0, 1]]
    middle = mesh.vertices[sides].mean(1)
    u, v = (
        CAMERA.cx - CAMERA.fx * middle[:, 0] / middle[:, 2],
        CAMERA.cy + CAMERA.fy * middle[:, 1] / middle[:, 2],
    )
    shown = mesh.uvs[sides].mean(1) * (WIDTH, -HEIGHT) + (0, HEIGHT)
    assert np.hypot(shown[:, 0] - u, shown[:, 1] - v).max() < 0.2  # pixels


@pytest.mark.parametrize("depth", [plane(), square_before_wall()[0]], ids=["plane", "square"])
def test_surfaces_cover_the_whole_picture_and_face_the_camera(depth):
    mesh = mesh_of(depth)
    assert (uv_areas(mesh, solid(mesh)) > 1e-7).all(), "counter-clockwise seen from the camera"
    surfaces = mesh.faces[(mesh.gap == 0) & ~mesh.background]
    assert uv_areas(mesh, surfaces).sum() == pytest.approx(1)
    assert mesh.uvs.min() == 0 and mesh.uvs.max() == 1


def test_no_triangle_spans_a_jump():
    mesh = mesh_of(*square_before_wall())
    spans = depths(mesh)[solid(mesh)]
    assert (spans.max(1) / spans.min(1)).max() < 1.01
    bridges = mesh.gap > 0
    assert bridges.any()
    assert (np.ptp(depths(mesh)[mesh.faces[bridges]], axis=1) > 0.7).all()
    opened = np.degrees(MOVE * FAR * (1 / NEAR - 1 / FAR))  # most of the picture is wall
    np.testing.assert_allclose(mesh.gap[bridges], opened, rtol=1e-3)
    assert opened > mesh.cut > 0


def test_bridges_are_unseen_by_the_camera_and_close_the_cuts():
    mesh = mesh_of(*square_before_wall())
    assert np.abs(uv_areas(mesh, mesh.faces[mesh.gap > 0])).max() < 1e-9
    closed = mesh.faces[~mesh.background]
    sides = np.sort(np.concatenate([closed[:, [0, 1]], closed[:, [1, 2]], closed[:, [2, 0]]]), axis=1)
    lone = np.unique(sides, axis=0)[np.unique(sides, axis=0, return_counts=True)[1] == 1]
    on_border = np.isclose(mesh.uvs[lone], 0) | np.isclose(mesh.uvs[lone], 1)
    along_rays = np.isclose(mesh.uvs[lone[:, 0]], mesh.uvs[lone[:, 1]]).all(1)
    assert (on_border.all(1).any(1) | along_rays).all()


def test_the_mesh_is_manifold():
    random = np.random.default_rng(3)
    depth = np.where(cv2.resize(random.random((28, 40)), (WIDTH, HEIGHT)) > 0.5, NEAR, FAR)
    mesh = mesh_of(depth.astype(np.float32))
    for faces in (solid(mesh), mesh.faces[~mesh.background]):  # cut, and with its bridges
        directed = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
        assert len(np.unique(directed, axis=0)) == len(directed), "no side twice in one direction"


def test_a_ramp_becomes_a_step_where_the_colours_change():
    depth, picture = square_before_wall()
    smeared = 1 / cv2.GaussianBlur(1 / depth, (0, 0), 2)
    mesh = mesh_of(smeared, picture)
    faces = solid(mesh)[(~mesh.background)[mesh.gap == 0]]
    areas, z = uv_areas(mesh, faces), depths(mesh)[faces].mean(1)
    between = (z > NEAR + 0.1) & (z < FAR - 0.1)
    assert areas[between].sum() == 0
    assert areas[np.abs(z - NEAR) < 0.05].sum() == pytest.approx(square_mask().mean(), rel=0.1)


def test_specks_are_taken_out():
    depth = np.full((HEIGHT, WIDTH), FAR, np.float32)
    depth[50:53, 70:74] = NEAR
    np.testing.assert_allclose(depths(mesh_of(depth)), FAR, rtol=1e-5)


def test_the_far_surface_goes_on_behind_the_near_one():
    depth, picture = square_before_wall()
    mesh, behind = with_background(depth, picture)
    hidden = mesh.faces[mesh.background]
    np.testing.assert_allclose(depths(mesh)[hidden], FAR, rtol=0.005)
    middles = mesh.uvs[hidden].mean(1)
    places = (HEIGHT * (1 - middles[:, 1])).astype(int), (WIDTH * middles[:, 0]).astype(int)
    square = square_mask().astype(np.uint8)
    under = square[places] > 0
    # Pixels, for a camera that orbits by 15 degrees.
    reach = int(np.tan(np.radians(15)) / MOVE * np.radians(mesh.gap.max()) * CAMERA.fx)
    ring = square - cv2.erode(square, np.ones((3, 3)), iterations=reach)
    assert uv_areas(mesh, hidden[under]).sum() == pytest.approx(ring.mean(), rel=0.15)
    assert np.abs(behind[places].astype(int) - BLUE).max() <= 8
    inside = cv2.erode(square, np.ones((3, 3)), iterations=reach + 8) > 0
    np.testing.assert_array_equal(behind[inside], picture[inside])


def test_what_is_nearly_flat_becomes_flat_within_the_expected_error():
    noise = np.random.default_rng(1).normal(0, 0.002, (HEIGHT, WIDTH))
    depth = (1 / (1 + noise)).astype(np.float32)
    error = np.where(np.arange(WIDTH) < WIDTH // 2, 0, 0.01) * np.ones((HEIGHT, 1))
    picture = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    source = DepthMap(depth, np.ones_like(depth), error.astype(np.float32), is_metric=True)
    mesh, _ = build_mesh(source, picture, CAMERA, 400_000)
    left = mesh.uvs[:, 0] < 0.45
    right = mesh.uvs[:, 0] > 0.55
    assert depths(mesh)[right].std() < 0.2 * depths(mesh)[left].std()
    assert np.abs(1 / depths(mesh)[left] - 1).max() > 0.003, "what is certain keeps its relief"


def test_a_floor_goes_on_under_what_stands_on_it():
    """A box's front before floor and wall: what it hides is the floor, then the wall."""
    x, y = picture_positions()
    floor = np.minimum(0.4 / np.maximum(y, 1e-3), 6.0)  # 0.4 m below the camera, up to a wall
    stands_at = 2.0
    front = (np.abs(x) < 0.12) & (y < 0.4 / stands_at) & (y > -0.05)
    mesh = mesh_of(np.where(front, np.minimum(stands_at, floor), floor).astype(np.float32))
    vertices = mesh.vertices[np.unique(mesh.faces[mesh.background])]
    x, y = vertices[:, 0] / -vertices[:, 2], vertices[:, 1] / vertices[:, 2]
    on_floor = (y > 0.4 / 6 + 0.03) & (np.abs(x) < 0.1) & (y < 0.4 / stands_at - 0.03)
    assert on_floor.any()
    off = np.abs(-1 / vertices[on_floor, 2] - y[on_floor] / 0.4)  # dioptres; the box is 0.33 before the wall
    assert np.median(off) < 0.08 and off.max() < 0.16


def test_what_is_hidden_gets_texture_from_elsewhere():
    depth, _ = square_before_wall()
    random = np.random.default_rng(3).normal(120, 30, (HEIGHT, WIDTH, 3))
    wall = cv2.GaussianBlur(random, (0, 0), 1.0).clip(0, 255)
    picture = np.where(square_mask()[..., None], RED, wall).astype(np.uint8)
    _, behind = with_background(depth, picture)
    under = cv2.erode(square_mask().astype(np.uint8), np.ones((9, 9))) > 0
    assert np.abs(behind[under].mean(0) - wall.mean((0, 1))).max() < 3
    assert behind[under].std() == pytest.approx(wall.std(), rel=0.35)


@pytest.mark.parametrize("budget", [10_000, 30_000, 90_000])
def test_the_budget_holds_however_rough_the_depth(budget):
    random = np.random.default_rng(5)
    rough = cv2.resize(random.random((56, 80)).astype(np.float32), (WIDTH, HEIGHT)) + 0.5
    assert len(mesh_of(rough, budget=budget).faces) <= budget


def test_the_ground_is_the_plane_that_faces_upwards():
    _, y = picture_positions()
    floor = 0.4 / np.maximum(y * np.cos(0.5) + np.sin(0.5), 1e-3)  # 0.4 m below, the camera looks down
    wall = np.full_like(floor, 2.0)
    mesh = mesh_of(np.minimum(floor, wall).astype(np.float32))
    np.testing.assert_allclose(mesh.ground, (0, np.cos(0.5), np.sin(0.5), 0.4), atol=0.005)
    assert mesh.ground[:3] @ mesh.pivot + mesh.ground[3] == pytest.approx(0, abs=1e-5)


def test_a_wall_is_no_ground():
    assert mesh_of(np.full((HEIGHT, WIDTH), 2.0, np.float32)).ground.shape == (0,)


def write_depth(folder, depth):
    """A result of a grey picture with this depth."""
    lens = {"fx": CAMERA.fx, "fy": CAMERA.fy, "cx": CAMERA.cx, "cy": CAMERA.cy}
    described = description(["0.png", "1.png"], [FAR, NEAR], camera=DESCRIBED_CAMERA | lens)
    picture = np.full((HEIGHT, WIDTH, 3), 0.5, np.float32)
    write_result(folder, depth, np.ones_like(depth), picture, described)


@pytest.fixture
def result(tmp_path):
    write_depth(tmp_path / "result", square_before_wall()[0])
    return tmp_path / "result"


def test_command_writes_arrays_and_background(result, tmp_path, capsys):
    output = tmp_path / "mesh.npz"
    arguments = ["mesh", str(result), "--output", str(output), "--triangles", "60000", "--messages"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["path"] == str(output)
    expected = mesh_of(square_before_wall()[0], budget=60_000)
    with np.load(output) as arrays:
        assert set(arrays) == set(vars(expected))
        np.testing.assert_array_equal(arrays["faces"], expected.faces)
        np.testing.assert_allclose(arrays["vertices"], expected.vertices, rtol=1e-5)
    assert cv2.imread(str(result / "background.png")).shape == (HEIGHT, WIDTH, 3)


def test_a_mesh_that_fails_leaves_the_background_of_the_one_before(result, tmp_path, monkeypatch):
    def fail(*arguments):
        raise MemoryError

    (result / "background.png").write_bytes(b"of the mesh before")
    monkeypatch.setattr(mesh, "_assemble", fail)
    assert main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")]) != 0
    assert (result / "background.png").read_bytes() == b"of the mesh before"


def test_an_atlas_holds_both_pictures(result, tmp_path):
    arguments = ["mesh", str(result), "--output", str(tmp_path / "mesh.npz")]
    assert main([*arguments, "--atlas", str(tmp_path / "atlas.jpg"), "--atlas-size", "512"]) == 0
    texture = cv2.imread(str(tmp_path / "atlas.jpg"))
    assert texture.shape == (512, 512, 3)
    assert not (result / "background.png").exists()
    with np.load(tmp_path / "mesh.npz") as arrays:
        v = arrays["uvs"][arrays["faces"], 1]
        background = arrays["background"]
    assert v[~background].min() > v[background].max(), "the background lies below the photograph"
    assert main([*arguments, "--atlas", str(tmp_path / "atlas.tga")]) == 2


def test_a_new_result_drops_the_old_background(result, tmp_path):
    assert main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")]) == 0
    write_depth(result, plane())
    assert not (result / "background.png").exists()


def test_infinity_becomes_a_far_background(tmp_path):
    depth = plane()
    depth[:50] = np.inf
    write_depth(tmp_path / "result", depth)
    assert main(["mesh", str(tmp_path / "result"), "--output", str(tmp_path / "mesh.npz")]) == 0
    with np.load(tmp_path / "mesh.npz") as arrays:
        z = -arrays["vertices"][:, 2]
    assert np.isfinite(z).all() and z.max() > 50 * z.min()


def test_bad_input_is_named(result, tmp_path, capsys):
    missing = tmp_path / "missing"
    assert main(["mesh", str(missing), "--output", str(tmp_path / "mesh.npz")]) == 2
    assert str(missing) in capsys.readouterr().err
    assert main(["mesh", str(result), "--output", str(missing / "mesh.npz")]) == 2
    assert str(missing / "mesh.npz") in capsys.readouterr().err
    assert main(["mesh", str(result), "--output", str(tmp_path / "a.npz"), "--triangles", "10"]) == 2
    assert "--triangles 10" in capsys.readouterr().err
