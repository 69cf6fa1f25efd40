"""The training loop: both networks together, resumable at any step."""

import copy
import csv
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ..messages import Reporter
from ..networks.alignment import warp
from ..networks.focal_depth import FocalDepthNetwork
from ..simulation.bank import read_shards
from . import checkpoint
from .crops import Example, random_example
from .losses import alignment_loss, depth_loss, spread_loss

LOSSES = ("align", "depth", "spread")


@dataclass(frozen=True)
class Training:
    """Everything that decides a run."""

    bank: Path
    output: Path
    steps: int = 12_000
    crops: int = 6  # crops a step
    end_to_end_every: int = 3  # steps; then one crop goes through both networks, others are pre-aligned
    crop_size: tuple[int, int] = (96, 112)
    learning_rate: float = 2e-3
    average_decay: float = 0.998
    save_every: int = 100
    seed: int = 1
    device: str = "cpu"


def train(training: Training, reporter: Reporter, until: int | None = None) -> FocalDepthNetwork:
    """Train from the last checkpoint in `output` (or from nothing) to `steps`; returns the average.

    With `until`, stop there, on the way: the schedule of the learning rate is that of `steps`.
    """
    torch.manual_seed(training.seed)
    network = FocalDepthNetwork().to(training.device)
    average = copy.deepcopy(network).requires_grad_(False)
    optimizer = torch.optim.AdamW(network.parameters(), training.learning_rate, weight_decay=1e-4)
    start = checkpoint.load(training.output, network, average, optimizer)
    log = _Log(training.output / "log.csv")
    end = training.steps if until is None else until
    for step in range(start, end):
        if step == start or step % training.save_every == 0:
            shards = read_shards(training.bank)  # a bank may grow while we train
        for group in optimizer.param_groups:
            group["lr"] = training.learning_rate * _schedule(step, training.steps)
        log.add(_step(network, optimizer, shards, training, step))
        # A young average would remember the random start for long.
        decay = min(training.average_decay, (1 + step) / (10 + step))
        for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
            slow.lerp_(fast.detach(), 1 - decay)
        if (step + 1) % training.save_every == 0 or step + 1 == end:
            checkpoint.save(training.output, step + 1, network, average, optimizer)
            log.write(step + 1)
            reporter.progress("train", step + 1, training.steps)
    return average


def _schedule(step: int, steps: int) -> float:
    """Warm-up over 200 steps, then a half cosine down to a hundredth."""
    return min(1.0, (step + 1) / 200) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def _step(
    network: FocalDepthNetwork,
    optimizer: torch.optim.Optimizer,
    shards: list,
    training: Training,
    step: int,
) -> dict[str, float]:
    random = np.random.default_rng([training.seed, step])
    optimizer.zero_grad(set_to_none=True)
    sums: dict[str, float] = {}
    for index in range(training.crops):
        example = random_example(shards, training.crop_size, random)
        joined = index == 0 and step % training.end_to_end_every == 0
        losses = _losses(network, example, joined, random, training.device)
        (sum(losses.values()) / training.crops).backward()
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + value.item() / (1 if name == "align" else training.crops)
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return sums


def _losses(network, example: Example, end_to_end: bool, random, device) -> dict[str, torch.Tensor]:
    stack, positions, motion, truth = (
        value.to(device) for value in (example.stack, example.positions, example.motion, example.dioptres)
    )
    losses = {}
    if end_to_end:
        found, steps = network.alignment(stack)
        aligned = warp(stack, found, mode="bicubic")
        losses["align"] = 0.1 * alignment_loss(found, steps, motion, stack)
    else:
        # Aligned by the truth but for what the alignment network typically leaves.
        left = torch.from_numpy(random.normal(0, 1, (len(motion), 3)).astype(np.float32)).to(device)
        left = left * torch.tensor([0.2, 0.3, 0.3], device=device) / (0.5 * max(stack.shape[-2:]))
        left[-1] = 0
        aligned = warp(stack, motion + left, mode="bicubic")
    # Convolutions in bfloat16; the alignment's solve would not bear it.
    with torch.autocast(torch.device(device).type, torch.bfloat16):
        depth, spread = network.depth(aligned, positions)
    depth, spread = depth.float(), spread.float()
    losses["depth"] = depth_loss(depth, truth)
    losses["spread"] = 0.05 * spread_loss(spread, depth, truth)
    return losses


class _Log:
    """Means over the steps since the last line, appended to a CSV file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sums: dict[str, list[float]] = {name: [] for name in LOSSES}
        self._since = time.monotonic()

    def add(self, losses: dict[str, float]) -> None:
        for name, value in losses.items():
            self._sums[name].append(value)

    def write(self, step: int) -> None:
        new = not self._path.exists()
        seconds = time.monotonic() - self._since
        with self._path.open("a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["step", *LOSSES, "seconds"])
            means = (f"{np.mean(values):.5f}" for values in self._sums.values())
            writer.writerow([step, *means, f"{seconds:.1f}"])
        self._sums, self._since = {name: [] for name in LOSSES}, time.monotonic()
