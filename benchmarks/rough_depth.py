"""How soon depth is seen after the click, and how soon a cancelled estimate has ended.

    .venv/bin/python benchmarks/rough_depth.py [--output DIR] [--megapixels 12] [--frames 10] [--runs 5]

As the panel does it: a backend waits, is handed an estimate that saves aligned frames, and is cancelled by
the end of its standard input. Medians of the runs, in seconds from the hand-over, and from the cancelling.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from photographs import make_stack

STANDBY = (sys.executable, "-m", "focal_depth", "standby")
LOADED = 4.0  # seconds until all is loaded
POLL = 0.01
CANCELLED_IN = "depth"  # the stage


def measure(stack: Path, scratch: Path) -> tuple[float, float]:
    """Seconds to rough depth, and from cancelling to the end."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    streams = {"stdout": str(scratch / "messages"), "stderr": str(scratch / "log")}
    choices = [
        "--save-aligned",
        "--rough-depth",
        str(scratch / "a.png"),
        "--messages",
        "--stop-with-stdin",
    ]
    arguments = ["estimate", str(stack), "--output", str(scratch / "result"), *choices]
    (scratch / "order.json").write_text(json.dumps({"arguments": arguments, **streams}))
    process = subprocess.Popen(STANDBY, stdin=subprocess.PIPE)
    time.sleep(LOADED)
    began, seen = time.perf_counter(), None
    process.stdin.write(json.dumps(str(scratch / "order.json")).encode() + b"\n")
    process.stdin.flush()
    for message in _messages(scratch / "messages", process):
        if message["type"] == "rough_depth":
            seen = time.perf_counter() - began
        elif message.get("stage") == CANCELLED_IN:
            break
    if seen is None:
        raise SystemExit(f"no rough depth: {(scratch / 'log').read_text()}")
    began = time.perf_counter()
    process.stdin.close()
    process.wait()
    return seen, time.perf_counter() - began


def _messages(path: Path, process: subprocess.Popen) -> Iterator[dict]:
    """Messages as they are written, until the process ends."""
    while not path.exists():
        time.sleep(POLL)
    with path.open() as file:
        while process.poll() is None:
            line = file.readline()
            if line.startswith("{") and line.endswith("\n"):
                yield json.loads(line)
            elif not line:
                time.sleep(POLL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("build/bench"))
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--frames", type=int, default=10)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    stack = make_stack(
        options.output / f"{options.frames}x{options.megapixels:g}", options.frames, options.megapixels
    )
    runs = [measure(stack.resolve(), options.output.resolve() / "rough_depth") for _ in range(options.runs)]
    seen, cancelled = (statistics.median(each) for each in zip(*runs, strict=True))
    print(
        f"{options.frames} x {options.megapixels:g} MP: seen in {seen:.2f} s, cancelled in {cancelled:.2f} s"
    )


if __name__ == "__main__":
    main()
