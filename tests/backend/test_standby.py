"""A process that waits with all loaded: it runs what any other runs, once, and never outlives its parent."""

import json
import os
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
from focal_depth.io import result_folder
from photographs import PROJECT, write_photograph

SOON = 60  # seconds; the processor may be shared


@pytest.fixture
def standby(tmp_path):
    """A process that was just started, with pipes to and from it."""
    with subprocess.Popen(
        [sys.executable, "-m", "focal_depth", "standby"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        yield process
        process.kill()


@pytest.fixture
def order(standby, tmp_path):
    """order("estimate", ...) -> tells it to run that; returns the folder it runs in."""

    def give(*arguments: object):
        folder = tmp_path / "run"
        folder.mkdir()
        written = {
            "arguments": [*map(str, arguments), "--messages", "--stop-with-stdin"],
            "stdout": str(folder / "messages"),
            "stderr": str(folder / "log"),
        }
        (folder / "order.json").write_text(json.dumps(written))
        standby.stdin.write(json.dumps(str(folder / "order.json")).encode() + b"\n")
        standby.stdin.flush()
        return folder

    return give


def messages(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / "messages").read_text().splitlines()]


@pytest.fixture
def photographs(tmp_path):
    """A folder with three photographs of a plane, each sharp in another third."""
    plain = np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8)
    folder = tmp_path / "photographs"
    folder.mkdir()
    for number, distance in enumerate((1.0, 0.7, 0.5)):
        picture = cv2.GaussianBlur(plain, (0, 0), 2)
        picture[:, number * 32 : number * 32 + 32] = plain[:, number * 32 : number * 32 + 32]
        exif = {"Exif.Photo.SubjectDistance": f"{distance * 10:.0f}/10"}
        write_photograph(folder / f"{number}.png", picture, exif)
    return folder


def test_an_estimate_is_the_same(standby, order, command, photographs, tmp_path):
    run = order("estimate", photographs, "--output", tmp_path / "waited")
    assert standby.wait(SOON) == 0, (run / "log").read_text()
    assert command("estimate", photographs, "--output", tmp_path / "fresh").returncode == 0
    sent = messages(run)
    assert sent[-1]["type"] == "result" and sent[-1]["path"] == str(tmp_path / "waited")
    waited, fresh = (result_folder.read_depth(tmp_path / name) for name in ("waited", "fresh"))
    np.testing.assert_array_equal(waited, fresh)
    assert standby.stdout.read() == b""


def test_it_runs_in_the_orders_folder_and_ends_with_its_status(standby, order, photographs):
    run = order("inspect", "../photographs")
    assert standby.wait(SOON) == 0
    assert len(messages(run)[-1]["stack"]["frames"]) == 3


def test_what_it_runs_may_fail(standby, order):
    run = order("inspect", "nothing")
    assert standby.wait(SOON) == 2
    (sent,) = messages(run)
    assert sent["type"] == "error" and "nothing" in sent["text"]


@pytest.mark.parametrize("line", [b"rubbish\n", b'"no/such/file"\n'])
def test_a_line_that_is_no_order_is_one_sentence(standby, line):
    output, errors = standby.communicate(line, timeout=SOON)
    assert standby.returncode == 2
    assert output == b""
    assert errors.count(b"\n") == 1 and b"names no file of arguments" in errors


def test_it_ends_when_standard_input_closes(standby):
    standby.stdin.close()
    assert standby.wait(SOON) == 130
    assert standby.stdout.read() == standby.stderr.read() == b""


def test_cancelled_at_work_it_leaves_nothing(standby, order, photographs, tmp_path):
    (tmp_path / "output").mkdir()
    run = order("estimate", photographs, "--output", tmp_path / "output" / "result")
    deadline = time.monotonic() + SOON
    while not (run / "messages").exists() or not messages(run):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    standby.stdin.close()
    assert standby.wait(SOON) == 130
    assert list((tmp_path / "output").iterdir()) == []
