"""The record of a run: losses and seconds as CSV, and their curves as a picture."""

import csv
import time
from pathlib import Path

import torch
from torch import Tensor

CSV, PICTURE = "log.csv", "log.png"


class Log:
    """Means over the steps since the last line, appended to `log.csv`; `log.png` is drawn anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sums: dict[str, list[Tensor]] = {}
        self._since = time.monotonic(), time.process_time()

    def add(self, losses: dict[str, Tensor]) -> None:
        for name, value in losses.items():
            self._sums.setdefault(name, []).append(value)

    def write(self, step: int) -> None:
        """A line for the steps up to `step`."""
        now = time.monotonic(), time.process_time()
        wall, processor = (end - start for end, start in zip(now, self._since, strict=True))
        line = {"step": step}
        for name, values in sorted(self._sums.items()):
            line[name] = f"{torch.stack(values).mean().item():.5f}"
        line |= {"seconds": f"{wall:.1f}", "processor_seconds": f"{processor:.1f}"}
        path = self._folder / CSV
        new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, line)
            if new:
                writer.writeheader()
            writer.writerow(line)
        draw(path, self._folder / PICTURE)
        self._sums, self._since = {}, now


def draw(log: Path, picture: Path) -> None:
    """Curves of every loss in a log.csv, against the step, both axes logarithmic."""
    from matplotlib.figure import Figure

    with log.open(newline="") as file:
        rows = list(csv.DictReader(file))
    figure = Figure(figsize=(8, 4.5), dpi=100, layout="constrained")
    axes = figure.subplots()
    steps = [int(row["step"]) for row in rows]
    for name in rows[0]:
        if name not in ("step", "seconds", "processor_seconds"):
            axes.plot(steps, [float(row[name]) for row in rows], label=name)
    # The spread's loss is a logarithm and may be negative.
    axes.set(xlabel="step", ylabel="loss (weighted, mean of the steps since the last point)", xscale="log")
    axes.set_yscale("symlog", linthresh=0.01)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(picture)
