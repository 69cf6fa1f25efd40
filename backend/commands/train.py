"""`focal-depth train`: start a training run, or go on with it, and export what it has learned."""

import argparse
from pathlib import Path

import torch

from ..errors import InputError
from ..messages import Reporter
from ..simulation.bank import read_shards
from ..training.objectives import OBJECTIVES
from ..training.trainer import Training, train
from .simulate import add_material_arguments, load_material


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="checkpoint, log, weights")
    parser.add_argument(
        "--bank", type=Path, metavar="DIR", help="stacks made by simulate; else made on the way"
    )
    parser.add_argument("--network", choices=OBJECTIVES, default=Training.network, help="what is trained")
    parser.add_argument("--steps", type=int, default=Training.steps, help="train up to this step")
    parser.add_argument("--until", type=int, metavar="STEP", help="stop there on the way, and export")
    parser.add_argument("--crops", type=int, default=Training.crops, help="crops a step and process")
    parser.add_argument("--crop-size", type=int, nargs=2, default=Training.crop_size, metavar=("H", "W"))
    parser.add_argument("--learning-rate", type=float, help="at its highest")
    parser.add_argument("--seed", type=int, default=Training.seed)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    add_material_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    if options.bank is not None and not read_shards(options.bank):
        raise InputError(
            f"{options.bank} holds no stacks; make some: focal-depth simulate --output {options.bank}"
        )
    if any(side % 32 for side in options.crop_size):
        raise InputError(f"--crop-size {options.crop_size[0]} {options.crop_size[1]}: use multiples of 32")
    material = load_material(options) if options.bank is None else None
    training = Training(
        output=options.output,
        network=options.network,
        bank=options.bank,
        material=material,
        steps=options.steps,
        crops=options.crops,
        crop_size=tuple(options.crop_size),
        learning_rate=options.learning_rate,
        seed=options.seed,
        device=options.device,
    )
    options.output.mkdir(parents=True, exist_ok=True)
    train(training, reporter, options.until)
    reporter.result(options.output, f"weights in {options.output}")
