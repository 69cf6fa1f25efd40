"""An artist's first hour, step by step in a window: from the drop to a saved file that is opened again."""

import math

import pytest
from window import SAMPLE

PHOTOGRAPHS = sorted(SAMPLE.glob("*.jpg"))
TURN = math.radians(15)

STEPS = """
from math import radians
from mathutils import Matrix, Vector

def standing():
    stored = settings().result
    return addon("scene.photo_set").find_objects(
        bpy.context.scene, addon("result_folder").from_stored(stored)) if stored else {}

def view():
    return next(a for a in areas("VIEW_3D")).spaces.active.region_3d

def orbit(angle):
    view().view_perspective = "PERSP"
    camera = standing()["camera"].matrix_world
    focus = standing()["focus"].matrix_world.translation
    view().view_rotation = (Matrix.Rotation(angle, 4, "Z") @ camera).to_quaternion()
    view().view_location = focus
    view().view_distance = (camera.translation - focus).length
"""


def test_the_first_hour(window, tmp_path):
    window.run(STEPS)
    place = window.middle()
    window.drag(PHOTOGRAPHS, place)
    window.click(place)
    window.wait_until(f"idle() and len(settings().photographs) == {len(PHOTOGRAPHS)}")
    window.screenshot("hour_1_dropped")

    window.click(window.button("bpy.ops.focal_depth.estimate"))
    window.wait_until("idle() and settings().result")
    window.screenshot("hour_2_depth")
    assert window.run("addon('preview.view_picture').is_shown(bpy.context.scene)")

    window.click(window.button("bpy.ops.focal_depth.build_mesh"))
    window.wait_until("idle() and 'mesh' in standing()")
    assert not window.run("addon('preview.view_picture').is_shown(bpy.context.scene)")
    window.run("bpy.ops.focal_depth.hide_occluders()")
    window.screenshot("hour_3_built")

    for name, angle in (("left", -TURN), ("right", TURN)):
        window.run(f"orbit({angle})")
        window.screenshot(f"hour_4_{name}")
    window.run("view().view_perspective = 'CAMERA'")

    window.run("""
ends = (standing()[role].matrix_world.translation for role in ("camera", "focus"))
size = (next(ends) - next(ends)).length / 8
bpy.ops.mesh.primitive_cube_add(size=size, location=(0, 0, size / 2))
cube = bpy.context.object
paint = bpy.data.materials.new("paint")
paint.diffuse_color = (0.8, 0.1, 0.1, 1)
cube.data.materials.append(paint)
""")
    window.screenshot("hour_5_cube")

    window.run("bpy.context.scene.render.engine = 'CYCLES'; bpy.ops.focal_depth.holdout()")
    window.screenshot("hour_6_holdout")
    window.run("bpy.ops.focal_depth.holdout(enable=False)")
    window.run("bpy.ops.focal_depth.refocus()")
    assert window.run("addon('compositing.scene_tree').find(bpy.context.scene, 'Refocus') is not None")
    window.run(f"bpy.ops.focal_depth.export(preset='WEB', filepath={str(tmp_path / 'set.glb')!r})")
    assert (tmp_path / "set.glb").stat().st_size > 10_000

    former = window.run("settings().result")
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(tmp_path / 'hour.blend')!r})")
    folder = tmp_path / "focal_depth"
    assert [each.name for each in folder.iterdir()], "the result is beside the file"
    assert window.run(f"not addon('result_folder').Path({former!r}).exists()")
    window.run("bpy.ops.focal_depth.clear_cache()")
    window.open(tmp_path / "hour.blend")
    window.run(STEPS)
    assert window.run("'mesh' in standing()")
    assert window.run("addon('result_moves').missing_result(bpy.context.scene) is None")
    window.run("view().view_perspective = 'CAMERA'")
    assert window.detail(window.screenshot("hour_7_reopened")) > 0.05


@pytest.mark.parametrize("button", ["estimate", "build_mesh"])
def test_the_next_step_is_in_sight(window, estimated, button):
    window.run(f"bpy.ops.focal_depth.open_result('EXEC_DEFAULT', True, directory={str(estimated)!r})")
    window.button(f"bpy.ops.focal_depth.{button}")  # it is looked for without scrolling
    window.screenshot(f"in_sight_{button}")
