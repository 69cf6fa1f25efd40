"""What the photograph's camera sees: the mesh is the photograph, in colour and in depth."""

import math

import bpy
import numpy as np
import pytest

from rendering import HEIGHT, WIDTH, add_emissive_cube, read_pixels, render_image, render_pass


@pytest.fixture
def stage(scene, result):
    bpy.ops.focal_depth.open_result(directory=str(result))
    return scene


def psnr(picture: np.ndarray, truth: np.ndarray) -> float:
    return -10 * math.log10(np.mean((picture - truth) ** 2))


@pytest.mark.parametrize("scale_length", [1.0, 0.01])
def test_mesh_seen_from_its_camera_is_the_photograph(stage, result, outside, tmp_path, scale_length):
    stage.unit_settings.scale_length = scale_length
    bpy.ops.focal_depth.build_mesh()
    assert (stage.render.resolution_x, stage.render.resolution_y) == (WIDTH, HEIGHT)

    rendered = render_image(stage, tmp_path / "mesh.png")
    assert psnr(rendered, read_pixels(result / "all_in_focus.png")) >= 30

    depth = render_pass(stage, outside, tmp_path) * scale_length
    outside("pass", result / "depth.exr", "Depth.Z", tmp_path / "truth.npy")
    error = np.abs(depth / np.load(tmp_path / "truth.npy") - 1)
    assert np.median(error) <= 0.005


def test_mesh_stands_upright_before_the_camera(stage):
    bpy.ops.focal_depth.build_mesh()
    mesh = next(each for each in stage.objects if each.type == "MESH")
    corners = np.array([mesh.matrix_world @ vertex.co for vertex in mesh.data.vertices])
    assert corners[:, 1].min() == pytest.approx(0.8, abs=0.01)  # along +Y, in metres
    wall = corners[corners[:, 1] < 10]
    assert wall[:, 1].max() == pytest.approx(2.6, abs=0.01)
    assert np.ptp(wall[:, 0]) > np.ptp(wall[:, 2])  # a landscape picture


def test_building_again_updates_what_is_there(stage):
    bpy.ops.focal_depth.build_mesh()
    before = {each.name for each in bpy.data.objects}, len(bpy.data.meshes), len(bpy.data.materials)
    camera = stage.camera
    camera.data.lens = 10
    bpy.ops.focal_depth.build_mesh()
    after = {each.name for each in bpy.data.objects}, len(bpy.data.meshes), len(bpy.data.materials)
    assert after == before
    assert stage.camera == camera
    assert camera.data.lens == pytest.approx(1.1 * 36, rel=1e-5)


def test_depth_pass_puts_a_cube_between_near_and_far(stage, result, tmp_path):
    bpy.ops.focal_depth.build_mesh()
    add_emissive_cube(stage, depth=1.2, size=0.5)  # the box stands at 0.8 m, the wall at 1.6 m and more
    bpy.ops.focal_depth.depth_pass()
    merged = render_image(stage, tmp_path / "merged.png")
    photograph = read_pixels(result / "all_in_focus.png")

    cube = np.zeros((HEIGHT, WIDTH), dtype=bool)
    cube[90:150, 160:230] = True  # before the wall and its gap
    box = np.zeros_like(cube)
    box[90:150, 100:140] = True  # behind the box
    wall = np.zeros_like(cube)
    wall[:40] = True  # beside the cube
    assert np.allclose(merged[cube], (0, 1, 0), atol=0.02)
    assert np.abs(merged - photograph)[box].max() < 0.02
    assert np.abs(merged - photograph)[wall].max() < 0.02


def test_depth_pass_follows_the_render_percentage(stage, result, tmp_path):
    add_emissive_cube(stage, depth=1.2, size=0.5)
    bpy.ops.focal_depth.depth_pass()
    stage.render.resolution_percentage = 50
    merged = render_image(stage, tmp_path / "half.png")
    photograph = read_pixels(result / "all_in_focus.png")
    halved = photograph.reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 3).mean((1, 3))
    assert np.allclose(merged[50:70, 82:115], (0, 1, 0), atol=0.02)
    assert psnr(merged[:20], halved[:20]) > 30


def test_depth_pass_pressed_twice_makes_nothing_more(stage):
    bpy.ops.focal_depth.depth_pass()
    tree = getattr(stage, "compositing_node_group", None) or stage.node_tree
    before = sorted(node.name for node in tree.nodes), len(tree.links)
    bpy.ops.focal_depth.depth_pass()
    assert (sorted(node.name for node in tree.nodes), len(tree.links)) == before


def test_other_folders_are_refused(scene, tmp_path):
    with pytest.raises(RuntimeError, match=r"is not a result folder"):
        bpy.ops.focal_depth.open_result(directory=str(tmp_path))
    assert not bpy.ops.focal_depth.build_mesh.poll()
