"""Unusual stacks through all of `estimate`: a good result with a warning, or one sentence and status 2."""

import csv
import json
import math
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
from focal_depth.cli.main import main
from focal_depth.io.colour import srgb_decode
from focal_depth.io.result_folder import read_depth
from focal_depth.stack import inspect_stack
from photographs import PROJECT, dng, heic, write_photograph
from PIL import Image

SAMPLE = PROJECT / "sample"
METRES = {"00": 2.5, "02": 1.44, "04": 1.01, "06": 0.78, "07": 0.7}
DISTANCES = tuple(METRES.values())
SIZE = 240, 160
GOOD = 0.06  # mean error in dioptres, of the 1.03 between the ends: 0.04 where nothing is unusual


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    """Five frames (160, 240, 3) of the sample, far to near."""
    frames = [cv2.imread(str(SAMPLE / f"{name}.jpg"))[..., ::-1] for name in METRES]
    return [cv2.resize(frame, SIZE, interpolation=cv2.INTER_AREA) for frame in frames]


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    with np.load(SAMPLE / "depth.npz") as arrays:
        return cv2.resize(arrays["depth"], SIZE, interpolation=cv2.INTER_NEAREST)


class Outcome:
    """How `estimate` ended, and what it wrote."""

    def __init__(self, status: int, output: str, folder: Path) -> None:
        messages = [json.loads(line) for line in output.splitlines()]
        self.status = status
        self.warnings = " ".join(message["text"] for message in messages if message["type"] == "warning")
        self.errors = [message["text"] for message in messages if message["type"] == "error"]
        self.folder = folder

    def error_in_dioptres(self, truth: np.ndarray) -> float:
        assert self.status == 0, self.errors
        depth, confidence = read_depth(self.folder)
        assert np.isfinite(depth).all() and np.isfinite(confidence).all()
        return float(np.abs(1 / depth - 1 / truth).mean())


@pytest.fixture
def estimate(tmp_path, capsys):
    """estimate(photographs or a folder, options...) -> Outcome."""

    def run(*arguments: object) -> Outcome:
        folder = tmp_path / "result"
        line = ["estimate", *map(str, arguments), "--output", str(folder), "--messages", "--quality", "draft"]
        status = main(line)
        output = capsys.readouterr()
        assert "Traceback" not in output.err, output.err
        return Outcome(status, output.out, folder)

    return run


def write(folder: Path, frames, distances=DISTANCES, suffix=".jpg") -> list[Path]:
    """Photographs 0.jpg and on, with EXIF."""
    lens = {"FocalLength": "50/1", "FNumber": "28/10", "FocalLengthIn35mmFilm": "50"}
    paths = []
    for number, (frame, metres) in enumerate(zip(frames, distances, strict=True)):
        tags = lens if metres is None else lens | {"SubjectDistance": f"{round(1000 * metres)}/1000"}
        exif = {f"Exif.Photo.{name}": value for name, value in tags.items()}
        paths.append(write_photograph(folder / f"{number}{suffix}", frame, exif))
    return paths


def with_sidecar(folder: Path, distances=DISTANCES) -> Path:
    (folder / "focus_distance.txt").write_text("\n".join(map(str, distances)))
    return folder


KINDS = {
    "grey": (lambda image: image.convert("L"), ".png", {}),
    "alpha": (lambda image: image.convert("RGBA"), ".png", {}),
    "CMYK": (lambda image: image.convert("CMYK"), ".jpg", {"quality": 95}),
    "CMYK TIFF": (lambda image: image.convert("CMYK"), ".tif", {}),
    "progressive": (lambda image: image, ".jpg", {"quality": 95, "progressive": True}),
    "WebP": (lambda image: image, ".webp", {"quality": 95}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_pixels(tmp_path, pictures, truth, estimate, kind):
    convert, suffix, options = KINDS[kind]
    for number, picture in enumerate(pictures):
        convert(Image.fromarray(picture)).save(tmp_path / f"{number}{suffix}", **options)
    outcome = estimate(with_sidecar(tmp_path))
    assert outcome.error_in_dioptres(truth) < GOOD


@pytest.mark.parametrize("suffix", [".dng", ".heic"])
def test_raw_files_and_heic(tmp_path, pictures, truth, estimate, suffix):
    for number, picture in enumerate(pictures):
        (tmp_path / f"{number}{suffix}").write_bytes({".dng": dng, ".heic": heic}[suffix](picture))
    assert estimate(with_sidecar(tmp_path)).error_in_dioptres(truth) < GOOD


@pytest.mark.torture
def test_two_hundred_small_frames(tmp_path, pictures, truth, estimate):
    """Between the ends, each mixed of its neighbours' focus."""
    places = np.linspace(0, 4, 200)
    dioptres = np.interp(places, range(5), [1 / metres for metres in DISTANCES])
    frames = []
    for place in places:
        at = min(int(place), 3)
        frames.append(
            np.uint8(cv2.addWeighted(pictures[at], at + 1 - place, pictures[at + 1], place - at, 0))
        )
    outcome = estimate(*write(tmp_path, frames, tuple(1 / dioptres)))
    assert outcome.error_in_dioptres(truth) < 2 * GOOD


def test_sixteen_bits_and_mixed_formats(tmp_path, pictures, truth, estimate):
    deep = [picture.astype(np.uint16) * 257 for picture in pictures]
    paths = write(tmp_path, deep[:3], DISTANCES[:3], ".tif")
    for number in (3, 4):
        paths.append(write_photograph(tmp_path / f"{number}.png", pictures[number]))
    assert estimate(with_sidecar(tmp_path)).error_in_dioptres(truth) < GOOD
    assert len(paths) == 5


def test_held_upright(tmp_path, pictures, truth, estimate):
    paths = write(tmp_path, pictures)
    for path, picture, metres in zip(paths, pictures, DISTANCES, strict=True):
        tags = {"Exif.Image.Orientation": 6, "Exif.Photo.SubjectDistance": f"{round(1000 * metres)}/1000"}
        write_photograph(path, np.rot90(picture), tags)
    assert estimate(*paths).error_in_dioptres(truth) < GOOD


def write_exr(folder: Path, pictures, change=lambda linear: linear) -> Path:
    for number, picture in enumerate(pictures):
        linear = np.float32(change(srgb_decode(picture / 255)))
        OpenEXR.File({}, {"RGB": linear}).write(str(folder / f"{number}.exr"))
    return with_sidecar(folder)


@pytest.mark.parametrize("exposure", [1, 50])
def test_linear_exr_of_any_exposure(tmp_path, pictures, truth, estimate, exposure):
    folder = write_exr(tmp_path, pictures, lambda linear: exposure * linear)
    assert estimate(folder).error_in_dioptres(truth) < GOOD


def test_exr_with_numbers_that_are_none(tmp_path, pictures, truth, estimate):
    def spoil(linear):
        for place, value in enumerate((math.nan, math.inf, -math.inf, 1e30, -1e30)):
            linear[10:14, 10 + 6 * place : 14 + 6 * place] = value
        return linear

    assert estimate(write_exr(tmp_path, pictures, spoil)).error_in_dioptres(truth) < 2 * GOOD


@pytest.mark.parametrize("suffix", [".png", ".tif", ".exr"])
def test_a_wrong_ending_does_not_matter(tmp_path, pictures, truth, estimate, suffix):
    paths = write(tmp_path, pictures)
    if suffix == ".exr":
        OpenEXR.File({}, {"RGB": srgb_decode(pictures[2] / 255)}).write(str(tmp_path / "x.exr"))
    else:
        write_photograph(tmp_path / f"x{suffix}", pictures[2])
    (tmp_path / f"x{suffix}").replace(paths[2])
    assert estimate(with_sidecar(tmp_path)).error_in_dioptres(truth) < GOOD


@pytest.mark.parametrize("content", [b"", bytes(5000), b"\xff\xd8\xff" + bytes(5000)])
def test_a_file_without_a_picture(tmp_path, pictures, estimate, content):
    paths = write(tmp_path, pictures)
    paths[2].write_bytes(content)
    outcome = estimate(*paths)
    (error,) = outcome.errors
    assert outcome.status == 2 and str(paths[2]) in error


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (600, 8), (31, 400)])
def test_too_small(tmp_path, pictures, estimate, size):
    outcome = estimate(*write(tmp_path, [cv2.resize(picture, size) for picture in pictures]))
    assert outcome.status == 2 and "too small for a depth map" in outcome.errors[0]


def test_the_smallest_and_a_strip(tmp_path, pictures, estimate):
    for size in ((32, 32), (33, 500)):
        assert estimate(*write(tmp_path, [cv2.resize(p, size) for p in pictures])).status == 0


@pytest.mark.parametrize("value", [0, 128, 255])
def test_no_texture_at_all(tmp_path, pictures, estimate, value):
    outcome = estimate(*write(tmp_path, [np.full_like(picture, value) for picture in pictures]))
    assert outcome.status == 2 and "show nothing that could be in focus" in outcome.errors[0]


def test_noise_alone_gives_a_warning(tmp_path, pictures, estimate):
    random = np.random.default_rng(0)
    outcome = estimate(*write(tmp_path, [random.integers(0, 255, p.shape, dtype=np.uint8) for p in pictures]))
    assert outcome.status == 0 and "look at the result with care" in outcome.warnings


def test_night_noise_lowers_confidence(tmp_path, pictures, estimate):
    def confidence(frames):
        outcome = estimate(*write(tmp_path, frames))
        assert outcome.status == 0
        return read_depth(outcome.folder)[1].mean()

    random = np.random.default_rng(0)
    by_night = [np.uint8(np.clip(0.12 * p + random.normal(0, 8, p.shape), 0, 255)) for p in pictures]
    assert confidence(by_night) < confidence(pictures) - 0.2


def test_a_copy_under_another_name_is_left_out(tmp_path, pictures, truth, estimate):
    outcome = estimate(*write(tmp_path, [*pictures[:3], pictures[0], pictures[4]]))
    assert "Left out as copies of another: 3.jpg (of 0.jpg)." in outcome.warnings
    assert outcome.error_in_dioptres(truth) < GOOD


def test_one_picture_only(tmp_path, pictures, estimate):
    outcome = estimate(*write(tmp_path, pictures[:1] * 5))
    assert outcome.status == 2 and "one and the same picture" in outcome.errors[0]


def turned(picture: np.ndarray, degrees: float, along: float = 0.0) -> np.ndarray:
    matrix = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), degrees, 1)
    matrix[0, 2] += along
    return cv2.warpAffine(picture, matrix, SIZE, borderMode=cv2.BORDER_REFLECT)


MISFITS = {
    "turned": lambda picture: turned(picture, 25),
    "pushed": lambda picture: turned(picture, 0, 36),
    "upside down": lambda picture: turned(picture, 180),
    "another scene": lambda picture: cv2.resize(cv2.imread(str(PROJECT / "docs/refocus.jpg")), SIZE),
    "darker": lambda picture: np.uint8(0.6 * picture),
    "white balance": lambda picture: np.uint8(picture * (1, 0.85, 0.6)),
}


def test_a_frame_that_was_turned_a_little_is_turned_back(tmp_path, pictures, truth, estimate):
    outcome = estimate(*write(tmp_path, [*pictures[:2], turned(pictures[2], 4), *pictures[3:]]))
    assert "left out" not in outcome.warnings
    assert outcome.error_in_dioptres(truth) < GOOD


@pytest.mark.parametrize("misfit", MISFITS)
def test_a_frame_that_does_not_belong_is_left_out_and_named(tmp_path, pictures, truth, estimate, misfit):
    outcome = estimate(*write(tmp_path, [*pictures[:2], MISFITS[misfit](pictures[2]), *pictures[3:]]))
    assert outcome.warnings.startswith("2.jpg left out")
    assert outcome.error_in_dioptres(truth) < GOOD


def test_exposures_that_flicker_are_evened_out(tmp_path, pictures, truth, estimate):
    frames = [np.uint8(gain * p) for gain, p in zip((1, 0.7, 1, 0.6, 0.9), pictures, strict=True)]
    outcome = estimate(*write(tmp_path, frames))
    assert outcome.warnings and outcome.error_in_dioptres(truth) < GOOD


def test_what_moved_gives_a_warning_and_low_confidence(tmp_path, pictures, estimate):
    frames = [picture.copy() for picture in pictures]
    stamp = cv2.resize(pictures[4][60:90, 60:90], (36, 36))
    where = np.zeros(SIZE[::-1], bool)
    for number, frame in enumerate(frames):
        frame[20:56, 10 + 40 * number : 46 + 40 * number] = stamp
        where[20:56, 10 + 40 * number : 46 + 40 * number] = True
    outcome = estimate(*write(tmp_path, frames))
    _, confidence = read_depth(outcome.folder)
    assert "Something moved" in outcome.warnings
    assert confidence[where].mean() < 0.5 * confidence[~where].mean()


@pytest.mark.parametrize(
    ("distances", "warning"),
    [
        ([2.5, 1.44, 1.01, 0.78, "inf"], "at least not about 4.jpg"),
        ([2.5, 1.44, 1.01, 0.78, 700], "at least not about 4.jpg"),  # millimetres
        ([2.5, 0.78, 1.01, 1.44, 0.7], "Sharpness does not move"),
        ([1 / metres for metres in DISTANCES], "as if they were dioptres"),
    ],
)
def test_distances_the_pictures_do_not_bear_out(tmp_path, pictures, estimate, distances, warning):
    write(tmp_path, pictures)
    outcome = estimate(with_sidecar(tmp_path, distances))
    assert outcome.status == 0 and warning in outcome.warnings


def test_inspecting_shows_that_distances_run_the_wrong_way(tmp_path, pictures):
    write(tmp_path, pictures)
    with_sidecar(tmp_path, [1 / metres for metres in DISTANCES])
    assert any("as if they were dioptres" in text for text in inspect_stack([tmp_path]).stack.warnings)
    with_sidecar(tmp_path)
    assert not any("opposite" in text for text in inspect_stack([tmp_path]).stack.warnings)


def test_a_plain_wall_gives_no_false_alarm(tmp_path, estimate):
    """It sharpens as a whole and blurs again, the same on both ways."""
    texture = cv2.resize(np.random.default_rng(6).random((80, 120, 3), np.float32), SIZE)
    frames = [np.uint8(255 * cv2.GaussianBlur(texture, (0, 0), 0.5 + abs(n - 2.2))) for n in range(5)]
    assert "Sharpness" not in estimate(*write(tmp_path, frames)).warnings


def test_distances_partly_missing(tmp_path, pictures, truth, estimate):
    outcome = estimate(*write(tmp_path, pictures, (2.5, None, None, 0.78, 0.7)))
    assert "2 of 5 photographs have no focus distance" in outcome.warnings
    assert outcome.error_in_dioptres(truth) < GOOD


@pytest.mark.parametrize("value", ["0", "-1", "nan", "0,7,1", "near"])
@pytest.mark.parametrize("way", ["focus_distance.txt", "focus.csv", "--focus-distance"])
def test_a_distance_that_cannot_be(tmp_path, pictures, estimate, way, value):
    paths = write(tmp_path, pictures)
    distances = [*DISTANCES[:4], value]
    arguments = [tmp_path]
    if way == "focus_distance.txt":
        with_sidecar(tmp_path, distances)
    elif way == "focus.csv":
        with (tmp_path / way).open("w", newline="") as file:
            rows = zip([path.name for path in paths], distances, strict=True)
            csv.writer(file).writerows([("file", "focus_distance_m"), *rows])
    else:
        arguments += [way, f"4.jpg={value}"]
    outcome = estimate(*arguments)
    assert outcome.status == 2 and value in outcome.errors[0]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("0.jpg,2,5\n1.jpg,1,44\n", "more values than columns in the line of 0.jpg"),
        ("0.jpg,2.5\n0.jpg,9\n", "names 0.jpg twice"),
        ("0.jpg," + "1" * 200_000 + "\n", "cannot be read; save it as UTF-8 text"),
    ],
)
def test_a_table_with_errors(tmp_path, pictures, estimate, lines, words):
    write(tmp_path, pictures)
    (tmp_path / "focus.csv").write_text("file,focus_distance_m\n" + lines)
    outcome = estimate(tmp_path)
    assert outcome.status == 2 and words in outcome.errors[0]


def test_two_frames_do(tmp_path, pictures, estimate):
    outcome = estimate(*write(tmp_path, pictures[1::2], (1.44, 0.78)))
    depth, _ = read_depth(outcome.folder)
    assert depth.min() > 0.6 and depth.max() < 3
