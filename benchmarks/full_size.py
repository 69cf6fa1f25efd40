"""How near edges depth of full size is to the truth, on rendered stacks of many megapixels.

    python -m rendering.validation --output DIR --long-side 4243 --samples 6 --seed 2 --only 6 9   (needs bpy)
    PYTHONPATH=. .venv/bin/python benchmarks/full_size.py DIR/* [--quality standard]

Prints the mean error, in thousandths of normalised dioptres and cut at 500, within 8 pixels of edges and
elsewhere: of the network's depth enlarged bilinearly, and of what `estimate` makes of it.
"""

import argparse
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
from focal_depth.contract.qualities import QUALITIES, STANDARD
from focal_depth.depth import focal_unet
from focal_depth.depth.focal_unet import EDGE_STEP
from focal_depth.depth.upsampling import upsample
from focal_depth.io.colour import srgb_bytes
from focal_depth.pipeline import Analysis, analyse, plan_job
from focal_depth.runtime.config import Config
from focal_depth.runtime.resources import Resources
from focal_depth.runtime.timings import Stages
from focal_depth.stack import FocalStack, read_stack

NEAR_EDGES = 8  # pixels
MAX_ERROR = 0.5


def errors(folder: Path, quality: str) -> dict[str, tuple[float, float]]:
    """{name: (near edges, elsewhere)}"""
    stack = read_stack([folder])
    truth = _truth(folder, stack)
    near = _near_edges(truth)
    unrefined = _analyse(stack, quality, edge_step=np.inf)  # no step is an edge: as the network left it
    refined = _analyse(stack, quality, EDGE_STEP)
    maps = {
        "bilinear": cv2.resize(unrefined.prediction.normalised, stack.size),
        "full size": upsample(refined.prediction.normalised, srgb_bytes(refined.all_in_focus), EDGE_STEP),
    }
    off = {name: np.minimum(np.abs(depth - truth), MAX_ERROR) for name, depth in maps.items()}
    return {name: (1e3 * each[near].mean(), 1e3 * each[~near].mean()) for name, each in off.items()}


def _truth(folder: Path, stack: FocalStack) -> np.ndarray:
    depth = np.load(folder / "depth.npz")["depth"]
    far, near = stack.dioptres[0], stack.dioptres[-1]
    return ((1 / depth - far) / (near - far)).astype(np.float32)


def _near_edges(truth: np.ndarray) -> np.ndarray:
    window = np.ones((3, 3), np.uint8)
    edges = cv2.dilate(truth, window) - cv2.erode(truth, window) > EDGE_STEP
    side = 2 * NEAR_EDGES + 1
    return cv2.dilate(np.uint8(edges), np.ones((side, side), np.uint8)) > 0


def _analyse(stack: FocalStack, quality: str, edge_step: float) -> Analysis:
    with mock.patch.object(focal_unet, "EDGE_STEP", edge_step):
        return analyse(plan_job(stack, Config(quality), Resources()), Stages())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("stacks", type=Path, nargs="+", metavar="STACK")
    parser.add_argument("--quality", choices=QUALITIES, default=STANDARD)
    options = parser.parse_args()
    print("| stack | bilinear: edges | elsewhere | full size: edges | elsewhere | edges, ratio |")
    print("|" + " --- |" * 6)
    for folder in options.stacks:
        measured = errors(folder, options.quality)
        bilinear, full = measured["bilinear"], measured["full size"]
        print(
            f"| {folder.name} | {bilinear[0]:.1f} | {bilinear[1]:.1f} | {full[0]:.1f} | {full[1]:.1f} "
            f"| {full[0] / bilinear[0]:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
