"""A layer outlined by hand over the photograph, applied, hidden; the set and a draft follow."""

import hashlib
import json
import shutil
import time

import pytest

HELP = """
def editor():
    return areas("IMAGE_EDITOR")[0]

def on_screen(x, y):
    '''The place of the photograph's (x, y), 0 to 1 from its top left, on the screen.'''
    area, window = editor(), bpy.context.window_manager.windows[0]
    found = region(area)
    right, up = found.view2d.view_to_region(x, 1 - y, clip=False)
    return found.x + right, window.height - found.y - up

def active_layer():
    return settings().layers[settings().active_layer]

def within():
    '''Colour in the middle of the picture that the image editor shows, 0 to 1.'''
    picture = editor().spaces.active.image
    width, height = picture.size
    at = 4 * (height // 2 * width + width // 2)
    return list(picture.pixels[at:at + 3])

def caption():
    '''Of the picture in the lower left of the 3D view.'''
    import sys
    (module,) = (each for name, each in sys.modules.items() if name.endswith("preview.view_picture"))
    picture = module.picture_of(bpy.context.scene)
    return picture and picture[1]

def is_drafted():
    return "run-" in editor().spaces.active.image.filepath

def outline_by_script(points, closed):
    import sys
    (module,) = (each for name, each in sys.modules.items() if name.endswith("focal_depth_addon.retouch"))
    module.outline(active_layer(), points, tuple(editor().spaces.active.image.size), closed)

def is_draft_done():
    return is_drafted() and not manager().draft.process.asked
"""
OUTLINE = (0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)


@pytest.fixture
def folder(window, estimated, tmp_path):
    """A result of the test's own, open, with an image editor in the place of the timeline."""
    folder = shutil.copytree(estimated, tmp_path / "result")
    window.run(HELP)
    window.run(f"""
bpy.data.objects.remove(bpy.data.objects["Cube"])
bpy.ops.focal_depth.open_result("EXEC_DEFAULT", True, directory={str(folder)!r})
bpy.context.window.workspace = bpy.data.workspaces["Texture Paint"]
""")
    window.wait_until("len(areas('IMAGE_EDITOR'))")
    return folder


def outline(window) -> None:
    """Ctrl and clicks over the photograph, then Alt and C."""
    window.run("""
with bpy.context.temp_override(area=editor(), region=region(editor())):
    bpy.ops.image.view_all(fit_view=True)
""")
    window.run("draw()")
    time.sleep(0.5)
    for x, y in OUTLINE:
        place = window.run(f"on_screen({x}, {y})")
        window.move(tuple(place))
        window.screen.call("xdotool", "keydown", "ctrl")
        window.screen.call("xdotool", "click", "1")
        window.screen.call("xdotool", "keyup", "ctrl")
        time.sleep(0.3)
    window.screen.call("xdotool", "key", "alt+c")
    window.wait_until("active_layer().mask.layers[0].splines[0].use_cyclic", 10)


def test_outlined_by_hand_and_applied(window, folder):
    window.run("bpy.ops.focal_depth.build_mesh('EXEC_DEFAULT', True, level='preview')")
    window.run("bpy.ops.focal_depth.add_layer('INVOKE_DEFAULT', True, tool='push')")
    assert window.run("editor().spaces.active.mode") == "MASK"
    assert window.run("editor().spaces.active.image.name").startswith("all_in_focus")
    window.run("active_layer().amount = 0.3")
    outline(window)
    window.run("editor().spaces.active.show_region_ui = True")
    window.wait_until("region(editor(), 'UI').width > 50")
    with_tab = "region(editor(), 'UI').active_panel_category"
    if window.run(
        f"hasattr(region(editor(), 'UI'), 'active_panel_category') and {with_tab} != 'UNSUPPORTED'"
    ):
        window.run(f"{with_tab} = 'Focal Depth'")
    window.wait_until("(caption() or '').startswith('Draft')", 60)
    time.sleep(1)
    assert window.run("editor().spaces.active.image.name").startswith("all_in_focus")  # no layer paints it
    window.screenshot("retouch_outlined")
    before = (folder / "depth.exr").read_bytes()
    window.run("bpy.ops.focal_depth.apply_layers('INVOKE_DEFAULT', True)")
    window.wait_until("idle()")
    (layer,) = json.loads((folder / "retouch" / "layers.json").read_text())["layers"]
    points = layer["outlines"][0]["points"]
    assert layer["tool"] == "push" and layer["outlines"][0]["width"] == 0
    for x, y in OUTLINE:
        assert min(abs(x - a) + abs(y - b) for a, b in points) < 0.05
    assert (folder / "depth.exr").read_bytes() != before
    assert window.run("manager().notice") is None
    assert window.run("caption()") is None  # as before: the set would lie behind it
    window.screenshot("retouch_applied")
    window.key("ctrl+z")  # Apply's step; the layer stays
    assert window.run("len(settings().layers)") == 1


def contents(folder) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_draft_follows_the_outline_before_apply(window, folder):
    window.run("bpy.ops.focal_depth.preview('INVOKE_DEFAULT', True, show='DEPTH')")
    window.wait_until("idle() and settings().preview.shown == 'DEPTH'")
    before, files = window.run("within()"), contents(folder)
    window.run("bpy.ops.focal_depth.add_layer('INVOKE_DEFAULT', True, tool='push')")
    window.run("active_layer().amount = 0.3")
    window.wait_until("is_drafted()", 60)
    assert window.run("within()") == pytest.approx(before, abs=0.02)  # nothing is outlined yet
    outline(window)
    window.wait_until(f"max(abs(a - b) for a, b in zip(within(), {before})) > 0.1", 10)
    window.run("editor().spaces.active.show_region_ui = True")
    window.screenshot("retouch_draft")
    assert window.run("editor().spaces.active.mode") == "MASK"
    assert window.run("editor().spaces.active.mask == active_layer().mask")
    once = window.run("within()")
    window.run("active_layer().amount = -0.3")
    window.wait_until(f"max(abs(a - b) for a, b in zip(within(), {once})) > 0.1", 10)
    assert contents(folder) == files
    window.run("active_layer().amount = 0.3")
    window.run("bpy.ops.focal_depth.apply_layers('INVOKE_DEFAULT', True)")
    window.wait_until("idle()")
    time.sleep(1)
    assert window.run("manager().draft.process") is None
    assert contents(folder) != files
    assert not window.run("is_drafted()")
    assert window.run("manager().notice") is None
    window.run("bpy.ops.focal_depth.preview('INVOKE_DEFAULT', True, show='DEPTH')")
    window.wait_until("idle() and settings().preview.shown == 'DEPTH'")
    window.screenshot("retouch_draft_applied")


SHOWN_BY = {
    "DEPTH": ("flatten", "from_neighbours", "push", "cut", "same_surface"),
    "CONFIDENCE": ("trust", "distrust"),
    "ALL_IN_FOCUS": ("frame", "background", "heal"),
}


def test_each_tool_shows_what_it_does_before_apply(window, folder):
    window.run("bpy.ops.focal_depth.build_mesh('EXEC_DEFAULT', True, level='preview')")
    for shown, tools in SHOWN_BY.items():
        window.run(f"bpy.ops.focal_depth.preview('INVOKE_DEFAULT', True, show={shown!r})")
        window.wait_until(f"idle() and settings().preview.shown == {shown!r}")
        for tool in tools:
            window.run(f"bpy.ops.focal_depth.add_layer('INVOKE_DEFAULT', True, tool={tool!r})")
            closed = tool not in ("cut", "same_surface")
            window.run(f"outline_by_script({OUTLINE if closed else OUTLINE[1:3]}, {closed})")
            window.wait_until("is_draft_done()", 60)
            window.screenshot(f"retouch_tool_{tool}")
            window.run("bpy.ops.focal_depth.remove_layer()")
    assert window.run("manager().notice") is None


@pytest.mark.parametrize("tool", ["own_object", "leave_out"])
def test_a_mesh_is_built_without_what_is_outlined(window, folder, tool):
    window.run("bpy.ops.focal_depth.build_mesh('EXEC_DEFAULT', True, level='preview')")
    window.run(f"bpy.ops.focal_depth.add_layer('INVOKE_DEFAULT', True, tool={tool!r})")
    window.run("active_layer().name = 'Outlined'")
    window.run(f"outline_by_script({OUTLINE}, True)")
    window.run("bpy.ops.focal_depth.apply_layers('INVOKE_DEFAULT', True)")
    window.wait_until("idle()")
    assert window.run("'Outlined' in bpy.data.objects") == (tool == "own_object")
    if tool == "own_object":
        window.run("bpy.data.objects['Outlined'].location.x += 0.3")
    window.run("areas('VIEW_3D')[0].spaces.active.shading.type = 'MATERIAL'")
    time.sleep(2)
    window.screenshot(f"retouch_tool_{tool}")
