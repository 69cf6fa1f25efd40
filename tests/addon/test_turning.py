"""A relative result that came out inside out is turned round, and what was built from it follows."""

import json
import shutil
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.one_blender]
FOCUS = 0.25, 0.75, 1.5  # dioptres; the wall of the result is between, its box at the near end
BOX = slice(80, 180), slice(50, 140)  # rows and columns of 240 and 320


@pytest.fixture
def relative(scene, result, tmp_path) -> Path:
    """The result of the wall with a box, as a stack without distances has it; open."""
    folder = shutil.copytree(result, tmp_path / "inside_out")
    path = folder / "result.json"
    description = json.loads(path.read_text())
    description |= {"metric": False, "fingerprint": "0" * 64, "warnings": ["It moved."]}
    for frame, dioptres in zip(description["frames"], FOCUS, strict=True):
        frame |= {"dioptres": dioptres, "normalised_focus": (dioptres - 0.25) / 1.25, "relative_fov": None}
        frame |= {"focus_distance_m": None, "source": "unknown"}
    path.write_text(json.dumps(description))
    bpy.ops.focal_depth.open_result(directory=str(folder))
    return folder


def settings():
    return bpy.context.scene.focal_depth


@pytest.fixture
def depth_of(outside, tmp_path):
    """depth_of(folder) -> (H, W) of its depth.exr."""

    def read(folder: Path) -> np.ndarray:
        outside("pass", folder / "depth.exr", "Depth.Z", tmp_path / "depth.npy")
        return np.load(tmp_path / "depth.npy")

    return read


def reach(mesh: bpy.types.Object) -> np.ndarray:
    """Distances of the mesh's points from the camera along its axis, sorted."""
    places = np.empty((len(mesh.data.vertices), 3), np.float32)
    mesh.data.attributes["position"].data.foreach_get("vector", places.reshape(-1))
    return np.sort(-places[:, 2])


def built(scene) -> bpy.types.Object:
    (mesh,) = (each for each in scene.objects if each.type == "MESH")
    return mesh


def test_one_press_turns_the_depth_the_list_and_the_order(relative, depth_of, remains):
    before = depth_of(relative)
    assert [each.name for each in settings().photographs] == ["0.png", "1.png", "2.png"]
    assert bpy.ops.focal_depth.turn_round() == {"FINISHED"}
    after = depth_of(relative)
    is_finite = np.isfinite(before)
    assert np.allclose(1 / after[is_finite], 1.75 - 1 / before[is_finite], rtol=1e-4)
    assert before[BOX].max() < before[is_finite].mean() and after[BOX].min() > after[is_finite].mean()
    assert [each.name for each in settings().photographs] == ["2.png", "1.png", "0.png"]
    assert settings().order == "near-to-far"
    assert not settings().changed
    moved, sentence = settings().warnings.splitlines()
    assert moved == "It moved." and sentence.startswith("2.png was taken as the farthest and 0.png")
    assert not settings().metric and settings().summary.startswith("Relative depth")
    assert remains() == []


def test_the_next_estimate_agrees(relative, module):
    bpy.ops.focal_depth.turn_round()
    arguments = module("jobs.arguments").lens_arguments(settings())
    assert arguments[:2] == ["--order", "near-to-far"]


def test_the_set_follows_and_comes_back(scene, relative):
    bpy.ops.focal_depth.build_mesh(level="preview")
    settings().level = "preview"
    mesh, before = built(scene), reach(built(scene))
    bpy.ops.focal_depth.turn_round()
    assert built(scene) == mesh
    assert not np.allclose(reach(mesh)[:10], before[:10], rtol=0.05)
    assert scene.camera.data.clip_start == pytest.approx(
        json.loads((relative / "result.json").read_text())["depth"]["near"] / 10
    )
    bpy.ops.focal_depth.turn_round()
    assert np.allclose(reach(mesh)[:10], before[:10], rtol=1e-3)
    assert settings().order == "far-to-near"


def test_nothing_is_built_that_was_not_there(scene, relative):
    bpy.ops.focal_depth.turn_round()
    assert not [each for each in scene.objects if each.type in ("MESH", "CAMERA")]


def test_the_compositor_and_the_preview_follow(scene, relative, addon):
    bpy.ops.focal_depth.depth_merge()
    bpy.ops.focal_depth.refocus()
    bpy.ops.focal_depth.preview(show="DEPTH")
    preview, tag = settings().preview, "focal_depth_written"
    preview.picked = "1 m"
    image = next(each for each in bpy.data.images if each.name.startswith("depth.exr"))
    written, shown = image[tag], (preview.near_metres, preview.far_metres)
    nodes = sys.modules[f"{addon}.focal_depth_addon.compositing.scene_tree"]
    group = nodes.find(scene, "Refocus").node_tree
    bpy.ops.focal_depth.turn_round()
    assert image[tag] == str((relative / "depth.exr").stat().st_mtime_ns) != written
    assert nodes.find(scene, "Refocus").node_tree == group
    assert preview.picked == "" and (preview.near_metres, preview.far_metres) != shown
    depth = json.loads((relative / "result.json").read_text())["depth"]
    assert preview.near_metres == pytest.approx(depth["near"])
    before = Path(bpy.path.abspath(preview.picture.filepath))
    bpy.ops.focal_depth.preview(show="DEPTH")
    assert Path(bpy.path.abspath(preview.picture.filepath)) != before


def test_a_metric_result_is_not_turned(scene, result):
    bpy.ops.focal_depth.open_result(directory=str(result))
    assert not bpy.ops.focal_depth.turn_round.poll()
    before = (result / "result.json").read_bytes()
    with pytest.raises(RuntimeError, match="correct the focus distances"):
        bpy.ops.focal_depth.turn_round()
    assert (result / "result.json").read_bytes() == before


def test_cancelled_at_work_it_leaves_a_whole_result(relative, scene, manager, module, addon):
    before, both = depth_range(relative), {"0.png", "2.png"}
    bpy.ops.focal_depth.turn_round()
    possible = before, depth_range(relative)
    assert possible[0] != possible[1]
    job = module("jobs.job").Job()
    job.arguments = lambda scene, scratch: ["turn", str(relative)]
    manager.start(job, scene)
    while manager.poll() and manager.process.progress is None:
        pass
    manager.cancel()
    manager.wait()
    with pytest.raises(sys.modules[f"{addon}.backend.contract.errors"].Cancelled):
        manager.finish(bpy.context)
    assert depth_range(relative) in [pytest.approx(each, rel=1e-4) for each in possible]
    frames = json.loads((relative / "result.json").read_text())["frames"]
    assert {frames[0]["file"], frames[-1]["file"]} == both
    assert [path.name for path in relative.parent.iterdir() if "unfinished" in path.name] == []


def depth_range(folder: Path) -> tuple[float, float]:
    depth = json.loads((folder / "result.json").read_text())["depth"]
    return depth["near"], float(depth["far"])
