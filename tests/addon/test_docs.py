"""What docs/scripting.md says of the operators is true of those registered, and its script runs."""

import re
import sys
from pathlib import Path

import bpy
import pytest

pytestmark = pytest.mark.one_blender

PAGE = (Path(__file__).parents[2] / "docs" / "scripting.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \|([^|]*)\|(.*)\|$", re.MULTILINE)
TABLE = {name: (re.findall(r"`(\w+)`", arguments), text) for name, arguments, text in ROW.findall(PAGE)}
FORMER = dict(
    re.findall(
        r"^\| `bpy\.ops\.focal_depth\.(\w+)` \| `bpy\.ops\.focal_depth\.(\w+)` \|$", PAGE, re.MULTILINE
    )
)


def test_every_operator_is_documented():
    assert sorted([*TABLE, *FORMER]) == sorted(dir(bpy.ops.focal_depth))


@pytest.mark.parametrize("name", TABLE)
def test_its_arguments_are_those_documented(name):
    properties = getattr(bpy.ops.focal_depth, name).get_rna_type().properties
    described = [each.identifier for each in properties if each.description]  # what hides has no tooltip
    assert ["rna_type", *TABLE[name][0]] == described


@pytest.mark.parametrize("name", FORMER)
def test_a_former_name_has_the_arguments_of_the_new_one(module, name):
    names = module("operators.former_names").FORMER_NAMES
    assert names[name].bl_idname == f"focal_depth.{FORMER[name]}"
    former, new = (
        getattr(bpy.ops.focal_depth, each).get_rna_type().properties for each in (name, FORMER[name])
    )
    assert former.keys() == new.keys()
    for key in list(former.keys()):
        assert (former[key].type, former[key].description) == (new[key].type, new[key].description)


def test_a_former_name_does_the_same_and_warns_once(scene, result, module, capsys):
    module("operators.former_names")._reported.clear()
    bpy.ops.focal_depth.open_result(directory=str(result))
    warning = "focal_depth.look is now called focal_depth.preview"
    assert bpy.ops.focal_depth.look(show="CONFIDENCE") == {"FINISHED"}
    assert scene.focal_depth.preview.shown == "CONFIDENCE"
    assert capsys.readouterr().out.count(warning) == 1
    bpy.ops.focal_depth.look()
    assert scene.focal_depth.preview.shown == "DEPTH"
    assert warning not in capsys.readouterr().out


def test_a_former_name_fails_with_the_same_sentence(scene, result):
    bpy.ops.focal_depth.open_result(directory=str(result))
    bpy.ops.focal_depth.preview(show="DEPTH")
    sentences = []
    for name in ("preview_window", "look_window"):
        with pytest.raises(RuntimeError, match="runs without a window") as failure:
            getattr(bpy.ops.focal_depth, name)()
        sentences.append(str(failure.value))
    assert sentences[0] == sentences[1]
    bpy.ops.focal_depth.clear_cache()
    assert not bpy.ops.focal_depth.look_window.poll()


@pytest.mark.parametrize(
    "name, argument", [("preview", "show"), ("build_mesh", "level"), ("export", "preset")]
)
def test_the_choices_are_those_documented(name, argument):
    items = getattr(bpy.ops.focal_depth, name).get_rna_type().properties[argument].enum_items
    assert re.findall(r'"(\w+)"', TABLE[name][1]) == [each.identifier for each in items]


def test_what_is_to_be_read_is_there(scene):
    named = re.search(r"`scene.focal_depth.photographs` \((.*?)\), (.*?)\.\n\n", PAGE, re.DOTALL)
    row = scene.focal_depth.photographs.add()
    assert all(hasattr(row, name) for name in re.findall(r"`(\w+)`", named[1]))
    assert all(hasattr(scene.focal_depth, name) for name in re.findall(r"`\.(\w+)`", named[2]))


def test_the_script_goes_from_photographs_to_a_blend(scene, photographs, tmp_path, monkeypatch, capsys):
    script = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    monkeypatch.setattr(sys, "argv", ["blender", "--", str(photographs), str(tmp_path)])
    exec(compile(script, "bracket.py", "exec"), {})
    assert "Metric depth" in capsys.readouterr().out
    assert (tmp_path / "set.glb").read_bytes()[:4] == b"glTF"
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "set.blend"))
    assert bpy.context.scene.focal_depth.metric
    assert any(each.type == "MESH" for each in bpy.context.scene.objects)
