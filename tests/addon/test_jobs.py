"""Jobs: nothing is left of one that goes wrong at any step, and those that start by themselves."""

import errno
import fcntl
import itertools
import time

import bpy
import pytest

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.one_blender]
STEPS = {  # of an operator with a process: where, and what an error of ours strikes there
    "scratch": ("jobs.scratch", "lock_file"),
    "arguments": ("operators.estimate", "FOCAL_DEPTH_OT_estimate.arguments"),
    "threads": ("jobs.job_manager", "preferences"),
    "environment": ("jobs.process", "environment"),
    "launch": ("jobs.process", "subprocess.Popen"),
    "started": ("jobs.process", "os.setpriority"),
    "messages": ("jobs.process", "decode"),
    "poll": ("jobs.process", "Process._read_messages"),
    "conclude": ("operators.estimate", "FOCAL_DEPTH_OT_estimate.conclude"),
    "opened": ("operators.estimate", "open_result"),
}


class Bug(Exception):
    """What nobody expects."""


def settings():
    return bpy.context.scene.focal_depth


def strike(monkeypatch, module, place: str, path: str, error: Exception) -> None:
    """Let what lies at that path of a module raise."""
    *owners, name = path.split(".")
    owner = module(place)
    for each in owners:
        owner = getattr(owner, each)

    def fail(*_arguments, **_options):
        raise error

    monkeypatch.setattr(owner, name, fail)


@pytest.mark.parametrize("waits", [False, True], ids=["new", "standby"])
@pytest.mark.parametrize("step", STEPS)
def test_a_bug_at_any_step_leaves_nothing(
    monkeypatch, module, manager, photographs, remains, tmp_path, step, waits
):
    (tmp_path / "output").mkdir()
    output = str(tmp_path / "output" / "result")
    if waits:
        manager.standby.start()
    with monkeypatch.context() as patched:
        strike(patched, module, *STEPS[step], Bug("a bug"))
        if waits and step in ("environment", "launch", "started"):
            patched.undo()  # nothing is launched: the order cannot be written instead
            strike(patched, module, "jobs.process", "json.dumps", Bug("a bug"))
        with pytest.raises(RuntimeError, match="a bug"):
            bpy.ops.focal_depth.estimate(directory=str(photographs), output=output)
    assert manager.run is None
    manager.standby.end()  # where it was not taken yet
    assert remains() == []
    assert list((tmp_path / "output").iterdir()) in ([], [tmp_path / "output" / "result"])
    assert bpy.ops.focal_depth.estimate.poll()


@pytest.mark.parametrize("step", ["scratch", "launch", "started"])
def test_a_bug_at_the_start_of_following_leaves_nothing(
    monkeypatch, module, manager, scene, remains, tmp_path, step
):
    strike(monkeypatch, module, *STEPS[step], Bug("a bug"))
    with pytest.raises(Bug):
        manager.shoot.start(scene, ["watch", str(tmp_path), "--output", str(tmp_path / "r")], None)
    assert not manager.shoot.is_followed_by(scene)
    assert remains() == []


def test_a_drop_of_nothing_is_one_sentence(remains):
    with pytest.raises(RuntimeError, match="There are no photographs"):
        bpy.ops.focal_depth.drop_photographs()
    assert remains() == []


def test_a_folder_without_locks_is_one_sentence(monkeypatch, photographs, remains):
    def refuse(*_):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(RuntimeError, match="its file system has no locks"):
        bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    assert remains() == []


def test_an_operator_leaves_the_process_of_another_alone(module, manager):
    operator = module("jobs.operator").JobOperator()
    operator._run, manager.run = object(), object()  # its own was stopped, and another job has begun
    try:
        assert operator.modal(bpy.context, None) == {"CANCELLED"}
        operator.cancel(bpy.context)
    finally:
        assert manager.run is not None
        manager.run = None


def test_a_result_goes_to_one_folder_whatever_the_order(module, cache):
    files = [f"/shoot/IMG_{number}.png" for number in (1, 2, 10)]
    default_folder = module("result_folder").default_folder
    folders = {default_folder(list(each), cache) for each in itertools.permutations(files)}
    assert folders == {cache / "shoot_IMG_1"}


def test_an_identical_estimate_does_not_begin_anew(manager, photographs):
    names = [{"name": f"{number}.png"} for number in range(5)]
    for files in (names[::-1], names):
        manager.notice = None
        bpy.ops.focal_depth.estimate(directory=str(photographs), files=files)
    assert "Nothing has changed" in manager.notice.text


def run_to_the_end(manager) -> None:
    """As a timer does in a window."""
    while manager._poll_unattended() is not None:
        time.sleep(0.01)


def test_what_was_typed_is_read_again_without_an_operator(manager, photographs, remains):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    settings().photographs[0].focus_distance = 0.5
    assert manager.autoread._read() is None
    run_to_the_end(manager)
    assert [each.name for each in settings().photographs] == [f"{number}.png" for number in range(5)]
    assert settings().photographs[0].relative_fov == 1
    assert not settings().changed
    manager.standby.end()
    assert remains() == []


def test_typing_again_overtakes_a_reading(manager, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    settings().photographs[0].focus_distance = 5
    manager.autoread._read()
    overtaken = manager.process
    settings().photographs[0].focus_distance = 0.5
    assert manager.autoread._read() is not None  # it waits
    assert overtaken.is_cancelled
    run_to_the_end(manager)
    assert settings().changed
    manager.autoread._read()
    run_to_the_end(manager)
    assert settings().photographs[0].relative_fov == 1
    assert manager.notice is None


def test_undo_stops_a_reading_without_a_word(manager, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    settings().photographs[0].focus_distance = 5
    for message in ("before", "after"):
        bpy.ops.ed.undo_push(message=message)
    manager.autoread._read()
    bpy.ops.ed.undo()
    assert manager.run is None
    assert manager.notice is None


def test_a_job_that_fails_by_itself_stands_in_the_panel(manager, module, monkeypatch, photographs, remains):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    settings().photographs[0].focus_distance = 5
    wrong = module("errors").UserError("It is wrong: put it right")
    strike(monkeypatch, module, "jobs.reading", "ReadPhotographs.conclude", wrong)
    manager.autoread._read()
    run_to_the_end(manager)
    assert manager.notice.is_fault and manager.notice.text == "It is wrong: put it right"
    assert remains() == []
