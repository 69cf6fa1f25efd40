"""The sample, from photographs to demo/output/: a .blend of all, pictures, a camera move, files for AR.

    python demo/run.py EXTENSION.zip        (a Python that has bpy, nothing else)

Installs the extension into clean preferences and works with its operators, as a person would.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

PREFERENCES = tempfile.mkdtemp(prefix="focal-depth-demo-")
os.environ["BLENDER_USER_RESOURCES"] = PREFERENCES  # before bpy looks for them

import bpy  # noqa: E402
import camera_move  # noqa: E402
import ring as rings  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample"
OUTPUT = ROOT / "demo" / "output"
EXTENSION = "bl_ext.user_default.focal_depth"
FILES = {"WEB": "focal_depth.glb", "QUICK_LOOK": "focal_depth.usdz"}


def main() -> None:
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir()
    bpy.ops.extensions.package_install_files(
        filepath=str(Path(sys.argv[1]).resolve()), repo="user_default", enable_on_install=True
    )
    try:
        run()
    finally:  # what stays registered when Python ends would crash Blender
        bpy.ops.preferences.addon_disable(module=EXTENSION)
        shutil.rmtree(PREFERENCES, ignore_errors=True)


def run() -> None:
    blend = str(OUTPUT / "focal_depth.blend")
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.context.preferences.filepaths.save_version = 0  # no .blend1
    bpy.ops.wm.save_as_mainfile(filepath=blend)  # so that paths are stored relative to it

    print("Estimating depth", flush=True)
    bpy.ops.focal_depth.estimate(directory=str(SAMPLE), output=str(OUTPUT / "result"))
    bpy.ops.focal_depth.build_mesh()
    for preset, name in FILES.items():
        bpy.ops.focal_depth.export(preset=preset, filepath=str(OUTPUT / name))

    scene = bpy.context.scene
    mesh = next(each for each in scene.objects if each.type == "MESH")
    description = json.loads((OUTPUT / "result" / "result.json").read_text(encoding="utf-8"))
    table = rings.table_frame(mesh, description)
    ring = rings.stand(table)
    rings.light(scene, table, mesh)
    bpy.ops.focal_depth.depth_merge()
    print("Rendering the composite", flush=True)
    render(scene, OUTPUT / "composite.png")
    focus_on(scene, ring)
    print("Rendering it refocused", flush=True)
    render(scene, OUTPUT / "refocused.png")
    print("Rendering the camera move", flush=True)
    camera_move.render(camera_move.stage(scene, mesh, ring), OUTPUT / "camera_move.mp4")
    bpy.ops.wm.save_mainfile(compress=True)
    print("Made:", *sorted(str(path) for path in OUTPUT.iterdir()), sep="\n  ")


def focus_on(scene: bpy.types.Scene, ring: bpy.types.Object) -> None:
    """With the photographs' aperture: Refocus for them, which follows the camera's depth of field for CG."""
    bpy.ops.focal_depth.refocus()
    lens = scene.camera.data.dof
    distance = -(scene.camera.matrix_world.inverted() @ ring.matrix_world.translation).z
    lens.use_dof, lens.focus_object.location.z = True, distance


def render(scene: bpy.types.Scene, path: Path) -> None:
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 32
    scene.cycles.use_denoising = True
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


if __name__ == "__main__":
    main()
