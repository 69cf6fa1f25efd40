"""The panel's operators from a script: photographs in, results out, clear words for what is wrong."""

import shutil
import sys
from pathlib import Path

import bpy
import pytest

pytestmark = pytest.mark.one_blender


def settings():
    return bpy.context.scene.focal_depth


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if "unfinished" in path.name]


def test_a_folder_fills_the_list_far_to_near(scene, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    listed = settings().photographs
    assert [each.name for each in listed] == [f"{number}.png" for number in range(5)]
    assert [each.focus_distance for each in listed] == pytest.approx([3, 1.5, 1, 0.75, 0.6])
    assert {each.source for each in listed} == {"sidecar"}
    assert listed[0].relative_fov > listed[-1].relative_fov == pytest.approx(1)
    bpy.ops.focal_depth.clear()
    assert not settings().photographs


def test_distances_are_in_the_scenes_units(scene, photographs):
    scene.unit_settings.scale_length = 0.01
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    assert settings().photographs[0].focus_distance == pytest.approx(300)


def test_two_typed_distances_make_the_stack_metric(scene, photographs, tmp_path):
    copied = [shutil.copy(each, tmp_path) for each in sorted(photographs.glob("*.png"))]
    files = [{"name": Path(each).name} for each in copied]
    settings().order = "far-to-near"
    bpy.ops.focal_depth.add_photographs(directory=str(tmp_path), files=files)
    listed = settings().photographs
    assert {each.source for each in listed} == {"unknown"}

    listed[0].at_infinity = True
    listed[4].focus_distance = 0.5
    bpy.ops.focal_depth.inspect()
    listed = settings().photographs
    assert [each.source for each in listed] == ["typed", *["interpolated"] * 3, "typed"]
    assert listed[0].at_infinity
    assert listed[2].focus_distance == pytest.approx(1)  # halfway between 0 and 2 dioptres


def test_estimate_from_photographs_to_result(scene, photographs, tmp_path):
    output = tmp_path / "result"
    bpy.ops.focal_depth.estimate(directory=str(photographs), output=str(output))
    assert settings().metric
    assert settings().summary.startswith("Metric depth")
    assert len(settings().photographs) == 5
    assert bpy.path.abspath(settings().result) == str(output)
    assert (output / "depth.exr").is_file()
    assert not leftovers(tmp_path)
    assert bpy.ops.focal_depth.build_mesh.poll()


def test_result_goes_beside_the_blend(scene, photographs, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    bpy.ops.focal_depth.estimate(directory=str(photographs))
    assert settings().result == "//focal_depth/bracket"
    assert (tmp_path / "focal_depth" / "bracket" / "result.json").is_file()


@pytest.mark.parametrize("name", ["one.png", "text.jpg"])
def test_bad_input_is_one_clear_sentence(scene, photographs, tmp_path, name):
    shutil.copy(photographs / "0.png", tmp_path / "one.png")
    if name == "text.jpg":
        (tmp_path / name).write_text("not a photograph")
    with pytest.raises(RuntimeError) as told:
        bpy.ops.focal_depth.add_photographs(directory=str(tmp_path))
    sentence = str(told.value).removeprefix("Error: ").strip()
    assert name in sentence or tmp_path.name in sentence
    assert "\n" not in sentence
    assert "fault of Focal Depth" not in sentence
    assert not settings().photographs


def test_estimate_without_photographs_says_what_to_do(scene):
    with pytest.raises(RuntimeError, match="add at least two"):
        bpy.ops.focal_depth.estimate()


def test_unregistering_takes_everything_away(addon, scene):
    def handlers():
        kinds = [each for each in dir(bpy.app.handlers) if isinstance(getattr(bpy.app.handlers, each), list)]
        together = [handler for kind in kinds for handler in getattr(bpy.app.handlers, kind)]
        return [handler for handler in together if handler.__module__.startswith(addon)]

    assert handlers()
    bpy.ops.preferences.addon_disable(module=addon)
    assert not hasattr(bpy.types.Scene, "focal_depth")
    assert not hasattr(bpy.types, "FOCAL_DEPTH_PT_panel")
    assert not handlers()
    bpy.ops.preferences.addon_enable(module=addon)
    assert hasattr(bpy.types.Scene, "focal_depth")


def test_the_addon_keeps_the_backend_out_of_blender(scene, photographs):
    bpy.ops.focal_depth.add_photographs(directory=str(photographs))
    assert not {"backend", "cv2", "OpenEXR", "onnxruntime", "torch"} & set(sys.modules)
