"""Learn what shows near and far:
`python -m focal_depth.research.training.direction --rgbd DIR --photographs DIR`.

Prints the weights that `focal_depth.stack.direction` holds. Stacks are simulated in three kinds: pictures
with depth, things before a textured ground, and things before a plain one. Weights of edges are a logistic
regression over edges, those of cues one over stacks whose edges had no part in the weights of edges.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ...stack.direction import CUES, EDGE_FEATURES, Measures, gather_cues, measure_direction
from ..simulation.apertures import aperture_kernels
from ..simulation.layers import Layers, render
from ..simulation.motion import random_motion, random_roll
from ..simulation.plain import plain_layers
from ..simulation.rgbd import RgbdPictures, load_rgbd, rgbd_layers
from ..simulation.scenes import random_layers
from ..simulation.sensor import compress_jpeg, expose
from ..simulation.stacks import focus_positions
from ..simulation.textures import load_photographs

SIZE, CANVAS = (320, 480), (400, 560)  # height and width in pixels; the canvas lets frames move
FRAME_COUNTS = (3, 5, 6, 8, 10, 12)
BLUR = (6.0, 34.0)  # pixels: circle of confusion's diameter over the focus range
THIN_LENS_GROWTH, ZOOM_GROWTH = (0.0, 0.09), (-0.05, 0.05)  # logarithms, from far to near focus
ZOOM_SHARE = 0.5  # of lenses; they focus by moving inner groups, and may breathe either way
MAX_PARALLAX = 2.5  # pixels
HAND_HELD_SHARE, JPEG_SHARE = 0.3, 0.8
KINDS = {"pictures": 3.0, "things": 1.0, "plain": 2.0}  # and how often photographers meet them
EDGES_OF_A_STACK = 60.0  # more edges of one stack count no more together
FOLDS = 6


@dataclass(frozen=True)
class Example:
    """What was measured on a simulated stack that runs far to near."""

    kind: str
    measures: Measures


@dataclass(frozen=True)
class Scenery:
    """What scenes consist of: pictures with depth, and (T, 3, 512, 512) linear RGB to paint with."""

    rgbd: RgbdPictures
    photographs: Tensor


def simulate_thumbnails(kind: str, scenery: Scenery, generator: torch.Generator) -> list[np.ndarray]:
    """Return grey pictures (320, 480) uint8 of a random stack, far to near, as a camera would write them."""
    layers = _scene(kind, scenery, generator)
    count = FRAME_COUNTS[int(torch.randint(len(FRAME_COUNTS), (1,), generator=generator))]
    positions = focus_positions(1, count, generator)
    blur = torch.tensor([math.exp(_draw(math.log(BLUR[0]), math.log(BLUR[1]), generator))])
    parallax = None
    if _draw(0, 1, generator) < HAND_HELD_SHARE:
        walk = torch.cumsum(torch.randn(1, count, 2, generator=generator), 1) / count**0.5
        parallax = (walk - walk[:, -1:]) * _draw(0, MAX_PARALLAX, generator)
    frames = render(layers, positions, blur, aperture_kernels(1, generator), parallax)
    pictures = expose(_move(frames, positions, generator), generator)[0].float() / 255
    if _draw(0, 1, generator) < JPEG_SHARE:
        pictures = compress_jpeg(pictures, torch.full((count,), _draw(60, 95, generator)))
    return list((pictures.mean(1) * 255).round().clamp(0, 255).to(torch.uint8).numpy())


def _scene(kind: str, scenery: Scenery, generator: torch.Generator) -> Layers:
    if kind == "pictures":
        return rgbd_layers(1, 6, CANVAS, scenery.rgbd, generator)
    if kind == "things":
        return random_layers(1, 5, CANVAS, scenery.photographs, generator)
    return plain_layers(5, CANVAS, scenery.photographs, generator)


def _move(frames: Tensor, positions: Tensor, generator: torch.Generator) -> Tensor:
    """Breathe, shift and roll frames (1, N, 3, h, w), and cut them to `SIZE`."""
    motion = random_motion(positions, SIZE[1] / 2, generator)
    is_zoom = _draw(0, 1, generator) < ZOOM_SHARE
    growth = _draw(*(ZOOM_GROWTH if is_zoom else THIN_LENS_GROWTH), generator)
    residual = torch.ones_like(positions) if is_zoom else motion[..., 0]
    scale = residual * torch.exp(-growth * (1 - positions))
    roll = random_roll(positions, generator)
    y, x = (torch.arange(side) + 0.5 - side / 2 for side in SIZE)
    moved = []
    for n in range(positions.shape[1]):
        right, down = (motion[0, n, axis] * SIZE[1] / 2 for axis in (1, 2))
        u, v = (x[None] - right) / scale[0, n], (y[:, None] - down) / scale[0, n]
        u, v = u * roll[0, n].cos() + v * roll[0, n].sin(), v * roll[0, n].cos() - u * roll[0, n].sin()
        grid = torch.stack([2 * u / CANVAS[1], 2 * v / CANVAS[0]], -1)[None]
        settings = {"mode": "bicubic", "padding_mode": "reflection", "align_corners": False}
        moved.append(F.grid_sample(frames[:, n], grid, **settings).clamp_min(0))
    return torch.stack(moved, 1)


def _draw(low: float, high: float, generator: torch.Generator) -> float:
    return low + (high - low) * float(torch.rand((), generator=generator))


def fit_logistic(features: np.ndarray, is_true: np.ndarray, weights: np.ndarray, ridge: float) -> np.ndarray:
    """Return (K,) coefficients of a logistic regression without a constant, by Newton's method.

    Parameters
    ----------
    features
        (P, K).
    is_true
        (P,) bool.
    weights
        (P,) of the examples.
    ridge
        Penalty on half the square of the coefficients.
    """
    coefficients = np.zeros(features.shape[1])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-features @ coefficients))
        slope = features.T @ (weights * (is_true - probability)) - ridge * coefficients
        curvature = (features.T * (weights * probability * (1 - probability))) @ features
        coefficients = coefficients + np.linalg.solve(curvature + ridge * np.eye(len(slope)), slope)
    return coefficients


def fit_edge_weights(examples: Sequence[Example]) -> np.ndarray:
    """Return (6,) weights of `EDGE_FEATURES`: a vote is true where it says that frames run to near."""
    comparisons = [example.measures.comparisons for example in examples]
    weights = [
        np.full(len(each.votes), KINDS[example.kind] * min(1, EDGES_OF_A_STACK / max(len(each.votes), 1)))
        for example, each in zip(examples, comparisons, strict=True)
    ]
    features = np.concatenate([each.features for each in comparisons])
    is_true = np.concatenate([each.votes > 0 for each in comparisons])
    return fit_logistic(features, is_true, np.concatenate(weights), ridge=10.0)


def fit_cue_weights(cues: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return (4,) weights of cues (P, 4) of stacks that run far to near; reversed, their signs change."""
    both, is_true = np.concatenate([cues, -cues]), np.repeat([True, False], len(cues))
    return fit_logistic(both, is_true, np.tile(weights, 2), ridge=1.0)


def report(examples: Sequence[Example]) -> str:
    """Return the weights learned from examples and, by cross-validation, how often they are right."""
    fold = np.arange(len(examples)) % FOLDS
    weights = np.array([KINDS[example.kind] for example in examples])
    cues = np.zeros((len(examples), len(CUES)))
    for held_out in range(FOLDS):
        edge_weights = fit_edge_weights([examples[i] for i in np.flatnonzero(fold != held_out)])
        for i in np.flatnonzero(fold == held_out):
            cues[i] = gather_cues(examples[i].measures, edge_weights)
    log_odds = np.zeros(len(examples))
    for held_out in range(FOLDS):
        rest = fold != held_out
        log_odds[~rest] = cues[~rest] @ fit_cue_weights(cues[rest], weights[rest])
    lines = [
        f"edges: {dict(zip(EDGE_FEATURES, fit_edge_weights(examples).round(2).tolist(), strict=True))}",
        f"cues: {dict(zip(CUES, fit_cue_weights(cues, weights).round(2).tolist(), strict=True))}",
    ]
    for kind in KINDS:
        of_kind = np.array([example.kind == kind for example in examples])
        lines.append(f"{kind}: {of_kind.sum()} stacks, {(log_odds[of_kind] > 0).mean():.0%} right")
    certainty = 1 / (1 + np.exp(-np.abs(log_odds)))
    for low, high in ((0.5, 0.75), (0.75, 0.95), (0.95, 1.01)):
        within = (certainty >= low) & (certainty < high)
        if within.any():
            share = (log_odds[within] > 0).mean()
            lines.append(f"certainty {low} to {high:.2f}: {within.sum()} stacks, {share:.0%} right")
    return "\n".join(lines)


def main() -> None:
    """Simulate, measure, fit and print."""
    parser = argparse.ArgumentParser(description="Learn the weights of focal_depth.stack.direction.")
    parser.add_argument("--rgbd", type=Path, required=True, help="folder of color_X and depth_X")
    parser.add_argument("--photographs", type=Path, required=True, help="folder of pictures to paint with")
    parser.add_argument("--stacks", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    device = torch.device("cpu")
    photographs = load_photographs(options.photographs, device)
    assert photographs is not None  # a folder was named
    scenery = Scenery(load_rgbd(options.rgbd, device), photographs)
    examples = []
    for index in range(options.stacks):
        kind = list(KINDS)[index % len(KINDS)]
        generator = torch.Generator().manual_seed(1000 * options.seed + index)
        examples.append(Example(kind, measure_direction(simulate_thumbnails(kind, scenery, generator))))
        print(f"{index + 1} of {options.stacks}", end="\r", flush=True)
    print(report(examples))


if __name__ == "__main__":
    main()
