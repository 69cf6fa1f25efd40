"""How near edges depth of full size is to the truth, on rendered stacks of many megapixels.

    python -m rendering.validation --output DIR --long-side 4243 --samples 6 --seed 2 --only 6 9   (needs bpy)
    PYTHONPATH=. .venv/bin/python benchmarks/full_size.py DIR/* [--quality standard]

Tells the mean error, in thousandths of normalised dioptres and cut at 500, within 8 pixels of edges and
elsewhere: of the network's depth enlarged bilinearly, and of what `estimate` makes of it.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from focal_depth import pipeline
from focal_depth.depth import predictors
from focal_depth.depth.upsampling import upsample
from focal_depth.io.colour import srgb_bytes
from focal_depth.runtime.progress import SilentReporter
from focal_depth.stack import FocalStack, Overrides, read_stack

NEAR_EDGES = 8  # pixels
MOST = 0.5


def errors(folder: Path, quality: str) -> dict[str, tuple[float, float]]:
    """{name: (near edges, elsewhere)}"""
    stack = read_stack([folder], Overrides())
    truth = _truth(folder, stack)
    near = _near_edges(truth)
    raw, _ = _found(stack, quality, jump=np.inf)  # no step is an edge: as the network left it
    depth, picture = _found(stack, quality, predictors.JUMP)
    maps = {
        "bilinear": cv2.resize(raw, stack.size),
        "full size": upsample(depth, srgb_bytes(picture), predictors.JUMP),
    }
    off = {name: np.minimum(np.abs(found - truth), MOST) for name, found in maps.items()}
    return {name: (1e3 * each[near].mean(), 1e3 * each[~near].mean()) for name, each in off.items()}


def _truth(folder: Path, stack: FocalStack) -> np.ndarray:
    depth = np.load(folder / "depth.npz")["depth"]
    far, near = stack.dioptres[0], stack.dioptres[-1]
    return ((1 / depth - far) / (near - far)).astype(np.float32)


def _near_edges(truth: np.ndarray) -> np.ndarray:
    window = np.ones((3, 3), np.uint8)
    edges = cv2.dilate(truth, window) - cv2.erode(truth, window) > predictors.JUMP
    side = 2 * NEAR_EDGES + 1
    return cv2.dilate(np.uint8(edges), np.ones((side, side), np.uint8)) > 0


def _found(stack: FocalStack, quality: str, jump: float) -> tuple[np.ndarray, np.ndarray]:
    """Depth at the networks' size and the all-in-focus picture."""
    usual, predictors.JUMP = predictors.JUMP, jump
    try:
        choices = pipeline.Choices(quality)
        plan = pipeline.plan_of(stack, choices)
        known = pipeline.look(stack, plan, choices, SilentReporter(), pipeline.Timings())
    finally:
        predictors.JUMP = usual
    return known.found.normalised, known.picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("stacks", type=Path, nargs="+", metavar="STACK")
    parser.add_argument("--quality", choices=pipeline.QUALITIES, default=pipeline.STANDARD)
    options = parser.parse_args()
    print("| stack | bilinear: edges | elsewhere | full size: edges | elsewhere | edges, ratio |")
    print("|" + " --- |" * 6)
    for folder in options.stacks:
        told = errors(folder, options.quality)
        bilinear, full = told["bilinear"], told["full size"]
        print(
            f"| {folder.name} | {bilinear[0]:.1f} | {bilinear[1]:.1f} | {full[0]:.1f} | {full[1]:.1f} "
            f"| {full[0] / bilinear[0]:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
