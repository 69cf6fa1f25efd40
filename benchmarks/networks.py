"""Our depth network against the paper's: time and memory on the same frames with the same engine.

    PYTHONPATH=. .venv/bin/python benchmarks/networks.py [--frames 10] [--sizes 552x383 960x640] [--runs 5]

Each network runs in a process of its own, the first run not counted; time is the median of the others,
memory the most that the process grew by (on Linux). The paper's has random weights, which take as long.
Needs torch. Where torch has a CUDA device, its times are told too.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

OURS, PAPER = "ours", "paper"


def run(network: str, model: str, frames: int, width: int, height: int, runs: int) -> dict[str, float]:
    """Seconds of a run, and gigabytes; in this process."""
    from focal_depth.depth import focal_unet, won_jeon

    stack = np.random.default_rng(0).random((frames, height, width, 3), np.float32)
    positions = np.linspace(0, 1, frames, dtype=np.float32)
    if network == OURS:
        focal_unet._session("depth")  # open, with its weights
    else:
        won_jeon._session(Path(model))
    before, seconds = most_memory(), []
    for _ in range(runs + 1):
        started = time.perf_counter()
        if network == OURS:
            focal_unet.infer_depth(stack, positions)
        else:
            won_jeon.paper_depth(Path(model), stack, positions)
        seconds.append(time.perf_counter() - started)
    return {"seconds": statistics.median(seconds[1:]), "memory": most_memory() - before}


def most_memory() -> float:
    """Gigabytes that this process has held at most. (getrusage would count its parent's.)"""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e6


def in_own_process(*arguments: object) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", json.dumps(arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def on_cuda(frames: int, width: int, height: int, runs: int) -> dict[str, float]:
    """Milliseconds of each network under torch in half precision."""
    import torch
    from focal_depth.research.networks import won_jeon
    from focal_depth.research.networks.focal_depth import FocalDepthNetwork

    height, width = (-(-side // 32) * 32 for side in (height, width))
    stack = torch.rand(1, frames, 3, height, width, device="cuda")
    positions = torch.linspace(0, 1, frames, device="cuda")[None]
    calls = {
        OURS: (FocalDepthNetwork().depth, (stack, positions)),
        PAPER: (won_jeon.DepthNetwork(), (stack.transpose(1, 2), positions.view(1, frames, 1, 1))),
    }
    told = {}
    for name, (network, inputs) in calls.items():
        network = network.eval().cuda()
        times = []
        for _ in range(runs + 3):
            torch.cuda.synchronize()
            started = time.perf_counter()
            with torch.inference_mode(), torch.autocast("cuda", torch.float16):
                network(*inputs)
            torch.cuda.synchronize()
            times.append(time.perf_counter() - started)
        told[name] = 1e3 * statistics.median(times[3:])
    return told


def write_paper(folder: Path) -> Path:
    from focal_depth.research.networks import won_jeon
    from focal_depth.research.networks.export import paper_depth_onnx

    path = folder / "won_jeon.onnx"
    path.write_bytes(paper_depth_onnx(won_jeon.DepthNetwork()))
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--frames", type=int, default=10, metavar="N")
    parser.add_argument("--sizes", nargs="+", default=["552x383", "960x640"], metavar="WxH")
    parser.add_argument("--runs", type=int, default=5, metavar="K")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run(*json.loads(options.one))))
        return
    import torch

    print("| frames | ours, s | paper's, s | ratio | ours, GB | paper's, GB | ratio |\n|" + " --- |" * 7)
    with tempfile.TemporaryDirectory() as folder:
        paper = write_paper(Path(folder))
        for size in options.sizes:
            width, height = map(int, size.split("x"))
            of = (options.frames, width, height, options.runs)
            ours, theirs = (in_own_process(name, str(paper), *of) for name in (OURS, PAPER))
            print(
                f"| {options.frames} of {size} | {ours['seconds']:.2f} | {theirs['seconds']:.2f} "
                f"| {theirs['seconds'] / ours['seconds']:.1f} | {ours['memory']:.2f} "
                f"| {theirs['memory']:.2f} | {theirs['memory'] / ours['memory']:.1f} |",
                flush=True,
            )
            if torch.cuda.is_available():
                told = on_cuda(*of)
                print(f"CUDA, {size}: ours {told[OURS]:.1f} ms, paper's {told[PAPER]:.1f} ms")


if __name__ == "__main__":
    main()
