"""A shoot that is followed: brackets come into the folder, and the scene shows the last one by itself."""

import os
import signal
import time
from pathlib import Path

import pytest
from window import PATIENCE, children, held

PAUSE = 2  # seconds
MESHES = "[each.name for each in bpy.context.scene.objects if each.get('focal_depth_role') == 'mesh']"
SETS = "[each for each in bpy.context.scene.collection.children if 'focal_depth_result' in each]"
SEEN = f"[each.name for each in {SETS} if not each.hide_viewport]"
FOLDED = 57  # pixels from the button that opens a result to our panel, which is folded at first


@pytest.fixture
def shoot(window, tmp_path):
    """A folder that is followed with the panel's switch, for results beside it."""
    folder = tmp_path / "shoot"
    folder.mkdir()
    window.run(f"settings().output = {str(tmp_path / 'results')!r}; settings().quality = 'draft'")
    window.run("bpy.data.objects.remove(bpy.data.objects['Cube'])")  # it would hide the set
    window.run(f"settings().follow_folder = {str(folder)!r}; settings().follow_pause = {PAUSE}")
    x, y = window.button("bpy.ops.focal_depth.open_result")
    window.click((x, y + FOLDED))
    window.click(window.button("bpy.ops.focal_depth.follow(enable=True)"))
    window.wait_until("manager().shoot.is_followed_by(bpy.context.scene)", 5)
    yield folder
    if window.process.poll() is None:
        window.run("manager().shoot.stop()")
        window.click((x, y + FOLDED))


def arrive(photographs: Path, folder: Path) -> None:
    """Slowly, the last first, each of them in two pieces."""
    folder.mkdir()
    for source in sorted(photographs.glob("*.jpg"), reverse=True):
        data = source.read_bytes()
        with (folder / source.name).open("wb") as file:
            file.write(data[: len(data) // 2])
            file.flush()
            time.sleep(0.1)
            file.write(data[len(data) // 2 :])


def test_the_scene_shows_each_bracket_as_it_comes(window, shoot, small, untold):
    window.screenshot("following_waits")
    arrive(untold, shoot / "table 1")
    window.wait_until("manager().shoot.status()[1]")
    window.screenshot("following")
    window.wait_until(f"any('table 1' in name for name in {MESHES}) and idle()")
    assert not window.run("settings().metric")
    arrive(small, shoot / "table 2")
    window.wait_until(f"any('table 2' in name for name in {MESHES}) and idle()")
    window.wait_until(f"len({SEEN}) == 1", 10)
    assert "table 2" in window.run(SEEN)[0] and window.run("settings().metric")
    assert "table 2" in window.run("bpy.context.scene.camera.name")
    window.screenshot("followed")


def test_hands_that_move_something_are_not_disturbed(window, shoot, untold):
    window.run("bpy.ops.mesh.primitive_cube_add('EXEC_DEFAULT', True); bpy.ops.object.mode_set(mode='EDIT')")
    arrive(untold, shoot / "table")
    window.wait_until("manager().shoot.process.arrival")
    window.screenshot("following_ready")
    time.sleep(1)
    assert window.run(MESHES) == []
    window.run("bpy.ops.object.mode_set(mode='OBJECT')")
    window.wait_until(f"any('table' in name for name in {MESHES})")


def test_a_bracket_that_cannot_be_read_does_not_end_it(window, shoot, untold):
    (shoot / "broken").mkdir()
    for name in ("1.jpg", "2.jpg"):
        (shoot / "broken" / name).write_bytes(b"no photograph")
    window.wait_until("manager().notice")
    assert "broken" in window.run("manager().notice.text")
    window.screenshot("following_broken")
    arrive(untold, shoot / "whole")
    window.wait_until(f"any('whole' in name for name in {MESHES})")


@pytest.mark.parametrize("way", ["switch", "file", "crash"])
def test_it_ends_and_leaves_nothing(window, shoot, installed, small, way):
    arrive(small, shoot / "table")
    window.wait_until("manager().shoot.status()[1]")
    if way == "switch":
        with held(installed.resources):
            switch = window.button("bpy.ops.focal_depth.follow(enable=False)")
        window.click(switch)
    elif way == "file":
        window.open()
    else:
        for child in children(installed.resources):
            os.kill(child, signal.SIGKILL)
        window.wait_until("manager().notice")
        assert "ended unexpectedly" in window.run("manager().notice.text")
    deadline = time.monotonic() + PATIENCE
    while children(installed.resources):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not window.run("manager().shoot.is_followed_by(bpy.context.scene)")
    assert not list((shoot.parent / "results").glob("**/depth.exr"))


def test_a_folder_that_is_none_is_said(window):
    window.run("settings().follow_folder = '/nowhere'; bpy.ops.focal_depth.follow('INVOKE_DEFAULT')")
    assert "/nowhere" in window.run("manager().notice.text")
