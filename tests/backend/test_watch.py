"""A shoot that is watched: photographs come slowly, in pieces and out of order."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.batch.find import StackFolder
from focal_depth.batch.watch import Arrivals
from focal_depth.io.result_folder import read_depth
from photographs import PROJECT

PATIENCE = 120.0  # seconds
PAUSE = 100  # seconds between the brackets, as EXIF has it
QUIET = 1.5


@pytest.fixture(scope="module")
def shoot(tmp_path_factory) -> list[Path]:
    """Two brackets of one folder, as a camera names and dates them."""
    import pyexiv2

    folder = tmp_path_factory.mktemp("camera")
    paths = []
    for number in range(8):
        path = folder / f"IMG_{number:04d}.jpg"
        picture = cv2.imread(str(PROJECT / "sample" / f"{2 * (number % 4):02d}.jpg"))
        cv2.imwrite(str(path), cv2.resize(picture, (180, 120), interpolation=cv2.INTER_AREA))
        seconds = number + PAUSE * (number // 4)
        with pyexiv2.Image(str(path)) as image:
            image.modify_exif(
                {
                    "Exif.Photo.DateTimeOriginal": f"2026:11:20 12:{seconds // 60:02d}:{seconds % 60:02d}",
                    "Exif.Photo.SubjectDistance": f"{(250, 144, 101, 78)[number % 4]}/100",
                    "Exif.Photo.FocalLength": "50/1",
                }
            )
        paths.append(path)
    return paths


@contextmanager
def watching(folder: Path, output: Path):
    """Lines of JSON of `focal-depth watch`, which ends with the block."""
    command = [
        sys.executable,
        "-m",
        "focal_depth",
        "watch",
        str(folder),
        "--output",
        str(output),
        "--messages",
    ]
    command += ["--quiet", str(QUIET), "--quality", "draft"]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 130
        process.stdout.close()


def results(process, count: int) -> list[dict]:
    """The next messages of type result."""
    ended, deadline = [], time.monotonic() + PATIENCE
    while len(ended) < count:
        assert time.monotonic() < deadline
        message = json.loads(process.stdout.readline())
        assert message["type"] != "error", message
        if message["type"] == "result":
            ended.append(message)
    return ended


def depths(output: Path) -> dict[str, np.ndarray]:
    return {path.parent.name: read_depth(path.parent)[0] for path in output.glob("*/depth.exr")}


@pytest.mark.torture
def test_slow_and_out_of_order_leads_where_all_at_once_and_batch_lead(tmp_path, shoot, command):
    at_once, arriving = tmp_path / "at once" / "card", tmp_path / "arriving" / "card"
    for folder in (at_once, arriving):
        folder.mkdir(parents=True)
    for path in shoot:
        shutil.copy2(path, at_once)
    with watching(at_once, tmp_path / "first") as process:
        results(process, 2)

    with watching(arriving, tmp_path / "second") as process:
        for path in shoot[5:] + shoot[:2]:
            write_slowly(path, arriving / path.name)
        results(process, 2)  # of what is there, which is two brackets already
        for path in shoot[2:5]:
            write_slowly(path, arriving / path.name)
        latest = results(process, 2)
    assert {Path(message["path"]).name for message in latest} == {"card", "card@IMG_0004.jpg"}
    done = command("batch", arriving, "--output", tmp_path / "batch", "--quality", "draft")
    assert done.returncode == 0, done.stderr
    batch = depths(tmp_path / "batch")
    first, second = depths(tmp_path / "first"), depths(tmp_path / "second")
    assert set(batch) == set(first)
    # While its first photograph lacked, the second bracket was named after the next one; that is gone.
    assert set(first) == set(second) and len(first) == 2
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])
        np.testing.assert_array_equal(first[name], batch[name])


def write_slowly(source: Path, target: Path) -> None:
    """In two pieces, with a moment between in which a part of it is there."""
    data = source.read_bytes()
    with target.open("wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        time.sleep(0.3)
        file.write(data[len(data) // 2 :])


def test_a_file_that_grows_is_waited_for(tmp_path):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"1")
    stack = StackFolder("stack", (tmp_path / "a.jpg", tmp_path / "b.jpg"), None)
    arrivals = Arrivals(tmp_path, tmp_path / "results")
    assert arrivals.poll()
    assert not arrivals.is_quiet(stack, 0.2)
    time.sleep(0.25)
    assert not arrivals.poll()
    assert arrivals.is_quiet(stack, 0.2)
    before = arrivals.states(stack)
    (tmp_path / "b.jpg").write_bytes(b"12")
    assert arrivals.poll()
    assert not arrivals.is_quiet(stack, 0.2)
    assert arrivals.states(stack) != before
    os.remove(tmp_path / "a.jpg")
    assert arrivals.poll()
    assert not arrivals.is_quiet(stack, 0)


def test_nothing_to_watch_is_said(command, tmp_path):
    done = command("watch", tmp_path / "nowhere", "--output", tmp_path / "results")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
