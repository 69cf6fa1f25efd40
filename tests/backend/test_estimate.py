"""The main job, through the command: real photographs to whole results; cancelled and hindered runs."""

import json
import os
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import OpenEXR
import pytest
from focal_depth.io.result_folder import read_depth, read_description
from photographs import NIKON_SCENES, PROJECT, shared_stack, write_photograph


@pytest.fixture(scope="session")
def balls(tmp_path_factory, command):
    folder = tmp_path_factory.mktemp("balls") / "result"
    look = "--rough-depth", folder.parent / "look.png"
    done = command(
        "estimate", shared_stack("balls"), "--output", folder, "--save-aligned", *look, "--messages"
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return folder, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_result_is_whole(balls):
    folder, messages = balls
    with OpenEXR.File(str(folder / "depth.exr"), separate_channels=True) as file:
        assert len(file.parts) == 1
        assert {"FocalDepth.Combined.R", "FocalDepth.Depth.Z", "FocalDepth.Confidence.V"} <= set(
            file.channels()
        )
    assert len(list((folder / "aligned").iterdir())) == 10
    assert cv2.imread(str(folder / "all_in_focus.png")).shape == (720, 1280, 3)
    assert messages[-1]["type"] == "result"
    progress = [message for message in messages if message["type"] == "progress"]
    stages = {message["stage"] for message in progress}
    assert stages == {"read", "align", "depth", "fuse", "enlarge", "write"}
    overall = [message["overall"] for message in progress]
    assert overall == sorted(overall)
    assert overall[-1] == 1
    assert not list(folder.parent.glob("*.unfinished*"))


def test_a_rough_depth_comes_first_and_is_much_like_the_result(balls):
    folder, messages = balls
    number = [message["type"] for message in messages].index("rough_depth")
    assert {(message["stage"], message["done"]) for message in messages[:number]} == {("read", 0)}
    path = messages[number]["path"]
    first, last = (cv2.imread(str(each)).sum(axis=2) for each in (path, folder / "depth.png"))
    last = cv2.resize(last.astype(np.float32), first.shape[::-1], interpolation=cv2.INTER_AREA)
    assert max(first.shape) == 480
    assert np.corrcoef(first.ravel(), last.ravel())[0, 1] > 0.95


def test_a_rough_depth_that_cannot_be_written_is_explained(command, tmp_path):
    stack, look = shared_stack("balls"), tmp_path / "missing" / "look.png"
    done = command("estimate", stack, "--output", tmp_path / "r", "--rough-depth", look)
    assert done.returncode == 2 and not (tmp_path / "r").exists()
    assert f"{look} cannot be written (No such file or directory): choose another file" in done.stderr


@pytest.mark.parametrize("sizes", [[(300, 200), (301, 200), (300, 201)], [(1600, 40)] * 3])
def test_photographs_of_unlike_or_narrow_sizes_have_a_rough_depth_too(sizes, command, tmp_path):
    (tmp_path / "stack").mkdir()
    texture = np.random.default_rng(0).integers(0, 256, (220, 1600, 3), np.uint8)
    for index, (width, height) in enumerate(sizes):
        picture = cv2.GaussianBlur(texture, (0, 0), 2)
        third = slice(index * width // 3, (index + 1) * width // 3)
        picture[:, third] = texture[:, third]
        write_photograph(tmp_path / "stack" / f"{index}.jpg", picture[:height, :width])
    look = tmp_path / "look.png"
    done = command("estimate", tmp_path / "stack", "--output", tmp_path / "r", "--rough-depth", look)
    assert done.returncode == 0, done.stderr
    width, height = min(sizes)
    assert cv2.imread(str(look)).shape[1] == min(480, width)


def test_the_near_ball_the_far_balls_and_the_table_are_in_order(balls):
    depth, confidence = read_depth(balls[0])
    assert depth.shape == (720, 1280)
    assert ((confidence >= 0) & (confidence <= 1)).all()
    near_ball, far_ball, backrest = (
        depth[250:600, 150:650],
        depth[100:300, 850:1050],
        depth[60:120, 1180:1260],
    )
    assert np.median(near_ball) < 0.6 * np.median(far_ball) < 0.6 * np.median(backrest)
    table = np.median(depth[400:720:40, 900:1200], axis=1)
    assert (np.diff(table) < 0).all()  # nearer and nearer down the picture
    far, near = 1 / np.percentile(depth, 99), 1 / np.percentile(depth, 1)
    grain = np.median(np.abs(1 / depth - cv2.blur(1 / depth, (31, 31)))[400:700, 900:1200])
    assert grain < 0.02 * (near - far)  # the table is smooth


def test_all_in_focus_is_as_sharp_as_the_sharpest_frame_everywhere(balls):
    folder = balls[0]
    frames = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in sorted((folder / "aligned").iterdir())]
    fused = cv2.imread(str(folder / "all_in_focus.png"), cv2.IMREAD_GRAYSCALE)

    def detail(picture):
        energy = cv2.Laplacian(cv2.GaussianBlur(picture, (0, 0), 1), cv2.CV_32F) ** 2
        return cv2.resize(energy, (16, 9), interpolation=cv2.INTER_AREA)

    best = np.max([detail(frame) for frame in frames], axis=0)
    assert np.median(detail(fused) / best) > 0.8
    assert detail(fused).mean() > 1.2 * max(detail(frame).mean() for frame in frames)


@pytest.mark.parametrize("scene", NIKON_SCENES[:1])  # the third: test_registration.py
def test_nikon_stacks_give_metres_in_the_range_of_their_focus(tmp_path, command, scene):
    done = command("estimate", shared_stack(scene), "--output", tmp_path / "result")
    assert done.returncode == 0, done.stderr
    depth, _ = read_depth(tmp_path / "result")
    description = read_description(tmp_path / "result")
    assert description["metric"]
    assert depth.shape == (1536, 2304)
    distances = [frame["focus_distance_m"] for frame in description["frames"]]
    assert min(distances) * 0.8 < np.median(depth) < max(distances) * 1.25
    camera = description["camera"]
    assert camera["fx"] == pytest.approx(
        2304 * camera["focal_length_mm"] / camera["sensor_width_mm"], rel=0.08
    )


@pytest.fixture
def photographs(tmp_path):
    """Three photographs 160 x 112 of a slanted texture, focused at 2, 1 and 0.5 m."""
    random = np.random.default_rng(2)
    texture = cv2.resize(random.random((56, 80, 3), np.float32), (160, 112))
    sources = []
    for index, distance in enumerate(("2/1", "1/1", "1/2")):
        blurred = [cv2.GaussianBlur(texture, (0, 0), 0.4 + 2 * abs(index - side)) for side in (0, 2)]
        share = np.linspace(0, 1, 160, dtype=np.float32)[None, :, None]
        picture = (255 * (blurred[0] * (1 - share) + blurred[1] * share)).astype(np.uint8)
        exif = {"Exif.Photo.SubjectDistance": distance, "Exif.Photo.FocalLength": "50/1"}
        sources.append(write_photograph(tmp_path / f"photo {index}.jpg", picture, exif))
    return sources


def test_a_stack_reversed_or_shuffled_gives_the_same_depth(tmp_path, command, photographs):
    depths = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        folder = tmp_path / "".join(map(str, order))
        done = command("estimate", *(photographs[i] for i in order), "--output", folder)
        assert done.returncode == 0, done.stderr
        depths.append(read_depth(folder)[0])
    np.testing.assert_array_equal(depths[0], depths[1])
    np.testing.assert_array_equal(depths[0], depths[2])
    left, right = depths[0][:, :40], depths[0][:, -40:]
    assert np.median(right) < 0.8 < 1.2 < np.median(left)


def test_the_description_has_camera_and_frames(tmp_path, command, photographs):
    assert command("estimate", *photographs, "--output", tmp_path / "r", "--sensor-width", 36).returncode == 0
    description = read_description(tmp_path / "r")
    # Focused at half a metre the image lies 55.6 mm behind a 50 mm lens.
    assert description["camera"]["fx"] == pytest.approx(160 * (50 / 0.9) / 36, rel=1e-4)
    assert description["camera"]["assumed"] == []
    assert [frame["source"] for frame in description["frames"]] == ["EXIF"] * 3
    fov = [frame["relative_fov"] for frame in description["frames"]]
    np.testing.assert_allclose(fov, [0.975 / 0.9, 0.95 / 0.9, 1], rtol=1e-4)
    assert set(description["timings"]) == {"read", "align", "depth", "fuse", "enlarge"}


def test_without_distances_everything_says_that_depth_is_relative(tmp_path, command, photographs):
    plain = [
        write_photograph(tmp_path / f"plain_{i}.png", cv2.imread(str(p))[..., ::-1])
        for i, p in enumerate(photographs)
    ]
    done = command("estimate", *plain, "--output", tmp_path / "r")
    assert done.returncode == 0, done.stderr
    assert "relative" in done.stdout
    assert "relative" in done.stderr
    description = read_description(tmp_path / "r")
    assert description["metric"] is False
    assert description["depth"]["unit"] == "relative"


def test_two_typed_distances_make_it_metric(tmp_path, command, photographs):
    plain = [
        write_photograph(tmp_path / f"plain_{i}.png", cv2.imread(str(p))[..., ::-1])
        for i, p in enumerate(photographs)
    ]
    typed = [f"--focus-distance={plain[0].name}=2", f"--focus-distance={plain[2].name}=0.5"]
    done = command("estimate", *plain, *typed, "--output", tmp_path / "r")
    assert done.returncode == 0, done.stderr
    description = read_description(tmp_path / "r")
    assert description["metric"] is True
    assert [frame["focus_distance_m"] for frame in description["frames"]] == [2, pytest.approx(0.8), 0.5]


def test_sixteen_bit_photographs_give_a_sixteen_bit_picture(tmp_path, command):
    random = np.random.default_rng(1)
    for index in range(3):
        picture = cv2.GaussianBlur(random.random((96, 128, 3), np.float32), (0, 0), 1 + index)
        cv2.imwrite(str(tmp_path / f"{index}.tif"), (picture * 65535).astype(np.uint16))
    (tmp_path / "focus_distance.txt").write_text("3\n2\n1\n")
    assert command("estimate", tmp_path, "--output", tmp_path / "r").returncode == 0
    assert cv2.imread(str(tmp_path / "r/all_in_focus.png"), cv2.IMREAD_UNCHANGED).dtype == np.uint16


def test_an_output_that_cannot_be_written_is_found_before_the_work(tmp_path, command, photographs):
    (tmp_path / "taken").write_text("somebody's file")
    done = command("estimate", *photographs, "--output", tmp_path / "taken")
    assert done.returncode == 2
    assert str(tmp_path / "taken") in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("error:")]) == 1
    assert (tmp_path / "taken").read_text() == "somebody's file"


def test_an_unknown_network_says_what_to_do(tmp_path, command, photographs):
    done = command("estimate", *photographs, "--output", tmp_path / "r", "--network", "nobody.onnx")
    assert done.returncode == 2
    assert "nobody.onnx" in done.stderr
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    "way",
    ["stdin", pytest.param("signal", marks=pytest.mark.skipif(sys.platform == "win32", reason="POSIX"))],
)
def test_cancelling_stops_at_once_and_leaves_nothing(tmp_path, way):
    arguments = [
        "estimate",
        shared_stack("balls"),
        "--output",
        tmp_path / "r",
        "--messages",
        "--stop-with-stdin",
    ]
    child = subprocess.Popen(
        [sys.executable, "-m", "focal_depth", *map(str, arguments)],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in child.stdout:
        message = json.loads(line)
        if message["type"] == "progress" and message["stage"] == "depth":
            break
    started = time.monotonic()
    child.stdin.close() if way == "stdin" else child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=30) == 130
    if way == "stdin":
        assert time.monotonic() - started < 5
    child.stdout.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [("--mess",), ("--messages", "--qual", "draft"), ("--network=ours", "--mess")]
)
def test_options_are_not_abbreviated(tmp_path, command, photographs, arguments):
    """One that reads the arguments before they are parsed would take `--mess` for another than the parser."""
    done = command("estimate", *photographs, "--output", tmp_path / "r", *arguments)
    assert done.returncode == 2
    assert "unrecognized arguments: --" in (done.stdout if "--messages" in arguments else done.stderr)
    assert not (tmp_path / "r").exists()


def test_networks_answer_to_their_former_names_with_a_warning(tmp_path, command, photographs):
    done = command("estimate", *photographs, "--output", tmp_path / "r", "--network", "ours")
    assert done.returncode == 0, done.stderr
    assert "warning: --network ours is called focal_unet now" in done.stderr
    assert read_description(tmp_path / "r")["network"] == "focal_unet"
    again = command("estimate", *photographs, "--output", tmp_path / "r", "--network", "focal_unet")
    assert "Nothing has changed" in again.stdout
    assert "is called" not in again.stderr


def test_the_authors_network_answers_to_its_former_name_with_a_warning(tmp_path, command, photographs):
    nothing = os.environ | {"PYTHONPATH": str(PROJECT), "FOCAL_DEPTH_PAPER_WEIGHTS": str(tmp_path / "none")}
    for name, is_former in (("paper", True), ("won_jeon", False)):
        output = tmp_path / "r"
        done = command("estimate", *photographs, "--output", output, "--network", name, env=nothing)
        assert done.returncode == 2
        assert "import-weights" in done.stderr
        assert ("warning: --network paper is called won_jeon now" in done.stderr) == is_former


def test_wrong_arguments_are_one_sentence_also_in_messages(command):
    done = command("estimate", "a.jpg", "--messages")
    assert done.returncode == 2
    (message,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert message["type"] == "error"
    assert "--output" in message["text"]
