"""What a person outlined as an object of its own: cut out of the set, movable, and filled in behind."""

import shutil
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Vector

from rendering import EEVEE, psnr, read_pixels, render_image, render_pass

pytestmark = pytest.mark.usefixtures("cache")
alike = pytest.mark.one_blender
SIZE = 320, 240
ABOUT_BOX = [(0.08, 0.22), (0.52, 0.22), (0.52, 0.86), (0.08, 0.86)]


@pytest.fixture
def folder(scene, result, tmp_path) -> Path:
    """A result in which the box is outlined roughly."""
    copied = shutil.copytree(result, tmp_path / "result")
    bpy.ops.focal_depth.open_result(directory=str(copied))
    return copied


@pytest.fixture
def box(folder, module) -> bpy.types.Object:
    """The box, as an object of its own."""
    outline(module)
    bpy.ops.focal_depth.build_mesh(level="preview")
    return bpy.data.objects["Box"]


def outline(module) -> bpy.types.PropertyGroup:
    bpy.ops.focal_depth.add_layer(tool="own_object")
    settings = bpy.context.scene.focal_depth
    layer = settings.layers[settings.active_layer]
    layer.name = "Box"
    module("retouch").outline(layer, ABOUT_BOX, SIZE, closed=True)
    bpy.ops.focal_depth.apply_layers()
    return layer


def set_mesh() -> bpy.types.Object:
    return next(each for each in bpy.context.scene.objects if each.get("focal_depth_role") == "mesh")


def places(built: bpy.types.Object) -> np.ndarray:
    """(V, 3) in the world, as the modifier leaves them."""
    bpy.context.view_layer.update()
    shown = built.evaluated_get(bpy.context.evaluated_depsgraph_get())
    points = np.empty((len(shown.data.vertices), 3), np.float32)
    shown.data.attributes["position"].data.foreach_get("vector", points.reshape(-1))
    matrix = np.array(shown.matrix_world)
    return points @ matrix[:3, :3].T + matrix[:3, 3]


def distances(built: bpy.types.Object) -> np.ndarray:
    """Along the photograph's optical axis, which is the world's Y."""
    return places(built)[:, 1] - bpy.context.scene.camera.matrix_world.translation.y


BOX = slice(72, 188), slice(42, 148)  # rows and columns well within


def test_the_camera_sees_the_photograph_and_the_wall_where_the_box_is_away(box, folder, outside, tmp_path):
    scene, photograph = bpy.context.scene, read_pixels(folder / "all_in_focus.png")
    assert psnr(render_image(scene, tmp_path / "whole.png"), photograph) > 30
    np.testing.assert_allclose(distances(box), 0.8, rtol=0.01)
    assert distances(set_mesh()).min() > 1.5
    box.hide_render = True
    behind = render_pass(scene, outside, tmp_path)[BOX]
    assert behind.min() > 1.5 and behind.max() < 2.6  # the wall, without a hole
    assert psnr(render_image(scene, tmp_path / "without.png")[BOX], photograph[BOX]) < 20


def test_it_stands_on_its_foot_and_stays_where_it_was_moved_to(box, folder):
    low, high = places(box).min(0), places(box).max(0)
    middle = (low[0] + high[0]) / 2, low[2]
    np.testing.assert_allclose(np.array(box.matrix_world.translation)[[0, 2]], middle, atol=0.01)
    before = places(box)
    box.location += Vector((0.5, 0, 0))
    np.testing.assert_allclose(places(box) - before, [[0.5, 0, 0]] * len(before), atol=1e-5)
    moved = places(box)
    bpy.ops.focal_depth.build_mesh(level="preview")
    np.testing.assert_allclose(places(box), moved, atol=1e-5)


def test_it_follows_the_settings_of_the_set(box, module):
    compat, modifier = module("compat"), module("scene.modifier")
    mesh = set_mesh()
    settings = modifier.find(mesh)
    compat.set_modifier_input(settings, "Depth Scale", 2.0)
    np.testing.assert_allclose(distances(box), 1.6, rtol=0.01)
    compat.set_modifier_input(settings, "Depth Scale", 1.0)
    compat.set_modifier_input(settings, "Smoothing", 3)
    bpy.context.view_layer.update()
    shown = box.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert compat.modifier_input(modifier.find(shown), "Smoothing") == 3
    bpy.ops.focal_depth.set_scale(measured=1, length=3)
    np.testing.assert_allclose(distances(box), 3 * 0.8, rtol=0.01)


@alike
def test_its_own_settings_stay_where_its_drivers_were_removed(box, module):
    compat, modifier = module("compat"), module("scene.modifier")
    owner, path = compat.modifier_property(modifier.find(box), "Depth Scale")
    owner.driver_remove(path)
    compat.set_modifier_input(modifier.find(box), "Depth Scale", 2.0)
    bpy.ops.focal_depth.build_mesh(level="preview")
    np.testing.assert_allclose(distances(box), 1.6, rtol=0.01)


@alike
def test_it_hangs_on_a_mesh_that_was_built_in_place_of_a_deleted_one(box, module):
    before = places(box)
    bpy.data.objects.remove(set_mesh())
    bpy.ops.focal_depth.build_mesh(level="preview")
    assert box.parent == set_mesh()
    np.testing.assert_allclose(places(box), before, atol=1e-5)
    compat, modifier = module("compat"), module("scene.modifier")
    compat.set_modifier_input(modifier.find(set_mesh()), "Depth Scale", 2.0)
    np.testing.assert_allclose(distances(box), 1.6, rtol=0.01)


@alike
def test_it_follows_its_layer_to_another_name(box, folder):
    box.location += Vector((0.5, 0, 0))
    moved = places(box)
    bpy.context.scene.focal_depth.layers[0].name = "Crate"
    bpy.ops.focal_depth.apply_layers()
    assert "Box" not in bpy.data.objects
    np.testing.assert_allclose(places(bpy.data.objects["Crate"]), moved, atol=1e-5)


@alike
def test_without_its_layer_it_is_part_of_the_set_again(box, folder):
    layer = bpy.context.scene.focal_depth.layers[0]
    layer.shown = False
    bpy.ops.focal_depth.apply_layers()
    assert "Box" not in bpy.data.objects
    assert distances(set_mesh()).min() == pytest.approx(0.8, rel=0.01)


@alike
def test_the_set_is_removed_with_it(box):
    bpy.ops.focal_depth.remove_set()
    assert not [each for each in bpy.data.objects if each.type == "MESH"]


@pytest.mark.parametrize("engine", ["CYCLES", pytest.param(EEVEE, marks=alike)])
def test_a_holdout_has_it_too(box, folder, tmp_path, engine):
    scene = bpy.context.scene
    scene.render.engine = engine
    bpy.ops.focal_depth.holdout()
    assert box.is_shadow_catcher
    photograph = read_pixels(folder / "all_in_focus.png")
    assert psnr(render_image(scene, tmp_path / "holdout.png", engine), photograph) > 30
    bpy.ops.focal_depth.holdout(enable=False)
    assert not box.is_shadow_catcher and box.material_slots[0].link == "DATA"


@alike
def test_a_model_for_viewers_holds_it(box, tmp_path):
    path = tmp_path / "set.glb"
    bpy.ops.focal_depth.export(preset="SCENE_VIEWER", filepath=str(path))
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(path))
    (model,) = (each for each in bpy.context.scene.objects if each.type == "MESH")
    depth = places(model)[:, 1]
    of_box = depth < depth.min() + 0.02
    assert of_box.sum() > 100 and (depth[~of_box] > depth.min() + 0.75).all()
