"""Time and memory of a whole submission to DDFF 12-Scene, from a stand-in for its test file.

    .venv/bin/python benchmarks/submission.py [--network NAME] [--keep DIR]

The stand-in has the test file's name, shape and type: 120 stacks of 10 frames of 552 x 383, of random blocks
that grow with the distance from the frame that is in focus, so that it packs small. The command runs in a
process of its own; memory is the most that it has held. (On Linux.)
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SHAPE = (120, 10, 383, 552, 3)
FINEST = 4  # pixels of a block that is in focus


def write_stand_in(path: Path) -> None:
    """Write the stand-in."""
    import h5py

    random = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        stacks = file.create_dataset(
            "stack_test", SHAPE, np.uint8, chunks=(1, 1, *SHAPE[2:]), compression="gzip", compression_opts=1
        )
        for index in range(SHAPE[0]):
            sharpest = random.integers(SHAPE[1])
            for frame in range(SHAPE[1]):
                stacks[index, frame] = draw_blocks(random, FINEST + abs(frame - sharpest))


def draw_blocks(random: np.random.Generator, side: int) -> np.ndarray:
    """Return (383, 552, 3) uint8 of random colours, in squares of `side` pixels."""
    height, width = SHAPE[2:4]
    colours = random.integers(256, size=(height // side + 1, width // side + 1, 3), dtype=np.uint8)
    return colours.repeat(side, 0).repeat(side, 1)[:height, :width]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", default="focal_unet", metavar="NAME")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the submission there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        test = Path(folder) / "ddff-dataset-test.h5"
        write_stand_in(test)
        submission = options.keep or Path(folder) / "submission"
        command = [sys.executable, "-m", "focal_depth", "submit"]
        started = time.perf_counter()
        subprocess.run([*command, test, "--output", submission, "--network", options.network], check=True)
        seconds = time.perf_counter() - started
        gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9
        subprocess.run([*command, "--check", submission], check=True)
    print(f"{seconds:.0f} s in all, {gigabytes:.2f} GB at most")


if __name__ == "__main__":
    main()
