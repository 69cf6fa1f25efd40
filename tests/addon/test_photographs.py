"""The list of photographs: what is dropped, left out, odd, typed and undone, and the lens."""

import importlib
import json
import shutil
import time
from pathlib import Path

import bpy
import pytest

pytestmark = pytest.mark.one_blender


def settings():
    return bpy.context.scene.focal_depth


def listed() -> list[str]:
    return [each.name for each in settings().photographs]


@pytest.fixture
def view(scene):
    """The scene's 3D view as context."""
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    area.type = "VIEW_3D"
    with bpy.context.temp_override(window=window, area=area):
        yield area


@pytest.fixture
def strangers(photographs, tmp_path) -> Path:
    """The same photographs in another folder, without the text files that tell their distances."""
    folder = tmp_path / "strangers"
    folder.mkdir()
    for path in photographs.glob("*.png"):
        shutil.copy(path, folder / f"other_{path.name}")
    return folder


def drop(folder: Path, *names: str) -> None:
    bpy.ops.focal_depth.drop_photographs(directory=str(folder), files=[{"name": name} for name in names])


def test_dropped_photographs_are_listed(scene, photographs):
    drop(photographs, "0.png", "1.png", "2.png")
    assert listed() == ["0.png", "1.png", "2.png"]
    drop(photographs, "2.png", "4.png")
    assert listed() == ["0.png", "1.png", "2.png", "4.png"]  # of one folder: of one bracket


def test_a_raw_file_beside_a_picture_of_its_name_is_not_listed(scene, photographs, tmp_path):
    for name in ("0", "1", "2"):
        shutil.copy(photographs / f"{name}.png", tmp_path / f"{name}.png")
        (tmp_path / f"{name}.NEF").write_bytes(b"never read")
    drop(tmp_path, *sorted(path.name for path in tmp_path.iterdir()))
    assert sorted(listed()) == ["0.png", "1.png", "2.png"]


def test_what_is_no_photograph_is_refused_by_its_name(scene, photographs, tmp_path):
    (tmp_path / "notes.txt").write_text("a bracket")
    with pytest.raises(RuntimeError, match=r"notes\.txt"):
        drop(tmp_path, "notes.txt")


def test_photographs_dropped_from_elsewhere_take_the_place_of_those_listed(scene, photographs, strangers):
    drop(photographs, "0.png", "1.png", "2.png")
    settings().result = "//result"
    drop(strangers, "other_0.png", "other_1.png")
    assert listed() == ["other_0.png", "other_1.png"]
    assert settings().result == ""
    bpy.ops.focal_depth.add_photographs(directory=str(photographs), files=[{"name": "3.png"}])
    assert len(listed()) == 3  # Add adds, wherever they are


def test_what_the_backend_reads_can_be_dropped_in_both_editors(addon, view):
    formats = importlib.import_module(f"{addon}.backend.contract.formats")
    handler = bpy.types.FOCAL_DEPTH_FH_photographs
    taken = {*formats.EXTENSIONS, *formats.CLIP_EXTENSIONS}
    assert set(handler.bl_file_extensions.split(";")) == taken
    for kind, takes in (("VIEW_3D", True), ("IMAGE_EDITOR", True), ("TEXT_EDITOR", False)):
        view.type = kind
        assert handler.poll_drop(bpy.context) == takes


def test_one_photograph_waits_for_the_others(scene, photographs):
    settings().list_unread(str(photographs / "2.png"))
    assert listed() == ["2.png"]
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    assert listed() == [f"{number}.png" for number in range(5)]


def test_a_photograph_left_out_is_not_estimated_and_stays_listed(scene, photographs, tmp_path):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    settings().photographs[1].used = False
    bpy.ops.focal_depth.inspect()
    assert [each.used for each in settings().photographs] == [True, False, True, True, True]
    settings().quality = "draft"
    bpy.ops.focal_depth.estimate(output=str(tmp_path / "result"))
    frames = json.loads((tmp_path / "result" / "result.json").read_text())["frames"]
    assert [Path(frame["file"]).name for frame in frames] == ["0.png", "2.png", "3.png", "4.png"]
    assert listed() == [f"{number}.png" for number in range(5)]
    assert not settings().photographs[1].used
    settings().photographs[1].used = True
    bpy.ops.focal_depth.inspect()
    assert all(each.used and not each.notes for each in settings().photographs)


def test_what_is_odd_is_noted_on_its_photograph(scene, photographs, strangers):
    for path in strangers.iterdir():
        path.rename(strangers / path.name.removeprefix("other_"))
    image = bpy.data.images.new("small", 32, 24)
    image.save(filepath=str(strangers / "2.png"))
    (strangers / "3.png").write_bytes((photographs / "3.png").read_bytes()[:2000])
    bpy.ops.focal_depth.add_photographs(directory=str(strangers))
    notes = {each.name: each.notes for each in settings().photographs}
    assert notes["2.png"].startswith("32 x 24 pixels, the others 320 x 240")
    assert notes["3.png"].startswith("Is damaged or cut short")
    assert [each.name for each in settings().photographs if each.used] == ["0.png", "1.png", "4.png"]
    index = listed().index("2.png")
    bpy.ops.focal_depth.show_notes(index=index)
    assert settings().active_photograph == index


def test_reading_again_keeps_each_row_where_it_is(scene, photographs):
    """In memory too: someone may be typing into one, and Blender writes where the row was."""
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    rows = [each.as_pointer() for each in settings().photographs]
    settings().active_photograph = 3
    settings().photographs[4].focus_distance = 0.55
    bpy.ops.focal_depth.inspect()
    assert [each.as_pointer() for each in settings().photographs] == rows
    assert settings().active_photograph == 3


def test_rows_follow_the_distances_that_are_typed(scene, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    settings().active_photograph = 0
    settings().photographs[0].focus_distance = 0.5
    assert settings().changed
    bpy.ops.focal_depth.inspect(in_place=True)  # as it happens by itself
    assert listed() == [f"{number}.png" for number in range(5)]
    assert settings().photographs[0].relative_fov == 1
    bpy.ops.focal_depth.inspect()
    assert listed() == ["1.png", "2.png", "3.png", "4.png", "0.png"]
    assert listed()[settings().active_photograph] == "0.png"
    assert settings().photographs[4].source == "typed"
    assert not settings().changed


def test_what_is_typed_during_a_reading_is_not_lost(module, scene, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    cache = module("preferences").cache_folder()
    scratch = module("jobs.scratch").Scratch(cache)
    process = module("jobs.process").Process(["inspect", str(photographs)], scratch, cache)
    settings().photographs[2].focus_distance = 0.9
    while process.poll():
        time.sleep(0.01)
    module("jobs.reading").ReadPhotographs().conclude(bpy.context, scene, process.result)
    process.close()
    assert settings().photographs[2].focus_distance == pytest.approx(0.9)
    assert settings().changed


def test_undo_and_redo_on_the_list(scene, photographs):
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    bpy.ops.ed.undo_push(message="added")
    settings().active_photograph = 1
    bpy.ops.focal_depth.remove_photograph()
    bpy.ops.ed.undo_push(message="removed")
    assert listed() == ["0.png", "2.png", "3.png", "4.png"]
    bpy.ops.ed.undo()
    assert listed() == [f"{number}.png" for number in range(5)]
    bpy.ops.ed.undo()
    assert listed() == []
    bpy.ops.ed.redo()
    bpy.ops.ed.redo()
    assert listed() == ["0.png", "2.png", "3.png", "4.png"]


def test_the_lens_is_as_read_until_another_is_typed(scene, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    assert settings().shown_focal_length == pytest.approx(50)
    assert settings().focal_length == 0
    settings().shown_focal_length = 35
    assert settings().changed
    bpy.ops.focal_depth.inspect()
    assert settings().shown_focal_length == settings().focal_length == 35
    bpy.ops.focal_depth.reset_lens_value(value="focal_length")
    bpy.ops.focal_depth.inspect()
    assert settings().shown_focal_length == pytest.approx(50)


def test_only_lens_values_are_taken_as_read(scene):
    with pytest.raises(TypeError, match="enum"):
        bpy.ops.focal_depth.reset_lens_value(value="result")


def test_blenders_camera_presets_tell_the_sensor(scene, photographs):
    folder = Path(bpy.utils.preset_paths("camera")[0])
    before = len(bpy.data.cameras)
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    bpy.ops.focal_depth.choose_sensor(filepath=str(folder / "Fullframe.py"))
    assert settings().sensor_width == 36
    photograph = settings().photographs[0]
    photograph.width, photograph.height = 240, 320
    bpy.ops.focal_depth.choose_sensor(filepath=str(folder / "Fullframe.py"))
    assert settings().sensor_width == 24
    assert len(bpy.data.cameras) == before


def test_names_are_as_short_as_tells_them_apart(module):
    short = module("properties")._short_names
    assert short(["/a/DSC_0998.JPG", "/a/DSC_1001.JPG"]) == ["0998", "1001"]
    assert short(["/a/left.png", "/b/right.png"]) == ["left", "right"]
    assert short(["/a/IMG.png", "/a/IMG_2.png"]) == ["IMG", "_2"]


def test_a_thumbnail_is_asked_for_once(module, photographs):
    thumbnails = module("ui.thumbnails")
    asked = [str(photographs / name) for name in ("0.png", "1.png", "0.png")]
    icons = [thumbnails.photograph_icon(path) for path in asked]
    assert icons[0] == icons[2]  # without a window they are 0
    assert set(asked) <= set(thumbnails._previews)


def test_nothing_is_read_by_itself_without_a_window(manager, scene, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    settings().photographs[0].focus_distance = 5
    assert settings().changed
    assert not manager.autoread.is_scheduled
