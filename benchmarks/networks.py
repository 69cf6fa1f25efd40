"""Time and memory of Focal Depth's depth network and Won and Jeon's, on the same frames with the same engine.

    .venv/bin/python benchmarks/networks.py [--frames 10] [--sizes 552x383 960x640] [--runs 5]

Each network runs in a process of its own, the first run not counted; time is the median of the others,
memory the most by which the process grew (on Linux). Won and Jeon's has random weights, which take as long.
Needs torch. Where torch has a CUDA device, times on it are measured too.
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
from focal_depth.contract.qualities import FOCAL_UNET, WON_JEON


def run(network: str, model: str, frames: int, width: int, height: int, runs: int) -> dict[str, float]:
    """Measure one network in this process: seconds of a run, and gigabytes."""
    from focal_depth.depth import focal_unet, won_jeon
    from focal_depth.runtime.resources import Resources
    from focal_depth.runtime.sessions import sessions_for
    from focal_depth.weights import DEPTH_MODEL

    stack = np.random.default_rng(0).random((frames, height, width, 3), np.float32)
    positions = np.linspace(0, 1, frames, dtype=np.float32)
    sessions = sessions_for(Resources())
    session = sessions.get(DEPTH_MODEL if network == FOCAL_UNET else Path(model))  # open, with its weights
    before, seconds = peak_memory(), []
    for _ in range(runs + 1):
        started = time.perf_counter()
        if network == FOCAL_UNET:
            focal_unet.run_network(sessions, stack, positions)
        else:
            won_jeon.run_network(session, stack, positions)
        seconds.append(time.perf_counter() - started)
    return {"seconds": statistics.median(seconds[1:]), "memory": peak_memory() - before}


def peak_memory() -> float:
    """Return the most gigabytes that this process has held. (getrusage would count its parent's.)"""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e6


def run_in_own_process(*arguments: object) -> dict[str, float]:
    """Call `run` in a process of its own."""
    command = [sys.executable, __file__, "--one", json.dumps(arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def time_on_cuda(frames: int, width: int, height: int, runs: int) -> dict[str, float]:
    """Return the milliseconds of each network under torch in half precision."""
    import torch
    from focal_depth.research.networks import won_jeon
    from focal_depth.research.networks.focal_unet import FocalUnet

    height, width = (-(-side // 32) * 32 for side in (height, width))
    stack = torch.rand(1, frames, 3, height, width, device="cuda")
    positions = torch.linspace(0, 1, frames, device="cuda")[None]
    calls = {
        FOCAL_UNET: (FocalUnet().depth, (stack, positions)),
        WON_JEON: (won_jeon.DepthNetwork(), (stack.transpose(1, 2), positions.view(1, frames, 1, 1))),
    }
    milliseconds = {}
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
        milliseconds[name] = 1e3 * statistics.median(times[3:])
    return milliseconds


def write_won_jeon(folder: Path) -> Path:
    """Export Won and Jeon's network with random weights."""
    from focal_depth.research.networks import won_jeon
    from focal_depth.research.networks.export import export_won_jeon_depth

    path = folder / "won_jeon.onnx"
    path.write_bytes(export_won_jeon_depth(won_jeon.DepthNetwork()))
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

    heads = [f"{name}, {unit}" for unit in ("s", "GB") for name in ("Focal Depth", "Won & Jeon")]
    print(f"| frames | {heads[0]} | {heads[1]} | ratio | {heads[2]} | {heads[3]} | ratio |\n|" + " --- |" * 7)
    with tempfile.TemporaryDirectory() as folder:
        model = write_won_jeon(Path(folder))
        for size in options.sizes:
            width, height = map(int, size.split("x"))
            settings = (options.frames, width, height, options.runs)
            one, other = (run_in_own_process(name, str(model), *settings) for name in (FOCAL_UNET, WON_JEON))
            print(
                f"| {options.frames} of {size} | {one['seconds']:.2f} | {other['seconds']:.2f} "
                f"| {other['seconds'] / one['seconds']:.1f} | {one['memory']:.2f} "
                f"| {other['memory']:.2f} | {other['memory'] / one['memory']:.1f} |",
                flush=True,
            )
            if torch.cuda.is_available():
                times = time_on_cuda(*settings)
                print(
                    f"CUDA, {size}: Focal Depth {times[FOCAL_UNET]:.1f} ms, "
                    f"Won & Jeon {times[WON_JEON]:.1f} ms"
                )


if __name__ == "__main__":
    main()
