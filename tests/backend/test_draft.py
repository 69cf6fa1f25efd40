"""A draft of what layers make of a result: like the result they make, small, again and again."""

import json
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.contract.retouch import DEPTH_TOOLS, PICTURE_TOOLS, Layer, format_layers
from focal_depth.io.result_folder import (
    encode_png,
    read_depth,
    write_background,
    write_false_colour,
)
from focal_depth.retouch import draft as drafts
from focal_depth.retouch.draft import Draft, DraftRequest
from focal_depth.retouch.result import retouch_result
from results import description, write_result

FOCUS = 1.0, 0.5  # metres
NEAR, FAR = 0.45, 1.1  # metres: the brightest and the darkest
SMALL, LARGE = (96, 144), (1200, 1600)  # height, width
BOX = [{"points": [[0.3, 0.3], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7]], "width": 0}]
EDGE = [{"points": [[0.75, 0.1], [0.75, 0.9]], "width": 0.04}]
SPECK = [{"points": [[0.2, 0.2], [0.24, 0.2], [0.24, 0.26], [0.2, 0.26]], "width": 0}]
SOON = 60  # seconds; the processor may be shared


def write(folder: Path, shape: tuple[int, int]) -> Path:
    """A result of a slanted wall with a bump, before which something stands at the right."""
    height, width = shape
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    normalised = 0.3 + 0.15 * x + 0.2 * y + 0.1 * np.exp(-((x - 0.5) ** 2 + (y - 0.5) ** 2) / 0.02)
    normalised[:, int(0.75 * width) :] = 0.9
    coarse = np.random.default_rng(2).random((12, 16, 3), np.float32)
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    aligned = [(i, np.full((*shape, 3), level, np.float32)) for i, level in enumerate((0.2, 0.6))]
    result = write_result(
        folder,
        (1 / (1 + normalised)).astype(np.float32),
        np.full(shape, 0.5, np.float16),
        picture.astype(np.float16),
        description(["far.jpg", "near.jpg"], FOCUS),
        aligned=aligned,
    )
    write_background(result, encode_png(np.full((*shape, 3), 90, np.uint8)))
    return result


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("small") / "result", SMALL)


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("large") / "result", LARGE)


def layer(tool: str, outlines=None, **values) -> Layer:
    return Layer("A", tool, outlines=outlines or BOX, **({"amount": 0.1, "frame": "far.jpg"} | values))


def request(*layers: Layer, shown=("depth",)) -> DraftRequest:
    return DraftRequest(list(layers), list(shown), NEAR, FAR)


def picture(folder: Path, shown="depth") -> np.ndarray:
    """(H, W, 3) BGR, as numbers that can be subtracted."""
    return cv2.imread(str(folder / f"{shown}.bmp")).astype(np.int32)


def applied(folder: Path, layers: list[Layer], to: Path, shown: str) -> np.ndarray:
    """The same picture, of the result that the layers make."""
    subprocess.run(["cp", "-r", folder, to], check=True)
    (to / "retouch").mkdir()
    (to / "retouch" / "layers.json").write_text(format_layers(layers))
    assert retouch_result(to) == []
    if shown == "all_in_focus":
        return cv2.imread(str(to / "all_in_focus.png")).astype(np.int32)
    nearest, farthest = 1 / NEAR, 1 / FAR
    share = (1 / read_depth(to)[0] - farthest) / (nearest - farthest)
    write_false_colour(to / "shown.png", np.rint(255 * share.clip(0, 1)).astype(np.uint8))
    return cv2.imread(str(to / "shown.png")).astype(np.int32)


def contents(folder: Path) -> dict[Path, tuple[int, bytes]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.mark.parametrize("tool", [*DEPTH_TOOLS, *PICTURE_TOOLS])
@pytest.mark.parametrize("shape", ["small", "large"])
def test_it_shows_what_the_result_will(request_of, tmp_path, tool, shape):
    folder = request_of(shape)
    shown = "all_in_focus" if tool in PICTURE_TOOLS else "depth"
    layers = [layer(tool, {"cut": EDGE, "same_surface": EDGE, "heal": SPECK}.get(tool))]
    files = contents(folder)
    assert Draft(folder).write(request(*layers, shown=[shown]), tmp_path) == []
    assert contents(folder) == files
    drafted, whole = picture(tmp_path, shown), applied(folder, layers, tmp_path / "copy", shown)
    assert drafted.shape[:2] == (SMALL if shape == "small" else (960, 1280))
    whole = cv2.resize(whole.astype(np.float32), drafted.shape[1::-1], interpolation=cv2.INTER_AREA)
    misses = np.abs(drafted - whole).max(axis=2)
    assert misses.mean() < 0.5 and np.percentile(misses, 99) < 8
    if tool != "trust":
        Draft(folder).write(request(shown=[shown]), tmp_path)
        assert np.abs(drafted - picture(tmp_path, shown)).max() > 20  # there is something to see


@pytest.fixture
def request_of(small, large):
    return {"small": small, "large": large}.__getitem__


def test_confidence_is_shown_too(small, tmp_path):
    Draft(small).write(request(layer("trust"), shown=["confidence", "depth"]), tmp_path)
    grey = picture(tmp_path, "confidence")[..., 0]
    assert grey[48, 72] == 255 and abs(grey[5, 5] - 127) <= 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["confidence.bmp", "depth.bmp"]


def test_a_hidden_layer_does_nothing_and_one_that_cannot_be_applied_is_named(small, tmp_path):
    draft = Draft(small)
    draft.write(request(), tmp_path)
    before = picture(tmp_path)
    draft.write(request(layer("push", shown=False)), tmp_path)
    np.testing.assert_array_equal(picture(tmp_path), before)
    (text,) = draft.write(request(layer("frame", frame="no.jpg"), shown=["all_in_focus"]), tmp_path)
    assert "no.jpg is no photograph of" in text


def test_layers_below_the_one_that_changes_are_not_applied_again(small, tmp_path, monkeypatch):
    draft, applied_layers = Draft(small), []
    apply = drafts.Retouching.apply

    def count(self, retouched, one):
        applied_layers.append(one.name)
        return apply(self, retouched, one)

    monkeypatch.setattr(drafts.Retouching, "apply", count)
    stack = [Layer(name, "push", amount=0.05, outlines=BOX) for name in "ABC"]

    def ask(*layers: Layer) -> str:
        applied_layers.clear()
        draft.write(request(*layers), tmp_path)
        return "".join(applied_layers)

    assert ask(*stack) == "ABC"
    changes = [Layer("B", "push", amount=amount, outlines=BOX) for amount in (0.1, 0.2, 0.3)]
    assert ask(stack[0], changes[0], stack[2]) == "ABC"  # from here on A is left as it is
    assert ask(stack[0], changes[1], stack[2]) == "BC"
    assert ask(stack[0], changes[2]) == "B"
    once = picture(tmp_path)
    Draft(small).write(request(stack[0], changes[2]), tmp_path)
    np.testing.assert_array_equal(picture(tmp_path), once)
    assert ask(changes[2]) == "B"
    assert ask() == ""
    Draft(small).write(request(), tmp_path)
    before = picture(tmp_path)
    ask()
    np.testing.assert_array_equal(picture(tmp_path), before)


@pytest.fixture
def process(small, tmp_path):
    """`focal-depth draft` of the small result, just started."""
    with subprocess.Popen(
        [sys.executable, "-m", "focal_depth", "draft", small, "--output", tmp_path / "out", "--messages"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        yield process
        process.kill()


def ask(process, path: Path, *layers: Layer, **changes) -> None:
    fields = {"layers": format_layers(list(layers)), "shown": ["depth"], "near": NEAR, "far": FAR} | changes
    path.write_text(json.dumps(fields))
    process.stdin.write(json.dumps(str(path)).encode() + b"\n")
    process.stdin.flush()


def answer(process) -> dict:
    while True:
        message = json.loads(process.stdout.readline())
        if message["type"] != "progress":
            return message


def test_it_serves_until_standard_input_closes(process, small, tmp_path):
    for amount in (0.1, 0.2):
        ask(process, tmp_path / "a.json", layer("push", amount=amount))
        assert answer(process)["skipped"] == []
        Draft(small).write(request(layer("push", amount=amount)), tmp_path)
        np.testing.assert_array_equal(picture(tmp_path / "out"), picture(tmp_path))
    process.stdin.close()
    assert process.wait(SOON) == 0
    assert process.stdout.read() == process.stderr.read() == b""
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["depth.bmp"]


def test_of_several_that_wait_only_the_last_is_served(process, small, tmp_path):
    for number in range(5):  # before it has read the estimate
        ask(process, tmp_path / f"{number}.json", layer("push", amount=0.05 * number))
    assert answer(process)["type"] == "result"
    process.stdin.close()
    assert process.wait(SOON) == 0
    assert process.stdout.read() == b""
    Draft(small).write(request(layer("push", amount=0.2)), tmp_path)
    np.testing.assert_array_equal(picture(tmp_path / "out"), picture(tmp_path))


def test_killed_at_work_it_leaves_the_result_as_it_is(process, small, tmp_path):
    files = contents(small)
    for number in range(20):
        ask(process, tmp_path / "a.json", layer("from_neighbours", amount=0.01 * number))
    time.sleep(0.5)
    process.kill()
    process.wait(SOON)
    assert contents(small) == files


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"layers": "{"}, "names no file of layers"),
        ({"shown": 3}, "names no file of layers"),
        ({"near": 0}, "are no range"),
        ({"near": float("nan")}, "are no range"),
        ({"far": 0.1}, "are no range"),
    ],
)
def test_a_line_that_asks_for_nothing_is_one_sentence(process, tmp_path, changes, said):
    ask(process, tmp_path / "a.json", **changes)
    message = answer(process)
    assert message["type"] == "error" and said in message["text"]
    assert process.wait(SOON) == 2


def test_a_folder_that_is_no_result_is_refused(tmp_path):
    with pytest.raises(InputError, match="is not the description of a result"):
        Draft(tmp_path)
