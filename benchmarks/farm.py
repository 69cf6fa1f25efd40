"""Many small stacks in turn, on processes of this machine, on a scheduler of Dask's: how fast, and the same?

    .venv/bin/python benchmarks/farm.py [--stacks 40] [--also FOLDER ...] [--workers 2] [--width 480]

Takes the stacks it is given, each a folder, makes others of the sample's frames, each of another brightness,
until there are as many as asked for, and two more that are cut short. Writes farm.json and prints
a table; fails where a result differs by a byte from that of the first way, but for times.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pyexiv2
from focal_depth.contract.files import CACHE, RESULT_JSON
from focal_depth.io.result_folder import read_description

ROOT = Path(__file__).resolve().parents[1]
METRES = (2.5, 1.83, 1.44, 1.19, 1.01, 0.88, 0.78, 0.7)  # of the sample's frames
FAULTY = 2
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def make_stacks(folder: Path, count: int, width: int) -> None:
    """`count` stacks of eight photographs, and FAULTY with a photograph cut short."""
    frames = [cv2.imread(str(ROOT / "sample" / f"{number:02d}.jpg")) for number in range(len(METRES))]
    size = width, round(width * frames[0].shape[0] / frames[0].shape[1])
    frames = [cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames]
    for stack in range(count + FAULTY):
        place = folder / f"stack_{stack:03d}"
        place.mkdir(parents=True)
        for number, (frame, metres) in enumerate(zip(frames, METRES, strict=True)):
            brighter = np.uint8(frame * (0.5 + 0.5 * stack / (count + FAULTY)))
            data = _photograph(brighter, metres)
            cut = stack >= count and number == 4
            (place / f"{number:02d}.jpg").write_bytes(data[: len(data) // 2] if cut else data)


def _photograph(picture: np.ndarray, metres: float) -> bytes:
    image = pyexiv2.ImageData(cv2.imencode(".jpg", picture)[1].tobytes())
    image.modify_exif({"Exif.Photo.SubjectDistance": f"{round(100 * metres)}/100"})
    data = image.get_bytes()
    image.close()
    return data


@contextmanager
def scheduler_with(workers: int, scratch: Path):
    """The address of a scheduler on loopback that has so many workers."""
    file, threads = scratch / "scheduler.json", str(max(1, (os.cpu_count() or 1) // workers))
    environment = ENVIRONMENT | {"OMP_NUM_THREADS": threads}
    loopback = ("--host", "127.0.0.1", "--no-dashboard")
    dask = (sys.executable, "-m", "distributed.cli.dask_scheduler")
    started = [
        subprocess.Popen(
            [*dask, *loopback, "--port", "0", "--scheduler-file", str(file)], stderr=subprocess.DEVNULL
        )
    ]
    try:
        while not file.exists():
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        dask = (sys.executable, "-m", "distributed.cli.dask_worker", address, *loopback)
        one = [*dask, "--no-nanny", "--nthreads", "1", "--resources", "memory=2e9"]
        started += [subprocess.Popen(one, env=environment, stderr=subprocess.DEVNULL) for _ in range(workers)]
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()
        file.unlink(missing_ok=True)  # the scheduler does it where it ends well


def batch(photographs: Path, output: Path, *options: str) -> float:
    """Seconds that the command takes; it must find just the FAULTY bad."""
    command = [
        sys.executable,
        "-m",
        "focal_depth",
        "batch",
        str(photographs),
        "--output",
        str(output),
        *options,
    ]
    began = time.perf_counter()
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if ended.returncode != 2 or f"{FAULTY} bad" not in ended.stdout:
        raise SystemExit(f"{' '.join(command)} went otherwise than it should:\n{ended.stdout}{ended.stderr}")
    return seconds


def plain(photographs: Path, output: Path) -> float:
    """Seconds of one `estimate` after the other, the way without a batch."""
    began, statuses = time.perf_counter(), Counter()
    for stack in sorted(photographs.iterdir()):
        result = output / f"{photographs.name}+{stack.name}"
        command = [sys.executable, "-m", "focal_depth", "estimate", str(stack), "--output", str(result)]
        statuses[subprocess.run(command, env=ENVIRONMENT, capture_output=True).returncode] += 1
    if statuses[2] != FAULTY or statuses.total() != statuses[0] + FAULTY:
        raise SystemExit(f"estimate ended otherwise than it should: {statuses}")
    return time.perf_counter() - began


def differing(one: Path, other: Path) -> list[str]:
    """Files of results, `name/file`, that are not the same to the byte: result.json but for the seconds,
    cache.npz but for the times of writing inside it."""
    names = {path.relative_to(one).as_posix() for path in one.glob("*/*")}
    others = {path.relative_to(other).as_posix() for path in other.glob("*/*")}
    apart = {name for name in names ^ others if not name.endswith("thumbnail.jpg")}
    return sorted(apart | {name for name in names & others if _content(one / name) != _content(other / name)})


def _content(path: Path) -> object:
    if path.name == RESULT_JSON:
        return read_description(path.parent) | {"timings": {}}
    if path.name == CACHE:
        with np.load(path) as arrays:
            return {name: (arrays[name].dtype.str, arrays[name].tobytes()) for name in arrays.files}
    return path.read_bytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "farm", metavar="DIR")
    parser.add_argument("--stacks", type=int, default=40, help="in all, but for the faulty ones")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--also", type=Path, nargs="*", default=[], metavar="FOLDER", help="stacks to take")
    parser.add_argument("--width", type=int, default=480, help="of a photograph, pixels")
    options = parser.parse_args()
    shutil.rmtree(options.output, ignore_errors=True)
    photographs, several = options.output / "photographs", str(options.workers)
    make_stacks(photographs, options.stacks - len(options.also), options.width)
    for stack in options.also:
        shutil.copytree(stack, photographs / f"{stack.parent.name}_{stack.name}")
    results = {
        name: options.output / name.replace(" ", "_")
        for name in ("one estimate after the other", "one process", "LocalCluster", "scheduler")
    }
    plain_name, one, local, far = results
    seconds = {plain_name: plain(photographs, results[plain_name])}
    seconds[one] = batch(photographs, results[one])
    seconds[local] = batch(photographs, results[local], "--workers", several)
    with scheduler_with(options.workers, options.output) as address:
        seconds[far] = batch(photographs, results[far], "--scheduler", address)
        seconds["again, all unchanged"] = batch(photographs, results[far], "--scheduler", address)
    apart = {name: differing(results[plain_name], results[name]) for name in (one, local, far)}
    measured = {"seconds": seconds, "stacks": options.stacks, "workers": options.workers, "differing": apart}
    (options.output / "farm.json").write_text(json.dumps(measured, indent=2) + "\n")
    print("| way | seconds | stacks a minute | files that differ |\n| --- | --- | --- | --- |")
    for name, took in seconds.items():
        print(f"| {name} | {took:.1f} | {60 * options.stacks / took:.1f} | {len(apart.get(name, ()))} |")
    if any(apart.values()):
        raise SystemExit("Results differ: farm.json names them")


if __name__ == "__main__":
    main()
