"""The mesh's modifier: what it moves and cuts, and that it keeps what was set."""

import json
import shutil
import sys
from math import radians

import bpy
import numpy as np
import pytest
from patches import patch


@pytest.fixture
def compat(addon):
    return sys.modules[f"{addon}.focal_depth_addon.compat"]


@pytest.fixture
def mesh(scene, result):
    bpy.ops.focal_depth.open_result(directory=str(result))
    bpy.ops.focal_depth.build_mesh()
    return built(scene)


def built(scene) -> bpy.types.Object:
    (mesh,) = (each for each in scene.objects if each.type == "MESH")
    return mesh


def shown(mesh) -> bpy.types.Mesh:
    return mesh.evaluated_get(bpy.context.evaluated_depsgraph_get()).data


def points(data) -> np.ndarray:
    """(V,3) float32."""
    places = np.empty((len(data.vertices), 3), dtype=np.float32)
    data.attributes["position"].data.foreach_get("vector", places.reshape(-1))
    return places


def faces(data, name: str, dtype=np.float32) -> np.ndarray:
    values = np.empty(len(data.polygons), dtype=dtype)
    data.attributes[name].data.foreach_get("value", values)
    return values


def test_as_it_is_built_nothing_is_moved(mesh):
    assert np.array_equal(points(shown(mesh)), points(mesh.data))


def test_near_and_far_are_where_the_results_go_in_dioptres(mesh, compat, result):
    before = points(mesh.data)
    near = json.loads((result / "result.json").read_text())["depth"]["near"]
    far = 1000 * near  # it reaches to infinity
    compat.set_modifier_input(mesh.modifiers[0], "Near", 0.5)
    compat.set_modifier_input(mesh.modifiers[0], "Far", 5)
    after = points(shown(mesh))
    assert np.allclose(after[:, :2] / after[:, 2:], before[:, :2] / before[:, 2:], atol=1e-5)
    share = (-1 / before[:, 2] - 1 / far) / (1 / near - 1 / far)
    assert np.allclose(-1 / after[:, 2], 1 / 5 + share * (1 / 0.5 - 1 / 5), rtol=1e-4)


def test_depth_scale_is_from_the_camera_on(mesh, compat):
    compat.set_modifier_input(mesh.modifiers[0], "Depth Scale", 2.5)
    assert np.allclose(points(shown(mesh)), 2.5 * points(mesh.data))


def test_cut_angle_takes_wider_gaps_away(mesh, compat):
    gap = faces(mesh.data, "gap")
    assert 0 < (gap > 0).sum() < len(gap)
    for angle in (0.12, 0, 3, 90):  # degrees; the first as it is built
        if angle != 0.12:
            compat.set_modifier_input(mesh.modifiers[0], "Cut Angle", radians(angle))
        assert len(shown(mesh).polygons) == (gap <= angle).sum()


def test_what_is_unsure_can_be_left_away(mesh, compat):
    whole = len(shown(mesh).polygons)
    confidence = np.empty(len(mesh.data.vertices), np.float32)
    mesh.data.attributes["confidence"].data.foreach_get("value", confidence)
    on_surface = faces(mesh.data, "material_index", np.int32) == 0
    corners = np.empty(3 * len(mesh.data.polygons), np.int32)
    mesh.data.polygons.foreach_get("vertices", corners)
    mean = confidence[corners.reshape(-1, 3)].mean(1)
    least = float(np.median(mean[on_surface])) + 1e-4
    compat.set_modifier_input(mesh.modifiers[0], "Minimum Confidence", least)
    left = shown(mesh)
    assert 0 < len(left.polygons) < whole
    compat.set_modifier_input(mesh.modifiers[0], "Background", False)
    assert len(shown(mesh).polygons) <= (mean[on_surface] >= least).sum()
    compat.set_modifier_input(mesh.modifiers[0], "Background", True)
    compat.set_modifier_input(mesh.modifiers[0], "Minimum Confidence", 0)
    assert len(shown(mesh).polygons) == whole


def test_background_can_be_left_away(mesh, compat):
    assert {0, 1} == set(faces(shown(mesh), "material_index", np.int32))
    compat.set_modifier_input(mesh.modifiers[0], "Background", False)
    assert {0} == set(faces(shown(mesh), "material_index", np.int32))


def test_smoothing_moves_the_unsure_and_stops_at_cuts(mesh, compat, addon, scene, result, tmp_path):
    arrays = patch()
    np.savez(tmp_path / "patch.npz", **arrays)
    photo_set = sys.modules[f"{addon}.focal_depth_addon.scene.photo_set"]
    photo_set.PhotoSet(scene, result).build_mesh(tmp_path / "patch.npz")
    compat.set_modifier_input(mesh.modifiers[0], "Smoothing", 20)
    rough, smooth = arrays["vertices"], points(shown(mesh))
    near, unsure = rough[:, 2] > -1.5, arrays["confidence"] < 0.5

    assert np.array_equal(smooth[~unsure], rough[~unsure])
    for side in (near & unsure, ~near & unsure):
        before, after = rough[side, 2], smooth[side, 2]
        assert after.std() < 0.4 * before.std()
        assert after.mean() == pytest.approx(before.mean(), rel=0.01)

    compat.set_modifier_input(mesh.modifiers[0], "Cut Angle", radians(2))  # now they are joined
    assert points(shown(mesh))[near, 2].min() < 1.1 * rough[near, 2].min()


def test_building_again_keeps_what_was_set(mesh, compat):
    mesh.data.materials[1].diffuse_color = (1, 0, 0, 1)
    mesh.modifiers.new("Mine", "WEIGHTED_NORMAL")
    for name, value in (("Near", 0.5), ("Cut Angle", 0.5), ("Smoothing", 3), ("Background", False)):
        compat.set_modifier_input(mesh.modifiers[0], name, value)
    bpy.ops.focal_depth.build_mesh(level="preview")
    values = [compat.modifier_input(mesh.modifiers[0], name) for name in ("Near", "Cut Angle", "Smoothing")]
    assert values == [0.5, 0.5, 3]
    assert not compat.modifier_input(mesh.modifiers[0], "Background")
    assert [each.type for each in mesh.modifiers] == ["NODES", "WEIGHTED_NORMAL"]
    assert [tuple(each.diffuse_color)[:3] for each in mesh.data.materials][1] == (1, 0, 0)


@pytest.mark.one_blender
def test_near_and_far_follow_a_result_that_changed(scene, compat, result, tmp_path):
    folder = shutil.copytree(result, tmp_path / "changing")
    bpy.ops.focal_depth.open_result(directory=str(folder))
    bpy.ops.focal_depth.build_mesh()
    live = built(scene).modifiers[0]
    compat.set_modifier_input(live, "Near", 0.5)
    compat.set_modifier_input(live, "Smoothing", 3)
    description = json.loads((folder / "result.json").read_text())
    description["depth"] |= {"near": 0.7, "far": 2.5}
    (folder / "result.json").write_text(json.dumps(description))
    bpy.ops.focal_depth.build_mesh()
    values = [compat.modifier_input(live, name) for name in ("Near", "Far", "Smoothing")]
    assert values == pytest.approx([0.7, 2.5, 3])
