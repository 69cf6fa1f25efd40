"""Make manual/pictures/own_object.jpg, an object of its own in a real set, by a Python that has bpy.

    .venv-bpy4.5/bin/python docs/own_object.py RESULT

RESULT is a result folder of the stack "yeuchi", which is changed: its only layer outlines the brain.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rendering  # noqa: F401  (it makes the add-on a package, `focal_depth_extension`)

# isort: split
from focal_depth_extension.backend.contract.retouch import OWN_OBJECT, Layer, format_layers
from focal_depth_extension.focal_depth_addon.scene.photo_set import PhotoSet, find_objects, meshes

OUTLINE = (  # roughly, of the brain
    *([0, 0.39], [0.03, 0.365], [0.14, 0.355], [0.23, 0.39], [0.3, 0.49]),
    *([0.325, 0.62], [0.31, 0.78], [0.26, 0.93], [0.24, 1], [0, 1]),
)
WIDTH, SAMPLES = 620, 32
PICTURE = Path(__file__).parent / "manual" / "pictures" / "own_object.jpg"
MOVED, TURNED = (0.055, 0.0, -0.09), -0.5  # the brain's own axes are the camera's; radians about its height


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split(",")[0])
    parser.add_argument("result", type=Path, metavar="RESULT")
    folder = parser.parse_args().result
    bpy.ops.wm.read_homefile(use_empty=True)
    scene = bpy.context.scene
    photo_set = PhotoSet(scene, folder)
    with tempfile.TemporaryDirectory() as temporary:
        arrays = Path(temporary) / "mesh.npz"
        _write_arrays(folder, arrays)
        mesh = photo_set.build_mesh(arrays)
    photo_set.match_renders()
    (own,) = (each for each in meshes(find_objects(scene, folder)) if each != mesh)
    scene.render.engine, scene.cycles.samples = "CYCLES", SAMPLES
    scene.render.resolution_percentage = round(100 * WIDTH / scene.render.resolution_x)
    tiles = [_render(scene)]
    own.hide_render = True
    tiles.append(_render(scene))
    own.hide_render = False
    own.location += Vector(MOVED)
    own.rotation_euler.y = TURNED
    tiles.append(_render(scene))
    _save(np.concatenate(tiles, axis=1))


def _write_arrays(folder: Path, arrays: Path) -> None:
    """Outline the brain, and write the arrays of the mesh."""
    (folder / "retouch").mkdir(exist_ok=True)
    layer = Layer("Brain", OWN_OBJECT, outlines=[{"points": list(OUTLINE), "width": 0}])
    (folder / "retouch" / "layers.json").write_text(format_layers([layer]))
    command = Path(__file__).resolve().parents[1] / ".venv" / "bin" / "focal-depth"
    subprocess.run([command, "mesh", folder, "--output", arrays], check=True)


def _render(scene: bpy.types.Scene) -> np.ndarray:
    """(H, W, 4) float32, row 0 at the bottom, as it is shown."""
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = str(Path(folder) / "render.png")
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        pixels = np.empty((image.size[1], image.size[0], 4), np.float32)
        image.pixels.foreach_get(pixels.reshape(-1))
        return pixels


def _save(pixels: np.ndarray) -> None:
    image = bpy.data.images.new("tiles", pixels.shape[1], pixels.shape[0])
    image.pixels.foreach_set(np.ascontiguousarray(pixels).reshape(-1))
    image.filepath_raw, image.file_format = str(PICTURE), "JPEG"
    image.save(quality=90)


if __name__ == "__main__":
    main()
