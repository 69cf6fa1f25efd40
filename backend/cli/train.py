"""`focal-depth train`: start a training run, or go on with it, and export the weights."""

import argparse
import os
from pathlib import Path

import torch

from ..contract.errors import InputError
from ..contract.qualities import FORMER_PREDICTOR_NAMES
from ..research.simulation.bank import read_shards
from ..research.simulation.stacks import Material
from ..research.training.objectives import OBJECTIVES
from ..research.training.trainer import TrainingConfig, train
from ..runtime.progress import Reporter
from .former_names import current_name
from .simulate import add_material_arguments, check_device, load_material


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `train` takes."""
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="checkpoint, log, weights")
    parser.add_argument(
        "--bank", type=Path, metavar="DIR", help="stacks made by simulate; else made on the way"
    )
    parser.add_argument(
        "--network",
        default=TrainingConfig.network,
        metavar="NAME",
        help=f"what is trained: {' or '.join(OBJECTIVES)} (default %(default)s)",
    )
    parser.add_argument("--steps", type=int, default=TrainingConfig.steps, help="train up to this step")
    parser.add_argument("--until", type=int, metavar="STEP", help="stop there on the way, and export")
    parser.add_argument("--crops", type=int, default=TrainingConfig.crops, help="crops a step and process")
    parser.add_argument(
        "--crop-size", type=int, nargs=2, default=TrainingConfig.crop_size, metavar=("H", "W")
    )
    parser.add_argument("--start-from", type=Path, metavar="FILE", help="exported weights to begin with")
    parser.add_argument("--learning-rate", type=float, help="at its highest")
    parser.add_argument("--seed", type=int, default=TrainingConfig.seed)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    add_material_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Train and export."""
    network = current_name("--network", options.network, FORMER_PREDICTOR_NAMES, reporter)
    _check(options, network)
    if options.device == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))  # torchrun's number of this process
    material = load_material(options) if options.bank is None else Material()
    config = TrainingConfig(
        output=options.output,
        network=network,
        bank=options.bank,
        material=material,
        steps=options.steps,
        crops=options.crops,
        crop_size=tuple(options.crop_size),
        learning_rate=options.learning_rate,
        start_from=options.start_from,
        seed=options.seed,
        device=options.device,
    )
    try:
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{options.output} cannot be written ({error.strerror}): choose another --output"
        ) from None
    train(config, reporter, options.until)


def _check(options: argparse.Namespace, network: str) -> None:
    """Raise InputError where options are impossible."""
    if network not in OBJECTIVES:
        raise InputError(f"--network {network}: use {' or '.join(OBJECTIVES)}")
    check_device(options.device)
    height, width = options.crop_size
    if height % 32 or width % 32 or min(height, width) < 32:
        raise InputError(f"--crop-size {height} {width}: use multiples of 32")
    if options.crops < 1:
        raise InputError(f"--crops {options.crops}: use 1 or more")
    if options.bank is None:
        return
    if options.textures or options.rgbd:
        raise InputError("--textures and --rgbd are for stacks made on the way; leave out --bank to use them")
    shards = read_shards(options.bank)
    if not shards:
        raise InputError(
            f"{options.bank} holds no stacks; make some: focal-depth simulate --output {options.bank}"
        )
    have = shards[0].dioptres.shape[1:]
    if have[0] < height or have[1] < width:
        raise InputError(
            f"{options.bank} holds stacks of {have[0]} x {have[1]} pixels; use a smaller --crop-size than "
            f"{height} {width}"
        )
