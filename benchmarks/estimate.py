"""How long an estimate takes and how much memory, by stage, size and number of photographs.

    .venv/bin/python benchmarks/estimate.py [--output DIR] [--megapixels 1 3 12 24] [--frames 5 10 20 40]

Every estimate is a process of its own at standard quality. Writes `estimate.csv`, `estimate.md` and
`estimate.png`; stacks are made once and kept. "Decode" is the floor: every photograph decoded once, in turn.
"""

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from photographs import make_stack

BACKEND = (sys.executable, "-m", "focal_depth")
T = TypeVar("T")
STAGES = ("start", "read", "align", "depth", "fuse", "enlarge", "write")
NETWORKS = ("read", "align", "depth")  # what would not be without networks: any depth has to be enlarged


@dataclass
class Measured:
    """One estimate: seconds, and gigabytes at most; then the seconds of a mesh of its result."""

    megapixels: float
    frames: int
    decode: float
    start: float
    read: float
    align: float
    depth: float
    fuse: float
    enlarge: float
    write: float
    whole: float
    memory: float
    mesh: float

    @property
    def over_no_network(self) -> float:
        """The whole over what any way to fuse a stack takes."""
        return self.whole / (self.whole - sum(getattr(self, stage) for stage in NETWORKS))


def measure(stack: Path, megapixels: float, frames: int, runs: int) -> Measured:
    """The median of each number over some runs."""
    decode = statistics.median(_apart(_decoding, stack) for _ in range(runs))
    estimates = [_estimate(stack) for _ in range(runs)]
    medians = {name: statistics.median(each[name] for each in estimates) for name in estimates[0]}
    return Measured(megapixels=megapixels, frames=frames, decode=decode, **medians)


def _apart(function: Callable[..., T], *arguments: object) -> T:
    """Call a function in a process of its own: what this one held at most would count as its children's."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def _decoding(stack: Path) -> float:
    started = time.perf_counter()
    for path in sorted(stack.glob("*.jpg")):
        cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    return time.perf_counter() - started


def _estimate(stack: Path) -> dict[str, float]:
    """Seconds a stage, by the messages of the command."""
    result = stack.with_name(f"{stack.name}.result")
    shutil.rmtree(result, ignore_errors=True)
    command = [*BACKEND, "estimate", str(stack), "--output", str(result), "--messages"]
    times, stage, began = dict.fromkeys(STAGES, 0.0), "start", time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for line in process.stdout:
        now = time.perf_counter()
        times[stage] += now - began
        stage, began = json.loads(line).get("stage", stage), now
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed: run it by itself")
    times[stage] += time.perf_counter() - began
    scale = 1e9 if sys.platform == "darwin" else 1e6  # macOS counts bytes, Linux kilobytes
    measured = times | {"whole": sum(times.values()), "memory": used.ru_maxrss / scale}
    began = time.perf_counter()
    command = [*BACKEND, "mesh", str(result), "--output", f"{result}.npz"]
    subprocess.run(command, check=True, capture_output=True)
    return measured | {"mesh": time.perf_counter() - began}


def write_table(measured: list[Measured], folder: Path) -> None:
    names = [field.name for field in fields(Measured)]
    with (folder / "estimate.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(asdict(each) for each in measured)
    lines = [
        "| MP | frames | " + " | ".join(names[2:]) + " | over no network |",
        "|" + " --- |" * (len(names) + 1),
    ]
    for each in measured:
        numbers = [f"{getattr(each, name):.2f}" for name in names[2:]]
        lines.append(
            f"| {each.megapixels:g} | {each.frames} | {' | '.join(numbers)} | {each.over_no_network:.2f} |"
        )
    (folder / "estimate.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


def draw(measured: list[Measured], path: Path) -> None:
    """Growth of time and memory with frames and with pixels."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(9, 7), layout="constrained")
    for column, (along, beside, unit) in enumerate(
        (("frames", "megapixels", "MP"), ("megapixels", "frames", "frames"))
    ):
        for value in sorted({getattr(each, beside) for each in measured}):
            line = sorted(
                (each for each in measured if getattr(each, beside) == value),
                key=lambda each: getattr(each, along),
            )
            for row, shown in enumerate(("whole", "memory")):
                x = [getattr(each, along) for each in line]
                y = [getattr(each, shown) for each in line]
                axes[row, column].plot(x, y, "o-", label=f"{value:g} {unit}")
        axes[0, column].set_ylabel("seconds")
        axes[1, column].set_ylabel("gigabytes at most")
        for axis in axes[:, column]:
            axis.set_xlabel(along)
            axis.set_xlim(0)
            axis.set_ylim(0)
            axis.legend()
    figure.savefig(path, dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=Path("build/bench"), metavar="DIR")
    parser.add_argument("--megapixels", type=float, nargs="+", default=[1, 3, 12, 24], metavar="MP")
    parser.add_argument("--frames", type=int, nargs="+", default=[5, 10, 20, 40], metavar="N")
    parser.add_argument("--runs", type=int, default=1, metavar="K", help="of each; medians are printed")
    options = parser.parse_args()
    measured = []
    for megapixels in options.megapixels:
        for frames in options.frames:
            stack = _apart(make_stack, options.output / f"{frames}x{megapixels:g}", frames, megapixels)
            measured.append(measure(stack, megapixels, frames, options.runs))
            print(measured[-1], flush=True)
    write_table(measured, options.output)
    draw(measured, options.output / "estimate.png")


if __name__ == "__main__":
    main()
