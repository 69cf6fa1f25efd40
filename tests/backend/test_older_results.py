"""Results of version 0.1 go on being used: read, meshed, shown, estimated anew in their place.

See fixtures/version_0_1/README.md.
"""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.depth.units import expected_error
from focal_depth.io.result_folder import read_depth, read_description
from photographs import PROJECT

FIXTURE = Path(__file__).parents[1] / "fixtures" / "version_0_1"
METRIC, RELATIVE = "result_01", "result_relative_01"
SIZES = {METRIC: (140, 210), RELATIVE: (64, 96)}  # (H, W)


@pytest.fixture
def folder(tmp_path):
    """folder(METRIC) -> a copy of that result."""
    return lambda name: shutil.copytree(FIXTURE / name, tmp_path / name)


@pytest.fixture(scope="module")
def photographs(tmp_path_factory) -> Path:
    """Three frames of the sample, small."""
    folder = tmp_path_factory.mktemp("photographs") / "bracket"
    folder.mkdir()
    for name in ("00.jpg", "04.jpg", "07.jpg"):
        picture = cv2.imread(str(PROJECT / "sample" / name))
        cv2.imwrite(str(folder / name), cv2.resize(picture, (96, 64), interpolation=cv2.INTER_AREA))
    (folder / "focus_distance.txt").write_text("2.5\n1.0\n0.7\n")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_the_fixtures_are_of_version_0_1():
    for name in SIZES:
        description = json.loads((FIXTURE / name / "result.json").read_text())
        assert (description["format"], description["versions"]["focal_depth"]) == (1, "0.1.0")


def test_a_metric_description_is_read():
    description = read_description(FIXTURE / METRIC)
    frames = description["frames"]
    assert description["metric"]
    assert [frame["name"] for frame in frames] == ["00.jpg", "01.jpg", "02.jpg", "04.jpg", "05.jpg"]
    assert [frame["source"] for frame in frames] == ["typed", *["EXIF"] * 4]
    distances = [frame["focus_distance_m"] for frame in frames]
    assert distances == pytest.approx([2.6, 1.44, 1.19, 0.88, 0.7])
    dioptres = np.array([frame["dioptres"] for frame in frames])
    assert dioptres * distances == pytest.approx(1)
    assert [frame["normalised_focus"] for frame in frames] == pytest.approx(
        (dioptres - dioptres[0]) / (dioptres[-1] - dioptres[0])
    )
    assert description["network"] == "focal_unet"
    assert (description["quality"], description["alignment"]["method"]) == ("draft", "network")


def test_a_relative_description_is_read():
    description = read_description(FIXTURE / RELATIVE)
    assert not description["metric"]
    frames = description["frames"]
    assert {frame["focus_distance_m"] for frame in frames} == {None}
    assert [frame["dioptres"] for frame in frames] == pytest.approx([0.25, 0.625, 1])
    assert [frame["normalised_focus"] for frame in frames] == pytest.approx([0, 0.5, 1])
    assert len(description["warnings"]) == 4


def misplaced(arrays: dict[str, np.ndarray], folder: Path) -> float:
    """How far the mesh lies from the depth where its vertices are seen, relative; the median.

    Half the expected error is what it may differ by to be flat.
    """
    (depth, confidence), described = read_depth(folder), read_description(folder)
    camera, error = described["camera"], np.nan_to_num(expected_error(confidence, described))
    x, y, z = arrays["vertices"][np.unique(arrays["faces"][~arrays["background"]])].T
    columns = np.clip(camera["cx"] + camera["fx"] * x / -z, 0, depth.shape[1] - 1).astype(int)
    rows = np.clip(camera["cy"] - camera["fy"] * y / -z, 0, depth.shape[0] - 1).astype(int)
    depth, error = depth[rows, columns], error[rows, columns]
    return float(np.median(depth * np.maximum(np.abs(-1 / z - 1 / depth) - error / 2, 0)))


@pytest.mark.parametrize("name", SIZES)
def test_mesh(command, folder, tmp_path, name):
    made = command("mesh", folder(name), "--output", tmp_path / "mesh.npz")
    assert made.returncode == 0, made.stderr
    with np.load(tmp_path / "mesh.npz") as file:
        arrays = dict(file)
    assert len(arrays["faces"]) > 5000
    assert misplaced(arrays, FIXTURE / name) < 0.01
    assert arrays["ground"].size in (0, 4)
    assert (tmp_path / name / "background.png").is_file()


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize(
    ("subcommand", "file", "uncertainty"),
    [("look", "look.npz", "error"), ("preview", "preview.npz", "uncertainty")],
)
def test_arrays_to_show(command, tmp_path, name, subcommand, file, uncertainty):
    made = command(subcommand, FIXTURE / name, "--output", tmp_path / "shown")
    assert made.returncode == 0, made.stderr
    assert names(tmp_path / "shown") == [file]
    with np.load(tmp_path / "shown" / file) as arrays:
        assert sorted(arrays) == sorted(("depth", "confidence", uncertainty))
        shown, confidence, error = (arrays[key] for key in ("depth", "confidence", uncertainty))
    depth, _ = read_depth(FIXTURE / name)
    assert shown.shape == confidence.shape == error.shape == SIZES[name]
    assert np.array_equal(shown, depth)
    assert 0 < confidence.min() <= confidence.max() <= 1
    frames = read_description(FIXTURE / name)["frames"]
    step = (frames[-1]["dioptres"] - frames[0]["dioptres"]) / (len(frames) - 1)
    assert np.allclose(error, -np.log(confidence) * step, rtol=1e-3, atol=1e-5)


def test_frames_to_show(command, tmp_path):
    made = command("look", FIXTURE / METRIC, "--output", tmp_path / "shown", "--show", "aligned")
    assert made.returncode == 0, made.stderr
    assert names(tmp_path / "shown") == [f"aligned_{number:02d}.jpg" for number in range(1, 6)]
    made = command("look", FIXTURE / RELATIVE, "--output", tmp_path / "none", "--show", "aligned")
    assert made.returncode == 2
    assert "holds no aligned frames" in made.stderr
    made = command("look", FIXTURE / METRIC, "--output", tmp_path / "gone", "--show", "photographed")
    assert made.returncode == 2
    assert "00.jpg" in made.stderr


@pytest.mark.parametrize("name", SIZES)
def test_estimating_anew_in_their_place(command, folder, photographs, tmp_path, name):
    place = folder(name)
    (place / "notes.txt").write_text("a person's own")
    choices = ("--quality", "draft", "--network", "ours")  # as version 0.1 called it
    for output in (place, tmp_path / "new"):
        made = command("estimate", photographs, "--output", output, *choices)
        assert made.returncode == 0, made.stderr
    assert names(place) == sorted([*names(tmp_path / "new"), "notes.txt"])
    description = read_description(place)
    assert (description["metric"], len(description["frames"])) == (True, 3)
    assert all(
        np.array_equal(*pair) for pair in zip(read_depth(place), read_depth(tmp_path / "new"), strict=True)
    )
    again = command("estimate", photographs, "--output", place, *choices)
    assert again.returncode == 0, again.stderr
    assert json.loads((place / "result.json").read_text())["timings"] == description["timings"]  # not run
