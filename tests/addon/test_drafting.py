"""The draft that follows what is outlined: shown before Apply, of nothing but a folder that goes with it."""

import json
import shutil
import time
from pathlib import Path

import bpy
import numpy as np
import pytest

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.one_blender]
SIZE = 320, 240  # of the result: width and height
WALL = [(0.7, 0.2), (0.95, 0.2), (0.95, 0.8), (0.7, 0.8)]  # beside its gap, from the top left
INSIDE = slice(60, 180), slice(235, 295)  # rows, from the top, and columns well within
SOON = 60  # seconds; the processor may be shared


def settings():
    return bpy.context.scene.focal_depth


@pytest.fixture
def folder(scene, result, tmp_path) -> Path:
    """A result of the test's own, whose depth is previewed."""
    folder = shutil.copytree(result, tmp_path / "result")
    bpy.ops.focal_depth.open_result(directory=str(folder))
    bpy.ops.focal_depth.preview(show="DEPTH")
    return folder


@pytest.fixture
def draft(manager, folder):
    """The draft of the scene, which a window would have started."""
    yield manager.draft
    manager.draft.stop()


@pytest.fixture
def follow(draft):
    """follow() -> calls the timer until all that was asked for is shown."""

    def wait() -> None:
        deadline = time.monotonic() + SOON
        while draft._poll() is not None:
            process = draft.process
            if process is not None and not process.asked and process.pictures is None:
                return
            assert time.monotonic() < deadline
            time.sleep(0.01)

    return wait


def add(module, tool: str = "push", points=WALL, **values):
    bpy.ops.focal_depth.add_layer(tool=tool)
    layer = settings().layers[settings().active_layer]
    for name, value in values.items():
        setattr(layer, name, value)
    if points:
        module("retouch").outline(layer, points, SIZE)
    return layer


def shown(module) -> np.ndarray:
    """(H, W, 3) of the preview's picture, row 0 at the top."""
    picture = module("preview.images").update_image(bpy.context.scene)
    width, height = picture.size
    pixels = np.empty(width * height * 4, np.float32)
    picture.pixels.foreach_get(pixels)
    return pixels.reshape(height, width, 4)[::-1, :, :3]


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_depth_follows_what_is_outlined_and_the_result_stays(module, folder, draft, follow, manager, remains):
    before, files = shown(module), contents(folder)
    layer = add(module, points=None, amount=0.3)
    draft.start(bpy.context.scene)
    follow()
    np.testing.assert_allclose(shown(module), before, atol=0.02)  # nothing is outlined yet
    module("retouch").outline(layer, WALL, SIZE)
    follow()
    change = np.abs(shown(module) - before).max(axis=2)
    assert change[INSIDE].min() > 0.1
    outside_it = np.ones(change.shape, bool)
    outside_it[44:197, 220:308] = False
    assert change[outside_it].max() < 0.02
    drafted = shown(module)
    assert contents(folder) == files
    assert bpy.ops.focal_depth.apply_layers() == {"FINISHED"}
    draft._poll()
    assert draft.process is None and remains() == []
    bpy.ops.focal_depth.preview(show="DEPTH")
    assert Path(settings().preview.picture.filepath).suffix == ".png"
    bpy.ops.focal_depth.reset_range()
    settings().preview.set_range(1 / 1.25, 1e4)
    applied = shown(module)
    for _ in range(3):
        draft._poll()
        assert draft.process is None  # no layer has changed since
    layer = settings().layers[0]
    layer.amount = 0.2
    follow()
    assert not np.allclose(shown(module)[INSIDE], applied[INSIDE], atol=0.02)
    layer.amount = 0.3
    follow()
    np.testing.assert_allclose(shown(module), applied, atol=0.02)  # the draft is what was applied
    assert drafted.shape == applied.shape


def test_the_photograph_is_replaced_only_by_what_paints_it(module, folder, draft, follow):
    bpy.ops.focal_depth.preview(show="ALL_IN_FOCUS")
    settings().preview.in_view = False
    images = module("preview.images")
    layer = add(module, amount=0.3)
    draft.start(bpy.context.scene)
    follow()
    assert images.update_image(bpy.context.scene).filepath == str(folder / "all_in_focus.png")
    before = shown(module)
    layer.tool = "heal"
    follow()
    change = np.abs(shown(module) - before).max(axis=2)
    assert change[INSIDE].mean() > 0.01 and not change[:, :200].any()
    layer.shown = False
    follow()
    assert images.update_image(bpy.context.scene).filepath == str(folder / "all_in_focus.png")
    assert Path(settings().preview.picture.filepath).is_file()


@pytest.mark.parametrize("way", ["file", "switch", "layers", "result", "disabled"])
def test_it_ends_with_what_it_is_of(module, folder, draft, follow, result, manager, remains, way):
    before = shown(module)
    add(module, amount=0.3)
    draft.start(bpy.context.scene)
    follow()
    process = draft.process._process
    if way == "file":
        bpy.ops.wm.read_homefile(use_empty=True)
    elif way == "switch":
        settings().draft = False
    elif way == "layers":
        bpy.ops.focal_depth.remove_layer()
    elif way == "result":
        bpy.ops.focal_depth.open_result(directory=str(result))
    else:
        module("operators.retouch").unregister()
        module("operators.retouch").register()
    if way in ("layers", "result"):
        assert draft._poll() is None
    assert draft.process is None and process.returncode is not None
    assert not draft._timer.is_running
    assert remains() == []
    if way in ("switch", "layers", "disabled"):
        np.testing.assert_array_equal(shown(module), before)


def test_one_that_dies_says_so_and_outlines_stay(module, folder, draft, follow, manager, remains):
    before = shown(module)
    add(module, amount=0.3)
    draft.start(bpy.context.scene)
    follow()
    draft.process._process.kill()
    draft.process._process.wait()
    assert draft._poll() is None
    assert manager.notice.is_fault and "press Outline to show it again" in manager.notice.text
    assert remains() == []
    np.testing.assert_array_equal(shown(module), before)
    draft.start(bpy.context.scene)
    assert manager.notice is None
    follow()
    assert not np.array_equal(shown(module), before)
    assert bpy.ops.focal_depth.apply_layers() == {"FINISHED"}
    assert len(json.loads((folder / "retouch" / "layers.json").read_text())["layers"]) == 1


def test_outlines_that_nothing_can_read_end_it_with_a_sentence(module, folder, draft, follow, manager):
    layer = add(module, amount=0.3)
    draft.start(bpy.context.scene)
    module("retouch").outline(layer, [(0.001 * (i % 900), 0.3 + 0.4 * (i % 2)) for i in range(21_000)], SIZE)
    assert draft._poll() is None
    assert "more than 20000 points): simplify them" in manager.notice.text
    assert draft.process is None


def test_a_layer_that_is_left_out_is_named_while_it_cannot_be_shown(module, folder, draft, follow, manager):
    (folder / "background.png").unlink(missing_ok=True)  # another test may have built a mesh of the result
    layer = add(module, tool="background")
    bpy.ops.focal_depth.preview(show="ALL_IN_FOCUS")
    draft.start(bpy.context.scene)
    follow()
    assert f"{layer.name} was skipped" in manager.notice.text  # no mesh has painted what lies behind
    assert "build a mesh first" in manager.notice.text
    layer.shown = False
    add(module, tool="heal")
    follow()
    assert manager.notice is None


def test_a_saved_file_names_no_picture_that_goes(module, folder, draft, follow, tmp_path):
    add(module, amount=0.3)
    draft.start(bpy.context.scene)
    follow()
    assert "run-" in settings().preview.picture.filepath
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "set.blend"), copy=True)
    follow()
    assert "run-" in settings().preview.picture.filepath  # it is shown again
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "set.blend"))
    path = Path(bpy.path.abspath(settings().preview.picture.filepath))
    assert path.is_file() and not path.parent.parent.name.startswith("run-")


def test_every_change_of_a_layer_is_noticed_and_nothing_else(module, folder, draft):
    layer = add(module, amount=0.3)
    state = module("retouch").layers_state
    before = state(settings())
    assert state(settings()) == before
    point = layer.mask.layers[0].splines[0].points[0]
    for change in (
        lambda: setattr(point, "co", (0.4, 0.4)),
        lambda: setattr(point, "handle_left", (0.1, 0.1)),
        lambda: setattr(layer.mask.layers[0].splines[0], "use_cyclic", False),
        lambda: setattr(layer, "width", 0.02),
        lambda: setattr(layer, "shown", False),
        lambda: setattr(layer, "tool", "trust"),
        lambda: layer.mask.layers[0].splines.new(),
    ):
        point.handle_type = "FREE"
        change()
        after = state(settings())
        assert after != before
        before = after


def test_what_is_asked_for_is_what_apply_writes(module, folder, draft, follow):
    add(module, amount=0.3)
    add(module, "cut", [(0.3, 0.1), (0.3, 0.9), (0.4, 0.5)])
    draft.start(bpy.context.scene)
    follow()
    asked = json.loads((draft.process._folder / "request.json").read_text())["layers"]
    bpy.ops.focal_depth.apply_layers()
    assert json.loads(asked) == json.loads((folder / "retouch" / "layers.json").read_text())
