"""Copies of stacks with known depth as a phone at ISO 800 would have written them.

`python -m focal_depth.research.evaluation.phone_copies STACKS... --output DIR`: what `focal-depth evaluate`
says of them shows how a predictor bears noise that was demosaicked, denoised, sharpened and compressed.
With `--frames 36` the scenes are photographed anew in so many frames, by a lens whose field is curved: their
all-in-focus picture in layers, as training has them.
"""

import argparse
import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from ...depth.units import focus_range
from ...fusion.all_in_focus import fuse
from ...io.colour import srgb_decode
from ...io.photographs import read_photograph
from ...stack import read_stack
from ...stack.find import photographs_in
from ..simulation.geometry import at_rest
from ..simulation.lens import ideal_lens
from ..simulation.processing import Processing, develop
from ..simulation.rgbd import cut_into_layers
from ..simulation.stacks import LAYERS, MARGIN, photograph
from .alignments import NETWORK, align_stack

BRIGHT = 1.0  # of the 97th percentile, as taken
ELECTRONS, READ_NOISE = 700.0, 3.0  # of a white pixel
DENOISING = 1.0, 2.0  # of luma and chroma: what a phone leaves of such noise are blotches
BEND = 0.03, 0.12  # normalised dioptres of field curvature at half the longer side, from and to, either way
CONTRAST, LOCAL_CONTRAST, SHARPENING, SHARPENING_RADIUS, JPEG = 0.3, 0.2, 1.2, 1.2, 90.0


def copy_as_phone(folder: Path, output: Path, seed: int) -> None:
    """Copy a stack of `rendering.validation`, its photographs as PNG and as a phone processes them."""
    shutil.copytree(folder, output, ignore=shutil.ignore_patterns("*.jpg", "*.png"))
    paths = photographs_in(folder)
    light = np.stack([srgb_decode(read_photograph(path)) for path in paths])
    frames = torch.from_numpy(light.transpose(0, 3, 1, 2)[None].astype(np.float32))
    generator = torch.Generator().manual_seed(seed)
    pictures = develop(frames, phone(len(paths)), generator)[0].permute(0, 2, 3, 1).numpy()
    for path, picture in zip(paths, pictures, strict=True):
        cv2.imwrite(str(output / f"{path.stem}.png"), np.ascontiguousarray(picture[..., ::-1]))
    for described in (output / "focus.csv", output / "truth.json"):
        described.write_text(described.read_text().replace(".jpg", ".png"))


def photograph_anew(folder: Path, output: Path, frame_count: int, seed: int) -> None:
    """Photograph the scene of a stack of `rendering.validation` in other frames, evenly spaced, by a phone.

    The true depth stays: what the curved field of the lens adds to it is the product's to take out. Its field
    of view stays too, as phones hold it.
    """
    output.mkdir(parents=True)
    stack = read_stack(folder)
    photographs = np.stack([read_photograph(frame.path, frame.reading) for frame in stack.frames])
    far, near = focus_range(stack)
    dioptres = _normalised_truth(folder, far, near)
    sharp = srgb_decode(fuse(dioptres, align_stack(NETWORK, photographs, stack).pictures, stack.positions))
    generator = torch.Generator().manual_seed(seed)
    frames = _curved_frames(sharp, dioptres, _widest_blur(folder), frame_count, generator)
    pictures = develop(frames, phone(frame_count), generator)[0].permute(0, 2, 3, 1).numpy()
    names = [f"{number:02d}.png" for number in range(frame_count)]
    for name, picture in zip(names, pictures, strict=True):
        cv2.imwrite(str(output / name), np.ascontiguousarray(picture[..., ::-1]))
    shutil.copy(folder / "depth.npz", output)
    with open(output / "focus.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "focus_distance_m"])
        for name, dioptre in zip(names, np.linspace(far, near, frame_count), strict=True):
            writer.writerow([name, f"{1 / dioptre:.6f}"])


def _normalised_truth(folder: Path, far: float, near: float) -> np.ndarray:
    """(H, W) float32 normalised dioptres."""
    depth = np.load(folder / "depth.npz")["depth"]
    return ((1 / depth - far) / (near - far)).astype(np.float32)


def _widest_blur(folder: Path) -> float:
    """Pixels."""
    return json.loads((folder / "truth.json").read_text())["widest_blur_px"]


def _curved_frames(
    sharp: np.ndarray, dioptres: np.ndarray, blur: float, frame_count: int, generator: torch.Generator
) -> torch.Tensor:
    """(1, N, 3, H, W) linear RGB of a picture (H, W, 3) whose lens has a curved field."""
    border = ((MARGIN, MARGIN), (MARGIN, MARGIN))
    colour = torch.from_numpy(np.pad(sharp, (*border, (0, 0)), mode="reflect").transpose(2, 0, 1)[None])
    depth = torch.from_numpy(np.pad(dioptres, border, mode="reflect")[None, None])
    layers = cut_into_layers(colour.float(), depth, LAYERS, generator)
    low, high = BEND
    bend = low + (high - low) * float(torch.rand((), generator=generator))
    bend *= 1 if torch.rand((), generator=generator) < 0.5 else -1
    lens = replace(ideal_lens(torch.tensor([blur])), curvature=torch.tensor([[bend, 0.0]]))
    positions = torch.linspace(0, 1, frame_count)[None]
    rest = at_rest(1, frame_count, torch.device("cpu"))
    frames = photograph(layers, positions, lens, rest, max(dioptres.shape), generator)
    return frames[..., MARGIN:-MARGIN, MARGIN:-MARGIN]


def phone(frame_count: int) -> Processing:
    """Return what one phone does, at ISO 800, to a stack of so many frames."""

    def one(value: float) -> torch.Tensor:
        return torch.tensor([value])

    return Processing(
        exposure=one(BRIGHT),
        gains=torch.ones(1, frame_count, 3),
        electrons=one(ELECTRONS),
        read_noise=one(READ_NOISE),
        white_balance=torch.tensor([[1.8, 1.0, 1.5]]),
        is_mosaic=torch.tensor([True]),
        denoising=torch.tensor([DENOISING]),
        contrast=one(CONTRAST),
        local_contrast=one(LOCAL_CONTRAST),
        curve=one(1.0),
        sharpening=one(SHARPENING),
        sharpening_radius=one(SHARPENING_RADIUS),
        jpeg=one(JPEG),
    )


def main() -> None:
    """Copy every stack into a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stacks", nargs="+", type=Path, help="folders with photographs and depth")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--frames", type=int, metavar="N", help="photograph the scenes anew in so many")
    options = parser.parse_args()
    for seed, folder in enumerate(options.stacks):
        output = options.output / folder.name
        if options.frames is None:
            copy_as_phone(folder, output, seed)
        else:
            photograph_anew(folder, output, options.frames, seed)


if __name__ == "__main__":
    main()
