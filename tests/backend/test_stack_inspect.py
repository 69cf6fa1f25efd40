"""`focal-depth inspect` as a person and as the add-on run it; and what it says to bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.stack import read_stack
from photographs import PROJECT, quadrants, shared_stack, write_photograph, write_stack


def inspect(*arguments: object, folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "focal_depth", "inspect", *map(str, arguments)]
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
    assert "Focus distances: maker note (7)." in lines
    assert lines[-2] == (
        "- DSC_0002.JPG: It has the same focus distance as DSC_0001.JPG; kept in the order of the file names."
    )


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


def inspected(*arguments: object) -> dict:
    """What `inspect` writes of a stack, for a program."""
    done = inspect("--messages", *arguments)
    assert done.returncode == 0, done.stdout
    return json.loads(done.stdout)["stack"]


def notes_on(stack: dict) -> dict[str, str]:
    return {frame["name"]: " ".join(frame["notes"]) for frame in stack["frames"] if frame["notes"]}


UNUSABLE = {
    "another size": "64 x 32 pixels, the others 48 x 32: it cannot be part of the stack.",
    "held another way": "32 x 48 pixels, the others 48 x 32: it cannot be part of the stack.",
    "cut short": "Is damaged or cut short; copy it from the camera again.",
    "a text file": "Is not a photograph that can be read; give JPEG, PNG, TIFF, WebP, BMP, HEIC, EXR or raw",
    "missing": "Does not exist; check the path.",
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_part_of_the_stack_is_left_out_and_named(tmp_path, case):
    paths = write_stack(tmp_path, ["4/1", "3/1", "2/1"])
    bad = paths[1]
    if case == "another size":
        write_photograph(bad, quadrants(64, 32))
    elif case == "held another way":
        write_photograph(bad, quadrants(32, 48))
    elif case == "cut short":
        bad.write_bytes(bad.read_bytes()[:-100])
    elif case == "a text file":
        bad.write_text("not a picture\n" * 20)
    elif case == "missing":
        bad.unlink()
    stack = inspected(*paths)
    assert [(frame["name"], frame["left_out"]) for frame in stack["frames"]] == [
        ("IMG_1.jpg", False),
        ("IMG_2.jpg", True),  # where it would stand
        ("IMG_3.jpg", False),
    ]
    assert UNUSABLE[case] in notes_on(stack)["IMG_2.jpg"]
    with pytest.raises(InputError, match=r"IMG_2\.jpg"):
        read_stack(paths)  # what shall be estimated has to be whole


def test_a_frame_left_out_counts_for_nothing_but_keeps_its_place(tmp_path):
    paths = write_stack(tmp_path, ["8/1", "1/1", "1/2", "1/3", "1/4"])
    stack = inspected("--leave-out", paths[2], *paths)
    assert [frame["name"] for frame in stack["frames"]] == [f"IMG_{i}.jpg" for i in range(1, 6)]
    assert [frame["left_out"] for frame in stack["frames"]] == [False, False, True, False, False]
    left_out = stack["frames"][2]
    assert (left_out["focus_distance_m"], left_out["dioptres"]) == (0.5, None)
    stack = inspected(
        "--leave-out", "IMG_1.jpg", "--order", "near-to-far", *write_stack(tmp_path, [None] * 3)
    )
    assert [frame["name"] for frame in stack["frames"]] == ["IMG_3.jpg", "IMG_2.jpg", "IMG_1.jpg"]


@pytest.mark.parametrize(
    ("tags", "note"),
    [
        ({"Exif.Image.Model": "Other"}, "Taken with Other, the others with Usual."),
        ({"Exif.Photo.LensModel": "Zoom"}, "Taken with the lens Zoom, the others with Prime."),
        ({"Exif.Photo.FocalLength": "55/1"}, "Focal length 55 mm, the others 50 mm"),
        ({"Exif.Photo.FNumber": "56/10"}, "Taken at f/5.6, the others at f/4."),
        ({"Exif.Photo.ExposureTime": "1/50"}, "Exposed 1.0 stops brighter than most."),
        ({"Exif.Photo.ISOSpeedRatings": "150"}, ""),  # too little to speak of
        ({"Exif.Photo.SubjectDistance": "1/2"}, "It has the same focus distance as IMG_1.jpg; kept"),
        ({"Exif.Photo.FocalLength": "99999/1"}, "Its focal length 99999 is impossible and is ignored."),
        ({}, ""),
    ],
)
def test_the_frame_that_differs_is_marked(tmp_path, tags, note):
    usual = {
        "Exif.Image.Model": "Usual",
        "Exif.Photo.LensModel": "Prime",
        "Exif.Photo.FocalLength": "50/1",
        "Exif.Photo.FNumber": "4/1",
        "Exif.Photo.ExposureTime": "1/100",
        "Exif.Photo.ISOSpeedRatings": "200",
    }
    for i in range(1, 6):
        own = {"Exif.Photo.SubjectDistance": f"{i}/2"} | (tags if i == 4 else {})
        write_photograph(tmp_path / f"IMG_{i}.jpg", exif=usual | own)
    notes = notes_on(inspected(tmp_path)).get("IMG_4.jpg", "")
    assert note in notes and bool(note) == bool(notes)


def test_a_picture_of_something_else_is_marked_and_focus_is_no_difference(tmp_path):
    folder = shared_stack("nikon_d3100_scene6")
    assert not any("the same scene" in note for note in notes_on(inspected(folder)).values())
    stranger = next(shared_stack("nikon_d3100_scene5").glob("*.JPG"))
    notes = notes_on(inspected(*folder.glob("*.JPG"), stranger))
    marked = {name for name, note in notes.items() if "the same scene" in note}
    assert marked == {stranger.name}


@pytest.mark.parametrize(
    ("distances", "marked"),
    [
        ((6, 5, 4, 3, 2, 1), set()),
        ((6, 5, 4, 9, 2, 1), {"IMG_4.jpg"}),
        ((1, 2, 3, 4, 5, 2.5), {"IMG_6.jpg"}),
        ((1, 6, 2, 5, 3, 4), set()),  # the file names tell nothing of the focus
    ],
)
def test_a_distance_out_of_line_is_marked(tmp_path, distances, marked):
    paths = write_stack(tmp_path, [None] * 6)
    (tmp_path / "focus_distance.txt").write_text(" ".join(map(str, distances)))
    notes = notes_on(inspected(*paths))
    assert {name for name, note in notes.items() if "does not fit between" in note} == marked


def test_distances_all_alike_are_not_used_and_others_can_be_typed(tmp_path):
    stack = inspected(*write_stack(tmp_path, ["2/1"] * 3))
    assert not stack["metric"] and len(stack["frames"]) == 3
    assert any("All photographs have the same focus distance" in text for text in stack["warnings"])
    assert {frame["source"] for frame in stack["frames"]} == {"unknown"}


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
        return [good[0], bad]
    if case == "two sizes":
        return [good[0], write_photograph(bad, quadrants(64, 32))]
    if case == "a text file named .jpg":
        bad.write_text("not a picture\n" * 20)
        return [good[0], bad]
    if case == "all but one left out":
        return ["--leave-out", good[0], folder]
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
        ("two sizes", "IMG_1.jpg is 48 x 32 pixels and others are 64 x 32; leave it out"),
        ("a text file named .jpg", "bad.jpg is not a photograph that can be read; give JPEG"),
        ("all but one left out", "fewer than two photographs are left; a focal stack needs at least two"),
        ("too few distances", "one distance for each of 2 photographs but holds 1; write one in each line"),
        ("no number", "focus_distance.txt says 'far' where a number above 0 belongs; correct it"),
        ("columns", "focus.csv lacks the columns file,focus_distance_m; write them"),
        ("a stranger", "focus.csv names bad.jpg, which is not there; correct that line"),
        ("a missing line", "focus.csv has no line for IMG_2.jpg; add one"),
        (
            "inside the lens",
            "IMG_2.jpg has a focus distance of 0.03 m, which is not beyond its focal length of 50 mm",
        ),
        (
            "a typed stranger",
            "--focus-distance IMG_7.jpg matches 0 photographs; use the file name or the path of one",
        ),
        ("typed words", "--focus-distance IMG_1.jpg=near is not FILE=METRES; write for example"),
        ("no aperture", "--f-number 0 is impossible; give a number above 0"),
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
        f"error: {tmp_path} holds no photographs; put JPEG, PNG, TIFF, WebP, BMP, HEIC, EXR or raw files, "
        "or a clip there\n"
    )
