"""What the panel and the preferences have from the contract: choices, their numbers in files, and costs."""

import importlib
import json
import shutil
from pathlib import Path
from unittest.mock import MagicMock

import bpy
import pytest

MEGAPIXELS_24 = 6000, 4000
PROFILE_LINES = {  # by the source and the file that result.json has
    ("file", "/home/me/.focal-depth/lens_profiles/Z7_50mm_50.0mm.json"): (
        "Lens profile: from Z7_50mm_50.0mm.json"
    ),
    ("this stack", None): "Field curvature: found in this stack",
    ("none", None): "",
    None: "",  # as earlier results have it
}


@pytest.fixture
def contract(addon):
    """contract("cost") -> that module of the extension's contract."""
    return lambda name: importlib.import_module(f"{addon}.backend.contract.{name}")


@pytest.fixture
def stack(scene, module):
    """The settings of a scene with ten photographs of 24 megapixels."""
    settings = scene.focal_depth
    for number in range(10):
        photograph = settings.photographs.add()
        photograph.path, (photograph.width, photograph.height) = f"{number}.jpg", MEGAPIXELS_24
    speed = module("expected_cost")._file()
    speed.unlink(missing_ok=True)
    yield settings
    speed.unlink(missing_ok=True)
    for name in ("memory", "threads"):
        module("preferences").preferences().property_unset(name)


@pytest.mark.parametrize("network", ["focal_unet", "won_jeon"])
@pytest.mark.parametrize("quality", ["draft", "standard", "full"])
def test_the_panel_and_the_backend_agree_on_the_cost(stack, contract, module, quality, network):
    cost, preferences = contract("cost"), module("preferences").preferences()
    stack.quality, stack.network = quality, network
    preferences.threads, preferences.memory = 4, 12
    load = cost.Load(10, MEGAPIXELS_24)
    plan = cost.plan_for(load, quality, network, 12e9)
    gigabytes, seconds = cost.peak_memory(load, plan) / 1e9, cost.seconds(load, plan, 4)
    text = module("ui.estimate")._expected_cost(stack)
    assert f"about {gigabytes:.{0 if gigabytes > 10 else 1}f} GB" in text
    rounded = max(1, round(seconds, -1 if seconds > 20 else 0))
    assert text.endswith(module("jobs.progress").format_duration(rounded))


def test_the_time_told_follows_what_estimates_took_here(stack, module):
    cost = module("expected_cost")
    foreseen = cost.expect(stack)
    for taken in (10, 3, 3, 3, 3):
        cost.learn(foreseen, taken * foreseen.seconds)
    assert cost.expect(stack).seconds_here / foreseen.seconds == pytest.approx(3, rel=0.2)
    cost.learn(foreseen, 0.001)  # no estimate
    assert cost.expect(stack).seconds_here / foreseen.seconds == pytest.approx(3, rel=0.2)
    cost._file().write_text("{")
    assert cost.expect(stack).seconds_here == foreseen.seconds


def test_the_panel_says_where_the_limit_is_too_little(stack, module):
    module("preferences").preferences().memory = 0.5
    assert module("ui.estimate")._expected_cost(stack) == "Standard: needs more memory than the limit"


def test_the_lens_profile_is_used_unless_it_is_switched_off(stack, module):
    arguments = module("jobs.arguments").choice_arguments
    assert "--no-lens-profile" not in arguments(stack)
    stack.use_lens_profile = False
    assert "--no-lens-profile" in arguments(stack)


@pytest.fixture
def opened_with(scene, result, tmp_path):
    """opened_with(change) -> the settings, once the result is open as `change` left its description."""

    def open_changed(change):
        folder = Path(shutil.copytree(result, tmp_path / "changed"))
        description = json.loads((folder / "result.json").read_text())
        change(description)
        (folder / "result.json").write_text(json.dumps(description))
        bpy.ops.focal_depth.open_result(directory=str(folder))
        return scene.focal_depth

    return open_changed


@pytest.mark.parametrize("profile", PROFILE_LINES, ids=str)
def test_the_panel_says_where_the_lens_profile_comes_from(opened_with, module, profile):
    def change(description):
        description.pop("lens_profile", None)
        if profile is not None:
            description["lens_profile"] = {"source": profile[0], "file": profile[1], "field_curvature": None}

    settings, layout = opened_with(change), MagicMock()
    module("ui.estimate")._draw_result(layout, settings)
    lines = [each.kwargs["text"] for each in layout.column.return_value.label.call_args_list]
    assert " ".join(lines) == f"{settings.summary} {PROFILE_LINES[profile]}".strip()
    settings.clear_result()
    assert settings.profile_source == ""


@pytest.mark.parametrize("certainty", [0.83, 0.99, None, "much"])
def test_the_panel_says_how_sure_near_and_far_are(opened_with, module, certainty):
    def change(description):
        description |= {"metric": False, "order_certainty": certainty}
        for frame in description["frames"]:
            frame["focus_distance_m"] = None

    settings, layout = opened_with(change), MagicMock()
    module("ui.estimate")._draw_result(layout, settings)
    lines = " ".join(each.kwargs["text"] for each in layout.column.return_value.label.call_args_list)
    assert ("Near and far are only 83% certain" in lines) == (certainty == 0.83)


@pytest.mark.parametrize("source", ["estimated from blur", "interpolated", "EXIF", "typed"])
def test_only_distances_of_a_person_are_typed_and_only_written_ones_are_bright(opened_with, module, source):
    def change(description):
        for frame in description["frames"]:
            frame["source"] = source

    photographs, layout = opened_with(change).photographs, MagicMock()
    words = module("jobs.arguments").distance_arguments(photographs, 1.0)
    assert words.count("--focus-distance") == (len(photographs) if source == "typed" else 0)
    panel = module("ui.photographs")
    panel._draw_distance(layout, photographs[0])
    assert layout.row.return_value.active == (source in ("EXIF", "typed"))
    assert source in panel.SOURCES


def test_the_choices_are_those_of_the_contract(scene, contract):
    qualities, properties = contract("qualities"), scene.focal_depth.bl_rna.properties
    choices = {
        name: tuple(properties[name].enum_items.keys()) for name in ("quality", "alignment", "network")
    }
    assert choices["quality"] == tuple(qualities.QUALITIES)
    assert choices["alignment"] == qualities.ALIGNMENTS
    assert choices["network"] == qualities.PREDICTORS
    for item in properties["quality"].enum_items:
        size = qualities.QUALITIES[item.identifier]
        assert size is None or str(size) in item.description


def test_files_of_version_0_1_have_these_numbers(scene):
    """Blender stores the number of a choice; in 0.1 the networks were "ours" and "paper", in this order."""
    properties = scene.focal_depth.bl_rna.properties
    numbers = {
        name: {item.identifier: item.value for item in properties[name].enum_items}
        for name in ("network", "alignment", "order", "level")
    }
    assert numbers == {
        "network": {"focal_unet": 0, "won_jeon": 1},
        "alignment": {"network": 0, "thin-lens": 1, "none": 2},
        "order": {"auto": 0, "far-to-near": 1, "near-to-far": 2},
        "level": {"preview": 0, "full": 1, "ar": 2},
    }
    shown = scene.focal_depth.preview.bl_rna.properties["shown"].enum_items
    assert [item.identifier for item in shown] == [
        "ALL_IN_FOCUS",
        "DEPTH",
        "CONFIDENCE",
        "PHOTOGRAPHED",
        "ALIGNED",
        "FRAME",
        "SHARPNESS",
    ]
    assert scene.focal_depth.preview == scene.focal_depth.look
    assert bpy.types.Scene.bl_rna.properties["focal_depth"].fixed_type.properties["look"].type == "POINTER"


def test_a_newer_result_is_refused_with_the_remedy(scene, result, tmp_path):
    folder = tmp_path / "newer"
    folder.mkdir()
    for path in result.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    text = (folder / "result.json").read_text()
    assert '"format": 2' in text
    (folder / "result.json").write_text(text.replace('"format": 2', '"format": 3'))
    with pytest.raises(RuntimeError, match="written by a newer Focal Depth: update this one"):
        bpy.ops.focal_depth.open_result(directory=str(folder))
