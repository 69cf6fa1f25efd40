"""After an estimate one backend waits for the next, which then starts at once; it outlives nothing."""

import signal
import time
from pathlib import Path

import pytest
from window import PATIENCE, children

SOON = 2.0  # seconds; the processor may be shared


@pytest.fixture
def seconds_to_start(tmp_path, small):
    """seconds_to_start(window, name) -> until an estimate into that folder reports progress."""

    def start(window, name: str) -> float:
        given = f"directory={str(small)!r}, output={str(tmp_path / name)!r}"
        started = time.monotonic()
        window.run(f"bpy.ops.focal_depth.estimate('INVOKE_DEFAULT', {given})")
        window.wait_until("stage() is not None")
        return time.monotonic() - started

    return start


@pytest.fixture
def waiting(installed, small):
    """waiting(window) -> the process that waits there, once photographs have been read."""

    def read(window) -> int:
        window.run(f"bpy.ops.focal_depth.drop_photographs('INVOKE_DEFAULT', directory={str(small)!r})")
        window.wait_until("idle()")
        return the_one_that_waits(installed.resources)

    return read


def the_one_that_waits(resources) -> int:
    """Once it has loaded all and reads its standard input: system call 0 of file 0."""
    deadline = time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < deadline
        for child in children(resources):
            if Path(f"/proc/{child}/syscall").read_text().startswith("0 0x0 "):
                assert children(resources) == [child]
                return child
        time.sleep(0.01)


def until_none_is_left(resources, patience: float = SOON) -> None:
    deadline = time.monotonic() + patience
    while children(resources):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_second_estimate_is_done_by_the_one_that_waits(
    own_window, installed, seconds_to_start, traces, capsys
):
    first = seconds_to_start(own_window, "first")
    own_window.wait_until("idle()")
    waits = the_one_that_waits(installed.resources)
    assert traces() == [waits]  # and no file
    memory = next(line for line in Path(f"/proc/{waits}/status").read_text().splitlines() if "VmRSS" in line)
    second = seconds_to_start(own_window, "second")
    assert own_window.run("manager().process.pid") == waits
    with capsys.disabled():
        print(f"\n  first progress after {first:.2f} s, with one that waits {second:.2f} s; {memory}")
    assert second < first
    own_window.wait_until("idle()")
    assert the_one_that_waits(installed.resources) != waits  # each serves one run


def test_cancelled_it_leaves_none(window, waiting, seconds_to_start, installed):
    waits = waiting(window)
    seconds_to_start(window, "cancelled")
    assert children(installed.resources) == [waits]
    window.key("Escape")
    window.wait_until("idle()", SOON)
    assert children(installed.resources) == []
    time.sleep(window.run("addon('jobs.standby').START_DELAY") + 1)
    assert children(installed.resources) == []


def test_another_file_ends_it(window, waiting, installed):
    waiting(window)
    window.open()
    assert children(installed.resources) == []


def test_undo_of_a_run_ends_it(window, waiting, seconds_to_start, installed):
    waiting(window)
    window.run("bpy.ops.mesh.primitive_cube_add('EXEC_DEFAULT', True)")
    seconds_to_start(window, "undone")
    window.key("ctrl+z")
    window.wait_until("idle()", SOON)
    assert children(installed.resources) == []


def test_nobody_needing_it_it_ends(own_window, waiting, installed):
    own_window.run("addon('jobs.standby').MAX_WAIT = addon('jobs.standby').START_DELAY + 10")
    waiting(own_window)
    until_none_is_left(installed.resources, 10 + SOON)


@pytest.mark.parametrize("way", ["quit", "terminated", "killed"])
def test_it_ends_with_blender_and_leaves_no_file(own_window, waiting, traces, way, installed):
    waiting(own_window)
    if way == "quit":
        own_window.run("bpy.ops.wm.quit_blender()")  # a person would be asked first whether to save
    else:
        own_window.process.send_signal(signal.SIGTERM if way == "terminated" else signal.SIGKILL)
    own_window.process.wait(timeout=PATIENCE)
    until_none_is_left(installed.resources)
    assert traces() == []
