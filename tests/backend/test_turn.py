"""A relative result turned round: its depth, its frames and what goes with them; nothing is lost."""

import hashlib
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.cli.main import main
from focal_depth.contract import output_folder
from focal_depth.contract.errors import InputError
from focal_depth.contract.messages import DONE, INPUT_AT_FAULT
from focal_depth.fusion.sharpness import measure_sharpness
from focal_depth.io import result_folder, turn_round
from focal_depth.io.result_folder import (
    read_depth,
    read_description,
    read_linear_picture,
    read_maps,
    read_scene,
)
from focal_depth.io.turn_round import exchange_dioptres
from focal_depth.runtime.cache import ResultCache
from results import description, write_result

FILES = ("/photos/1.jpg", "/photos/2.jpg", "/photos/3.jpg", "/photos/10.jpg")
FOCUS = 0.25, 0.375, 0.75, 1.0  # uneven, as blur shows them
SIZE = 32, 48
FINGERPRINT = "0" * 64
OTHER_WARNINGS = ["Fewer than two focus distances are known.", "It moved."]
GUESSED = "1.jpg was taken as the farthest and 10.jpg as the nearest, because the picture grows that way."
FIXTURE = Path(__file__).parents[1] / "fixtures" / "version_0_1"


def described(files=FILES, **changes) -> dict:
    whole = description(files)
    for frame, dioptres in zip(whole["frames"], FOCUS, strict=True):
        frame |= {"dioptres": dioptres, "normalised_focus": (dioptres - 0.25) / 0.75}
        frame |= {"scale": 1 + dioptres / 100}
    alignment = {
        "method": "network",
        "neighbour_correlation": [0.9, 0.8, 0.7],
        "misregistration_px": [0.1, 0.2, 0.3],
    }
    curvature = {"r2": 0.1, "r4": -0.02, "uncertainty": 0.01, "reach": 1.1, "planes": 3}
    profile = {"source": "this stack", "file": None, "field_curvature": curvature}
    whole |= {"alignment": alignment, "lens_profile": profile, "fingerprint": FINGERPRINT}
    return whole | {"warnings": [OTHER_WARNINGS[0], GUESSED, OTHER_WARNINGS[1]]} | changes


@pytest.fixture
def result(tmp_path) -> Path:
    """From as low as an estimate writes to nearer than the nearest frame, with aligned frames and a cache."""
    random = np.random.default_rng(1)
    dioptres = np.sort(random.uniform(0.125, 1.1, SIZE), axis=None).reshape(SIZE)
    picture = random.random((*SIZE, 3)).astype(np.float16)
    aligned = [np.full((*SIZE, 3), level, np.float32) for level in (0.2, 0.4, 0.6, 0.8)]
    return write_result(
        tmp_path / "result",
        (1 / dioptres).astype(np.float32),
        random.random(SIZE).astype(np.float32),
        picture,
        described(),
        frame_numbers=random.integers(1, 5, SIZE).astype(np.float16),
        aligned=enumerate(aligned),
        cache={"fingerprint": np.array(FINGERPRINT)},
    )


def turn(folder: Path) -> None:
    assert main(["turn", str(folder)]) == DONE


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_depth_is_exchanged_in_dioptres_and_the_rest_stays(result):
    depth, confidence = read_depth(result)
    (picture, numbers), png = read_linear_picture(result), (result / "all_in_focus.png").read_bytes()
    before = cv2.imread(str(result / "depth.png")).sum(axis=2, dtype=int)
    turn(result)
    turned, same = read_depth(result)
    assert np.allclose(1 / turned, 1.25 - 1 / depth, rtol=1e-5)
    assert np.array_equal(same, confidence)
    same, renumbered = read_linear_picture(result)
    assert np.array_equal(same, picture)
    assert np.array_equal(renumbered, 5 - numbers)
    assert {*np.unique(renumbered)} == {1, 2, 3, 4}
    assert (result / "all_in_focus.png").read_bytes() == png
    after = cv2.imread(str(result / "depth.png")).sum(axis=2, dtype=int)
    assert before[0].mean() + 100 < before[-1].mean() and after[-1].mean() + 100 < after[0].mean()
    near, far = np.percentile(turned, (1, 99))
    assert read_description(result)["depth"] == {
        "near": pytest.approx(near, rel=0.01),
        "far": pytest.approx(far, rel=0.01),
        "unit": "relative",
    }


def test_each_frame_takes_what_is_its_own_along(result):
    before = read_description(result)
    levels = {
        frame["name"]: cv2.imread(str(result / frame["aligned"]))[0, 0, 0] for frame in before["frames"]
    }
    turn(result)
    after = read_description(result)
    frames = after["frames"]
    assert [frame["file"] for frame in frames] == [*reversed(FILES)]
    assert [frame["dioptres"] for frame in frames] == pytest.approx([0.25, 0.5, 0.875, 1.0])
    assert [frame["normalised_focus"] for frame in frames] == pytest.approx([0, 1 / 3, 5 / 6, 1])
    assert [frame["aligned"] for frame in frames] == [
        f"aligned/{place}_{name}.jpg" for place, name in (("01", 10), ("02", 3), ("03", 2), ("04", 1))
    ]
    assert {frame["name"]: cv2.imread(str(result / frame["aligned"]))[0, 0, 0] for frame in frames} == levels
    assert sorted(path.name for path in (result / "aligned").iterdir()) == [
        Path(frame["aligned"]).name for frame in frames
    ]
    scales = {frame["name"]: frame["scale"] for frame in before["frames"]}
    assert {frame["name"]: frame["scale"] for frame in frames} == scales
    assert after["alignment"]["neighbour_correlation"] == [0.7, 0.8, 0.9]
    assert after["alignment"]["misregistration_px"] == [0.3, 0.2, 0.1]
    assert after["alignment"]["method"] == "network"
    curvature = after["lens_profile"]["field_curvature"]
    assert (curvature["r2"], curvature["r4"], curvature["uncertainty"]) == (-0.1, 0.02, 0.01)


def by_hand(far: str, near: str) -> str:
    ends = f"{far} was taken as the farthest and {near} as the nearest"
    return f"{ends}, because the result was turned round by hand."


def test_one_sentence_says_that_it_was_turned(result):
    turn(result)
    sentence = by_hand("10.jpg", "1.jpg")
    assert read_description(result)["warnings"] == [OTHER_WARNINGS[0], sentence, OTHER_WARNINGS[1]]
    turn(result)
    sentence = by_hand("1.jpg", "10.jpg")
    assert read_description(result)["warnings"] == [OTHER_WARNINGS[0], sentence, OTHER_WARNINGS[1]]


def test_turned_twice_it_is_as_it_was(result):
    before, (depth, confidence) = read_description(result), read_depth(result)
    files = digests(result / "aligned")
    turn(result)
    turn(result)
    again, same = read_depth(result)
    assert np.allclose(again, depth, rtol=1e-5)
    assert np.array_equal(same, confidence)
    after = read_description(result)
    for one, other in zip(before["frames"], after["frames"], strict=True):
        numbers = {"dioptres", "normalised_focus"}
        assert {key: one[key] for key in one.keys() - numbers} == {
            key: other[key] for key in other.keys() - numbers
        }
        assert [one[key] for key in sorted(numbers)] == pytest.approx([other[key] for key in sorted(numbers)])
    assert (after["alignment"], after["lens_profile"]) == (before["alignment"], before["lens_profile"])
    assert digests(result / "aligned") == files


@pytest.mark.parametrize("focus", [(0.25, 1.0), (0.0, 0.3, 5.0), (2.0, 2.1, 2.15)])
def test_dioptres_stay_above_zero_and_come_back(focus):
    dioptres = np.linspace(0.05 * min(np.diff(focus)), 2 * sum(focus), 1001)
    turned = exchange_dioptres(dioptres, focus)
    assert (turned > 0).all() and (np.diff(turned) < 0).all()
    assert np.allclose(exchange_dioptres(turned, focus), dioptres)
    inside = np.linspace(focus[0], focus[-1], 11)[1:-1]
    assert np.allclose(exchange_dioptres(inside, focus), focus[0] + focus[-1] - inside)


def test_infinity_becomes_near_and_stays_finite():
    turned = exchange_dioptres(np.zeros(1), (0.25, 1.0))
    assert 1 < turned[0] < np.inf


def test_no_later_estimate_takes_it_for_its_own(result):
    assert ResultCache(result).is_current(FINGERPRINT) is not None
    turn(result)
    assert ResultCache(result).is_current(FINGERPRINT) is None
    assert not (result / "cache.npz").exists()


@pytest.mark.parametrize(
    ("files", "order"),
    [(FILES, "near-to-far"), (FILES[::-1], "far-to-near"), ((*FILES[2:], *FILES[:2]), None)],
)
def test_it_says_with_which_order_an_estimate_agrees(tmp_path, capsys, files, order):
    ones = np.ones(SIZE, np.float32)
    folder = write_result(tmp_path / "r", ones, ones, np.ones((*SIZE, 3), np.float32), described(files))
    assert main(["turn", str(folder), "--messages"]) == DONE
    messages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert messages[-1]["order"] == order
    (warning,) = (text for text in read_description(folder)["warnings"] if "by hand" in text)
    assert ("type the focus distances" in warning) == (order is None)


def test_a_metric_result_is_refused_and_stays(tmp_path, capsys):
    ones = np.ones(SIZE, np.float32)
    metric = description(FILES, (4, 3, 2, 1))
    folder = write_result(tmp_path / "r", ones, ones, np.ones((*SIZE, 3), np.float32), metric)
    before = digests(tmp_path)
    assert main(["turn", str(folder)]) == INPUT_AT_FAULT
    errors = capsys.readouterr().err
    assert errors.count("error: ") == 1 and "correct the focus distances" in errors
    assert digests(tmp_path) == before


@pytest.mark.parametrize("name", ["depth.exr", "result.json", "aligned/02_2.jpg", "all_in_focus.png"])
def test_a_damaged_result_is_refused_and_stays(result, capsys, name):
    whole = (result / name).read_bytes()
    (result / name).write_bytes(whole[: len(whole) // 2])
    before = digests(result.parent)
    assert main(["turn", str(result)]) == INPUT_AT_FAULT
    assert name.rpartition("/")[2] in capsys.readouterr().err
    assert digests(result.parent) == before


def test_where_there_is_no_result_nothing_is_made(tmp_path):
    assert main(["turn", str(tmp_path / "none" / "r")]) == INPUT_AT_FAULT
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_loses_nothing(result, monkeypatch):
    before = digests(result)

    def fails(*_args, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(result_folder, "write_false_colour", fails)
        with pytest.raises(InputError, match="No space left"):
            turn_round.turn_round(result)
    assert digests(result) == before
    assert [path.name for path in result.parent.iterdir()] == ["result"]


def test_what_a_killed_run_left_is_restored_first(result):
    """Killed between the two moves that put the new result in place of the earlier one."""
    beside = result.with_name(result.name + output_folder.SUFFIX)
    beside.mkdir()
    (beside / output_folder.LOCK).touch()
    depth, _ = read_depth(result)
    result.rename(beside / output_folder.EARLIER)
    turn(result)
    assert np.allclose(1 / read_depth(result)[0], 1.25 - 1 / depth, rtol=1e-5)
    assert [path.name for path in result.parent.iterdir()] == ["result"]


def test_what_somebody_put_there_stays(result):
    (result / "scene.blend").write_text("mine")
    turn(result)
    assert (result / "scene.blend").read_text() == "mine"


def test_a_result_of_version_0_1_is_turned(tmp_path):
    folder = shutil.copytree(FIXTURE / "result_relative_01", tmp_path / "r")
    depth, _ = read_depth(folder)
    picture = read_scene(folder)[2]
    turn(folder)
    maps = read_maps(folder)
    assert np.allclose(1 / maps.depth, 1.25 - 1 / depth, rtol=1e-5)
    assert maps.frame_numbers is None and np.array_equal(maps.sharpness, measure_sharpness(picture))
    text = (folder / "result.json").read_text()
    assert json.loads(text)["format"] == 2
    assert text.count("as the nearest") == 1 and "taken for the farthest" not in text
