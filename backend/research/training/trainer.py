"""The training loop: resumable at any step, alone or as one of many processes under torchrun."""

import copy
import math
import os
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from ...runtime.progress import Reporter
from ..simulation.bank import read_shards
from ..simulation.stacks import Material
from . import checkpoint
from .examples import Examples, Source, from_bank, live
from .log import Log
from .objectives import OBJECTIVES, export

WARM_UP = 200  # steps
AVERAGE_DECAY = 0.998
LARGEST_GRADIENT = 1.0


@dataclass(frozen=True)
class Training:
    """Everything that decides a run."""

    output: Path
    network: str = "ours"
    bank: Path | None = None  # stacks on disk; without one they are simulated on the device
    material: Material = field(default_factory=Material)  # what those are made of
    steps: int = 20_000
    crops: int = 4  # a step and process
    crop_size: tuple[int, int] = (160, 192)
    learning_rate: float | None = None  # the objective's own
    start_from: Path | None = None  # exported weights to begin with, where there is no checkpoint
    save_every: int = 100
    seed: int = 1
    device: str = "cpu"


def train(training: Training, reporter: Reporter, until: int | None = None) -> nn.Module:
    """Train from the last checkpoint in `output` (or from nothing) to `steps`; returns the average network.

    With `until`, stop there, on the way: the schedule of the learning rate is that of `steps`. Under
    torchrun every process draws crops of its own; the first one writes.
    """
    rank, world = _join_others(training.device)
    torch.manual_seed(training.seed)
    objective = OBJECTIVES[training.network]().to(training.device)
    if training.start_from is not None:
        at_random = checkpoint.begin_with(training.start_from, objective.network)
        if at_random:
            reporter.warning(f"{training.start_from} has no fitting weights for {at_random} entries: random")
    average = copy.deepcopy(objective.network).requires_grad_(False)
    peak = training.learning_rate or objective.learning_rate
    optimizer = torch.optim.AdamW(objective.parameters(), peak, weight_decay=1e-4)
    start = checkpoint.load(training.output, training.network, objective.network, average, optimizer)
    forward = DistributedDataParallel(objective, find_unused_parameters=True) if world > 1 else objective
    log = Log(training.output)
    end = training.steps if until is None else min(until, training.steps)
    for step in range(start, end):
        if step == start or step % training.save_every == 0:
            source = _source(training)  # a bank may grow while we train
        for group in optimizer.param_groups:
            group["lr"] = peak * _schedule(step, training.steps)
        end_to_end = objective.end_to_end_every is not None and step % objective.end_to_end_every == 0
        with torch.no_grad():
            generator = _generator(training, step, rank)
            examples = source(training.crops, training.crop_size, not end_to_end, generator)
        losses = _step(forward, optimizer, examples, end_to_end)
        # A young average would remember the random start for long.
        _follow(average, objective.network, min(AVERAGE_DECAY, (1 + step) / (10 + step)))
        saves = (step + 1) % training.save_every == 0 or step + 1 == end
        if saves and world > 1:
            _check_alike(objective.network)
        if rank > 0:
            continue
        log.add(losses)
        if saves:
            checkpoint.save(
                training.output, training.network, step + 1, objective.network, average, optimizer
            )
            log.write(step + 1)
            reporter.progress("train", step + 1, training.steps)
    if rank == 0:
        export(objective, average, training.output)
        reporter.result(training.output, f"weights in {training.output}")
    if world > 1:
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()
    return average


def _join_others(device: str) -> tuple[int, int]:
    """This process's number and how many there are, as torchrun says; (0, 1) without it."""
    world = int(os.environ.get("WORLD_SIZE", 1))
    if world > 1:
        store, rank, _ = next(rendezvous("env://"))
        # The store outlives processes that were lost; those that follow must not call at their addresses.
        store = torch.distributed.PrefixStore(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"), store)
        backend = "nccl" if device.startswith("cuda") else "gloo"
        torch.distributed.init_process_group(backend, store=store, world_size=world, rank=rank)
    return int(os.environ.get("RANK", 0)), world


def _check_alike(network: nn.Module) -> None:
    """Raises RuntimeError where processes have come to different weights: what they learn then is nothing."""
    entries = [value.detach().double().flatten() for value in network.state_dict().values()]
    entries = torch.cat(entries)
    least, most = entries.clone(), entries
    torch.distributed.all_reduce(least, torch.distributed.ReduceOp.MIN)
    torch.distributed.all_reduce(most, torch.distributed.ReduceOp.MAX)
    if not torch.equal(least, most):
        raise RuntimeError("The processes have different weights: start again from the last checkpoint")


def _source(training: Training) -> Source:
    fewest = OBJECTIVES[training.network].fewest_frames
    if training.bank is None:
        return live(training.material, fewest)
    return from_bank(read_shards(training.bank), fewest)


def _generator(training: Training, step: int, rank: int) -> torch.Generator:
    """All randomness of one step of one process, so that a resumed run is the run."""
    generator = torch.Generator(training.device)
    return generator.manual_seed(((training.seed * 1_000_003 + step) * 4_099 + rank) % 2**63)


def _schedule(step: int, steps: int) -> float:
    """Warm-up, then a half cosine down to a hundredth."""
    return min(1.0, (step + 1) / WARM_UP) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def _step(
    forward: nn.Module, optimizer: torch.optim.Optimizer, examples: Examples, end_to_end: bool
) -> dict[str, Tensor]:
    optimizer.zero_grad(set_to_none=True)
    losses = forward(examples, end_to_end)
    sum(losses.values()).backward()
    nn.utils.clip_grad_norm_(forward.parameters(), LARGEST_GRADIENT)
    optimizer.step()
    return {name: value.detach() for name, value in losses.items()}


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
        slow.lerp_(fast, 1 - decay)
    for slow, fast in zip(average.buffers(), network.buffers(), strict=True):
        slow.copy_(fast)  # statistics of batch norm are averages already
