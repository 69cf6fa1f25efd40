"""A built set from its camera and from three sides: `python -m rendering.set_views RESULT...`.

A result folder needs its mesh: `focal-depth mesh RESULT --output RESULT/mesh.npz`. Into RESULT/views go
`camera.png`, `left.png`, `right.png` and `above.png`, turned about what stands in the middle of the picture,
and see-through where there is no surface. `docs/real_sets.py` makes a picture of them.
"""

import argparse
import json
from math import radians
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from . import camera as cameras
from . import scenes
from .mesh_views import BOUNCES, NOISE, SAMPLES, add_sheet, cut_mesh

HEIGHT = 400  # pixels
TURN = radians(25)
VIEWS = {"camera": (0, 0), "left": (-TURN, 0), "right": (TURN, 0), "above": (0, TURN)}  # about y, about x
MIDDLE = 0.15  # of the width and the height to either side of the centre


def render_views(result: Path) -> None:
    """Render a result's set from everywhere."""
    description = json.loads((result / "result.json").read_text())
    (width, height), described = description["size"], description["camera"]
    arrays = dict(np.load(result / "mesh.npz"))
    scenes.empty_scene()
    camera = cameras.add_camera(0, 0)
    cameras.set_up_cycles((round(HEIGHT * width / height), HEIGHT), SAMPLES, NOISE, BOUNCES)
    bpy.context.scene.render.film_transparent = True
    add_sheet(cut_mesh(arrays, result)).matrix_world = camera.matrix_world
    stand = camera.matrix_world.copy()
    sensor_width = described["sensor_width_mm"] / 1000
    lens = cameras.Lens(described["fx"] / width * sensor_width, 1.0, sensor_width)
    pivot = Matrix.Translation((0, 0, -_depth_in_the_middle(arrays)))
    (result / "views").mkdir(exist_ok=True)
    for name, (about_y, about_x) in VIEWS.items():
        turn = Matrix.Rotation(about_y, 4, "Y") @ Matrix.Rotation(-about_x, 4, "X")
        camera.matrix_world = stand @ pivot @ turn @ pivot.inverted()
        cameras.picture(camera, lens, cameras.Frame(1e9), result / "views" / f"{name}.png", "RGBA")


def _depth_in_the_middle(arrays: dict[str, np.ndarray]) -> float:
    """The median, as far from the camera as the set's unit has it."""
    is_middle = (np.abs(arrays["uvs"] - 0.5) < MIDDLE).all(1)
    return float(np.median(-arrays["vertices"][is_middle, 2]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("results", nargs="+", type=Path, metavar="RESULT")
    for result in parser.parse_args().results:
        render_views(result.resolve())


if __name__ == "__main__":
    main()
