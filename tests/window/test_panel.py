"""The panel in the states it passes through: drawn, and nothing about it on Blender's console."""

import re

import pytest

LINE = 30  # pixels from one button to the one below
FOLDED = ("FOCAL_DEPTH_PT_options", "FOCAL_DEPTH_PT_exporting")  # they come open as a pop-up
EXPECTED = re.compile(  # on the console, of Blender and of what operators tell
    r"Info: |Read |Warning: 2 × Draw|\d\d:\d\d\.\d{3} +(operator|blend) +\| "
)


@pytest.mark.parametrize("wide", [False, True], ids=["narrow", "wide"])
def test_every_state_is_drawn_without_a_warning(window, untold, small, estimated, wide):
    first = sorted(untold.iterdir())[0]
    states = {
        "empty": "",
        "one": f"bpy.ops.focal_depth.drop_photographs('INVOKE_DEFAULT', directory={str(untold)!r}, "
        f"files=[{{'name': {first.name!r}}}])",
        "untold": f"bpy.ops.focal_depth.drop_photographs('INVOKE_DEFAULT', directory={str(untold)!r})",
        "failed": "bpy.ops.focal_depth.open_result('INVOKE_DEFAULT', directory='/nowhere')",
        "result": f"bpy.ops.focal_depth.open_result('INVOKE_DEFAULT', directory={str(estimated)!r})",
        "mesh": "bpy.ops.focal_depth.build_mesh('INVOKE_DEFAULT', True, level='preview')",
        "holdout": "bpy.context.scene.render.engine = 'CYCLES'; bpy.ops.focal_depth.holdout()",
    }
    if wide:
        window.widen_sidebar(300)
    before = len(window.console)
    for state, step in states.items():
        window.run(step or "None")
        window.wait_until("idle()")
        window.screenshot(f"panel_{state}{'_wide' * wide}")
    x, y = window.button("bpy.ops.focal_depth.estimate")
    window.click((x, y + LINE))
    window.screenshot(f"panel_quality{'_wide' * wide}")
    for panel in FOLDED:
        window.run(f"bpy.ops.wm.call_panel('INVOKE_DEFAULT', name={panel!r})")
        window.screenshot(f"{panel}{'_wide' * wide}")
        window.key("Escape")
    printed = window.console[before:].splitlines()
    assert [line for line in printed if line and not EXPECTED.match(line)] == []
