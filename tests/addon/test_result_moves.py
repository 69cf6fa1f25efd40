"""Results are never lost: they go with the .blend file, are found again, and outlive the cache."""

import shutil
from pathlib import Path

import bpy
import pytest

pytestmark = pytest.mark.one_blender


@pytest.fixture
def unsaved(cache, outside) -> Path:
    """The result of a file that is not saved, in use by a set, a node group and a preview."""
    folder = cache / "results" / "wall"
    outside("result", folder)
    bpy.ops.focal_depth.open_result(directory=str(folder))
    bpy.ops.focal_depth.build_mesh(level="preview")
    bpy.ops.focal_depth.depth_merge()
    bpy.ops.focal_depth.preview(show="DEPTH")
    return folder


def result() -> Path:
    return Path(bpy.path.abspath(bpy.context.scene.focal_depth.result))


def images_in(folder: Path) -> set[str]:
    paths = (Path(bpy.path.abspath(image.filepath)) for image in bpy.data.images if image.filepath)
    return {path.name for path in paths if path.is_relative_to(folder)}


def test_saving_brings_the_result_beside_the_blend(unsaved, tmp_path):
    used = images_in(unsaved)
    assert "all_in_focus.png" in used
    (tmp_path / "shot").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot" / "a.blend"))
    present = tmp_path / "shot" / "focal_depth" / "wall"
    assert result() == present and (present / "depth.exr").is_file()
    assert not unsaved.exists() and images_in(present) == used
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "shot" / "a.blend"))
    assert result() == present and images_in(present) == used
    meshes = len(bpy.data.meshes)
    bpy.ops.focal_depth.build_mesh(level="preview")
    assert len(bpy.data.meshes) == meshes, "the set is recognised"


def test_undo_leads_to_where_the_result_is_now(unsaved, tmp_path):
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.ed.undo_push(message="cube")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.ed.undo()
    assert "Cube" not in bpy.data.objects
    assert result() == tmp_path / "focal_depth" / "wall"
    assert "all_in_focus.png" in images_in(tmp_path / "focal_depth")


def test_a_project_that_is_moved_finds_its_result(unsaved, tmp_path):
    (tmp_path / "shot").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot" / "a.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    (tmp_path / "shot").rename(tmp_path / "elsewhere")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "elsewhere" / "a.blend"))
    assert result().resolve() == tmp_path / "elsewhere" / "focal_depth" / "wall"
    assert "all_in_focus.png" in images_in(tmp_path / "elsewhere")
    bpy.ops.focal_depth.build_mesh(level="preview")


def test_a_result_that_was_moved_alone_is_asked_for(unsaved, tmp_path, module):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    moved = Path(shutil.move(tmp_path / "focal_depth" / "wall", tmp_path / "kept here"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    moves = module("result_moves")
    assert moves.missing_result(bpy.context.scene) == tmp_path / "focal_depth" / "wall"
    with pytest.raises(RuntimeError, match="is not a result folder"):
        bpy.ops.focal_depth.find_result(directory=str(tmp_path))
    assert bpy.ops.focal_depth.find_result(directory=str(moved)) == {"FINISHED"}
    assert moves.missing_result(bpy.context.scene) is None
    assert result() == moved and "all_in_focus.png" in images_in(moved)


def test_a_second_file_of_that_name_takes_nothing_away(unsaved, tmp_path, outside, cache):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    outside("result", cache / "results" / "wall")
    bpy.ops.focal_depth.open_result(directory=str(cache / "results" / "wall"))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "b.blend"))
    assert result() == tmp_path / "focal_depth" / "wall_2"
    assert (tmp_path / "focal_depth" / "wall" / "depth.exr").is_file()


def test_clearing_the_cache_leaves_what_a_saved_file_uses(unsaved, tmp_path, module, cache, monkeypatch):
    monkeypatch.setattr(module("result_moves"), "_move", lambda *_: None)  # as earlier versions saved files
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.focal_depth.clear_cache()
    assert (unsaved / "depth.exr").is_file()
    (tmp_path / "a.blend").unlink()
    bpy.ops.focal_depth.clear_cache()
    assert not unsaved.exists()


def test_a_disk_that_takes_no_more_loses_nothing(unsaved, tmp_path, module, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module("result_moves").shutil, "copytree", fail)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    assert result() == unsaved and (unsaved / "depth.exr").is_file()


def test_without_a_cache_folder_results_go_where_people_keep_files(cache, module, tmp_path, monkeypatch):
    preferences = module("preferences")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "home" / "Papers").mkdir(parents=True)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "user-dirs.dirs").write_text('XDG_DOCUMENTS_DIR="$HOME/Papers"\n')
    assert preferences.unsaved_folder() == cache / "results"
    preferences.preferences().cache_folder = ""
    assert preferences.unsaved_folder() == tmp_path / "home" / "Papers" / "Focal Depth"
    shutil.rmtree(
        tmp_path / "home" / "Papers"
    )  # as on a server: uninstalling would take the extension's own folder
    assert preferences.unsaved_folder() == tmp_path / "home" / "Focal Depth"
    monkeypatch.setenv("HOME", str(tmp_path / "missing"))
    assert preferences.unsaved_folder() == preferences.extension_folder() / "results"
