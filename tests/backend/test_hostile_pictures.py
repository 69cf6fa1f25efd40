"""Pictures that claim too much are refused in one sentence, before memory is taken for them."""

import os
import shutil
import subprocess
import sys

import cv2
import hostile
import numpy as np
import pytest
from focal_depth.contract import limits
from focal_depth.contract.errors import InputError
from focal_depth.io.header import read_header
from focal_depth.io.photograph_file import read_file
from focal_depth.io.photographs import read_pixels, read_thumbnail
from focal_depth.stack import read_stack
from photographs import PROJECT, write_photograph

NAMES = list(hostile.pictures(None))
SMALL = 250e6  # bytes: Python and its libraries take about 60 million
PEAK = r"""
import pathlib, re, resource, sys
from focal_depth.cli import main
ended = main(sys.argv[1:])
status_file = pathlib.Path("/proc/self/status")  # on Linux, where the other counts what was before exec
if status_file.exists():
    peak = 1024 * int(re.search(r"VmHWM:\s*(\d+)", status_file.read_text())[1])
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print("peak", peak)
sys.exit(ended)
"""


def ended(*arguments):
    """Of the command: exit status, its errors, peak of memory in bytes."""
    line = [sys.executable, "-c", PEAK, *map(str, arguments)]
    done = subprocess.run(
        line, capture_output=True, text=True, timeout=60, env=os.environ | {"PYTHONPATH": str(PROJECT)}
    )
    peak = int(done.stdout.split("peak ")[-1]) if "peak " in done.stdout else None
    return done.returncode, done.stderr, peak


BESIDE = "text_bomb.png", "profile_bomb.png", "xmp_bomb.png", "exif_bomb.png"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_that_claims_too_much(tmp_path, name):
    made, stack = tmp_path / "made", tmp_path / "stack"
    made.mkdir()
    stack.mkdir()
    first = stack / f"1_{name}"
    first.write_bytes(hostile.pictures(made)[name]())
    shutil.copy(first, stack / f"2_{name}")
    status, errors, peak = ended("estimate", stack, "--output", tmp_path / "result")
    assert status == 2 and "Traceback" not in errors
    lines = [line for line in errors.splitlines() if line.startswith("error: ")]
    # What bursts beside a picture is never unpacked: all that is wrong is that plain pictures are no stack.
    assert len(lines) == 1 and lines[0].startswith(f"error: {stack if name in BESIDE else first}")
    assert peak < SMALL
    assert not (tmp_path / "result").exists()


def test_photographs_of_more_than_a_hundred_megapixels_pass(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (1200, 1600), np.uint8)
    picture = np.tile(noise, (9, 8))  # 138 megapixels
    path = tmp_path / "large.jpg"
    path.write_bytes(cv2.imencode(".jpg", picture)[1].tobytes())
    header = read_header(path)
    assert (header.width, header.height) == picture.shape[::-1]
    assert read_pixels(path, least=(1600, 1350)).shape == (1350, 1600, 3)


@pytest.mark.parametrize("size", [(23_000, 17_400), (20_000, 20_000), (24_000, 20_800)])
def test_the_largest_cameras_pass_and_twice_that_does_not(tmp_path, size):
    """Hasselblad's and Fujifilm's combined shots have 400 megapixels."""
    path = tmp_path / "claimed"
    path.write_bytes(b"")
    os.truncate(path, size[0] * size[1] // 10)
    limits.check_picture(path, *size, channels=4)
    with pytest.raises(InputError, match="any camera makes"):
        limits.check_picture(path, size[0], 2 * size[1])


def test_a_black_photograph_is_no_bomb(tmp_path):
    path = tmp_path / "black.jpg"
    path.write_bytes(cv2.imencode(".jpg", np.zeros((5000, 6000, 3), np.uint8))[1].tobytes())
    assert read_header(path).width == 6000


def test_ordinary_progressive_jpegs_pass(tmp_path):
    picture = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    path = tmp_path / "p.jpg"
    path.write_bytes(
        cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes() + b"\xff\xda" * 300
    )
    assert read_header(path).width == 64  # what follows its end, such as a film, does not count
    assert len(read_file(path)) > 600


def test_a_file_larger_than_any_photograph(tmp_path):
    paths = [write_photograph(tmp_path / f"{number}.jpg") for number in range(2)]
    os.truncate(paths[1], 2**40)  # takes no place on disks that know holes
    status, errors, peak = ended("inspect", *paths)
    assert status == 2 and "holds 1.1e+03 GB" in errors and peak < SMALL


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("name", ["0.jpg", "focus.csv", "focus_distance.txt", "focal_length.txt"])
def test_a_pipe_in_place_of_a_file(tmp_path, name):
    """Reading one would never end."""
    for number in (1, 2):
        write_photograph(tmp_path / f"{number}.jpg")
    os.mkfifo(tmp_path / name)
    status, errors, _ = ended("estimate", tmp_path, "--output", tmp_path / "result")
    assert status == 2 and errors.count("error: ") == 1 and str(tmp_path / name) in errors


def test_a_sidecar_of_gigabytes(tmp_path):
    paths = [write_photograph(tmp_path / f"{number}.jpg") for number in range(2)]
    (tmp_path / "focus.csv").write_text("file,focus_distance_m\n")
    os.truncate(tmp_path / "focus.csv", 2**35)
    with pytest.raises(InputError, match=r"focus\.csv holds 34\.4 GB"):
        read_stack(paths)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".exr"])
def test_thumbnails_of_thin_pictures(tmp_path, suffix):
    """Found by tests/torture/fuzz.py: no side of them is 0, and OpenCV reads no EXR."""
    path = tmp_path / f"thin{suffix}"
    if suffix == ".exr":
        path.write_bytes(hostile.exr(path, 48, 32))
    else:
        path.write_bytes(cv2.imencode(suffix, np.full((2, 4000), 99, np.uint8))[1].tobytes())
    assert min(read_thumbnail(path, 64).shape) >= 1
