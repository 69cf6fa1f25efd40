"""Files for viewers: valid by others' validators, within their budgets, and the photograph in metres."""

import dataclasses
import importlib
import json
import math
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix

from rendering import psnr, read_pixels, render_image

HERE = Path(__file__).parent
VALIDATORS = HERE.parents[1] / ".venv-validators"
INSTALL = "run `make .venv-validators/installed`"
HAS_DRACO = bpy.app.version[:2] == (4, 5)  # the other wheels come without it
TEXTURE = 2048
MEGABYTES = 10
BOX_TO_WALL = 1.5  # a ratio of depths that only a jump has: the box is at 0.8 m, the wall from 1.6 m on


@pytest.fixture
def opened(scene, result):
    bpy.ops.focal_depth.open_result(directory=str(result))
    return scene


@pytest.fixture
def standing(opened):
    """The mesh object of a set that stands."""
    bpy.ops.focal_depth.build_mesh(level="preview")
    return next(each for each in opened.objects if each.type == "MESH")


def export(preset: str, path: Path) -> Path:
    assert bpy.ops.focal_depth.export(preset=preset, filepath=str(path)) == {"FINISHED"}
    return path


def khronos(path: Path) -> dict:
    if shutil.which("node") is None or not (VALIDATORS / "node_modules").is_dir():
        pytest.skip(f"the Khronos validator is missing: install Node.js, then {INSTALL}")
    command = ["node", str(HERE / "validators" / "gltf.js"), str(path)]
    environment = os.environ | {"NODE_PATH": str(VALIDATORS / "node_modules")}
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)


def pixar(path: Path) -> dict:
    python = VALIDATORS / "bin" / "python"
    if not python.is_file():
        pytest.skip(f"Pixar's checker is missing: {INSTALL}")
    command = [str(python), str(HERE / "validators" / "usd.py"), str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def imported(path: Path) -> bpy.types.Object:
    """The file's mesh, in a scene that is otherwise empty."""
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(path))
    mesh = next(each for each in bpy.context.scene.objects if each.type == "MESH")
    bpy.context.view_layer.update()
    return mesh


def depths_of_triangles(mesh: bpy.types.Object, camera: Matrix) -> np.ndarray:
    """(F, 3) metres before a camera."""
    to_camera = camera.normalized().inverted() @ mesh.matrix_world
    depth = np.array([-(to_camera @ vertex.co).z for vertex in mesh.data.vertices])
    return depth[[polygon.vertices[:] for polygon in mesh.data.polygons]]


def largest_ratio(depth: np.ndarray) -> float:
    """Of farthest to nearest in one of the triangles (F, 3), but for those almost at infinity."""
    near = depth[depth.min(1) < 6 * depth.min()]
    return (near.max(1) / near.min(1)).max()


def near_ones(points: np.ndarray) -> np.ndarray:
    """Without the gap in the wall, behind which all is far away."""
    return points[np.abs(points).max(1) < 5]


@pytest.mark.parametrize(
    ("preset", "most_triangles", "most_vertices"),
    [("SCENE_VIEWER", 100_000, 30_000), ("WEB", 100_000, 100_000)],
)
def test_glb_is_valid_and_within_its_budget(opened, tmp_path, preset, most_triangles, most_vertices):
    path = export(preset, tmp_path / "wall.glb")
    report = khronos(path)
    assert report["issues"]["numErrors"] == report["issues"]["numWarnings"] == 0, report["issues"]
    info = report["info"]
    assert 1000 < info["totalTriangleCount"] <= most_triangles
    assert 1000 < info["totalVertexCount"] <= most_vertices
    assert path.stat().st_size < MEGABYTES * 1e6
    images = [each["image"] for each in info["resources"] if "image" in each]
    assert [(each["width"], each["height"]) for each in images] == [(TEXTURE, TEXTURE)]
    extensions = {"KHR_materials_unlit"}
    if preset == "WEB" and HAS_DRACO:
        extensions.add("KHR_draco_mesh_compression")
    assert set(info["extensionsUsed"]) == extensions
    assert (info["materialCount"], info["drawCallCount"]) == (1, 1)


def test_usdz_is_valid_and_within_its_budget(opened, tmp_path):
    report = pixar(export("QUICK_LOOK", tmp_path / "wall.usdz"))
    assert report["complaints"] == []
    assert (report["up"], report["metres_per_unit"]) == ("Y", 1)
    assert 1000 < report["triangles"] <= 100_000
    assert report["corners"] == [True]
    assert report["surface"]["emissiveColor"] == "UsdUVTexture"
    assert report["surface"]["diffuseColor"] == [0, 0, 0]
    with zipfile.ZipFile(tmp_path / "wall.usdz") as package:
        textures = [each for each in package.namelist() if each.endswith((".jpg", ".png"))]
        assert len(textures) == 1
        picture = bpy.data.images.load(package.extract(textures[0], tmp_path))
    assert tuple(picture.size) == (TEXTURE, TEXTURE)
    assert (tmp_path / "wall.usdz").stat().st_size < MEGABYTES * 1e6


@pytest.mark.one_blender
@pytest.mark.parametrize("scale_length", [1.0, 0.01])
def test_glb_through_the_camera_is_the_photograph(scene, result, tmp_path, scale_length):
    scene.unit_settings.scale_length = scale_length
    bpy.ops.focal_depth.open_result(directory=str(result))
    bpy.ops.focal_depth.build_mesh(level="preview")
    origin = next(each for each in scene.objects if each.type == "EMPTY" and each.parent is None)
    origin.location, origin.rotation_euler.z, origin.scale = (30, 20, 10), 0.4, (2, 2, 2)
    bpy.context.view_layer.update()
    camera, lens = scene.camera.matrix_world.copy(), scene.camera.data
    camera.translation = (camera.translation - origin.location) * scale_length
    lens_values = {name: getattr(lens, name) for name in ("sensor_width", "lens", "shift_x", "shift_y")}
    size = scene.render.resolution_x, scene.render.resolution_y
    mesh = imported(export("WEB", tmp_path / "wall.glb"))
    assert depths_of_triangles(mesh, camera).min() == pytest.approx(
        2 * 0.8, rel=0.01
    )  # metres, twice as large

    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(scene.camera)
    scene.camera.matrix_world = camera.normalized()
    for name, value in lens_values.items():
        setattr(scene.camera.data, name, value)
    scene.camera.data.clip_end = 1e5
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.view_settings.view_transform = "Standard"
    rendered = render_image(scene, tmp_path / "seen.png")
    assert psnr(rendered, read_pixels(result / "all_in_focus.png")) >= 40


@pytest.mark.one_blender
def test_usdz_lies_about_the_origin_with_y_up(standing, tmp_path):
    report = pixar(export("QUICK_LOOK", tmp_path / "wall.usdz"))
    in_file = near_ones(np.array(report["points"]))
    in_scene = np.array([standing.matrix_world @ vertex.co for vertex in standing.data.vertices])
    y_up = near_ones(in_scene[:, (0, 2, 1)] * (1, 1, -1))
    assert np.allclose(in_file.min(0), y_up.min(0), atol=0.02)
    assert np.allclose(in_file.max(0), y_up.max(0), atol=0.02)


def test_without_a_mesh_the_file_is_cut_where_depth_jumps(opened, tmp_path):
    bpy.ops.focal_depth.depth_merge()  # brings the camera
    camera = opened.camera.matrix_world.copy()
    depth = depths_of_triangles(imported(export("SCENE_VIEWER", tmp_path / "wall.glb")), camera)
    assert largest_ratio(depth) < BOX_TO_WALL


@pytest.mark.one_blender
def test_what_was_set_on_the_mesh_is_in_the_file(addon, standing, tmp_path):
    compat = importlib.import_module(f"{addon}.focal_depth_addon.compat")
    camera = bpy.context.scene.camera.matrix_world.copy()
    untouched = export("SCENE_VIEWER", tmp_path / "untouched.glb")
    for name, value in (("Cut Angle", math.pi), ("Background", False), ("Depth Scale", 3.0)):
        compat.set_modifier_input(standing.modifiers[0], name, value)
    changed = export("SCENE_VIEWER", tmp_path / "changed.glb")

    before = depths_of_triangles(imported(untouched), camera)
    after = depths_of_triangles(imported(changed), camera)
    assert largest_ratio(before) < BOX_TO_WALL < largest_ratio(after)
    assert after.min() == pytest.approx(3 * before.min(), rel=1e-3)
    assert len(after) < len(before)  # the background is away


@pytest.mark.one_blender
def test_all_in_blender_stays_as_it_was(standing, tmp_path):
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = standing
    bpy.context.scene.camera.select_set(True)
    bpy.ops.object.mode_set(mode="EDIT")

    def state():
        selected = [each.name for each in bpy.context.selected_objects]
        window = bpy.context.window
        return selected, bpy.context.object, bpy.context.mode, window.scene, set(bpy.data.user_map())

    before = state()
    export("QUICK_LOOK", tmp_path / "wall.usdz")
    export("WEB", tmp_path / "wall.glb")
    assert state() == before


def test_a_name_gets_the_ending_of_its_viewer(opened, tmp_path):
    bpy.ops.focal_depth.export(preset="SCENE_VIEWER", filepath=str(tmp_path / "wall"))
    assert [each.name for each in tmp_path.iterdir()] == ["wall.glb"]


@pytest.mark.one_blender
def test_faults_are_one_clear_sentence(addon, opened, tmp_path, monkeypatch):
    assert_refused("filepath", filepath="")
    assert_refused("missing.* cannot be written", filepath=str(tmp_path / "missing" / "wall.glb"))
    presets = importlib.import_module(f"{addon}.focal_depth_addon.export").PRESETS
    tight = dataclasses.replace(presets["SCENE_VIEWER"], vertices=1000)
    monkeypatch.setitem(presets, "SCENE_VIEWER", tight)
    before = set(bpy.data.user_map())
    assert_refused("vertices.* another preset", filepath=str(tmp_path / "wall.glb"))
    assert set(bpy.data.user_map()) == before
    assert not list(tmp_path.iterdir())


def assert_refused(sentence: str, **arguments) -> None:
    with pytest.raises(RuntimeError, match=sentence) as failure:
        bpy.ops.focal_depth.export(preset="SCENE_VIEWER", **arguments)
    assert "\n" not in str(failure.value).strip()


def test_there_is_nothing_to_export_without_a_result(scene):
    assert not bpy.ops.focal_depth.export.poll()
