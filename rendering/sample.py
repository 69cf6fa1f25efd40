"""Render the sample: `python -m rendering.sample [--output sample]`, then `python -m rendering.sample_exif`.

Photographs `NN.jpg` from far to near, `depth.npz` (`depth`, (H, W) float32 metres, planar, on the grid of the
last frame) and `truth.json`. Nothing in it comes from anywhere but Blender and this script: it is CC0.
"""

import argparse
import json
from math import radians
from pathlib import Path

import numpy as np

from . import camera as cameras
from . import frames, scenes, still_life

SIZE = (1080, 720)
LENS = cameras.Lens(focal_length=0.050, f_number=2.8, sensor_width=0.036)
FRAMES, NEAR, FAR = 8, 0.7, 2.5
CAMERA_HEIGHT, CAMERA_PITCH = 0.29, radians(9.5)
SAMPLES, NOISE, BOUNCES = 16, 0.03, 1
JPEG_QUALITY = 92
SEED = 7


def render_sample(folder: Path) -> None:
    """Build the still life and photograph it from far to near."""
    rng = np.random.default_rng(SEED)
    scenes.empty_scene()
    still_life.build(rng)
    camera = cameras.add_camera(CAMERA_HEIGHT, CAMERA_PITCH)
    cameras.set_up_cycles(SIZE, SAMPLES, NOISE, BOUNCES, denoise=True)
    # Focus distances as a camera would write them into EXIF: whole centimetres.
    distances = np.round(1 / np.linspace(1 / FAR, 1 / NEAR, FRAMES), 2)
    photographs = frames.drifting_frames(1 / distances, hand_held=False, rng=rng)
    cameras.meter(camera, LENS, photographs[-1])
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "depth.npz", depth=cameras.depth_truth(camera, LENS, photographs[-1]))
    (folder / "truth.json").write_text(
        json.dumps(frames.describe(LENS, photographs, SIZE[0]), indent=1) + "\n"
    )
    for number, frame in enumerate(photographs):
        cameras.photograph(camera, LENS, frame, folder / f"{number:02d}.jpg", JPEG_QUALITY)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--output", type=Path, default=Path("sample"), metavar="DIR")
    render_sample(parser.parse_args().output.resolve())
