"""Submissions to DDFF 12-Scene: made from a file of the true shape, gone on with, and checked."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import h5py
import numpy as np
import onnx
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.contract.messages import INPUT_AT_FAULT
from focal_depth.research.evaluation.data.scene import DISPARITY, EvaluationStack
from focal_depth.research.evaluation.submission import _predict_timed, check_submission, write_submission
from focal_depth.weights import ALIGNMENT_MODEL
from photographs import PROJECT

# As published; the code has it from elsewhere.
SCENES = ("lockeroom", "cafeteria", "library", "spencerlab", "office44", "magistrale")
NAMES = [f"{scene}/DISP_{number:04d}" for scene in SCENES for number in range(1, 21)]
SHAPE = (120, 10, 383, 552, 3)
TEXTURED = (NAMES[0], NAMES[-1])  # stacks of the stand-in; the others are black
DISPARITIES = np.linspace(0.282475, 0.020177, 10)  # of its frames


def slanted_stack(seed: int, disparity: np.ndarray) -> np.ndarray:
    """(10, 383, 552, 3) uint8, noise of that `disparity` (383, 552): each frame sharp where it is focused."""
    noise = np.random.default_rng(seed).integers(0, 255, (*disparity.shape, 3), np.uint8)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.8)
    blurs = np.stack([noise, *(cv2.GaussianBlur(noise, (0, 0), 0.4 * level) for level in range(1, 25))])
    off = np.abs(disparity - DISPARITIES[:, None, None]) / 0.2623 * 30
    rows, columns = np.indices(disparity.shape)
    return blurs[np.clip(off, 0, 24).astype(int), rows, columns]


@pytest.fixture(scope="module")
def disparity() -> np.ndarray:
    """Near on the left, far on the right."""
    return np.linspace(0.26, 0.04, SHAPE[3])[None].repeat(SHAPE[2], 0)


@pytest.fixture(scope="module")
def test_file(tmp_path_factory, disparity) -> Path:
    """ddff-dataset-test.h5 in its true shape, small since what is black takes no room."""
    path = tmp_path_factory.mktemp("ddff") / "ddff-dataset-test.h5"
    with h5py.File(path, "w") as file:
        stacks = file.create_dataset("stack_test", SHAPE, np.uint8, chunks=(1, *SHAPE[1:]), compression=1)
        for name in TEXTURED:
            stacks[NAMES.index(name)] = slanted_stack(NAMES.index(name), disparity)
    return path


@pytest.fixture(scope="module")
def depth_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("depth") / "depth.npy"
    np.save(path, np.full(SHAPE[2:4], 0.1, np.float32))
    return path


def hand_in(folder: Path, depth_file: Path, names: list[str] = NAMES) -> Path:
    """Depth maps and their runtimes, beside what is there."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(depth_file, folder / f"{name}.npy")
    with (folder / "runtime.txt").open("a") as file:
        file.writelines(f"{name} 0.5\n" for name in names)
    return folder


def silent(done: int, of: int) -> None:
    pass


def kill_after_the_first_stack(test_file: Path, folder: Path) -> None:
    line = [sys.executable, "-m", "focal_depth", "submit", test_file, "--output", folder, "--messages"]
    with subprocess.Popen(line, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        for message in map(json.loads, process.stdout):
            if message.get("done") == 1:
                process.kill()


def test_the_command_goes_on_where_it_stopped(command, tmp_path, test_file, depth_file, disparity):
    """It is killed after the first stack, handed all others that are black, and left to do the last."""
    folder, unfinished = tmp_path / "mine", tmp_path / "mine.unfinished"
    kill_after_the_first_stack(test_file, folder)
    assert not folder.exists()
    first = (unfinished / f"{NAMES[0]}.npy").read_bytes()
    (unfinished / "library" / "DISP_0007.npy.partial").write_bytes(first[:1000])
    for name in NAMES[1:]:
        (unfinished / f"{name}.npy").unlink(missing_ok=True)
    runtimes = (unfinished / "runtime.txt").read_text().splitlines(keepends=True)
    (unfinished / "runtime.txt").write_text(runtimes[0])
    hand_in(unfinished, depth_file, NAMES[1:-1])

    with pytest.raises(InputError, match="begun with another file or network"):
        write_submission(test_file, folder, str(ALIGNMENT_MODEL), silent)
    done = command("submit", test_file, "--output", folder, "--messages")
    assert done.returncode == 0, done.stderr
    *progress, result = map(json.loads, done.stdout.splitlines())
    assert [(step["done"], step["of"]) for step in progress] == [(0, 1), (1, 1)]
    assert result["stacks"] == 120 and "120 depth maps" in result["text"]
    assert not unfinished.exists()
    assert {path.name for path in folder.iterdir()} == {*SCENES, "runtime.txt"}
    assert (folder / f"{NAMES[0]}.npy").read_bytes() == first
    assert [line.split()[0] for line in (folder / "runtime.txt").read_text().splitlines()] == NAMES
    for name in TEXTURED:
        depth = np.load(folder / f"{name}.npy")
        assert depth.dtype == np.float32
        assert np.abs(depth - disparity).mean() < 0.005  # in reversed order it would be 0.11

    with pytest.raises(InputError, match="is not empty"):
        write_submission(test_file, folder, "focal_unet", silent)


def test_what_is_handed_in_lies_within_the_range_of_focus(tmp_path):
    """By a network that says -1 for black and 1 for white: no truth is counted beyond 0..1."""
    mean = onnx.helper.make_node("ReduceMean", ["stack"], ["mean"], axes=[1, 2], keepdims=1)
    squeeze = onnx.helper.make_node("Squeeze", ["mean", "axis"], ["depth"])
    planes, focus, depth = (
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in (
            ("stack", [1, 3, "n", "h", "w"]),
            ("focus", [1, "n", 1, 1]),
            ("depth", [1, 1, "h", "w"]),
        )
    )
    axis = onnx.helper.make_tensor("axis", onnx.TensorProto.INT64, [1], [1])
    graph = onnx.helper.make_graph([mean, squeeze], "grey", [planes, focus], [depth], [axis])
    opset = onnx.helper.make_opsetid("", 13)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8), tmp_path / "grey.onnx")

    grey = np.repeat(np.float32([0, 0.75, 1]), 64).reshape(1, 1, 192, 1)
    stack = EvaluationStack(np.broadcast_to(grey, (10, 64, 192, 3)), DISPARITIES[::-1], DISPARITY)
    depth, seconds = _predict_timed(stack, str(tmp_path / "grey.onnx"), warm=False)
    assert depth.shape == (64, 192) and depth.dtype == np.float32 and seconds > 0
    far, near = DISPARITIES[-1], DISPARITIES[0]
    np.testing.assert_allclose(depth[0, [0, 96, 191]], [far, (far + near) / 2, near], rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("stack_test", (3, 10, 8, 8, 3), "holds 3 stacks in stack_test and not 120"),
        ("stack_test", (120, 10, 8, 8, 3), r"stacks of \(10, 8, 8, 3\) and not \(10, 383, 552, 3\)"),
        ("stack_val", (120, 10, 8, 8, 3), "holds 0 stacks in stack_test"),
    ],
)
def test_a_file_of_another_layout_is_refused_before_the_long_work(tmp_path, name, shape, message):
    with h5py.File(tmp_path / "test.h5", "w") as file:
        file.create_dataset(name, shape, np.uint8)
        file.create_dataset("disp_val", shape[:1] + shape[2:4], np.float32)
    with pytest.raises(InputError, match=message):
        write_submission(tmp_path / "test.h5", tmp_path / "mine", "focal_unet", silent)
    assert not (tmp_path / "mine.unfinished").exists()


def test_the_command_wants_one_of_its_two_jobs(command, tmp_path):
    for arguments in (["test.h5"], ["test.h5", "--output", tmp_path / "a", "--check", tmp_path]):
        ended = command("submit", *arguments)
        assert ended.returncode == INPUT_AT_FAULT and "--check DIR alone" in ended.stderr
    missing = command("submit", tmp_path / "test.h5", "--output", tmp_path / "a")
    assert missing.returncode == INPUT_AT_FAULT and "test.h5 is missing" in missing.stderr


def test_a_submission_of_another_program_is_checked(command, tmp_path, depth_file):
    folder = hand_in(tmp_path / "theirs", depth_file)
    assert check_submission(folder) == dict.fromkeys(NAMES, 0.5)
    done = command("submit", "--check", folder)
    assert done.returncode == 0 and "is a whole submission: 120 depth maps, 0.50 s each" in done.stdout
    (folder / "office44" / "DISP_0020.npy").unlink()
    wrong = command("submit", "--check", folder)
    assert wrong.returncode == INPUT_AT_FAULT and len(wrong.stderr.splitlines()) == 1


def another(path: Path, depth: np.ndarray) -> None:
    path.unlink()  # it is a link to what all share
    np.save(path, depth)


def replaced(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


SOME = "library/DISP_0007"
MAP = np.full(SHAPE[2:4], 0.1, np.float32)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: shutil.rmtree(f), "is no folder"),
        (lambda f: (f / f"{SOME}.npy").unlink(), r"library/DISP_0007\.npy is missing"),
        (lambda f: shutil.rmtree(f / "office44"), r"office44/DISP_0001\.npy is missing"),
        (
            lambda f: another(f / f"{SOME}.npy", MAP.astype(float)),
            r"7\.npy holds .* float64; make it",
        ),
        (lambda f: another(f / f"{SOME}.npy", MAP.T), r"DISP_0007\.npy holds \(552, 383\) float32; make it"),
        (
            lambda f: another(f / f"{SOME}.npy", 0.14 / MAP),
            r"a median of 1\.4; disparities are 0\.02 to 0\.28",
        ),
        (lambda f: another(f / f"{SOME}.npy", MAP[None]), r"holds \(1, 383, 552\)"),
        (lambda f: another(f / f"{SOME}.npy", np.where(MAP < 1, np.nan, MAP)), "not finite"),
        (lambda f: another(f / f"{SOME}.npy", np.array([{}])), r"DISP_0007\.npy is missing or no \.npy file"),
        (lambda f: (f / "spencerlab/DISP_0021.npy").write_bytes(b""), r"DISP_0021\.npy is no part"),
        (lambda f: (f / "lockerroom").mkdir(), "lockerroom is no part"),
        (lambda f: (f / "runtime.txt").unlink(), r"runtime\.txt is missing"),
        (lambda f: replaced(f / "runtime.txt", f"{SOME} 0.5\n", ""), f"lacks {SOME}"),
        (
            lambda f: replaced(f / "runtime.txt", f"{SOME} 0.5", f"{SOME}.npy 0.5"),
            "line 47 .* names no stack",
        ),
        (lambda f: replaced(f / "runtime.txt", f"{SOME} ", "library/DISP_0006 "), "line 47 .* named before"),
        (lambda f: replaced(f / "runtime.txt", f"{SOME} 0.5", f"{SOME} fast"), "line 47 .* no time above 0"),
        (lambda f: replaced(f / "runtime.txt", f"{SOME} 0.5", f"{SOME}"), "line 47 .* no time above 0"),
        (lambda f: replaced(f / "runtime.txt", f"{SOME} 0.5", f"{SOME} 0"), "line 47 .* no time above 0"),
        (lambda f: replaced(f / "runtime.txt", f"{SOME} 0.5", f"{SOME} inf"), "line 47 .* no time above 0"),
    ],
)
def test_the_checker_says_what_is_wrong(tmp_path, depth_file, spoil, message):
    folder = hand_in(tmp_path / "mine", depth_file)
    spoil(folder)
    with pytest.raises(InputError, match=message):
        check_submission(folder)
