"""Copies of stacks with known depth as a phone at ISO 800 would have written them.

`python -m focal_depth.research.evaluation.phone_copies STACKS... --output DIR`: what `focal-depth evaluate`
says of them shows how a predictor bears noise that was demosaicked, denoised, sharpened and compressed.
"""

import argparse
import shutil
from pathlib import Path

import cv2
import numpy as np
import torch

from ...io.colour import srgb_decode
from ...io.photographs import read_photograph
from ...stack.find import photographs_in
from ..simulation.processing import Processing, develop

BRIGHT = 1.0  # of the 97th percentile, as taken
ELECTRONS, READ_NOISE = 700.0, 3.0  # of a white pixel
DENOISING = 1.0, 2.0  # of luma and chroma: what a phone leaves of such noise are blotches
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
    options = parser.parse_args()
    for seed, folder in enumerate(options.stacks):
        copy_as_phone(folder, options.output / folder.name, seed)


if __name__ == "__main__":
    main()
