"""Files of version 0.1 open and go on working, and its scripts run. See fixtures/version_0_1/README.md."""

import shutil
from math import radians
from pathlib import Path

import bpy
import numpy as np
import pytest

from rendering import psnr, read_pixels, render_image

FIXTURE = Path(__file__).parents[1] / "fixtures" / "version_0_1"
FRAMES = ("00.jpg", "01.jpg", "02.jpg", "03.jpg", "04.jpg", "05.jpg")
SHOWN = ("ALL_IN_FOCUS", "DEPTH", "CONFIDENCE", "PHOTOGRAPHED", "ALIGNED")
GROUPS = ("depth_pass", "refocus", "depth_fog", "depth_matte")
# Every operator that docs/scripting.md of version 0.1 names, with its arguments and the values of those that
# have a choice.
OPERATORS = {
    "add_photographs": {"directory": (), "files": ()},
    "drop_photographs": {"directory": (), "files": ()},
    "inspect": {"in_place": ()},
    "remove_photograph": {},
    "clear": {},
    "tell_notes": {"index": ()},
    "choose_sensor": {"filepath": ()},
    "as_read": {"value": ()},
    "estimate": {"directory": (), "files": (), "output": ()},
    "follow": {"directory": (), "enable": ()},
    "cancel": {},
    "open_result": {"directory": ()},
    "look": {"show": SHOWN},
    "reset_range": {},
    "step": {"by": ()},
    "play": {},
    "look_window": {},
    "overlay": {"enable": ()},
    "pick": {"place": ()},
    "build_mesh": {"level": ("preview", "full", "ar")},
    "set_scale": {"measured": (), "length": ()},
    "holdout": {"enable": ()},
    "depth_pass": {},
    "refocus": {},
    "depth_fog": {},
    "depth_matte": {},
    "export": {"preset": ("QUICK_LOOK", "SCENE_VIEWER", "WEB"), "filepath": ()},
    "show_log": {},
    "dismiss": {},
    "clear_cache": {},
}


@pytest.fixture
def folder(tmp_path) -> Path:
    """The files in another place than they were made in."""
    return shutil.copytree(FIXTURE, tmp_path / "moved")


@pytest.fixture
def shot(scene, folder) -> bpy.types.Scene:
    """The scene of set_01.blend."""
    bpy.ops.wm.open_mainfile(filepath=str(folder / "set_01.blend"))
    yield bpy.context.scene
    bpy.ops.focal_depth.dismiss()


@pytest.fixture
def mesh(shot) -> bpy.types.Object:
    (mesh,) = (each for each in shot.objects if each.type == "MESH")
    return mesh


def identifier(modifier: bpy.types.NodesModifier, name: str) -> str:
    """Under which the modifier has the value of its input."""
    sockets = (each for each in modifier.node_group.interface.items_tree if each.item_type == "SOCKET")
    return next(each.identifier for each in sockets if each.in_out == "INPUT" and each.name == name)


def value_of(modifier: bpy.types.NodesModifier, name: str):
    if hasattr(modifier, "properties"):  # Blender 5.2
        return getattr(modifier.properties.inputs, identifier(modifier, name)).value
    return modifier[identifier(modifier, name)]


def slide(mesh: bpy.types.Object, name: str, value: float) -> None:
    modifier = mesh.modifiers[0]
    if hasattr(modifier, "properties"):  # Blender 5.2
        getattr(modifier.properties.inputs, identifier(modifier, name)).value = value
    else:
        modifier[identifier(modifier, name)] = value
    mesh.update_tag()


def shown(mesh: bpy.types.Object) -> bpy.types.Mesh:
    return mesh.evaluated_get(bpy.context.evaluated_depsgraph_get()).data


def points(data: bpy.types.Mesh) -> np.ndarray:
    """(V, 3) float32."""
    places = np.empty((len(data.vertices), 3), np.float32)
    data.attributes["position"].data.foreach_get("vector", places.reshape(-1))
    return places


def pixels(image: bpy.types.Image) -> np.ndarray:
    """(H, W, 3) float32, row 0 at the top."""
    values = np.empty((image.size[1], image.size[0], 4), np.float32)
    image.pixels.foreach_get(values.reshape(-1))
    return values[::-1, :, :3]


def tree_of(scene: bpy.types.Scene) -> bpy.types.NodeTree:
    return getattr(scene, "compositing_node_group", None) or scene.node_tree


def census() -> dict[str, list[str]]:
    """Names of all that an operator might make a second time."""
    kinds = ("objects", "collections", "meshes", "cameras", "materials", "node_groups", "images", "worlds")
    return {kind: sorted(each.name for each in getattr(bpy.data, kind)) for kind in kinds}


# The file


def test_what_was_typed_and_chosen_is_kept(shot, folder):
    settings = shot.focal_depth
    assert (settings.quality, settings.alignment) == ("full", "thin-lens")
    assert settings.network in ("won_jeon", "paper")  # the same network, before and since 0.2
    assert (settings.order, settings.level) == ("far-to-near", "ar")
    lens = settings.focal_length, settings.f_number, settings.sensor_width
    assert lens == pytest.approx((52.5, 3.5, 35))
    assert (settings.follow_folder, settings.follow_pause) == ("//tethered", 25)
    assert settings.output == "//result_02"
    assert Path(bpy.path.abspath(settings.result)) == folder / "result_01"
    assert settings.metric
    assert settings.summary == "Metric depth, 0.764 m to 2.54 m"
    assert settings.warnings == ""


def test_the_photographs_are_listed_as_they_were(shot):
    listed = shot.focal_depth.photographs
    assert tuple(each.name for each in listed) == FRAMES
    assert [Path(each.file).name for each in listed] == list(FRAMES)
    assert [each.used for each in listed] == [True, True, True, False, True, True]
    assert [each.source for each in listed] == ["typed", *["EXIF"] * 5]
    assert [each.focus_distance for each in listed] == pytest.approx([2.6, 1.44, 1.19, 1.01, 0.88, 0.7])
    assert not any(each.at_infinity or each.notes for each in listed)
    assert shot.focal_depth.active_photograph == 2


def test_what_is_shown_of_the_result_is_kept(shot):
    look = shot.focal_depth.look

    def remembered():
        return look.shown, round(look.near, 5), round(look.far, 5), look.frame, look.picked

    before = remembered()
    assert before == ("DEPTH", 1.5, 4, 2, "1.699 m ± 0.086 m, confidence 0.80")
    bpy.ops.focal_depth.look(show="DEPTH")  # what the picture was painted from has stayed behind
    assert remembered() == before
    assert Path(bpy.path.abspath(look.picture.filepath)).is_file()
    painted = pixels(look.picture)
    assert painted.shape == (140, 210, 3)
    assert painted.std() > 0.1


def test_the_overlay_is_still_the_one(shot, mesh):
    camera = shot.camera.data
    assert [each.display_depth for each in camera.background_images] == ["BACK", "FRONT"]
    bpy.ops.focal_depth.look(show="CONFIDENCE")
    bpy.ops.focal_depth.overlay()
    assert [each.display_depth for each in camera.background_images] == ["BACK", "FRONT"]
    assert camera.background_images[1].image == shot.focal_depth.look.picture
    bpy.ops.focal_depth.overlay(enable=False)
    assert [each.display_depth for each in camera.background_images] == ["BACK"]


def test_a_picked_distance_is_that_of_then(shot):
    then = shot.focal_depth.look.picked
    bpy.ops.focal_depth.pick(place=(0.25, 0.75))
    assert shot.focal_depth.look.picked == then


# The set


def test_building_again_takes_up_the_set(shot, mesh):
    before, camera = census(), shot.camera
    bpy.ops.focal_depth.build_mesh(level="preview")
    assert census() == before
    assert (shot.camera, len(mesh.modifiers)) == (camera, 1)
    modifier = mesh.modifiers[0]
    values = [value_of(modifier, name) for name in ("Near", "Cut Angle", "Smoothing")]
    assert values == pytest.approx([1.2, 0.05, 3])
    bpy.context.view_layer.update()
    assert mesh.matrix_world == camera.matrix_world
    assert mesh.matrix_world.to_scale().x == pytest.approx(2)
    assert len(mesh.data.polygons) > 5000


def test_the_sliders_still_work(mesh):
    before = points(shown(mesh))
    slide(mesh, "Depth Scale", 2.5)
    assert np.allclose(points(shown(mesh)), 2.5 * before)
    slide(mesh, "Depth Scale", 1.0)
    slide(mesh, "Near", 0.6)
    moved = points(shown(mesh))
    assert np.allclose(moved[:, :2] / moved[:, 2:], before[:, :2] / before[:, 2:], atol=1e-4)
    assert moved[:, 2].max() == pytest.approx(before[:, 2].max() / 2, rel=0.1)
    counts = []
    for angle in (0.0, radians(90)):
        slide(mesh, "Cut Angle", angle)
        counts.append(len(shown(mesh).polygons))
    assert counts[0] < counts[1]
    slide(mesh, "Background", False)
    assert len(shown(mesh).polygons) < counts[1]


def test_the_set_is_scaled_further(shot, mesh):
    bpy.ops.focal_depth.set_scale(measured=1, length=3)
    bpy.context.view_layer.update()
    assert mesh.matrix_world.to_scale().x == pytest.approx(6)
    assert shot.focal_depth.look.near == pytest.approx(4.5)


def test_holdout_goes_off_and_on(shot, mesh):
    def held_out():
        nodes = shot.world.node_tree.nodes
        behind = [each for each in nodes if each.bl_idname == "ShaderNodeGroup"]
        return mesh.is_shadow_catcher, [slot.link for slot in mesh.material_slots], len(behind)

    assert held_out() == (True, ["OBJECT"] * 2, 1)
    before = census()
    bpy.ops.focal_depth.holdout()
    assert held_out() == (True, ["OBJECT"] * 2, 1)
    assert census() == before
    bpy.ops.focal_depth.holdout(enable=False)
    assert held_out() == (False, ["DATA"] * 2, 0)
    bpy.ops.focal_depth.holdout()
    assert held_out() == (True, ["OBJECT"] * 2, 1)
    assert census() == before


def test_the_render_is_still_the_photograph(shot, folder, tmp_path):
    photograph = read_pixels(folder / "result_01" / "all_in_focus.png")
    assert psnr(render_image(shot, tmp_path / "held_out.png"), photograph) >= 30
    bpy.ops.focal_depth.holdout(enable=False)
    assert psnr(render_image(shot, tmp_path / "mesh.png"), photograph) >= 25  # 140 rows are few


# The compositor


def test_pressed_again_the_compositors_groups_stay_the_same(shot):
    bpy.ops.focal_depth.holdout(enable=False)  # Depth Merge would take its shadows in
    tree = tree_of(shot)
    tree.nodes["Focal Depth Fog"].inputs["Density"].default_value = 0.25

    def state():
        nodes = {each.name: [tuple(each.location), each.width] for each in tree.nodes}
        links = sorted((each.from_node.name, each.to_socket.name, each.to_node.name) for each in tree.links)
        return nodes, links, census()

    before = state()
    for name in GROUPS:
        getattr(bpy.ops.focal_depth, name)()
    assert state() == before
    refocus = tree.nodes["Focal Depth Refocus"].inputs
    assert refocus["Focus Distance"].default_value == 2.25
    assert refocus["F-Number"].default_value == pytest.approx(1.8)
    assert tree.nodes["Focal Depth Fog"].inputs["Density"].default_value == 0.25


def test_pressed_again_the_compositor_shows_the_same(shot, mesh, tmp_path):
    bpy.ops.focal_depth.holdout(enable=False)
    mesh.hide_render = shot.render.use_compositing = shot.render.film_transparent = True
    before = render_image(shot, tmp_path / "before.png")
    for name in GROUPS:
        getattr(bpy.ops.focal_depth, name)()
    assert np.abs(render_image(shot, tmp_path / "after.png") - before).max() < 0.02
    assert before.std() > 0.1


# Results


def test_an_older_result_opens(scene, folder):
    bpy.ops.focal_depth.open_result(directory=str(folder / "result_01"))
    settings = scene.focal_depth
    assert settings.metric
    assert [each.name for each in settings.photographs] == [*FRAMES[:3], *FRAMES[4:]]
    assert settings.photographs[0].source == "typed"
    bpy.ops.focal_depth.look(show="ALIGNED")
    frames = [settings.look.frame]
    for by in (1, 1, -3):
        bpy.ops.focal_depth.step(by=by)
        frames.append(settings.look.frame)
    assert frames == [1, 2, 3, 5]
    nearest = bpy.data.images.load(str(folder / "result_01" / "aligned" / "05_05.png"))
    assert np.abs(pixels(settings.look.picture) - pixels(nearest)).mean() < 0.02
    for show in ("FRAME", "SHARPNESS"):
        with pytest.raises(RuntimeError, match=r"without it: estimate depth again"):
            bpy.ops.focal_depth.preview(show=show)
    assert settings.look.shown == "ALIGNED"
    with pytest.raises(RuntimeError, match=r"00\.jpg"):  # the photographs are gone
        bpy.ops.focal_depth.look(show="PHOTOGRAPHED")
    bpy.ops.focal_depth.dismiss()


def test_an_older_result_without_distances_opens(scene, folder):
    bpy.ops.focal_depth.open_result(directory=str(folder / "result_relative_01"))
    settings = scene.focal_depth
    assert not settings.metric
    assert settings.summary.startswith("Relative depth")
    assert {each.source for each in settings.photographs} == {"unknown"}
    bpy.ops.focal_depth.build_mesh(level="ar")
    for name in GROUPS:
        getattr(bpy.ops.focal_depth, name)()
    assert tree_of(scene).nodes["Focal Depth Refocus"].inputs["Focus Distance"].default_value > 1
    bpy.ops.focal_depth.pick()
    assert settings.look.picked.startswith("relative ")
    with pytest.raises(RuntimeError, match="no aligned frames"):
        bpy.ops.focal_depth.look(show="ALIGNED")
    bpy.ops.focal_depth.dismiss()


@pytest.mark.one_blender
def test_an_older_set_takes_a_new_result(shot, mesh, photographs, folder):
    settings = shot.focal_depth
    settings.quality, settings.alignment = "draft", "none"
    settings.property_unset("network")
    for value in ("focal_length", "f_number", "sensor_width"):
        setattr(settings, value, 0)
    bpy.ops.focal_depth.clear()
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    bpy.ops.focal_depth.estimate(output=str(folder / "result_01"))
    assert bpy.path.abspath(settings.result) == str(folder / "result_01")
    before = census()
    bpy.ops.focal_depth.build_mesh(level="preview")
    after = census()
    assert all(after[kind] == before[kind] for kind in ("objects", "collections", "meshes", "materials"))
    assert (shot.render.resolution_x, shot.render.resolution_y) == (320, 240)
    for name in GROUPS:
        getattr(bpy.ops.focal_depth, name)()
    assert sum("focal_depth_kind" in each for each in bpy.data.node_groups) == 7


# Scripts


@pytest.mark.parametrize(("name", "arguments"), OPERATORS.items())
def test_every_operator_takes_what_it_took(addon, name, arguments):
    properties = getattr(bpy.ops.focal_depth, name).get_rna_type().properties
    for argument, values in arguments.items():
        assert argument in properties
        if values:
            assert set(values) <= set(properties[argument].enum_items.keys())


def test_the_operators_of_the_list(scene, photographs):
    settings, operators = scene.focal_depth, bpy.ops.focal_depth
    files = [{"name": f"{number}.png"} for number in range(5)]
    operators.drop_photographs(directory=str(photographs), files=files)
    operators.inspect(in_place=True)
    operators.tell_notes(index=3)
    assert settings.active_photograph == 3
    operators.remove_photograph()
    assert [each.name for each in settings.photographs] == ["0.png", "1.png", "2.png", "4.png"]
    settings.focal_length, settings.f_number = 35, 4
    operators.as_read(value="f_number")
    assert (settings.focal_length, settings.f_number) == (35, 0)
    preset = next(Path(each) / "Fullframe.py" for each in bpy.utils.preset_paths("camera"))
    with pytest.raises(RuntimeError, match="choose another"):
        operators.choose_sensor(filepath=str(photographs / "0.png"))
    if preset.is_file():
        operators.choose_sensor(filepath=str(preset))
        assert settings.sensor_width == 36
    operators.clear()
    assert not settings.photographs


def test_the_operators_of_a_result(shot, folder):
    settings, operators = shot.focal_depth, bpy.ops.focal_depth
    for show in SHOWN:
        if show != "PHOTOGRAPHED":  # those are gone
            operators.look(show=show)
            assert settings.look.shown == show
    assert operators.step.poll() and operators.play.poll() and operators.look_window.poll()
    operators.step(by=1)
    assert settings.look.frame == 3
    operators.look(show="DEPTH")
    operators.reset_range()
    assert settings.look.near == pytest.approx(2 * 0.764, rel=1e-3)
    assert operators.export.poll() and operators.estimate.poll()
    operators.clear_cache()
    assert not operators.overlay.poll()  # what was shown went with it
    assert (folder / "result_01" / "depth.exr").is_file()


def test_the_operators_that_need_a_window_say_so(shot, folder):
    operators = bpy.ops.focal_depth
    operators.look(show="ALIGNED")
    with pytest.raises(RuntimeError, match="window"):
        operators.play()
    with pytest.raises(RuntimeError, match="window"):
        operators.look_window()
    with pytest.raises(RuntimeError, match="window"):
        operators.follow(directory=str(folder))
    assert operators.follow(enable=False) == {"FINISHED"}
    assert not operators.cancel.poll()
    assert not operators.show_log.poll()
