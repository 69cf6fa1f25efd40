"""The backend's processes: cancelled, crashed, undone; what stays between runs, and what is cleared."""

import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import bpy
import pytest

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.one_blender]


@pytest.fixture
def begin(module, cache, photographs, tmp_path):
    """begin() -> an estimate that has begun, its output in a folder of its own."""
    (tmp_path / "output").mkdir()

    def start(stage: str | None = "read"):
        """Until it reports `stage`; None does not wait at all."""
        arguments = ["estimate", str(photographs), "--output", str(tmp_path / "output" / "result")]
        started = module("jobs.process").Process(arguments, module("jobs.scratch").Scratch(cache), cache)
        deadline = time.monotonic() + 60
        while stage and started.poll() and (started.progress is None or started.progress.stage != stage):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        return started

    return start


def settings():
    return bpy.context.scene.focal_depth


def runs(cache: Path) -> list[Path]:
    return list(cache.glob("run-*"))


@pytest.mark.parametrize("stage", [None, "read", "align", "depth", "hangs"])
def test_cancelled_at_any_time_it_is_gone_at_once_and_leaves_nothing(cache, begin, tmp_path, stage):
    running = begin("read" if stage == "hangs" else stage)
    if stage == "hangs":
        os.kill(running.pid, signal.SIGSTOP)
        os.waitpid(running.pid, os.WUNTRACED)  # on a slow disk, stopping takes its time
    started = time.monotonic()
    running.stop()
    assert time.monotonic() - started < 0.5
    assert running.is_cancelled
    assert not running.poll()
    running.close()
    assert list((tmp_path / "output").iterdir()) == []
    assert runs(cache) == []


def test_cancelling_does_not_wait(begin):
    running = begin()
    started = time.monotonic()
    running.cancel()
    assert time.monotonic() - started < 0.02
    running.stop()
    running.close()


def test_undo_and_another_file_end_it(module, manager, begin, tmp_path):
    stopped = module("jobs.job_manager").STOPPED_BY_UNDO
    for end, said in ((bpy.ops.ed.undo, stopped), (bpy.ops.wm.read_homefile, None)):
        bpy.ops.ed.undo_push(message="before")
        bpy.ops.ed.undo_push(message="after")
        running = begin()
        manager.run = module("jobs.job_manager").Run(module("jobs.job").Job(), running, "Scene")
        end()
        assert manager.run is None
        assert running.is_cancelled
        assert (manager.notice and manager.notice.text) == said
        assert list((tmp_path / "output").iterdir()) == []


def test_it_does_not_outlive_a_blender_that_crashes(module, cache, photographs, wheels, tmp_path):
    (tmp_path / "output").mkdir()
    crashing = [Path(__file__).with_name("crashing.py"), cache, photographs, tmp_path / "output/result"]
    ended = subprocess.run([sys.executable, *map(str, crashing)], env=wheels, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    deadline = time.monotonic() + 1
    while _lives(int(ended.stdout.splitlines()[-1])):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert list((tmp_path / "output").iterdir()) == []
    assert runs(cache) != []
    module("jobs.scratch").remove_abandoned(cache)
    assert runs(cache) == []


def _lives(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return state != "" and not state.startswith("Z")


def test_a_crash_is_one_sentence_with_the_log(cache, begin, tmp_path):
    running = begin("depth")
    os.kill(running.pid, signal.SIGKILL)
    while running.poll():
        time.sleep(0.01)
    running.close()
    assert "ended unexpectedly" in running.fault
    log = running.log.read_text()
    assert log.startswith("estimate ")
    assert "status -9 in stage: depth" in log
    assert list((tmp_path / "output").iterdir()) == []
    assert runs(cache) == []


def test_a_fault_stays_in_the_panel_until_the_next_run(manager, photographs, tmp_path):
    with pytest.raises(RuntimeError, match="add at least two"):
        bpy.ops.focal_depth.estimate()
    notice = manager.notice
    assert notice.is_fault and "add at least two" in notice.text and notice.log is None
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    assert manager.notice is notice  # another task
    bpy.ops.focal_depth.estimate(directory=str(photographs), output=str(tmp_path / "r"))
    assert manager.notice is None


def test_show_log_makes_a_text_of_it(module, manager, tmp_path):
    assert not bpy.ops.focal_depth.show_log.poll()
    (tmp_path / "log").write_text("Traceback: something\n")
    manager.notice = module("jobs.job_manager").Notice("It failed", is_fault=True, log=tmp_path / "log")
    for _ in range(2):
        bpy.ops.focal_depth.show_log()
    assert [text.as_string() for text in bpy.data.texts] == ["Traceback: something\n"]
    bpy.ops.focal_depth.dismiss()
    assert manager.notice is None


def test_estimating_again_runs_only_what_has_changed(manager, photographs, tmp_path):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    settings().output = str(tmp_path / "result")
    bpy.ops.focal_depth.estimate()
    depth = tmp_path / "result" / "depth.exr"
    first = depth.stat()
    bpy.ops.focal_depth.estimate()
    assert "Nothing has changed" in manager.notice.text
    assert depth.stat().st_ino == first.st_ino

    settings().f_number = 4
    bpy.ops.focal_depth.estimate()
    assert manager.notice is None
    description = json.loads((tmp_path / "result/result.json").read_text())
    assert description["camera"]["f_number"] == 4
    assert "depth" not in description["timings"]  # the network did not look again

    settings().use_lens_profile = False
    bpy.ops.focal_depth.estimate()
    assert manager.notice is None
    description = json.loads((tmp_path / "result/result.json").read_text())
    assert description["lens_profile"]["source"] == "none"


def test_quality_is_the_preferences_until_it_is_chosen(module, photographs, tmp_path):
    preferences = module("preferences").preferences()
    assert settings().quality == "standard"
    preferences.quality = "draft"
    assert settings().quality == "draft"
    settings().quality = "full"
    preferences.quality = "standard"
    assert settings().quality == "full"
    settings().alignment = "thin-lens"
    bpy.ops.focal_depth.estimate(directory=str(photographs), output=str(tmp_path / "r"))
    description = json.loads((tmp_path / "r/result.json").read_text())
    assert (description["quality"], description["alignment"]["method"]) == ("full", "thin-lens")


def test_threads_limit_the_process(module, cache):
    environment = module("jobs.process").environment(cache, 3)
    assert environment["OMP_NUM_THREADS"] == environment["OPENCV_FOR_THREADS_NUM"] == "3"
    assert module("jobs.process").environment(cache, 0).get("OMP_NUM_THREADS") == os.environ.get(
        "OMP_NUM_THREADS"
    )


def test_recent_results_open_without_running(cache, module, photographs, result, tmp_path):
    recent = module("recent_results")
    bpy.ops.focal_depth.estimate(directory=str(photographs), output=str(tmp_path / "r"))
    bpy.ops.focal_depth.open_result(directory=str(result))
    assert recent.list_results(cache) == [result, tmp_path / "r"]
    bpy.ops.focal_depth.open_result(directory=str(tmp_path / "r"))
    assert recent.list_results(cache) == [tmp_path / "r", result]
    assert bpy.path.abspath(settings().result) == str(tmp_path / "r")
    shutil.rmtree(tmp_path / "r")
    assert recent.list_results(cache) == [result]
    (cache / "recent.json").write_text("{")
    assert recent.list_results(cache) == []


def test_clearing_the_cache_keeps_what_is_used(cache, photographs, outside):
    for name in ("used", "unused"):
        outside("result", cache / "results" / name)
    (cache / "results" / "mine").mkdir()
    (cache / "results" / "mine" / "notes.txt").write_text("not a result")
    (cache / "look" / "shelf").mkdir(parents=True)
    bpy.ops.focal_depth.open_result(directory=str(cache / "results" / "used"))
    bpy.ops.focal_depth.clear_cache()
    assert sorted(path.name for path in (cache / "results").iterdir()) == ["mine", "used"]
    assert sorted(path.name for path in cache.iterdir()) == ["recent.json", "results"]


def test_a_result_beside_the_blend_is_never_cleared(cache, photographs, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "cache" / "shot.blend"))
    bpy.ops.focal_depth.estimate(directory=str(photographs))
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.focal_depth.clear_cache()
    assert (tmp_path / "cache/focal_depth/bracket/result.json").is_file()


def test_the_cache_folder_is_where_the_preferences_say(module, cache, photographs, tmp_path):
    assert cache == tmp_path / "cache" / "focal_depth_cache"
    bpy.ops.focal_depth.estimate(directory=str(photographs))
    assert (cache / "results" / "bracket" / "result.json").is_file()
    (tmp_path / "file").write_text("")
    module("preferences").preferences().cache_folder = str(tmp_path / "file")
    with pytest.raises(RuntimeError, match="choose another one in the preferences"):
        bpy.ops.focal_depth.estimate(directory=str(photographs))


def test_what_a_crashed_blender_left_is_removed_and_what_a_living_one_uses_is_not(module, cache):
    scratch = module("jobs.scratch")
    living, abandoned = scratch.Scratch(cache), cache / "run-abandoned"
    (abandoned / "deep").mkdir(parents=True)
    (cache / "run-abandoned.lock").touch()
    scratch.remove_abandoned(cache)
    assert set(runs(cache)) == {living.folder, living.folder.with_suffix(".lock")}
    living.remove()
    assert runs(cache) == []


def test_the_panel_tells_what_it_will_take(scene, addon, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    panel = importlib.import_module(f"{addon}.focal_depth_addon.ui.estimate")
    assert re.fullmatch(r"Standard: about [\d.]+ GB, \d+ (s|min)", panel._expected_cost(scene.focal_depth))
