"""Renders inside the photograph without compositing: what the photograph hides, and what shades it."""

import bpy
import numpy as np
import pytest

from rendering import EEVEE, HEIGHT, WIDTH, psnr, read_pixels, render_image

BOX_BEFORE_CUBE = slice(90, 150), slice(100, 140)
CUBE = slice(90, 150), slice(155, 180)
SHADOW = slice(205, 235), slice(235, 290)
TOUCHED = slice(60, 240), slice(90, 320)  # all that cube and shadow come near to


@pytest.fixture
def furnished(scene, result):
    """A cube at 1.15 m, half behind the box at 0.8 m, lit by a lamp that shades the wall behind it."""
    bpy.ops.focal_depth.open_result(directory=str(result))
    bpy.ops.focal_depth.build_mesh()
    bpy.ops.mesh.primitive_cube_add(size=0.3, location=(-0.1, 1.3, 0))
    lamp = bpy.data.lights.new("Lamp", "POINT")
    lamp.energy, lamp.shadow_soft_size = 40, 0.01
    stand = bpy.data.objects.new("Lamp", lamp)
    stand.location = -0.7, 0.45, 0.6
    scene.collection.objects.link(stand)
    scene.world = bpy.data.worlds.new("Room")
    if scene.world.node_tree is None:
        scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.1, 0, 0.1, 1)
    return scene


@pytest.mark.parametrize("engine", ["CYCLES", pytest.param(EEVEE, marks=pytest.mark.one_blender)])
def test_a_cube_stands_in_the_photograph_and_shades_it(furnished, result, tmp_path, engine):
    furnished.render.engine = engine
    bpy.ops.focal_depth.holdout()
    rendered = render_image(furnished, tmp_path / "holdout.png", engine)
    photograph = read_pixels(result / "all_in_focus.png")

    assert psnr(rendered[BOX_BEFORE_CUBE], photograph[BOX_BEFORE_CUBE]) >= 35
    assert rendered[CUBE].std((0, 1)).max() < 0.05 < photograph[CUBE].std((0, 1)).min()
    assert np.mean(rendered[SHADOW]) < 0.7 * np.mean(photograph[SHADOW])
    untouched = np.ones((HEIGHT, WIDTH), dtype=bool)
    untouched[TOUCHED] = False
    assert psnr(rendered[untouched], photograph[untouched]) >= 35


@pytest.mark.one_blender
def test_holdout_and_depth_merge_take_turns(furnished, result, tmp_path):
    photograph = read_pixels(result / "all_in_focus.png")
    untouched = np.ones((HEIGHT, WIDTH), dtype=bool)
    untouched[TOUCHED] = False
    for number, operator in enumerate(("depth_merge", "holdout", "depth_merge", "holdout")):
        getattr(bpy.ops.focal_depth, operator)()
        rendered = render_image(furnished, tmp_path / f"{number}.png")
        assert psnr(rendered[untouched], photograph[untouched]) >= 35, (number, operator)
        assert psnr(rendered[BOX_BEFORE_CUBE], photograph[BOX_BEFORE_CUBE]) >= 35, (number, operator)
        assert furnished.render.use_compositing == (operator == "depth_merge")


def test_cg_is_lit_by_the_persons_world(furnished, tmp_path):
    furnished.render.engine = "CYCLES"
    bpy.data.lights["Lamp"].energy = 0
    world = furnished.world.node_tree.nodes["Background"]
    world.inputs["Color"].default_value, world.inputs["Strength"].default_value = (1, 0, 1, 1), 100
    bpy.ops.focal_depth.holdout()
    red, green, blue = render_image(furnished, tmp_path / "world.png")[CUBE].mean((0, 1))
    assert green < 0.9 * min(red, blue)


@pytest.mark.one_blender
def test_holdout_is_taken_back(furnished):
    furnished.render.engine = EEVEE
    mesh = next(each for each in furnished.objects if "focal_depth_role" in each and each.type == "MESH")
    materials = [slot.material for slot in mesh.material_slots]
    tree = furnished.world.node_tree

    def wired():
        links = sorted((link.from_node.name, link.to_node.name) for link in tree.links)
        return links, mesh.is_shadow_catcher, [slot.material for slot in mesh.material_slots]

    before = wired()
    bpy.ops.focal_depth.holdout()
    held_out = wired()
    assert held_out[1] and not set(held_out[2]) & set(materials)
    groups = len(bpy.data.node_groups), len(bpy.data.materials), len(bpy.data.images)
    bpy.ops.focal_depth.holdout()
    assert wired() == held_out
    assert (len(bpy.data.node_groups), len(bpy.data.materials), len(bpy.data.images)) == groups
    bpy.ops.focal_depth.holdout(enable=False)
    assert wired() == before


def test_holdout_needs_a_mesh(scene, result):
    bpy.ops.focal_depth.open_result(directory=str(result))
    with pytest.raises(RuntimeError, match="press Build Mesh first"):
        bpy.ops.focal_depth.holdout()
