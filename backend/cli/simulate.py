"""`focal-depth simulate`: render a bank of focal stacks for training."""

import argparse
from pathlib import Path

import numpy as np
import torch

from ..contract.errors import InputError
from ..research.simulation.bank import Shard, write_shard
from ..research.simulation.ingredients import INGREDIENTS, check_ingredients
from ..research.simulation.processing import develop, random_processing
from ..research.simulation.rgbd import load_rgbd
from ..research.simulation.stacks import Material, simulate
from ..research.simulation.textures import load_photographs
from ..runtime.progress import Reporter

SHARD_SIZE = 32
FEWEST_FRAMES = 2
BATCH = 1  # so that every stack has a kind of its own


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `simulate` takes."""
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the bank's folder")
    parser.add_argument("--stacks", type=int, default=800, help="how many (default 800)")
    parser.add_argument(
        "--frames",
        type=int,
        nargs="+",
        default=[10],
        metavar="N",
        help="frames in a stack (default 10); two numbers: from shard to shard another one between them",
    )
    parser.add_argument("--size", type=int, nargs=2, default=(224, 272), metavar=("H", "W"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--without", nargs="+", default=[], metavar="NAME", help=f"leave out some of {', '.join(INGREDIENTS)}"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    add_material_arguments(parser)


def add_material_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what scenes consist of, as `train` takes it too."""
    parser.add_argument("--textures", type=Path, metavar="DIR", help="a folder of photographs to paint with")
    parser.add_argument("--rgbd", type=Path, metavar="DIR", help="color_* with depth_* to photograph anew")


def check_device(name: str) -> None:
    """Raise InputError where torch has no such device."""
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise InputError(f"--device {name}: torch finds no such GPU here; use --device cpu")


def load_material(options: argparse.Namespace) -> Material:
    """Load what scenes consist of. Raises InputError where a folder lacks it."""
    device = torch.device(options.device)
    rgbd = None if options.rgbd is None else load_rgbd(options.rgbd, device)
    return Material(load_photographs(options.textures, device), rgbd)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Render the shards that are missing: the same command goes on where it stopped."""
    check_device(options.device)
    frames = " ".join(map(str, options.frames))
    if min(options.frames) < FEWEST_FRAMES:
        raise InputError(f"--frames {frames}: use {FEWEST_FRAMES} or more")
    if len(options.frames) > 2 or options.frames[0] > options.frames[-1]:
        raise InputError(f"--frames {frames}: use one number, or the fewest and the most")
    without = check_ingredients(options.without)
    material = load_material(options)
    shard_count = -(-options.stacks // SHARD_SIZE)
    for index in range(shard_count):
        reporter.progress("simulate", index, shard_count)
        folder = options.output / f"shard_{index:04d}"
        if not folder.exists():
            write_shard(folder, _render_shard(options, index, material, without))
    reporter.result(options.output, f"{shard_count * SHARD_SIZE} stacks in {options.output}")


def _render_shard(
    options: argparse.Namespace, index: int, material: Material, without: frozenset[str]
) -> Shard:
    generator = torch.Generator(options.device).manual_seed(options.seed * 100_003 + index)
    frame_count = draw_frame_count(options.frames[0], options.frames[-1], generator)
    parts = []
    for _ in range(SHARD_SIZE // BATCH):
        with torch.inference_mode():
            stacks = simulate(BATCH, tuple(options.size), frame_count, material, generator, without)
            processing = random_processing(BATCH, frame_count, generator, without)
            frames = develop(stacks.frames, processing, generator).permute(0, 1, 3, 4, 2)
        part = frames, stacks.focused_dioptres.half(), stacks.positions, stacks.hand_held
        parts.append([value.cpu().numpy() for value in part])
    return Shard(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def draw_frame_count(fewest: int, most: int, generator: torch.Generator) -> int:
    """Draw a count, most often one in the middle between the logarithms of both."""
    share = torch.rand(2, generator=generator, device=generator.device).mean().item()
    return round(fewest * (most / fewest) ** share)
