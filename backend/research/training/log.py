"""The log of a training run: losses and seconds as CSV, and their curves as a picture."""

import csv
import time
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import Tensor

CSV, PICTURE = "log.csv", "log.png"


class Log:
    """Averages losses, appends a line to `log.csv` now and then, and draws `log.png` anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._losses: dict[str, list[Tensor]] = {}
        self._since = time.monotonic(), time.process_time()

    def add(self, losses: dict[str, Tensor]) -> None:
        """Add the losses of one step, each a scalar."""
        for name, value in losses.items():
            self._losses.setdefault(name, []).append(value)

    def write(self, step: int) -> None:
        """Write a line of the means since the last line, up to `step`."""
        now = time.monotonic(), time.process_time()
        wall, processor = (end - start for end, start in zip(now, self._since, strict=True))
        line = {"step": str(step), "seconds": f"{wall:.1f}", "processor_seconds": f"{processor:.1f}"}
        for name, values in self._losses.items():
            line[name] = f"{torch.stack(values).mean().item():.5f}"
        path = self._folder / CSV
        rows = [*_read(path), line] if path.exists() else [line]
        # Not every loss is in every line: stacks go through both networks only now and then.
        names = dict.fromkeys(name for row in rows for name in row)
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(names), restval="nan")
            writer.writeheader()
            writer.writerows(rows)
        _draw(rows, self._folder / PICTURE)
        self._losses, self._since = {}, now


def _read(log: Path) -> list[dict[str, str]]:
    with log.open(newline="") as file:
        return list(csv.DictReader(file))


def _draw(rows: list[dict[str, str]], picture: Path) -> None:
    """Draw the curve of every loss against the step."""
    figure = Figure(figsize=(8, 4.5), dpi=100, layout="constrained")
    axes = figure.subplots()
    steps = [int(row["step"]) for row in rows]
    for name in dict.fromkeys(name for row in rows for name in row):
        if name not in ("step", "seconds", "processor_seconds"):
            axes.plot(steps, [float(row.get(name, "nan")) for row in rows], label=name)
    # The uncertainty's loss ("spread") is a logarithm and may be negative.
    axes.set(xlabel="step", ylabel="loss (weighted, mean of the steps since the last point)", xscale="log")
    axes.set_yscale("symlog", linthresh=0.01)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(picture)
