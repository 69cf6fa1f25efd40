import json
import math
import os
import subprocess
import threading
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
from focal_depth.contract import output_folder
from focal_depth.contract.errors import Cancelled, InputError
from focal_depth.fusion.sharpness import measure_sharpness
from focal_depth.io import result_folder
from focal_depth.io.colour import half_linear, srgb_bytes, srgb_decode, srgb_encode
from results import description, write_result

ROOT = Path(__file__).parents[2]
HEIGHT, WIDTH = 48, 64
FILES = Path("/photos/ä far.jpg"), Path("/photos/near.jpg")
DESCRIPTION = description(FILES, (math.inf, 0.5), warnings=())
DESCRIPTION["camera"] = DESCRIPTION["camera"] | {"fx": np.float32(70.5)}
DESCRIPTION["frames"][1] |= {"shift_x": math.nan}


def arrays():
    """Depth 1 m (top row) to 4 m, confidence high at the left, a red highlight on top, a dark bar."""
    depth = np.repeat(np.linspace(1, 4, HEIGHT, dtype=np.float32)[:, None], WIDTH, axis=1)
    confidence = np.tile(np.linspace(1, 0, WIDTH, dtype=np.float32), (HEIGHT, 1))
    picture = np.full((HEIGHT, WIDTH, 3), 0.25, dtype=np.float32)
    picture[:8] = (2.0, 0.1, 0.05)
    picture[20:24] = 0.02
    return depth, confidence, picture


def frame_numbers():
    """The far frame at the left, the near one at the right, and none of them in a corner."""
    numbers = np.repeat(np.float16([[1, 2]]), WIDTH // 2, axis=1).repeat(HEIGHT, axis=0)
    numbers[-4:, -4:] = 0
    return numbers


def write(folder, **options):
    write_result(folder, *arrays(), DESCRIPTION, **options)


def test_exr_is_one_part_with_the_named_channels(tmp_path):
    numbers = frame_numbers()
    write(tmp_path / "r", frame_numbers=numbers)
    with OpenEXR.File(str(tmp_path / "r/depth.exr"), separate_channels=True) as file:
        assert len(file.parts) == 1
        assert file.header()["type"] == OpenEXR.scanlineimage
        channels = {name: channel.pixels for name, channel in file.channels().items()}
    names = [f"Combined.{c}" for c in "ABGR"] + ["Confidence.V", "Depth.Z", "Frame.V", "Sharpness.V"]
    assert sorted(channels) == [f"FocalDepth.{name}" for name in names]
    halves = {f"FocalDepth.{name}.V" for name in ("Confidence", "Frame", "Sharpness")}  # float32 says no more
    assert {name for name, pixels in channels.items() if pixels.dtype == np.float16} == halves
    assert {pixels.dtype for name, pixels in channels.items() if name not in halves} == {np.dtype(np.float32)}
    depth, confidence, picture = arrays()
    assert np.array_equal(channels["FocalDepth.Depth.Z"], depth)
    assert np.array_equal(channels["FocalDepth.Combined.R"], picture[..., 0])
    assert np.all(channels["FocalDepth.Combined.A"] == 1)
    read_depth, read_confidence = result_folder.read_depth(tmp_path / "r")
    assert np.array_equal(read_depth, depth)
    assert np.array_equal(read_confidence, confidence.astype(np.float16))
    assert np.array_equal(channels["FocalDepth.Frame.V"], numbers)
    sharpness = measure_sharpness(srgb_bytes(picture))
    assert sharpness.any() and np.array_equal(channels["FocalDepth.Sharpness.V"], sharpness)
    maps = result_folder.read_maps(tmp_path / "r")
    assert np.array_equal(maps.frame_numbers, numbers) and np.array_equal(maps.sharpness, sharpness)


def test_frames_that_are_unknown_have_no_pass(tmp_path):
    write(tmp_path / "r")
    assert result_folder.read_linear_picture(tmp_path / "r")[1] is None
    assert result_folder.read_maps(tmp_path / "r").frame_numbers is None


@pytest.mark.parametrize("number", [-1, 0.5, 3, math.nan, math.inf])
def test_numbers_of_no_frame_are_refused(tmp_path, number):
    numbers = frame_numbers()
    numbers[5, 7] = number
    write(tmp_path / "r", frame_numbers=numbers)
    for read in (result_folder.read_linear_picture, result_folder.read_maps):
        with pytest.raises(InputError, match="not a depth map of Focal Depth"):
            read(tmp_path / "r")


SHOW_PASSES = """
import sys, bpy
path, folder, *sockets = sys.argv[1:]
scene = bpy.context.scene
scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 64, 48, 100
scene.render.image_settings.file_format = "OPEN_EXR"
scene.render.image_settings.color_depth = "32"
if hasattr(scene, "compositing_node_group"):
    tree = scene.compositing_node_group = bpy.data.node_groups.new("tree", "CompositorNodeTree")
    tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    sink = tree.nodes.new("NodeGroupOutput")
else:
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    sink = tree.nodes.new("CompositorNodeComposite")
node = tree.nodes.new("CompositorNodeImage")
node.image = bpy.data.images.load(path)
names = [s.name for s in node.outputs if s.enabled]
assert {"Combined", "Depth", "Confidence", "Frame", "Sharpness"} <= set(names), names
assert node.layer == "FocalDepth"
for socket in sockets:
    tree.links.new(node.outputs[socket], sink.inputs[0])
    scene.render.filepath = f"{folder}/{socket}.exr"
    bpy.ops.render.render(write_still=True)
"""


@pytest.mark.parametrize("version", ["4.2", "4.5", "5.2", "5.3"])
def test_blender_shows_the_passes_upright(tmp_path, version):
    python = ROOT / f".venv-bpy{version}/bin/python"
    if not python.exists():
        pytest.skip(f"no bpy {version}")
    write(tmp_path / "r", frame_numbers=frame_numbers())
    depth, confidence, picture = arrays()
    script = tmp_path / "show.py"
    script.write_text(SHOW_PASSES)
    passes = {
        "Combined": picture[..., 0],
        "Depth": depth,
        "Confidence": confidence,
        "Frame": frame_numbers(),
        "Sharpness": measure_sharpness(srgb_bytes(picture)),
    }
    command = [python, script, tmp_path / "r/depth.exr", tmp_path, *passes]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    for socket, expected in passes.items():
        with OpenEXR.File(str(tmp_path / f"{socket}.exr"), separate_channels=True) as file:
            tolerance = 3e-4 if socket == "Confidence" else 1e-4
            assert np.allclose(file.channels()["R"].pixels, expected, atol=tolerance), socket


def test_pictures(tmp_path):
    _, _, picture = arrays()
    aligned = [np.full((HEIGHT, WIDTH, 3), level, np.float32) for level in (0.2, 0.6)]
    write(tmp_path / "r", aligned=((n, aligned[n]) for n in (1, 0)), is_deep=True)
    in_focus = cv2.imread(str(tmp_path / "r/all_in_focus.png"), cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert in_focus.dtype == np.uint16
    assert np.allclose(in_focus / 65535, np.clip(srgb_encode(picture), 0, 1), atol=1e-5)
    near, far = cv2.imread(str(tmp_path / "r/depth.png"))[[0, -1], 0].astype(int)
    assert near.sum() > far.sum() + 200 and near[2] > near[0]
    names = sorted(path.name for path in (tmp_path / "r/aligned").iterdir())
    assert names == ["01_ä far.png", "02_near.png"]


@pytest.mark.parametrize(
    ("file", "is_deep", "name"),
    [
        ("a.JPG", False, "01_a.jpg"),
        ("a.mp4#7", False, "01_a.jpg"),
        ("a.tif", False, "01_a.png"),
        ("a.heic", True, "01_a.png"),
    ],
)
def test_an_aligned_frame_is_as_compact_as_its_photograph(file, is_deep, name, tmp_path):
    picture = cv2.GaussianBlur(np.random.default_rng(3).random((60, 90, 3), np.float32), (0, 0), 2)
    frames = result_folder._write_aligned(tmp_path / "aligned", [(0, picture)], [{"file": file}], is_deep)
    assert frames[0]["aligned"] == f"aligned/{name}"
    written = cv2.imread(str(tmp_path / "aligned" / name), cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert written.dtype == (np.uint16 if is_deep else np.uint8)
    assert np.abs(written / np.iinfo(written.dtype).max - picture).mean() < 0.006


def test_frames_say_where_their_aligned_picture_is(tmp_path):
    write(tmp_path / "r", aligned=[(1, arrays()[2])])
    far, near = result_folder.read_description(tmp_path / "r")["frames"]
    assert near["aligned"] == "aligned/02_near.jpg" and (tmp_path / "r" / near["aligned"]).is_file()
    assert "aligned" not in far and "aligned" not in DESCRIPTION["frames"][1]


def test_description_is_strict_json(tmp_path):
    write(tmp_path / "r")
    text = (tmp_path / "r/result.json").read_text(encoding="utf-8")
    json.loads(text, parse_constant=pytest.fail)
    read = result_folder.read_description(tmp_path / "r")
    assert read["format"] == 2 and read["size"] == [WIDTH, HEIGHT]
    assert read["frames"][0]["focus_distance_m"] == "inf"
    assert read["frames"][1]["shift_x"] is None
    assert read["depth"]["unit"] == "metres"
    assert read["depth"]["near"] == pytest.approx(1.0, abs=0.05)
    assert read["depth"]["far"] == pytest.approx(4.0, abs=0.05)


def test_depth_may_be_infinite_but_never_zero(tmp_path):
    depth, confidence, picture = arrays()
    depth[-10:] = math.inf
    write_result(tmp_path / "r", depth, confidence, picture, DESCRIPTION)
    assert result_folder.read_description(tmp_path / "r")["depth"]["far"] == "inf"
    with pytest.raises(ValueError):
        write_result(tmp_path / "r", np.zeros_like(depth), confidence, picture, DESCRIPTION)


def test_a_failed_write_keeps_the_earlier_result(tmp_path):
    write(tmp_path / "r")
    before = (tmp_path / "r/depth.exr").read_bytes()

    def breaks():
        yield 0, np.zeros((HEIGHT, WIDTH, 3), np.float32)
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        write(tmp_path / "r", aligned=breaks())
    assert (tmp_path / "r/depth.exr").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_replacing_keeps_what_others_put_there(tmp_path):
    write(tmp_path / "r", aligned=enumerate(arrays()[2][None].repeat(2, axis=0)))
    (tmp_path / "r/scene.blend").write_text("mine")
    write(tmp_path / "r")
    names = sorted(path.name for path in (tmp_path / "r").iterdir())
    assert names == ["all_in_focus.png", "depth.exr", "depth.png", "result.json", "scene.blend"]
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_somebody_elses_folder_is_refused(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/a.jpg").write_text("x")
    (tmp_path / "file").write_text("x")
    for name in ("photos", "file", "file/below"):
        with pytest.raises(InputError, match=name), result_folder.open_result(tmp_path / name):
            pass
    with result_folder.open_result(tmp_path / "new/deep"):
        pass
    assert not list((tmp_path / "new").iterdir())


def test_stopping_while_writing_leaves_nothing(tmp_path):
    writing, stopped = threading.Event(), threading.Event()

    def pictures():
        for number, picture in enumerate(arrays()[2][None].repeat(2, axis=0)):
            writing.set()
            stopped.wait(10)
            yield number, picture

    def stop():
        writing.wait(10)
        output_folder.release_all()
        stopped.set()

    thread = threading.Thread(target=stop)
    thread.start()
    with pytest.raises(Cancelled):
        write(tmp_path / "r", aligned=pictures())
    thread.join()
    assert os.listdir(tmp_path) == []


def test_reading_what_is_no_result(tmp_path):
    (tmp_path / "result.json").write_text("[]")
    (tmp_path / "depth.exr").write_text("no")
    for read in (result_folder.read_depth, result_folder.read_description):
        with pytest.raises(InputError, match="estimate"):
            read(tmp_path)
    (tmp_path / "result.json").write_text('{"format": 99}')
    with pytest.raises(InputError, match="newer"):
        result_folder.read_description(tmp_path)


def test_srgb_curve():
    linear = np.array([-0.1, 0, 0.001, 0.0031308, 0.18, 1, 8], dtype=np.float32)
    encoded = srgb_encode(linear)
    assert encoded.dtype == np.float32
    assert np.allclose(encoded[[4, 5]], [0.46136, 1.0], atol=1e-4) and encoded[6] > 2
    assert np.allclose(srgb_decode(encoded), linear, rtol=1e-5, atol=1e-7)


def test_half_floats_of_linear_light_hold_every_byte():
    encoded = np.arange(256, dtype=np.float32) / 255
    assert np.array_equal(srgb_bytes(half_linear(encoded)), np.arange(256))


def test_half_floats_are_looked_up_as_they_are_computed():
    encoded = np.linspace(0, 1.9, 300_001, dtype=np.float32)
    np.testing.assert_allclose(half_linear(encoded), srgb_decode(encoded), rtol=2**-10, atol=3e-6)
    assert half_linear(np.float32([-1])) == 0
