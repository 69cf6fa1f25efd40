"""`focal-depth train`: start a training run, or go on with it, and export what it has learned."""

import argparse
from pathlib import Path

import torch

from ..errors import InputError
from ..messages import Reporter
from ..simulation.bank import read_shards
from ..training.trainer import Training, train


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bank", type=Path, required=True, metavar="DIR", help="stacks made by simulate")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="checkpoint and log")
    parser.add_argument("--steps", type=int, default=Training.steps, help="train up to this step")
    parser.add_argument("--until", type=int, metavar="STEP", help="stop there on the way, and export")
    parser.add_argument("--crops", type=int, default=Training.crops, help="crops a step")
    parser.add_argument("--seed", type=int, default=Training.seed)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    if not read_shards(options.bank):
        raise InputError(
            f"{options.bank} holds no stacks; make some: focal-depth simulate --output {options.bank}"
        )
    training = Training(
        bank=options.bank,
        output=options.output,
        steps=options.steps,
        crops=options.crops,
        seed=options.seed,
        device=options.device,
    )
    network = train(training, reporter, options.until)
    from ..networks.export import export

    export(network.cpu(), options.output)
    reporter.result(options.output, f"weights in {options.output}")
