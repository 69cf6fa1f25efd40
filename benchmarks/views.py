"""How exact the views of a set are: python benchmarks/views.py RESULT [SIDE]

Prints, for views of SIDE pixels: how the picture of the photograph's own camera differs from the photograph;
and how far the disparity of both eyes, measured in their pictures, is from fx e (1 / z - 1 / c), by the depth
of the mesh and by that of the depth map. For that the set wears stripes, whose phase tells the column.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from focal_depth.export.photo_set import build_photo_set
from focal_depth.io.result_folder import read_depth
from focal_depth.runtime.progress import SilentReporter
from focal_depth.views import stereo
from focal_depth.views.rasteriser import Drawing, Scene, build_texture, draw
from focal_depth.views.view import View, Window

PERIOD = 16  # pixels of a stripe
APART = 8  # pixels about a jump of depth that are not measured
TRIANGLES = 500_000


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("result", type=Path)
    parser.add_argument("side", type=int, nargs="?", default=1920)
    options = parser.parse_args()
    photo_set = build_photo_set(options.result, TRIANGLES, SilentReporter())
    height, width = photo_set.picture.shape[:2]
    scale = min(1, options.side / max(height, width))
    size = round(scale * width), round(scale * height)
    whole = Window(0, 0, width, height)
    texture = build_texture(photo_set.picture, photo_set.background, scale)
    scene = Scene(photo_set.mesh, photo_set.camera, (width, height), texture)
    straight = draw(scene, View(), whole, size)
    photograph = cv2.resize(photo_set.picture, size, interpolation=cv2.INTER_AREA)
    error = ((straight.picture.astype(float) - photograph) ** 2).mean()
    print(f"PSNR {10 * np.log10(255**2 / max(error, 1e-9)):.1f} dB")
    focal_length = photo_set.camera.fx / width
    depth = stereo.measure_depth(straight)
    eyes, _ = stereo.choose_eye_distance(depth, focal_length, photo_set.description["metric"])
    view = View(convergence=stereo.choose_convergence(depth, focal_length, eyes))
    striped = replace(scene, texture=_stripes(texture.shape))
    pictures = [draw(striped, eye, whole, size).picture for eye in stereo.eyes(view, eyes)]
    mapped = cv2.resize(1 / read_depth(options.result)[0], size, interpolation=cv2.INTER_AREA)
    for name, nearness in (("mesh", straight.nearness), ("depth map", mapped)):
        shift = focal_length * size[0] * eyes * (nearness - 1 / view.convergence)
        off = _errors(pictures, shift, straight)
        ends = np.percentile(off, (50, 95, 99, 99.9))
        print(
            f"{name}: {len(off) / straight.nearness.size:.0%} of the picture; px off (50, 95, 99, 99.9 %)",
            ends,
        )


def _stripes(shape: tuple[int, ...]) -> np.ndarray:
    angle = (np.arange(shape[1]) + 0.5) * 2 * np.pi / PERIOD
    row = np.stack([127.5 + 120 * np.sin(angle), 127.5 + 120 * np.cos(angle), 0 * angle], 1)
    return np.repeat(np.round(row)[None].astype(np.uint8), shape[0], axis=0)


def _errors(pictures: list[np.ndarray], shift: np.ndarray, straight: Drawing) -> np.ndarray:
    """Pixels by which the disparity of both pictures differs from `shift`, where both see the surface."""
    rows, columns = np.indices(shift.shape, np.float32)
    reach = APART + int(np.abs(shift).max())
    nearness = straight.nearness
    window = np.ones((3, 3), np.uint8)
    jumps = cv2.dilate(nearness, window) > 1.02 * cv2.erode(nearness, window)
    seen = cv2.dilate(jumps.astype(np.uint8), np.ones((2 * APART + 1, 2 * reach + 1))) == 0
    seen[:, :reach] = seen[:, -reach:] = False
    phases = []
    for side, picture in zip((0.5, -0.5), pictures, strict=True):
        at = cv2.remap(
            picture.astype(np.float32), columns + side * shift.astype(np.float32), rows, cv2.INTER_CUBIC
        )
        phase = np.arctan2(at[..., 0] - 127.5, at[..., 1] - 127.5) - (columns + 0.5) * 2 * np.pi / PERIOD
        phases.append(np.angle(np.exp(1j * phase)) * PERIOD / (2 * np.pi))
    return np.abs(phases[0] - phases[1])[seen]


if __name__ == "__main__":
    main()
