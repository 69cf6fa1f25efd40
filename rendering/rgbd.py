"""Render pictures with depth for training: `python -m rendering.rgbd --output DIR [--scenes 120]`.

Scenes as in the validation stacks, of models that no validation stack shows, through a pinhole:
`color_NNNN.png` and `depth_NNNN.npz` (`depth`, (H, W) float16 metres, planar), which
`focal-depth simulate --rgbd` photographs again and again, with a lens of its own each time.
"""

import argparse
from math import atan
from pathlib import Path

import bpy
import numpy as np
from focal_depth.lens.thin_lens import image_distance

from . import camera as cameras
from . import scenes
from .validation import KINDS, Kind

SIZE = 640, 448
SAMPLES, NOISE, BOUNCES = 24, 0.02, 0
PLAIN = 0.35  # share of materials without grain


def render_pair(folder: Path, data: Path, index: int, seed: int, attempt: int = 0) -> None:
    """Build a scene and photograph it without blur."""
    rng = np.random.default_rng((seed, index, attempt, 3))
    kind = KINDS[index % len(KINDS)]
    models = scenes.training_models(data)
    camera, lens, frame = pinhole_scene(data, kind, models, rng, PLAIN)
    cameras.set_up_cycles(SIZE, SAMPLES, NOISE, BOUNCES, denoise=True)
    depth = cameras.depth_truth(camera, lens, frame)
    if blocked(depth, frame):
        return render_pair(folder, data, index, seed, attempt + 1)
    cameras.meter(camera, lens, frame)
    cameras.picture(camera, lens, frame, folder / f"color_{index:04d}.png")
    # Float16 is good to 0.05 %, and small enough to be carried to where the training is.
    np.savez_compressed(folder / f"depth_{index:04d}.npz", depth=depth.astype(np.float16))


def pinhole_scene(
    data: Path, kind: Kind, models: tuple[str, ...], rng: np.random.Generator, plain: float = 0.0
) -> tuple[bpy.types.Object, cameras.Lens, cameras.Frame]:
    """Build a scene as this kind of camera sees it, for pictures of SIZE: the camera, its lens and frame."""
    focal_length, width = rng.choice(kind.focal_lengths) / 1000, rng.choice(kind.sensor_widths) / 1000
    near, far = rng.uniform(*kind.near), rng.uniform(*kind.far)
    field_of_view = 2 * atan(width / 2 / image_distance(focal_length, 1 / near))
    view = scenes.view_of(rng.uniform(*kind.pitch), field_of_view, SIZE[0] / SIZE[1], near, far)
    scenes.empty_scene()
    scenes.SceneBuilder(data, models, rng, scenes.Finish(plain)).build(view, things=int(rng.integers(6, 18)))
    camera = cameras.add_camera(view.height, view.pitch)
    return camera, cameras.Lens(focal_length, 1.0, width), cameras.Frame(near)


def blocked(depth: np.ndarray, frame: cameras.Frame) -> bool:
    """Whether a thing stands before the lens."""
    return bool(np.percentile(depth, 2) < frame.focus_distance / 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--scenes", type=int, default=120, metavar="K")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    data = scenes.shared_data()
    options.output.mkdir(parents=True, exist_ok=True)
    for index in range(options.scenes):
        if not (options.output / f"depth_{index:04d}.npz").exists():
            render_pair(options.output.resolve(), data, index, options.seed)


if __name__ == "__main__":
    main()
