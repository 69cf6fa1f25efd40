"""What the photograph's camera sees: the mesh is the photograph, in colour and in depth."""

import bpy
import numpy as np
import pytest

from rendering import HEIGHT, WIDTH, psnr, read_pixels, render_image, render_pass


@pytest.fixture
def stage(scene, result):
    bpy.ops.focal_depth.open_result(directory=str(result))
    return scene


@pytest.mark.parametrize("scale_length", [1.0, 0.01])
def test_mesh_through_its_camera_is_the_photograph(stage, result, outside, tmp_path, scale_length):
    stage.unit_settings.scale_length = scale_length
    bpy.ops.focal_depth.build_mesh()
    assert (stage.render.resolution_x, stage.render.resolution_y) == (WIDTH, HEIGHT)

    rendered = render_image(stage, tmp_path / "mesh.png")
    assert psnr(rendered, read_pixels(result / "all_in_focus.png")) >= 35

    depth = render_pass(stage, outside, tmp_path) * scale_length
    outside("pass", result / "depth.exr", "Depth.Z", tmp_path / "truth.npy")
    error = np.abs(depth / np.load(tmp_path / "truth.npy") - 1)
    assert np.median(error) <= 0.002


def test_mesh_stands_upright_before_the_camera(stage):
    bpy.ops.focal_depth.build_mesh()
    mesh = next(each for each in stage.objects if each.type == "MESH")
    shown = {index for face in mesh.data.polygons if face.material_index == 0 for index in face.vertices}
    corners = np.array([mesh.matrix_world @ mesh.data.vertices[index].co for index in shown])
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


def test_other_folders_are_refused(scene, tmp_path):
    with pytest.raises(RuntimeError, match=r"is not a result folder"):
        bpy.ops.focal_depth.open_result(directory=str(tmp_path))
    assert not bpy.ops.focal_depth.build_mesh.poll()


def test_the_render_size_goes_with_the_camera_that_is_chosen(stage, outside, tmp_path):
    bpy.ops.focal_depth.build_mesh()
    first = stage.camera
    outside("portrait", tmp_path / "portrait")
    bpy.ops.focal_depth.open_result(directory=str(tmp_path / "portrait"))
    bpy.ops.focal_depth.build_mesh()
    second = stage.camera
    sizes = {first: (WIDTH, HEIGHT), second: (180, HEIGHT)}
    assert first != second and (stage.render.resolution_x, stage.render.resolution_y) == sizes[second]
    for camera in (first, second, first):
        stage.camera = camera
        bpy.context.view_layer.update()
        assert (stage.render.resolution_x, stage.render.resolution_y) == sizes[camera]
    stage.render.resolution_x = 1920  # a size of the person's own stays
    stage.camera = second
    bpy.context.view_layer.update()
    assert stage.render.resolution_x == 1920
