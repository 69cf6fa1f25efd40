"""Scenes as a moving camera truly sees them: `python -m rendering.moved_camera DIR [--seed 3]`.

A folder a scene, in DIR: `reference.png` and `depth.npz` (`depth`, (H, W) float32 metres, planar) of the
reference camera, a pinhole; `camera.json`; and in `truth/` depth from every camera of `moves.py`, and a
picture from those that are shown. What is there already is left as it is.
"""

import argparse
import json
from pathlib import Path

import bpy
import numpy as np
from focal_depth.lens.thin_lens import image_distance
from mathutils import Matrix

from . import camera as cameras
from . import scenes
from .moves import Move, moves
from .rgbd import SIZE, blocked, pinhole_scene
from .validation import KINDS

SAMPLES, NOISE, BOUNCES = 8, 0.03, 0


def render_scene(folder: Path, data: Path, index: int, seed: int, attempt: int = 0) -> None:
    """Build a scene and look at it from everywhere."""
    rng = np.random.default_rng((seed, index, attempt))
    kind = KINDS[index]
    camera, lens, frame = pinhole_scene(data, kind, scenes.MODELS[kind.theme], rng)
    cameras.set_up_cycles(SIZE, SAMPLES, NOISE, BOUNCES, denoise=True)
    depth = cameras.depth_truth(camera, lens, frame)
    if blocked(depth, frame):
        return render_scene(folder, data, index, seed, attempt + 1)
    cameras.meter(camera, lens, frame)
    truth = folder / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "depth.npz", depth=depth)
    cameras.picture(camera, lens, frame, folder / "reference.png")
    stand = camera.matrix_world.copy()
    for move in moves(depth):
        stand_at(camera, stand, move)
        np.savez_compressed(move.file(truth, ".npz"), depth=cameras.depth_truth(camera, lens, frame))
        if move.is_shown:
            cameras.picture(camera, lens, frame, move.file(truth, ".png"))
    (folder / "camera.json").write_text(json.dumps(_described(lens, frame)))


def stand_at(camera: bpy.types.Object, stand: Matrix, move: Move) -> None:
    """The camera, moved from `stand`."""
    camera.matrix_world = stand @ Matrix(move.stand.tolist())


def _described(lens: cameras.Lens, frame: cameras.Frame) -> dict:
    """The camera as `camera.Camera` of the backend has it, and the distance it is focused at."""
    width, height = SIZE
    pixels = width * float(image_distance(lens.focal_length, 1 / frame.focus_distance)) / lens.sensor_width
    return {
        "focus_distance": frame.focus_distance,
        "focal_length": lens.focal_length,
        "sensor_width": lens.sensor_width,
        "sensor_height": lens.sensor_width * height / width,
        "fx": pixels,
        "fy": pixels,
        "cx": width / 2,
        "cy": height / 2,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    data = scenes.shared_data()
    for index, kind in enumerate(KINDS):
        folder = options.folder.resolve() / f"{index:02d}_{kind.name}"
        if not (folder / "camera.json").exists():  # written last
            render_scene(folder, data, index, options.seed)


if __name__ == "__main__":
    main()
