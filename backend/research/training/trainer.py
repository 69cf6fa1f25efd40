"""The training loop: resumable at any step, alone or as one of many processes under torchrun."""

import copy
import math
import os
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from ...contract.qualities import FOCAL_UNET
from ...runtime.progress import Reporter
from ..simulation.bank import read_shards
from ..simulation.stacks import Material
from . import checkpoint
from .examples import Examples, ExampleSource, bank_source, simulation_source
from .log import Log
from .objectives import OBJECTIVES, Losses, export

WARM_UP = 200  # steps
AVERAGE_DECAY = 0.998
MAX_GRADIENT_NORM = 1.0


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides a run.

    Attributes
    ----------
    output
        Folder of the checkpoint, the log and the exported files.
    network
        A name in `objectives.OBJECTIVES`.
    bank
        Folder of simulated stacks; without one they are simulated on the device.
    material
        What the scenes of those consist of.
    steps
        Of the whole schedule.
    crops
        Per step and process.
    crop_size
        (H, W) pixels, multiples of 32.
    learning_rate
        The highest; None is the objective's own.
    start_from
        Exported weights to begin with, where there is no checkpoint.
    save_every
        Steps between checkpoints.
    seed
        Of all randomness.
    device
        As torch names it.
    """

    output: Path
    network: str = FOCAL_UNET
    bank: Path | None = None
    material: Material = field(default_factory=Material)
    steps: int = 20_000
    crops: int = 4
    crop_size: tuple[int, int] = (160, 192)
    learning_rate: float | None = None
    start_from: Path | None = None
    save_every: int = 100
    seed: int = 1
    device: str = "cpu"


def train(config: TrainingConfig, reporter: Reporter, until: int | None = None) -> nn.Module:
    """Train from the last checkpoint in `output`, or from nothing, to `steps`, and export.

    Under torchrun every process draws crops of its own, and the first one writes.

    Parameters
    ----------
    config
        The run.
    reporter
        Receives progress and warnings.
    until
        Stop at this step, on the way: the schedule of the learning rate is that of `steps`.

    Returns
    -------
    nn.Module
        The moving average of the network, which is what is exported.

    Raises
    ------
    InputError
        Where `output` has another network's checkpoint, or `start_from` cannot be used.
    RuntimeError
        Where the processes have come to different weights.
    """
    rank, world = _join_processes(config.device)
    torch.manual_seed(config.seed)
    objective = OBJECTIVES[config.network]().to(config.device)
    if config.start_from is not None:
        at_random = checkpoint.load_exported_weights(config.start_from, objective.network)
        if at_random:
            reporter.warning(f"{config.start_from} has no fitting weights for {at_random} entries: random")
    average = copy.deepcopy(objective.network).requires_grad_(False)
    peak = config.learning_rate or objective.learning_rate
    optimizer = torch.optim.AdamW(objective.parameters(), peak, weight_decay=1e-4)
    start = checkpoint.load(config.output, config.network, objective.network, average, optimizer)
    forward = DistributedDataParallel(objective, find_unused_parameters=True) if world > 1 else objective
    log = Log(config.output)
    end = config.steps if until is None else min(until, config.steps)
    for step in range(start, end):
        if step == start or step % config.save_every == 0:
            source = _source(config)  # a bank may grow during a run
        for group in optimizer.param_groups:
            group["lr"] = peak * _schedule(step, config.steps)
        end_to_end = objective.end_to_end_every is not None and step % objective.end_to_end_every == 0
        with torch.no_grad():
            generator = _generator(config, step, rank)
            examples = source(config.crops, config.crop_size, not end_to_end, generator)
        losses = _step(forward, optimizer, examples, end_to_end)
        # An average of few steps would long be close to the random start.
        _update_average(average, objective.network, min(AVERAGE_DECAY, (1 + step) / (10 + step)))
        saves = (step + 1) % config.save_every == 0 or step + 1 == end
        if saves and world > 1:
            _check_equal_weights(objective.network)
        if rank > 0:
            continue
        log.add(losses)
        if saves:
            checkpoint.save(config.output, config.network, step + 1, objective.network, average, optimizer)
            log.write(step + 1)
            reporter.progress("train", step + 1, config.steps)
    if rank == 0:
        export(objective, average, config.output)
        reporter.result(config.output, f"weights in {config.output}")
    if world > 1:
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()
    return average


def _join_processes(device: str) -> tuple[int, int]:
    """Join torchrun's processes; returns this one's number and how many there are, (0, 1) without it."""
    world = int(os.environ.get("WORLD_SIZE", 1))
    if world > 1:
        store, rank, _ = next(rendezvous("env://"))
        # The store outlives processes that were lost; their successors must not read their addresses.
        store = torch.distributed.PrefixStore(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"), store)
        backend = "nccl" if device.startswith("cuda") else "gloo"
        torch.distributed.init_process_group(backend, store=store, world_size=world, rank=rank)
    return int(os.environ.get("RANK", 0)), world


def _check_equal_weights(network: nn.Module) -> None:
    """Raise RuntimeError where processes have come to different weights."""
    entries = [value.detach().double().flatten() for value in network.state_dict().values()]
    entries = torch.cat(entries)
    lowest, highest = entries.clone(), entries
    torch.distributed.all_reduce(lowest, torch.distributed.ReduceOp.MIN)
    torch.distributed.all_reduce(highest, torch.distributed.ReduceOp.MAX)
    if not torch.equal(lowest, highest):
        raise RuntimeError("The processes have different weights: start again from the last checkpoint")


def _source(config: TrainingConfig) -> ExampleSource:
    min_frames = OBJECTIVES[config.network].min_frames
    if config.bank is None:
        return simulation_source(config.material, min_frames)
    return bank_source(read_shards(config.bank), min_frames)


def _generator(config: TrainingConfig, step: int, rank: int) -> torch.Generator:
    """Return the generator of one step of one process, so that a resumed run is bit for bit the same."""
    generator = torch.Generator(config.device)
    return generator.manual_seed(((config.seed * 1_000_003 + step) * 4_099 + rank) % 2**63)


def _schedule(step: int, steps: int) -> float:
    """Return the share of the highest learning rate: a warm-up, then half a cosine down to a hundredth."""
    return min(1.0, (step + 1) / WARM_UP) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def _step(
    forward: nn.Module, optimizer: torch.optim.Optimizer, examples: Examples, end_to_end: bool
) -> Losses:
    """Take one step; returns its losses."""
    optimizer.zero_grad(set_to_none=True)
    losses = forward(examples, end_to_end)
    sum(losses.values()).backward()
    nn.utils.clip_grad_norm_(forward.parameters(), MAX_GRADIENT_NORM)
    optimizer.step()
    return {name: value.detach() for name, value in losses.items()}


@torch.no_grad()
def _update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the average towards the network."""
    for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
        slow.lerp_(fast, 1 - decay)
    for slow, fast in zip(average.buffers(), network.buffers(), strict=True):
        slow.copy_(fast)  # statistics of batch norm are averages already
