"""The backend that waits for the next estimate: who takes it, and what ends it."""

import json
import os
import time

import bpy
import pytest

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.one_blender]


@pytest.fixture
def waiting(manager, cache):
    """A process that waits, as a run in a window leaves it."""
    manager.standby.start()
    return manager.standby.process


@pytest.fixture
def estimate(photographs, tmp_path):
    """estimate() -> from start to end; returns what its result.json says."""

    def run(**given) -> dict:
        given = {"directory": str(photographs), "output": str(tmp_path / "result")} | given
        bpy.ops.focal_depth.estimate(**given)
        return json.loads((tmp_path / "result" / "result.json").read_text())

    return run


def kill(process):
    """Returns once it is dead, and has not been asked for its status."""
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)


def test_an_estimate_takes_it_and_a_script_leaves_none(manager, waiting, estimate, cache):
    estimate()
    assert waiting.returncode == 0  # it has run
    assert manager.standby.process is None
    assert not manager.standby.is_expecting
    assert list(cache.glob("run-*")) == []


def test_reading_photographs_leaves_it_waiting(manager, waiting, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    assert manager.standby.process is waiting
    assert waiting.poll() is None


@pytest.mark.parametrize("change", [pytest.param("threads", marks=pytest.mark.torture), "killed"])
def test_one_that_does_not_fit_or_is_gone_is_not_taken(module, manager, waiting, estimate, change):
    if change == "threads":
        module("preferences").preferences().threads = 1
    else:
        kill(waiting)
    assert estimate()["metric"]
    assert waiting.returncode == -9
    assert manager.standby.process is None


def test_one_that_dies_just_then_is_told_like_any_crash(module, waiting, cache, photographs):
    kill(waiting)
    scratch = module("jobs.scratch").Scratch(cache)
    process = module("jobs.process").Process(["inspect", str(photographs)], scratch, cache, standby=waiting)
    while process.poll():
        time.sleep(0.01)
    process.close()
    assert "ended unexpectedly" in process.fault
    assert list(cache.glob("run-*")) == []


@pytest.mark.parametrize("way", ["file", "fault", "disabled"])
def test_it_ends_with_the_file_with_a_fault_and_with_the_extension(module, manager, waiting, way):
    if way == "file":
        bpy.ops.wm.read_homefile(use_empty=True)
    elif way == "fault":
        with pytest.raises(RuntimeError, match="nowhere"):
            bpy.ops.focal_depth.add_photographs(directory="/nowhere")
    else:
        module("jobs").unregister()
        module("jobs").register()
    assert waiting.returncode is not None
    assert manager.standby.process is None
