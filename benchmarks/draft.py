"""How soon a draft of retouch layers is there: from the line to the picture, by tool and size of outline.

    python benchmarks/draft.py RESULT [COUNT]

Prints medians in milliseconds of COUNT requests, each with another outline.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from focal_depth.contract.retouch import DEPTH_TOOLS, HEAL, Layer, format_layers
from focal_depth.io.result_folder import read_description

FARTHEST = 1e6  # in place of infinity


def main(result: Path, count: int = 20) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "focal_depth", "draft", result, "--output", folder, "--messages"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            next(process.stdout)  # the estimate is read
            for tool in (*DEPTH_TOOLS, HEAL):
                row = [measure(process, Path(folder), result, tool, kind, count) for kind in range(3)]
                print(tool, *(f"{1000 * seconds:.0f}" for seconds in row))
            process.stdin.close()


def measure(process, folder: Path, result: Path, tool: str, kind: int, count: int) -> float:
    """Seconds, for an outline of 1 % or 36 % of the picture, or a stroke across it."""
    depth = read_description(result)["depth"]
    near, far = float(depth["near"]), min(float(depth["far"]), FARTHEST)
    taken = []
    for number in range(count):
        layers = format_layers([Layer("A", tool, amount=0.1, outlines=[outline(kind, 0.002 * number)])])
        shown = ["all_in_focus" if tool == HEAL else "depth"]
        started = time.perf_counter()
        request = folder / "request.json"
        request.write_text(json.dumps({"layers": layers, "shown": shown, "near": near, "far": far}))
        process.stdin.write(json.dumps(str(request)).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(next(process.stdout))["type"] == "result"
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def outline(kind: int, moved: float) -> dict:
    """As layers.json has it, with one point moved."""
    if kind == 2:
        return {"points": [[0.2 + moved, 0.2], [0.8, 0.8]], "width": 0.01}
    low, high = ((0.45, 0.55), (0.2, 0.8))[kind]
    return {"points": [[low + moved, low], [high, low], [high, high], [low, high]], "width": 0}


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
