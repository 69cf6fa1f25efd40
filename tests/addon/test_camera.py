"""How the set stands: on the ground, in scale, focused where the person wants it."""

import sys

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Matrix, Vector
from patches import patch

UP = np.array([0.1, 0.9, 0.3]) / np.linalg.norm([0.1, 0.9, 0.3])  # of the ground, in the camera's space
PIVOT = np.array([0.2, -0.5, -2.0])


@pytest.fixture
def photo_set(addon, scene, result):
    """The module; the scene's result is open."""
    bpy.ops.focal_depth.open_result(directory=str(result))
    return sys.modules[f"{addon}.focal_depth_addon.scene.photo_set"]


@pytest.fixture
def on_the_ground(photo_set, scene, result, tmp_path):
    """Builds the two walls of `patch` on a ground, however often it is called."""

    def build() -> dict[str, bpy.types.Object]:
        ground = np.array([*UP, -UP @ PIVOT], np.float32)
        np.savez(tmp_path / "patch.npz", **patch() | {"ground": ground, "pivot": PIVOT.astype(np.float32)})
        built = photo_set.PhotoSet(scene, result)
        built.build_mesh(tmp_path / "patch.npz")
        built.match_renders()
        bpy.context.view_layer.update()
        return photo_set.find_objects(scene, result)

    return build


def projected(scene, mesh) -> np.ndarray:
    """(V,2): where the camera sees the mesh's vertices, 0..1."""
    scene.view_layers[0].update()
    places = (mesh.matrix_world @ vertex.co for vertex in mesh.data.vertices)
    return np.array([world_to_camera_view(scene, scene.camera, place)[:2] for place in places])


def as_taken(mesh) -> np.ndarray:
    """(V,2): where the photograph shows them, by tests/addon/outside.py's camera."""
    points = np.array([vertex.co for vertex in mesh.data.vertices])
    return 0.5 + np.array([11 / 320, 7 / 240]) + 1.1 * points[:, :2] / -points[:, 2:] * (1, 320 / 240)


def test_set_stands_on_its_ground(on_the_ground, scene):
    objects = on_the_ground()
    camera = objects["camera"].matrix_world
    assert np.allclose(camera @ Vector(PIVOT), 0, atol=1e-6)
    assert np.allclose(camera.to_3x3() @ Vector(UP), (0, 0, 1), atol=1e-6)
    ahead = camera.to_3x3() @ Vector((0, 0, -1))
    assert ahead.x == pytest.approx(0, abs=1e-6)
    assert ahead.y > 0
    assert np.allclose(projected(scene, objects["mesh"]), as_taken(objects["mesh"]), atol=1e-5)


def test_origin_stays_where_it_is(on_the_ground, scene):
    origin = on_the_ground()["origin"]
    moved = Matrix.LocRotScale((3, 2, 1), Vector((0.1, 0.2, 1)).to_track_quat("Z", "Y"), None)
    origin.matrix_world = moved
    mesh = on_the_ground()["mesh"]
    assert np.allclose(origin.matrix_world, moved)
    assert np.allclose(projected(scene, mesh), as_taken(mesh), atol=1e-5)


@pytest.mark.parametrize("scale_length", [1.0, 0.01])
def test_lens_opens_as_the_stacks(photo_set, scene, result, scale_length):
    scene.unit_settings.scale_length = scale_length
    lens = photo_set.PhotoSet(scene, result).camera.data
    assert not lens.dof.use_dof
    opening = lens.lens / lens.dof.aperture_fstop * scale_length  # millimetres
    assert opening == pytest.approx(38 / 2.8, rel=1e-5)


def test_focus_is_dragged_along_the_optical_axis(photo_set, scene, result):
    camera = photo_set.PhotoSet(scene, result).camera
    focus = camera.data.dof.focus_object
    camera.parent.location = 1, 2, 3
    assert focus.location.z == pytest.approx(2 * 0.8, rel=0.01)  # half the dioptres of 0.8 m; the rest is far
    focus.location.z = 1.2
    camera.data.dof.aperture_fstop = 1
    photo_set.PhotoSet(scene, result)
    scene.view_layers[0].update()
    assert np.allclose(
        camera.matrix_world.inverted() @ focus.matrix_world.translation, (0, 0, -1.2), atol=1e-6
    )
    assert camera.data.dof.aperture_fstop == 1


def test_two_objects_and_a_length_set_the_scale(on_the_ground, scene):
    objects = on_the_ground()
    clip_start, depth = scene.camera.data.clip_start, scene.camera.matrix_world.translation.length
    for place in ((0, 0, 0), (0, 0.5, 0)):
        end = bpy.data.objects.new("End", None)
        scene.collection.objects.link(end)
        end.location = place
        end.select_set(True)
    bpy.ops.focal_depth.set_scale(length=2)
    assert np.allclose(objects["origin"].scale, 4)
    assert np.allclose(projected(scene, objects["mesh"]), as_taken(objects["mesh"]), atol=1e-5)
    assert scene.camera.matrix_world.translation.length == pytest.approx(4 * depth, rel=1e-5)
    assert scene.camera.data.clip_start == pytest.approx(4 * clip_start)
    bpy.ops.focal_depth.set_scale(measured=4, length=1)
    assert np.allclose(objects["origin"].scale, 1)


def test_set_knows_how_large_a_metre_is(on_the_ground, photo_set, scene, result, addon):
    scene.unit_settings.scale_length = 0.1
    mesh = on_the_ground()["mesh"]
    assert photo_set.PhotoSet(scene, result).units_per_metre == pytest.approx(10)
    bpy.ops.focal_depth.set_scale(measured=1, length=3)
    compat = sys.modules[f"{addon}.focal_depth_addon.compat"]
    compat.set_modifier_input(mesh.modifiers[0], "Depth Scale", 2)
    assert photo_set.PhotoSet(scene, result).units_per_metre == pytest.approx(60)


def test_two_vertices_are_measured_as_modifiers_show_them(on_the_ground, scene, addon):
    mesh = on_the_ground()["mesh"]
    compat = sys.modules[f"{addon}.focal_depth_addon.compat"]
    compat.set_modifier_input(mesh.modifiers[0], "Depth Scale", 2)
    for vertex in mesh.data.vertices:
        vertex.select = vertex.index in (0, 399)
    for face in (*mesh.data.edges, *mesh.data.polygons):
        face.select = False
    length = 2 * (mesh.data.vertices[0].co - mesh.data.vertices[399].co).length
    bpy.context.view_layer.objects.active = mesh
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.focal_depth.set_scale(length=length)
    assert bpy.context.mode == "EDIT_MESH"
    bpy.ops.object.mode_set(mode="OBJECT")
    assert mesh.parent.scale.x == pytest.approx(1, rel=1e-4)


def test_what_is_missing_for_the_scale_is_reported(on_the_ground):
    on_the_ground()
    with pytest.raises(RuntimeError, match="Select the two ends"):
        bpy.ops.focal_depth.set_scale(length=2)
    with pytest.raises(RuntimeError, match="Type the true length"):
        bpy.ops.focal_depth.set_scale(measured=2)


# The ground


@pytest.fixture
def built(addon, scene, result):
    """The objects of a set that was built in full."""
    bpy.ops.focal_depth.open_result(directory=str(result))
    bpy.ops.focal_depth.build_mesh(level="preview")
    photo_set = sys.modules[f"{addon}.focal_depth_addon.scene.photo_set"]

    def objects() -> dict[str, bpy.types.Object]:
        bpy.context.view_layer.update()
        return photo_set.find_objects(scene, result)

    return objects


def test_a_picked_ground_lies_level_and_stays_through_a_rebuild(built, scene):
    before = built()["camera"].matrix_world.copy()
    assert bpy.ops.focal_depth.pick_ground(box=(0.15, 0.32, 0.45, 0.76)) == {
        "FINISHED"
    }  # the front of the box
    picked = built()["camera"].matrix_world.copy()
    front = picked.to_3x3() @ Vector((0, 0, 1))  # it faces the camera
    assert front.angle((0, 0, 1)) < np.radians(1)
    shown = projected(scene, built()["mesh"])
    bpy.ops.focal_depth.build_mesh(level="preview")
    assert np.allclose(built()["camera"].matrix_world, picked, atol=1e-5)
    bpy.ops.focal_depth.reset_ground()
    assert np.allclose(built()["camera"].matrix_world, before, atol=1e-5)
    assert np.allclose(projected(scene, built()["mesh"]), shown, atol=1e-5), "the match is never lost"


def test_level_and_back(on_the_ground, scene):
    objects = on_the_ground()
    before = objects["camera"].matrix_world.copy()
    bpy.ops.focal_depth.level()
    bpy.context.view_layer.update()
    ahead = objects["camera"].matrix_world.to_3x3() @ Vector((0, 0, -1))
    assert np.allclose(ahead, (0, 1, 0), atol=1e-6)
    objects["origin"].rotation_euler.z, objects["origin"].location.z = 0.5, 2
    bpy.ops.focal_depth.reset_ground()
    bpy.context.view_layer.update()
    assert np.allclose(objects["camera"].matrix_world, before, atol=1e-6)


def test_a_ground_is_not_picked_where_nothing_is(built):
    with pytest.raises(RuntimeError, match="too little of the set"):
        bpy.ops.focal_depth.pick_ground(box=(0.5, 0.5, 0.5, 0.5))


# The scene's own settings


def test_removing_the_set_gives_the_scene_its_settings_back(built, scene):
    bpy.ops.focal_depth.remove_set()
    camera = bpy.data.objects.new("mine", bpy.data.cameras.new("mine"))
    scene.collection.objects.link(camera)
    scene.camera, scene.render.resolution_x, scene.render.resolution_percentage = camera, 1234, 50
    scene.view_settings.view_transform = "AgX"
    bpy.ops.focal_depth.build_mesh(level="preview")
    assert scene.camera != camera and scene.view_settings.view_transform == "Standard"
    assert scene.render.resolution_percentage == 50
    assert bpy.ops.focal_depth.remove_set() == {"FINISHED"}
    assert (scene.camera, scene.render.resolution_x) == (camera, 1234)
    assert scene.view_settings.view_transform == "AgX"
    assert [each.name for each in scene.objects] == ["mine"]
    assert scene.focal_depth.result, "the result stays"


@pytest.mark.one_blender
def test_a_box_about_the_camera_is_named_and_hidden(addon, scene, result):
    manager = sys.modules[f"{addon}.focal_depth_addon.jobs"].manager
    bpy.ops.mesh.primitive_cube_add(size=6)
    cube = bpy.context.object
    bpy.ops.focal_depth.open_result(directory=str(result))
    bpy.ops.focal_depth.build_mesh(level="preview")
    assert manager.notice.hides_set == cube.name
    bpy.ops.focal_depth.hide_occluders()
    assert manager.notice is None and cube.hide_render and not cube.visible_get()
    bpy.ops.mesh.primitive_cube_add(size=0.1, location=(0, 1, 0))
    bpy.ops.focal_depth.build_mesh(level="preview")
    assert manager.notice is None
