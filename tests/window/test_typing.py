"""Distances typed into the list: the others follow by themselves, and undo goes back at any moment."""

import pytest
from window import PATIENCE, held

TYPED = {0: "2.5", 7: "0.7"}  # row and metres, as the sample's own photographs tell


@pytest.fixture
def window(window, untold):
    return with_photographs(window, untold)


def with_photographs(window, untold):
    """Photographs listed that do not tell their distances."""
    window.run(f"bpy.ops.focal_depth.add_photographs('INVOKE_DEFAULT', directory={str(untold)!r})")
    window.wait_until("idle() and len(settings().photographs) == 8")
    window.run("""
def sources():
    return [photograph.source for photograph in settings().photographs]

def notice():
    return manager().notice
""")
    return window


def type_distance(window, row: int) -> None:
    window.run(f"settings().active_photograph = {row}")
    window.type(window.button(f"focal_depth.photographs[{row}].focus_distance", across=(0.6,)), TYPED[row])
    window.wait_until(f"sources()[{row}] == 'typed'", 5)


def test_two_typed_distances_tell_the_others(window):
    assert window.run("set(sources())") == "{'unknown'}"
    for row in TYPED:
        type_distance(window, row)
    window.wait_until("idle() and 'unknown' not in sources()")
    window.screenshot("two_typed")
    window.key("ctrl+z")
    window.wait_until("idle() and sources().count('unknown') == 7")
    window.key("ctrl+shift+z")
    window.wait_until("idle() and 'unknown' not in sources()")
    assert window.run("notice()") is None


def test_undo_and_redo_while_they_are_read_again(window, installed):
    """The reading goes on with what then stands there; nobody is told to start what nobody has started."""
    for row in TYPED:
        type_distance(window, row)
    for keys in ("ctrl+z", "ctrl+shift+z"):
        window.wait_until("not idle()", 10)
        with held(installed.resources):
            window.key(keys)
            window.wait_until("idle()", 5)
        assert window.run("notice()") is None
    window.wait_until("idle() and not settings().changed")
    assert "unknown" not in window.run("sources()")


def test_quitting_while_they_are_read_again(own_window, untold, installed, traces):
    with_photographs(own_window, untold)
    type_distance(own_window, 0)
    own_window.wait_until("not idle()", 10)
    with held(installed.resources):
        assert traces() != []
        own_window.run("bpy.ops.wm.quit_blender()")  # a person would be asked first whether to save
        own_window.process.wait(PATIENCE)
    assert traces() == []
