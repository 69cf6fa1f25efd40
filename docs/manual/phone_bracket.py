"""The pictures of phone_bracket.md, from a real Blender window: python docs/manual/phone_bracket.py FOLDER.

FOLDER holds a phone's bracket that may be shown. BLENDER and FOCAL_DEPTH_ZIP are as for screenshots.py.
"""

import os
import shutil
import subprocess
import sys
import time
from math import radians
from pathlib import Path

from screenshots import DELAY, LARGER, PATIENCE, PICTURES, SCRATCH, Manual
from window import Screen, Window

TURN = radians(15)
STEPS = """
from mathutils import Matrix

def standing():
    stored = settings().result
    return addon("scene.photo_set").find_objects(
        bpy.context.scene, addon("result_folder").from_stored(stored)) if stored else {}

def view():
    return areas("VIEW_3D")[0].spaces.active.region_3d

def orbit(angle):
    camera, focus = (standing()[role].matrix_world for role in ("camera", "focus"))
    view().view_perspective = "PERSP"
    view().view_rotation = (Matrix.Rotation(angle, 4, "Z") @ camera).to_quaternion()
    view().view_location = focus.translation
    view().view_distance = 0.8 * (camera.translation - focus.translation).length

def add_cube():
    camera, focus = (standing()[role].matrix_world.translation for role in ("camera", "focus"))
    size = (camera - focus).length / 9
    bpy.ops.mesh.primitive_cube_add(size=size, location=(0, 0, size / 2))
    paint = bpy.data.materials.new("paint")
    paint.diffuse_color = (0.8, 0.1, 0.1, 1)
    bpy.context.object.data.materials.append(paint)
"""


def install(window: Window) -> None:
    window.run(f"""
bpy.context.preferences.view.ui_scale, bpy.context.preferences.view.smooth_view = {LARGER}, 0
bpy.ops.extensions.package_install_files(
    filepath={os.environ["FOCAL_DEPTH_ZIP"]!r}, repo="user_default", enable_on_install=True)
bpy.ops.wm.save_userpref()
""")


def work(window: Window, bracket: Path) -> None:
    manual = Manual(window)
    window.open()
    window.run(STEPS)
    files = [{"name": path.name} for path in sorted(bracket.glob("*.jpg"))]
    manual.call("drop_photographs", directory=str(bracket), files=files)
    time.sleep(3 * DELAY)  # thumbnails
    manual.take("phone_1_dropped.jpg", manual.box())
    manual.press("bpy.ops.focal_depth.estimate")
    window.wait_until("settings().result", PATIENCE)
    manual.take("phone_2_depth.jpg", manual.box())
    manual.press("bpy.ops.focal_depth.build_mesh")
    window.wait_until("'mesh' in standing()", PATIENCE)
    window.run("bpy.ops.focal_depth.hide_occluders()")
    manual.take("phone_3_set.jpg", manual.box())
    for name, angle in (("left", -TURN), ("right", TURN)):
        window.run(f"orbit({angle})")
        manual.take(f"phone_4_{name}.jpg", manual.box())
    window.run("view().view_perspective = 'CAMERA'; add_cube()")
    manual.take("phone_5_cube.jpg", manual.box())


def main() -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)
    bracket = shutil.copytree(sys.argv[1], SCRATCH / "figures")
    screen = Screen()
    try:
        for chapter in (install, lambda window: work(window, bracket)):
            window = Window(screen, SCRATCH / "blender")
            try:
                chapter(window)
            finally:
                window.close()
    finally:
        screen.close()
        shutil.rmtree(SCRATCH)
    subprocess.run(["ls", "-l", *sorted(PICTURES.glob("phone_*"))], check=True)


if __name__ == "__main__":
    main()
