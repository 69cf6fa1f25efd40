"""Layers that are outlined in Blender's masks, applied to the result, and what follows."""

import json
import shutil
from pathlib import Path

import bpy
import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures("cache")
alike = pytest.mark.one_blender
SIZE = 320, 240  # of the result: width and height
WALL = [(0.7, 0.2), (0.95, 0.2), (0.95, 0.8), (0.7, 0.8)]  # beside its gap, from the top left
INSIDE = slice(60, 180), slice(235, 295)  # rows and columns well within


@pytest.fixture
def opened(scene, result, tmp_path) -> Path:
    """A result of the test's own, open."""
    folder = shutil.copytree(result, tmp_path / "result")
    bpy.ops.focal_depth.open_result(directory=str(folder))
    return folder


@pytest.fixture
def dioptres(outside, tmp_path):
    """dioptres(folder) -> (H, W) of its depth.exr."""

    def read(folder: Path) -> np.ndarray:
        outside("pass", folder / "depth.exr", "Depth.Z", tmp_path / "depth.npy")
        return 1 / np.load(tmp_path / "depth.npy")

    return read


def settings():
    return bpy.context.scene.focal_depth


def add(module, tool: str, points=WALL, closed=True, **values) -> bpy.types.PropertyGroup:
    """A new layer with one outline."""
    assert bpy.ops.focal_depth.add_layer(tool=tool) == {"FINISHED"}
    layer = settings().layers[settings().active_layer]
    for name, value in values.items():
        setattr(layer, name, value)
    module("retouch").outline(layer, points, SIZE, closed)
    return layer


def saved(folder: Path) -> list[dict]:
    return json.loads((folder / "retouch" / "layers.json").read_text())["layers"]


def test_what_is_outlined_is_pushed_and_nothing_else(opened, module, dioptres, remains):
    before = dioptres(opened)
    add(module, "push", amount=0.1)
    assert bpy.ops.focal_depth.apply_layers() == {"FINISHED"}
    change = dioptres(opened) - before
    focus_range = 1 / 0.8  # from infinity to 0.8 m
    np.testing.assert_allclose(change[INSIDE], 0.1 * focus_range, atol=1e-4)
    outside_it = np.ones(change.shape, bool)
    outside_it[44:197, 220:308] = False
    assert not change[outside_it].any()
    assert remains() == []


@alike
def test_an_open_spline_is_a_stroke_as_wide_as_it_says(opened, module, dioptres):
    before = dioptres(opened)
    add(module, "push", [(0.75, 0.3), (0.75, 0.7)], closed=False, amount=0.2, width=0.05)
    bpy.ops.focal_depth.apply_layers()
    row = np.flatnonzero((dioptres(opened) - before)[120])
    assert row.min() == pytest.approx(240 - 8, abs=2) and row.max() == pytest.approx(240 + 8, abs=2)


def test_curved_outlines_are_where_blender_draws_them(opened, module):
    layer = add(module, "flatten", [(0.5, 0.2), (0.8, 0.5), (0.5, 0.8), (0.2, 0.5)])
    spline = layer.mask.layers[0].splines[0]
    for point, handle in zip(spline.points, ((-1, 0), (0, 1), (1, 0), (0, -1)), strict=True):
        point.handle_type = "FREE"
        # The mask's places count its longer side, the picture's width, along both.
        reach = 0.5523 * (0.3 if handle[0] else 0.3 * 240 / 320)
        point.handle_left = point.co[0] + handle[0] * reach, point.co[1] + handle[1] * reach
        point.handle_right = point.co[0] - handle[0] * reach, point.co[1] - handle[1] * reach
    bpy.ops.focal_depth.apply_layers()
    (outline,) = saved(opened)[0]["outlines"]
    points = np.array(outline["points"])
    radii = np.hypot((points[:, 0] - 0.5) / 0.3, (points[:, 1] - 0.5) / 0.3)
    assert np.ptp(points, axis=0) == pytest.approx([0.6, 0.6], abs=0.01)
    assert outline["width"] == 0 and len(points) == 64
    assert radii.min() > 0.99 and radii.max() < 1.01  # an ellipse, not its diamond


def test_the_set_and_the_compositor_follow(opened, module):
    bpy.ops.focal_depth.build_mesh(level="preview")
    bpy.ops.focal_depth.depth_merge()
    (mesh,) = (each for each in bpy.context.scene.objects if each.type == "MESH")

    def nearest_of_wall() -> float:
        places = np.empty((len(mesh.data.vertices), 3), np.float32)
        mesh.data.attributes["position"].data.foreach_get("vector", places.reshape(-1))
        wall = (places[:, 0] > 0.3) & (np.abs(places[:, 1]) < 0.2) & (places[:, 2] > -10)
        return -places[wall, 2].max()

    before = nearest_of_wall()
    add(module, "push", amount=0.2)
    bpy.ops.focal_depth.apply_layers()
    assert nearest_of_wall() < 0.9 * before


@alike
def test_a_layer_that_is_hidden_or_taken_away_leaves_the_estimate(opened, module, dioptres):
    before = dioptres(opened)
    layer = add(module, "push", amount=0.1)
    bpy.ops.focal_depth.apply_layers()
    layer.shown = False
    bpy.ops.focal_depth.apply_layers()
    np.testing.assert_array_equal(dioptres(opened), before)
    assert [each["shown"] for each in saved(opened)] == [False]
    layer.shown = True
    bpy.ops.focal_depth.apply_layers()
    assert not np.array_equal(dioptres(opened), before)
    bpy.ops.focal_depth.remove_layer()
    assert saved(opened) == [] and not settings().layers
    bpy.ops.focal_depth.apply_layers()
    np.testing.assert_array_equal(dioptres(opened), before)


def test_layers_come_back_with_the_blend_file_and_with_the_result(opened, module, tmp_path, dioptres):
    add(module, "push", amount=0.1)
    add(module, "cut", [(0.3, 0.1), (0.3, 0.9)], closed=False, width=0.02)
    bpy.ops.focal_depth.apply_layers()
    applied, layers = dioptres(opened), saved(opened)
    blend = tmp_path / "set.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend))
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    assert [layer.name for layer in settings().layers] == ["Push", "Cut"]
    bpy.ops.focal_depth.apply_layers()
    assert saved(opened) == layers
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.focal_depth.open_result(directory=str(opened))
    assert [(layer.tool, layer.shown) for layer in settings().layers] == [("push", True), ("cut", True)]
    bpy.ops.focal_depth.apply_layers()
    np.testing.assert_allclose(dioptres(opened), applied, atol=1e-3)
    assert [len(layer["outlines"][0]["points"]) for layer in saved(opened)] == [4, 2]


@alike
def test_layers_that_scripts_painted_stay(opened, module, result):
    folder = opened / "retouch"
    folder.mkdir()
    painted = {"name": "Script's", "tool": "heal", "mask": "a.png"}
    picture = bpy.data.images.new("a", *SIZE)
    picture.filepath_raw, picture.file_format = str(folder / "a.png"), "PNG"
    picture.save()
    (folder / "layers.json").write_text(json.dumps({"format": 1, "layers": [painted]}))
    add(module, "push", amount=0.1)  # the list was read before the script wrote
    bpy.ops.focal_depth.apply_layers()
    assert [layer["name"] for layer in saved(opened)] == ["Script's", "Push"]
    assert [layer.name for layer in settings().layers] == ["Script's", "Push"]
    bpy.ops.focal_depth.open_result(directory=str(result))
    bpy.ops.focal_depth.open_result(directory=str(opened))
    assert [layer.picture for layer in settings().layers] == ["a.png", ""]
    bpy.ops.focal_depth.apply_layers()
    assert saved(opened)[0]["mask"] == "a.png"


@alike
def test_what_is_outlined_for_one_result_is_not_lost_when_another_is_opened(opened, module, result):
    add(module, "flatten")
    bpy.ops.focal_depth.open_result(directory=str(result))
    assert not settings().layers
    bpy.ops.focal_depth.open_result(directory=str(opened))
    assert [layer.tool for layer in settings().layers] == ["flatten"]


@alike
def test_layers_of_a_damaged_file_are_named_and_the_result_opens(scene, result, tmp_path, manager):
    folder = shutil.copytree(result, tmp_path / "result")
    (folder / "retouch").mkdir()
    (folder / "retouch" / "layers.json").write_text("{")
    assert bpy.ops.focal_depth.open_result(directory=str(folder)) == {"FINISHED"}
    assert "layers.json cannot be used" in manager.notice.text
    for operator in (bpy.ops.focal_depth.add_layer, bpy.ops.focal_depth.apply_layers):
        with pytest.raises(RuntimeError, match="Mend it, or move it away"):
            operator()
    assert (folder / "retouch" / "layers.json").read_text() == "{"


@alike
def test_without_a_layer_there_is_nothing_to_outline_or_remove(opened):
    assert not bpy.ops.focal_depth.edit_layer.poll()
    assert not bpy.ops.focal_depth.remove_layer.poll()
    bpy.ops.focal_depth.add_layer(tool="trust")
    with pytest.raises(RuntimeError, match="Open an image editor"):
        bpy.ops.focal_depth.edit_layer()


@alike
def test_names_are_unlike_each_other(opened, module):
    for _ in range(3):
        add(module, "trust")
    assert [layer.name for layer in settings().layers] == ["Trust", "Trust 2", "Trust 3"]
    for layer in settings().layers:
        layer.name = "Wall"
    bpy.ops.focal_depth.apply_layers()
    assert [layer["name"] for layer in saved(opened)] == ["Wall", "Wall 2", "Wall 3"]


@alike
def test_a_layer_that_is_renamed_is_not_there_twice(opened, module, dioptres):
    before = dioptres(opened)
    layer = add(module, "push", amount=0.1)
    bpy.ops.focal_depth.apply_layers()
    layer.name = "Wall"
    bpy.ops.focal_depth.apply_layers()
    assert [each["name"] for each in saved(opened)] == ["Wall"]
    np.testing.assert_allclose((dioptres(opened) - before)[INSIDE], 0.125, atol=1e-4)


@alike
def test_outlines_of_too_many_points_are_refused_and_what_is_there_stays(opened, module):
    layer = add(module, "push", amount=0.1)
    bpy.ops.focal_depth.apply_layers()
    module("retouch").outline(layer, [(0.001 * (i % 900), 0.3 + 0.4 * (i % 2)) for i in range(21_000)], SIZE)
    with pytest.raises(RuntimeError, match=r"more than 20000 points\): simplify them"):
        bpy.ops.focal_depth.apply_layers()
    assert len(saved(opened)[0]["outlines"]) == 1


@alike
def test_two_scenes_with_one_result_take_nothing_from_each_other(opened, module):
    add(module, "push", amount=0.1)
    bpy.ops.focal_depth.apply_layers()
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.focal_depth.open_result(directory=str(opened))
    settings().layers.clear()  # as if they had been written since
    add(module, "push", amount=0.2)
    bpy.ops.focal_depth.apply_layers()
    assert [(each["name"], each["amount"]) for each in saved(opened)] == [("Push", 0.1), ("Push 2", 0.2)]
    assert [layer.name for layer in settings().layers] == ["Push", "Push 2"]


@alike
def test_what_is_outlined_follows_a_result_that_moves(opened, module, tmp_path):
    add(module, "flatten")
    moved = opened.rename(tmp_path / "moved")
    bpy.ops.focal_depth.find_result(directory=str(moved))
    assert [layer.tool for layer in settings().layers] == ["flatten"]
    bpy.ops.focal_depth.apply_layers()
    assert [layer["tool"] for layer in saved(moved)] == ["flatten"]


@alike
def test_no_result_opens_while_what_is_outlined_cannot_be_kept(opened, module, result):
    add(module, "flatten")
    (opened / "retouch").write_text("in the way")
    with pytest.raises(RuntimeError, match="layers"):
        bpy.ops.focal_depth.open_result(directory=str(result))
    assert [layer.tool for layer in settings().layers] == ["flatten"]
    bpy.ops.focal_depth.remove_layer()
    assert bpy.ops.focal_depth.open_result(directory=str(result)) == {"FINISHED"}
