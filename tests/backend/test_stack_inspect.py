"""`focal-depth inspect` as a person and as the add-on run it; and what it says to bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from photographs import PROJECT, quadrants, shared_stack, write_photograph, write_stack


def inspect(*arguments: object, folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backend", "inspect", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60
    )


def test_table_of_a_real_stack():
    done = inspect(shared_stack("nikon_d3100_scene2"))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "7 photographs of 2304 x 1536 pixels, far to near by focus distance"
    assert lines[1] == "focal length 50 mm, f/5, sensor width 24 mm"
    assert lines[4].split() == ["1", "DSC_0007.JPG", "1.679", "m", "maker", "note", "0.5957", "103.60", "%"]
    assert lines[10].split()[1] == "DSC_0001.JPG"
    assert "- DSC_0002.JPG and DSC_0001.JPG have the same focus distance" in lines[13]


def test_messages_of_a_stack_with_sidecars():
    folder = shared_stack("balls").resolve()
    done = inspect("--messages", folder)
    (result,) = (json.loads(line) for line in done.stdout.splitlines())
    assert (result["type"], result["path"]) == ("result", str(folder.resolve()))
    stack = result["stack"]
    assert stack["metric"] and stack["order_source"] == "focus distance" and not stack["reversed"]
    assert [frame["name"] for frame in stack["frames"]] == [f"{i:02}.jpg" for i in range(10)]
    assert stack["frames"][0]["focus_distance_m"] == pytest.approx(7223525.792447)
    assert {frame["source"] for frame in stack["frames"]} == {"sidecar"}
    assert stack["frames"][0]["focal_length_mm"] == 200
    fields_of_view = [frame["relative_fov"] for frame in stack["frames"]]
    assert fields_of_view[-1] == 1 and fields_of_view[0] == pytest.approx(1.0204, abs=1e-4)
    assert np.all(np.diff(fields_of_view) < 0)


def test_what_is_unknown_is_null_and_infinity_a_word(tmp_path):
    paths = write_stack(tmp_path, [None, None, None])
    done = inspect("--messages", "--order", "near-to-far", "--focus-distance", "IMG_3.jpg=inf", *paths)
    stack = json.loads(done.stdout)["stack"]
    assert not stack["metric"] and stack["reversed"]
    frame, other = stack["frames"][:2]
    assert (frame["focus_distance_m"], frame["source"], frame["dioptres"]) == ("inf", "typed", None)
    assert (other["focus_distance_m"], other["source"], other["relative_fov"]) == (None, "unknown", None)


def test_typed_lens_and_distances(tmp_path):
    paths = write_stack(tmp_path, [None, None])
    done = inspect(
        *("--messages", "--focus-distance", "IMG_1.jpg=2", "--focus-distance", "IMG_2.jpg=0.5"),
        *("--focal-length", "50", "--f-number", "2.8", "--sensor-width", "36", *paths),
    )
    stack = json.loads(done.stdout)["stack"]
    near = stack["frames"][1]
    assert (near["name"], near["dioptres"], near["focal_length_mm"]) == ("IMG_2.jpg", 2.0, 50)
    assert (near["f_number"], near["sensor_width_mm"]) == (2.8, 36)
    assert stack["frames"][0]["relative_fov"] == pytest.approx((1 - 0.05 * 0.5) / (1 - 0.05 * 2))


def test_focus_csv_with_a_mark_and_windows_line_ends(tmp_path):
    folder = tmp_path / "näher 近"
    write_stack(folder, [None, None])
    (folder / "focus.csv").write_bytes(
        (
            "\ufefffile,focus_distance_m,focal_length_mm,f_number,sensor_width_mm\r\n"
            "IMG_2.jpg,inf,35,4,24\r\n\r\nIMG_1.jpg,0.4,35,,24\r\n"
        ).encode()
    )
    (folder / "focal_length.txt").write_text("0.05\n")
    done = inspect("--messages", folder)
    frames = json.loads(done.stdout)["stack"]["frames"]
    assert [(f["name"], f["focus_distance_m"], f["f_number"]) for f in frames] == [
        ("IMG_2.jpg", "inf", 4),
        ("IMG_1.jpg", 0.4, None),
    ]
    assert {frame["focal_length_mm"] for frame in frames} == {35}
    assert {frame["sensor_width_mm"] for frame in frames} == {24}


def test_a_sidecar_serves_a_choice_of_its_folder(tmp_path):
    paths = write_stack(tmp_path, [None] * 11)
    (tmp_path / "focus_distance.txt").write_bytes(
        b"\xef\xbb\xbf" + b"\r\n".join(b"%d.5" % i for i in range(1, 12)) + b"\r\n\r\n"
    )
    done = inspect("--messages", paths[0], paths[1], paths[9])
    frames = json.loads(done.stdout)["stack"]["frames"]
    assert [frame["focus_distance_m"] for frame in frames] == [10.5, 2.5, 1.5]


def at_fault(folder: Path, case: str) -> list[object]:
    """Arguments that no stack can be made of; files named bad.* are the ones to blame."""
    good = write_stack(folder, ["3/1", "2/1"])
    bad = folder / "bad.jpg"
    if case == "no photographs":
        return []
    if case == "one photograph":
        return [good[0].rename(bad)]
    if case == "a folder with no images":
        (folder / "bad.d").mkdir()
        return [folder / "bad.d"]
    if case == "a missing file":
        return [*good, bad]
    if case == "different sizes":
        return [*good, write_photograph(bad, quadrants(64, 32))]
    if case == "held another way":
        return [*good, write_photograph(bad, exif={"Exif.Image.Orientation": 6})]
    if case == "a truncated JPEG":
        bad.write_bytes(good[0].read_bytes()[:-100])
        return [*good, bad]
    if case == "a text file named .jpg":
        bad.write_text("not a picture\n" * 20)
        return [folder]
    if case == "the same focus distance":
        return write_stack(folder, ["2/1"] * 3)
    if case in BAD_SIDECARS:
        name, text = BAD_SIDECARS[case]
        (folder / name).write_text(text)
    return [folder, *BAD_OPTIONS.get(case, ())]


BAD_SIDECARS = {
    "too few distances": ("focus_distance.txt", "1.0\n"),
    "no number": ("focus_distance.txt", "1.0\nfar\n"),
    "columns": ("focus.csv", "name,metres\nIMG_1.jpg,1\n"),
    "a stranger": ("focus.csv", "file,focus_distance_m\nbad.jpg,1\n"),
    "a missing line": ("focus.csv", "file,focus_distance_m\nIMG_1.jpg,1\n"),
}
BAD_OPTIONS = {
    "inside the lens": ("--focal-length", "50", "--focus-distance", "IMG_2.jpg=0.03"),
    "a typed stranger": ("--focus-distance", "IMG_7.jpg=1"),
    "typed words": ("--focus-distance", "IMG_1.jpg=near"),
    "no aperture": ("--f-number", "0"),
}


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("no photographs", "no photographs given; name a folder or at least two files"),
        ("one photograph", "bad.jpg is only one photograph; a focal stack needs at least two"),
        ("a folder with no images", "bad.d holds no photographs; put JPEG"),
        ("a missing file", "bad.jpg does not exist; check the path"),
        ("different sizes", "bad.jpg is 64 x 32 pixels and others are 48 x 32; leave it out"),
        ("held another way", "bad.jpg is 32 x 48 pixels and others are 48 x 32"),
        ("a truncated JPEG", "bad.jpg is damaged or cut short; copy it from the camera again"),
        ("a text file named .jpg", "bad.jpg is no photograph that can be read; give JPEG"),
        ("the same focus distance", "all photographs have the same focus distance; choose"),
        ("too few distances", "one distance for each of 2 photographs and holds 1; give one a line"),
        ("no number", "focus_distance.txt says 'far' where a number above 0 belongs; correct it"),
        ("columns", "focus.csv lacks the columns file,focus_distance_m; write them"),
        ("a stranger", "focus.csv names bad.jpg, which is not there; correct that line"),
        ("a missing line", "focus.csv has no line for IMG_2.jpg; add one"),
        ("inside the lens", "IMG_2.jpg is said to be focused at 0.03 m, within its focal length of 50 mm"),
        ("a typed stranger", "--focus-distance IMG_7.jpg fits 0 photographs; name one of them"),
        ("typed words", "--focus-distance IMG_1.jpg=near is not FILE=METRES; give for example"),
        ("no aperture", "--f-number 0 cannot be; give a number above 0"),
    ],
)
def test_bad_input_gets_one_sentence_and_status_2(tmp_path, case, words):
    done = inspect("--messages", *at_fault(tmp_path, case), folder=tmp_path)
    assert done.returncode == 2
    (message,) = (json.loads(line) for line in done.stdout.splitlines())
    assert message["type"] == "error"
    assert words in message["text"]
    assert "\n" not in message["text"]


def test_an_error_for_a_person_is_one_line_too(tmp_path):
    done = inspect(tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == (
        f"error: {tmp_path} holds no photographs; put JPEG, PNG, TIFF, WebP or EXR files there\n"
    )
