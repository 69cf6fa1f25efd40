"""Estimating beside a Blender that stays usable; whatever ends it leaves nothing behind."""

import os
import signal
import time

import pytest
from window import PATIENCE, SAMPLE, children, held

SOON = 2.0  # seconds; half a second is meant, and told, but the processor may be shared
FRAME = 0.1  # seconds of which people say that it hangs


@pytest.fixture
def estimate(traces, tmp_path):
    """estimate(window) -> starts to estimate the sample; returns when the network is at work."""

    def start(window, photographs=SAMPLE, until="stage() in ('align', 'depth')"):
        given = f"directory={str(photographs)!r}, output={str(tmp_path / 'output' / 'result')!r}"
        window.run(f"bpy.ops.focal_depth.estimate('INVOKE_DEFAULT', {given})")
        window.wait_until(until)
        return traces

    return start


def notice(window) -> str | None:
    return window.run("manager().notice and manager().notice.text")


def seconds_until(happened, patience: float = SOON) -> float:
    started = time.monotonic()
    while not happened():
        assert time.monotonic() - started < patience
        time.sleep(0.01)
    return time.monotonic() - started


@pytest.mark.parametrize("way", ["escape", "button"])
def test_cancelled_halfway_it_is_idle_at_once_and_leaves_nothing(window, estimate, way, installed, capsys):
    traces = estimate(window)
    window.screenshot(f"estimating_{way}")
    assert traces() != []
    if way == "button":
        with held(installed.resources):
            place = window.button("bpy.ops.focal_depth.cancel")
        assert not window.run("idle()")
        window.click(place)
    else:
        window.key("Escape")
    took = seconds_until(lambda: window.run("idle()"))
    with capsys.disabled():
        print(f"\n  by {way}: idle {took:.2f} s after it was cancelled")
    assert traces() == []
    window.screenshot(f"cancelled_{way}")
    assert notice(window) is None


def test_depth_is_seen_at_once_and_the_view_goes_over_to_the_result(own_window, estimate, capsys):
    """The picture in the view is the rough depth's while the estimate goes on; nothing of it stays."""
    shown = "(addon('preview.view_picture').picture_of(bpy.context.scene) or [None])[0]"
    began = time.monotonic()
    estimate(own_window, until=f"{shown} is not None")
    took = time.monotonic() - began
    time.sleep(0.5)  # for Blender to draw
    assert own_window.run(f"{shown}.name") == "rough_depth.png" and not own_window.run("idle()")
    own_window.screenshot("rough_depth")
    with capsys.disabled():
        print(f"\n  depth is seen {took:.2f} s after the click, without a backend that waits")
    own_window.wait_until("idle()")
    time.sleep(0.5)
    assert own_window.run(f"{shown}.name") == "depth.png"
    assert not own_window.run("[each.name for each in bpy.data.images if 'rough_depth' in each.name]")


def test_it_runs_to_the_end_and_blender_never_hangs(own_window, estimate, small, capsys):
    """Gaps in a timer's beat say when Blender had no time, be it for its own drawing; calls say whose."""
    own_window.run("start_pulse()")
    for _ in range(20):  # the sidebar drawn as often as while estimating
        own_window.run("region(areas('VIEW_3D')[0], 'UI').tag_redraw()")
        time.sleep(0.1)
    without = own_window.run("stop_pulse()")
    own_window.run("longest = time_our_functions(); start_pulse()")
    estimate(own_window, small, until="not idle()")
    shares = []
    while not own_window.run("idle()"):
        shares.append(own_window.run("0 if idle() else manager().status()[1]"))
        time.sleep(0.1)
    gaps, longest = own_window.run("stop_pulse()"), own_window.run("longest")
    own_window.screenshot("estimated")
    with capsys.disabled():
        for name, measured in (("drawing the sidebar alone", without), ("estimating", gaps)):
            longest_gap, deprived = max(measured)
            over = sum(gap > FRAME for gap, _ in measured)
            print(f"\n  {name}: longest gap {longest_gap * 1e3:.0f} ms, {over} over 100 ms; ", end="")
            print(f"in {deprived * 1e3:.0f} ms of it others had the processor", end="")
        slowest = sorted(longest.items(), key=lambda each: -each[1])[:3]
        print("\n  of it ours: " + ", ".join(f"{name} {took * 1e3:.0f} ms" for name, took in slowest))
    moving = [share for share in shares if share > 0]
    assert moving == sorted(moving) and len(set(moving)) > 3
    assert own_window.run("settings().metric")
    assert max(longest.values()) < FRAME


def test_a_crash_of_the_child_is_one_sentence_and_a_log(window, estimate, installed):
    traces = estimate(window)
    os.kill(*children(installed.resources), signal.SIGKILL)
    window.wait_until("idle()", SOON)
    assert traces() == []
    assert notice(window).count(".") == 0 and "ended unexpectedly" in notice(window)
    window.screenshot("crashed")
    window.click(window.button("bpy.ops.focal_depth.show_log"))
    window.wait_until("areas('TEXT_EDITOR')")
    window.screenshot("log")


def test_undo_stops_it(window, estimate):
    window.run("bpy.ops.mesh.primitive_cube_add('EXEC_DEFAULT', True)")
    traces = estimate(window)
    window.key("ctrl+z")
    window.wait_until("idle()", SOON)
    assert traces() == []
    assert "Undo stopped" in notice(window)


def test_another_file_stops_it(window, estimate):
    traces = estimate(window)
    window.open()
    assert window.run("idle()")
    assert traces() == []
    assert notice(window) is None


@pytest.mark.parametrize("way", ["quit", "terminated", "killed"])
def test_it_ends_with_blender(window, own_window, estimate, way, installed):
    traces = estimate(own_window)
    if way == "quit":
        own_window.key("ctrl+q")
    else:
        own_window.process.send_signal(signal.SIGTERM if way == "terminated" else signal.SIGKILL)
    own_window.process.wait(timeout=PATIENCE)
    seconds_until(lambda: not children(installed.resources))
    if way == "quit":
        assert traces() == []
        return
    left = traces()
    assert len(left) == 2 and all(each.name.startswith("run-") for each in left)  # a folder and its lock
    estimate(window)  # the next run removes them
    assert not any(each.exists() for each in left)
