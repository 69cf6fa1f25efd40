"""Estimating again: what has not changed is not run again, what has changed is never taken from before."""

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.batch.single import Request, estimate_to_folder
from focal_depth.io.result_folder import read_description, read_maps
from focal_depth.runtime.config import Config
from focal_depth.runtime.progress import JsonReporter, SilentReporter
from focal_depth.runtime.resources import Resources
from focal_depth.stack import Overrides, read_stack
from photographs import write_slanted

OVERRIDES = Overrides(focus_distances={"0.png": 2.0, "2.png": 0.5})
EVERYTHING = {"read", "align", "depth", "fuse", "enlarge", "write"}


@pytest.fixture(scope="module")
def earlier(tmp_path_factory) -> Path:
    """A folder: in bracket three photographs that hold no metadata, in r their result."""
    folder = tmp_path_factory.mktemp("earlier")
    stack = read_stack([write_slanted(folder / "bracket")], OVERRIDES)
    request = Request(Config(), Resources(), saves_aligned=True)
    estimate_to_folder(stack, folder / "r", request, SilentReporter())
    return folder


@pytest.fixture
def photographs(tmp_path, earlier):
    """The bracket in a folder of the test's own, and beside it the earlier result."""
    shutil.copytree(earlier, tmp_path, dirs_exist_ok=True)
    return tmp_path / "bracket"


@pytest.fixture
def run(tmp_path, photographs):
    """run(overrides, name="r", ...) -> the stages that ran, and what the result's message says of reuse."""

    def run(overrides: Overrides = OVERRIDES, name: str = "r", **config) -> tuple[set[str], str | None]:
        output = io.StringIO()
        request = Request(Config(**config), Resources(), saves_aligned=True)
        reused = estimate_to_folder(
            read_stack([photographs], overrides), tmp_path / name, request, JsonReporter(output)
        )
        messages = [json.loads(line) for line in output.getvalue().splitlines()]
        assert messages[-1]["reused"] == reused
        stages = {message["stage"] for message in messages if message["type"] == "progress"}
        return stages, messages[-1]["reused"]

    return run


def files(folder) -> dict:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_run_again_when_nothing_has_changed(tmp_path, run):
    assert run(name="new") == (EVERYTHING, None)
    before = files(tmp_path / "new")
    assert run(name="new") == (set(), "all")
    assert files(tmp_path / "new") == before


@pytest.mark.parametrize(
    "change",
    [
        replace(OVERRIDES, focus_distances={"0.png": 4.0, "2.png": 1.0}),  # the same in normalised dioptres
        replace(OVERRIDES, sensor_width=0.024, f_number=4.0),
    ],
)
def test_metres_and_camera_are_computed_anew_without_the_networks(tmp_path, run, change):
    assert run(change) == ({"enlarge", "write"}, "networks")
    run(change, name="anew")
    reused, anew = (files(tmp_path / name) for name in ("r", "anew"))
    assert len(reused) == len(anew) == 8
    for name in set(anew) - {"result.json", "cache.npz", "depth.exr"}:
        assert reused[name] == anew[name], name
    for one, other in zip(read_maps(tmp_path / "r"), read_maps(tmp_path / "anew"), strict=True):
        np.testing.assert_array_equal(one, other)
    reused, anew = (read_description(tmp_path / name) for name in ("r", "anew"))
    assert reused | {"timings": {}} == anew | {"timings": {}}


@pytest.mark.parametrize(
    ("change", "config"),
    [
        (replace(OVERRIDES, focal_length=0.05), {}),  # the thin lens crops otherwise
        (replace(OVERRIDES, focus_distances={**OVERRIDES.focus_distances, "1.png": 1.0}), {}),
        (OVERRIDES, {"alignment": "none"}),
    ],
)
def test_what_the_networks_are_given_runs_them_anew(run, change, config):
    assert run(change, **config) == (EVERYTHING, None)


def test_a_photograph_that_was_edited_runs_the_networks_anew(run, photographs):
    picture = cv2.imread(str(photographs / "1.png"))
    picture[0, 0, 0] ^= 1
    cv2.imwrite(str(photographs / "1.png"), picture)
    assert run() == (EVERYTHING, None)


@pytest.mark.parametrize("name", ["depth.exr", "all_in_focus.png", "aligned/01_0.png"])
def test_a_result_that_is_not_whole_is_made_again(tmp_path, run, name):
    before = files(tmp_path / "r")
    (tmp_path / "r" / name).write_bytes((tmp_path / "r" / name).read_bytes()[:-30])
    stages, reused = run()
    assert "write" in stages
    assert reused != "all"
    assert set(files(tmp_path / "r")) == set(before)
    assert run() == (set(), "all")


def test_a_cache_cut_short_is_made_again(tmp_path, run):
    cache = tmp_path / "r" / "cache.npz"
    cache.write_bytes(cache.read_bytes()[:-30])
    assert run(replace(OVERRIDES, f_number=8.0)) == (EVERYTHING, None)


def test_the_picture_shows_the_frame_that_its_number_says(tmp_path, run):
    numbers, aligned = read_maps(tmp_path / "r").frame_numbers, sorted((tmp_path / "r/aligned").iterdir())
    picture = cv2.imread(str(tmp_path / "r/all_in_focus.png"))[..., ::-1].astype(int)
    away = np.stack([np.abs(cv2.imread(str(path))[..., ::-1] - picture).max(2) for path in aligned])
    first, second, _ = np.sort(away, 0)
    is_one = (first <= 1) & (second > 8)  # levels: not blended, and unlike the other two
    assert {*np.unique(numbers[is_one])} == {1, 2, 3} and is_one.mean() > 0.2
    assert (away.argmin(0) + 1 == numbers)[is_one].mean() > 0.995


def test_draft_has_a_smaller_working_size_and_a_whole_result(tmp_path, run, photographs):
    for path in photographs.iterdir():
        cv2.imwrite(str(path), cv2.resize(cv2.imread(str(path)), (1000, 700)))
    run(quality="draft")
    with np.load(tmp_path / "r" / "cache.npz") as cache:
        assert cache["normalised"].shape == (448, 640)
    assert read_maps(tmp_path / "r").depth.shape == (700, 1000)
    assert run(quality="full") == (EVERYTHING, None)
    with np.load(tmp_path / "r" / "cache.npz") as cache:
        assert cache["normalised"].shape == (700, 1000)
    assert run(quality="standard") == ({"enlarge", "write"}, "networks")  # which would hardly shrink them
