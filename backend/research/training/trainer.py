"""The training loop: resumable at any step, alone or as one of many processes under torchrun."""

import copy
import math
import operator
import os
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import torch
from torch import nn
from torch.distributed.distributed_c10d import PrefixStore
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
    run = _Run(config, reporter, rank, world)
    end = config.steps if until is None else min(until, config.steps)
    for step in range(run.start, end):
        run.take_step(step)
        if (step + 1) % config.save_every == 0 or step + 1 == end:
            run.save(step + 1)
    if rank == 0:
        export(run.objective, run.average, config.output)
        reporter.result(config.output, f"weights in {config.output}")
    if world > 1:
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()
    return run.average


class _Run:
    """The state of a run in one process: network, moving average, optimizer, log and source of examples."""

    def __init__(self, config: TrainingConfig, reporter: Reporter, rank: int, world: int) -> None:
        self._config, self._reporter, self._rank, self._world = config, reporter, rank, world
        self.objective = OBJECTIVES[config.network]().to(config.device)
        if config.start_from is not None:
            self._load_exported_weights(config.start_from)
        self.average = copy.deepcopy(self.objective.network).requires_grad_(False)
        self._learning_rate = config.learning_rate or self.objective.learning_rate
        self._optimizer = torch.optim.AdamW(
            self.objective.parameters(), self._learning_rate, weight_decay=1e-4
        )
        self.start = checkpoint.load(
            config.output, config.network, self.objective.network, self.average, self._optimizer
        )
        self._forward: nn.Module = self.objective
        if world > 1:
            self._forward = DistributedDataParallel(self.objective, find_unused_parameters=True)
        self._log = Log(config.output)
        self._source: ExampleSource | None = None

    def take_step(self, step: int) -> None:
        """Draw examples and learn from them; `step` is how many are done."""
        config, every = self._config, self.objective.end_to_end_every
        if self._source is None or step % config.save_every == 0:
            self._source = _source(config)  # a bank may grow during a run
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate * _schedule(step, config.steps)
        end_to_end = every is not None and step % every == 0
        with torch.no_grad():
            generator = _generator(config, step, self._rank)
            examples = self._source(config.crops, config.crop_size, not end_to_end, generator)
        losses = self._optimize(examples, end_to_end)
        # An average of few steps would long be close to the random start.
        _update_average(self.average, self.objective.network, min(AVERAGE_DECAY, (1 + step) / (10 + step)))
        if self._rank == 0:
            self._log.add(losses)

    def save(self, step: int) -> None:
        """Write checkpoint and log after so many steps, in the first process; compare weights in all."""
        if self._world > 1:
            _check_equal_weights(self.objective.network)
        if self._rank > 0:
            return
        config = self._config
        checkpoint.save(
            config.output, config.network, step, self.objective.network, self.average, self._optimizer
        )
        self._log.write(step)
        self._reporter.progress("train", step, config.steps)

    def _optimize(self, examples: Examples, end_to_end: bool) -> Losses:
        self._optimizer.zero_grad(set_to_none=True)
        losses = self._forward(examples, end_to_end)
        reduce(operator.add, losses.values()).backward()
        nn.utils.clip_grad_norm_(self._forward.parameters(), MAX_GRADIENT_NORM)
        self._optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def _load_exported_weights(self, path: Path) -> None:
        missing = checkpoint.load_exported_weights(path, self.objective.network)
        if missing:
            self._reporter.warning(f"{path} has no fitting weights for {missing} entries: random")


def _join_processes(device: str) -> tuple[int, int]:
    """Join torchrun's processes; returns this one's number and how many there are, (0, 1) without it."""
    world = int(os.environ.get("WORLD_SIZE", 1))
    if world > 1:
        store, rank, _ = next(rendezvous("env://"))
        # The store outlives processes that were lost; their successors must not read their addresses.
        store = PrefixStore(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"), store)
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


@torch.no_grad()
def _update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the average towards the network."""
    for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
        slow.lerp_(fast, 1 - decay)
    for slow, fast in zip(average.buffers(), network.buffers(), strict=True):
        slow.copy_(fast)  # statistics of batch norm are averages already
