"""Files, folders and metadata as people have them: stacks that other programs saved, tagged or mixed."""

import json
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
import tifffile
from focal_depth.batch.find import find_stacks
from focal_depth.cli.main import main
from focal_depth.contract.errors import InputError
from focal_depth.io.colour import srgb_decode, srgb_encode
from focal_depth.io.header import read_header
from focal_depth.io.photographs import read_photograph, read_thumbnail
from focal_depth.io.result_folder import read_depth
from focal_depth.stack import Overrides, inspect_stack, read_stack
from focal_depth.stack.assemble import assemble_stack
from focal_depth.stack.records import open_photograph, read_records
from photographs import PROJECT, dng, write_photograph
from PIL import Image

SAMPLE = PROJECT / "sample"
METRES = (2.5, 1.83, 1.44, 1.19, 1.01, 0.88, 0.78, 0.7)
SIZE = 240, 160
LENS = {
    "Exif.Photo.FocalLength": "50/1",
    "Exif.Photo.FNumber": "28/10",
    "Exif.Photo.FocalLengthIn35mmFilm": "50",
}
GREY = np.tile(np.linspace(10, 240, 60, dtype=np.uint8), (40, 1))
COLOURS = np.stack([GREY, GREY[:, ::-1], np.full_like(GREY, 80)], axis=-1)


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    """Eight frames (160, 240, 3) of the sample, far to near."""
    frames = [cv2.imread(str(SAMPLE / f"{i:02}.jpg"))[..., ::-1] for i in range(8)]
    return [cv2.resize(frame, SIZE, interpolation=cv2.INTER_AREA) for frame in frames]


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    with np.load(SAMPLE / "depth.npz") as arrays:
        return cv2.resize(arrays["depth"], SIZE, interpolation=cv2.INTER_NEAREST)


def tags(metres: float | None) -> dict[str, str]:
    return LENS if metres is None else LENS | {"Exif.Photo.SubjectDistance": f"{round(1000 * metres)}/1000"}


def write(folder: Path, pictures, distances=METRES, suffix=".jpg", first=0) -> list[Path]:
    return [
        write_photograph(folder / f"{number:02}{suffix}", picture, tags(metres))
        for number, (picture, metres) in enumerate(zip(pictures, distances, strict=True), first)
    ]


def names(stack) -> list[str]:
    return [frame.path.name for frame in stack.frames]


def told(stack) -> str:
    return " ".join(stack.warnings)


def grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


# decoders

WIDE = GREY.astype(np.uint16) * 257
PLANAR = {"planarconfig": "separate", "photometric": "rgb"}
TIFFS = {
    "planar, 16 bits": (np.moveaxis(COLOURS.astype(np.uint16) * 257, -1, 0), PLANAR),
    "planar, 8 bits": (np.moveaxis(COLOURS, -1, 0), PLANAR),
    "white is zero, 8 bits": (255 - GREY, {"photometric": "miniswhite"}),
    "white is zero, 16 bits": (65535 - WIDE, {"photometric": "miniswhite"}),
    "signed, 16 bits": ((WIDE // 2).astype(np.int16), {}),
    "signed, 8 bits": ((GREY // 2).astype(np.int8), {}),
    "32 bits": (WIDE.astype(np.uint32) * 65537, {}),
    "signed, 32 bits": ((WIDE.astype(np.int64) * 32768).astype(np.int32), {}),
    "tiles": (np.tile(COLOURS, (2, 2, 1)), {"tile": (32, 32), "photometric": "rgb"}),
    "BigTIFF": (COLOURS, {"bigtiff": True, "photometric": "rgb"}),
    "ZIP": (COLOURS, {"compression": "deflate", "photometric": "rgb"}),
    "five channels": (np.dstack([COLOURS, GREY, GREY]), {"photometric": "rgb"}),
}  # fmt: skip


@pytest.mark.parametrize("sort", TIFFS)
def test_every_sort_of_tiff(tmp_path, sort):
    values, options = TIFFS[sort]
    tifffile.imwrite(tmp_path / "p.tif", values, **options)
    read = 255 * read_photograph(tmp_path / "p.tif")[:40, :60]
    expected = COLOURS if read[..., 0].std() and np.ptp(read, axis=2).max() > 1 else np.dstack([GREY] * 3)
    assert np.abs(read - expected).max() <= 1.01
    assert np.abs(read_thumbnail(tmp_path / "p.tif", 60)[:40].astype(int) - grey(expected)).max() <= 2 or (
        values.shape[0] == 80
    )


def packed_tiff(values: np.ndarray, bits: int) -> bytes:
    """A grey TIFF whose values lie bit by bit, rows padded to bytes (TIFF 6.0)."""
    rows = np.unpackbits(values.astype(">u2")[..., None].view(np.uint8), axis=-1)[..., 16 - bits :]
    strip = np.packbits(rows.reshape(len(values), -1), axis=1).tobytes()
    height, width = values.shape
    entries = {
        256: width,
        257: height,
        258: bits,
        259: 1,
        262: 1,
        273: 0,
        277: 1,
        278: height,
        279: len(strip),
    }
    begin = 8 + 2 + 12 * len(entries) + 4
    entries[273] = begin
    directory = b"".join(
        np.array([tag, 4], "<u2").tobytes() + np.array([1, value], "<u4").tobytes()
        for tag, value in entries.items()
    )
    return b"II*\0\x08\0\0\0" + np.array([len(entries)], "<u2").tobytes() + directory + bytes(4) + strip


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_tiff_of_packed_bits(tmp_path, bits):
    (tmp_path / "p.tif").write_bytes(packed_tiff(np.uint16(np.rint(GREY / 255 * (2**bits - 1))), bits))
    assert np.abs(255 * read_photograph(tmp_path / "p.tif")[..., 0] - GREY).max() < 0.6


@pytest.mark.parametrize("compression", [50000, 34712, 34925])
def test_a_compression_that_cannot_be_read_is_named(tmp_path, compression):
    path = tmp_path / "p.tif"
    tifffile.imwrite(path, COLOURS, photometric="rgb", rowsperstrip=40)
    data = bytearray(path.read_bytes())
    at = data.index(np.array([259, 3], "<u2").tobytes() + np.array([1, 1], "<u4").tobytes())
    data[at + 8 : at + 10] = np.uint16(compression).tobytes()
    path.write_bytes(data)
    with pytest.raises(
        InputError, match=r"compressed by \w+.* inside, which cannot be read; save it as a TIFF"
    ):
        read_photograph(path)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_floats_are_light(tmp_path, kind):
    light = srgb_decode(COLOURS / 255).astype(kind)
    tifffile.imwrite(tmp_path / "p.tif", light, photometric="rgb")
    assert np.abs(255 * read_photograph(tmp_path / "p.tif") - COLOURS).max() < 1


def deep_stack(folder: Path, pictures, convert, suffix=".tif") -> list[Path]:
    paths = []
    for number, picture in enumerate(pictures):
        path = folder / f"{number:02}{suffix}"
        values = convert(picture)
        if suffix == ".tif":
            tifffile.imwrite(path, values, photometric="rgb" if values.ndim == 3 else "minisblack")
        else:
            cv2.imwrite(str(path), values[..., ::-1])
        paths.append(path)
    return paths


RANGES = {
    "12 bits in 16": (lambda p: np.uint16(p / 255 * 4095), ".tif", 4095),
    "10 bits in 16": (lambda p: np.uint16(p / 255 * 1023), ".tif", 1023),
    "12 bits in PNG": (lambda p: np.uint16(p / 255 * 4095), ".png", 4095),
    "12 bits in signed 16": (lambda p: np.int16(p / 255 * 4095), ".tif", 4095),
    "16 bits in 32": (lambda p: np.uint32(p) * 257, ".tif", 65535),
    "8 bits as floats": (lambda p: np.float32(p), ".tif", 255),
    "16 bits as floats": (lambda p: np.float32(p) * 257, ".tif", 65535),
    "light in another unit": (lambda p: np.float32(srgb_decode(p / 255) / 100), ".tif", 1 / 64),
}


@pytest.mark.parametrize("sort", RANGES)
def test_values_that_use_a_part_of_their_range(tmp_path, pictures, sort):
    convert, suffix, white = RANGES[sort]
    deep_stack(tmp_path, pictures[:4], convert, suffix)
    stack = read_stack(tmp_path)
    assert {frame.reading.white for frame in stack.frames} == {white}
    assert "taken for white in all photographs" in told(stack)
    for frame in stack.frames:
        read = 255 * read_photograph(frame.path, frame.reading)
        expected = pictures[int(frame.path.stem)]
        if white == 1 / 64:  # 100 parts of light are 1 / 64 of white: all alike, a little darker
            expected = 255 * srgb_encode(srgb_decode(expected / 255) * 0.64)
        assert np.abs(read - expected).max() < 2


def test_a_whole_range_is_left_alone(tmp_path, pictures):
    deep_stack(tmp_path, pictures[:3], lambda picture: picture.astype(np.uint16) * 257)
    stack = read_stack(tmp_path)
    assert {frame.reading.white for frame in stack.frames} == {None} and "white" not in told(stack)


def test_pages_of_one_tiff_are_the_frames(tmp_path, pictures, truth, capsys):
    tifffile.imwrite(tmp_path / "stack.tif", np.stack(pictures), photometric="rgb")
    (tmp_path / "focus_distance.txt").write_text("\n".join(map(str, METRES)))
    assert names(read_stack(tmp_path / "stack.tif")) == [f"stack.tif#{page}" for page in range(1, 9)]
    assert main(["estimate", str(tmp_path), "--output", str(tmp_path / "r"), "--quality", "draft"]) == 0
    depth, _ = read_depth(tmp_path / "r")
    assert np.abs(1 / depth - 1 / truth).mean() < 0.06


def test_a_page_that_is_not_there(tmp_path, pictures):
    tifffile.imwrite(tmp_path / "stack.tif", np.stack(pictures), photometric="rgb")
    with pytest.raises(InputError, match=r"stack\.tif#9 does not exist: the file has 8 pages"):
        read_photograph(tmp_path / "stack.tif#9")


def test_two_pages_a_file(tmp_path, pictures):
    for number, picture in enumerate(pictures):
        with tifffile.TiffWriter(tmp_path / f"{number}.tif") as file:
            file.write(picture, photometric="rgb")
            file.write(255 - picture, photometric="rgb")
    stack = read_stack(tmp_path)
    assert len(
        stack.frames
    ) == 8 and "Only the first page was used of 0.tif, 1.tif, 2.tif and 5 more." in told(stack)
    np.testing.assert_array_equal(np.rint(255 * read_photograph(tmp_path / "3.tif")), pictures[3])


def test_a_thumbnail_before_the_picture(tmp_path, pictures):
    path = tmp_path / "p.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(np.ascontiguousarray(pictures[0][::4, ::4]), photometric="rgb", subfiletype=1)
        file.write(pictures[0], photometric="rgb")
    assert (read_header(path).width, read_header(path).height) == SIZE
    np.testing.assert_array_equal(np.rint(255 * read_photograph(path)), pictures[0])


def linear(picture: np.ndarray) -> np.ndarray:
    return np.float32(srgb_decode(picture / 255))


def layers(picture: np.ndarray, prefix: str) -> dict[str, np.ndarray]:
    return {
        f"{prefix}{name}": np.ascontiguousarray(linear(picture)[..., index])
        for index, name in enumerate("RGB")
    }


@pytest.mark.parametrize("prefix", ["ViewLayer.Combined.", "beauty.", "left.", "rgba."])
def test_layers_of_an_exr(tmp_path, pictures, prefix):
    others = {
        "ViewLayer.Normal.X": np.ones(SIZE[::-1], np.float32),
        "ViewLayer.Depth.Z": np.ones(SIZE[::-1], np.float32),
    }
    noise = (
        {f"Diffuse.{name}": np.zeros(SIZE[::-1], np.float32) for name in "RGB"} if prefix != "left." else {}
    )
    OpenEXR.File({}, others | noise | layers(pictures[0], prefix)).write(str(tmp_path / "p.exr"))
    assert np.abs(255 * read_photograph(tmp_path / "p.exr") - pictures[0]).max() < 0.01


def test_parts_of_an_exr(tmp_path, pictures):
    depth = OpenEXR.Part(
        {"type": OpenEXR.scanlineimage}, {"Z": np.ones(SIZE[::-1], np.float32)}, name="depth"
    )
    # The first part is of another size, with float red beside half green.
    mixed = layers(pictures[0], "") | {"G": np.float16(layers(pictures[0], "")["G"])}
    beauty = OpenEXR.Part({"type": OpenEXR.scanlineimage}, mixed, name="beauty")
    OpenEXR.File([depth, beauty]).write(str(tmp_path / "p.exr"))
    assert np.abs(255 * read_photograph(tmp_path / "p.exr") - pictures[0]).max() < 0.2


def write_window(path: Path, picture: np.ndarray, left: int, top: int, right: int, bottom: int) -> None:
    header = {
        "dataWindow": (np.array([left, top], np.int32), np.array([right - 1, bottom - 1], np.int32)),
        "displayWindow": (np.zeros(2, np.int32), np.array(SIZE, np.int32) - 1),
    }
    OpenEXR.File(header, {"RGB": np.ascontiguousarray(linear(picture)[top:bottom, left:right])}).write(
        str(path)
    )


def test_a_data_window_is_a_part_of_the_sensor(tmp_path, pictures):
    for number, picture in enumerate(pictures[::2]):
        write_window(tmp_path / f"{number}.exr", picture, 20, 30, 200, 150)
    line = ["estimate", tmp_path, "--output", tmp_path / "r", "--quality", "draft", "--focal-length", "50"]
    assert main([*map(str, line), "--sensor-width", "36"]) == 0
    camera = json.loads((tmp_path / "r" / "result.json").read_text())["camera"]
    assert camera["fx"] == pytest.approx(50 / 36 * 240)
    assert (camera["cx"], camera["cy"]) == (100, 50)  # the middle of the whole, 120 and 80, from its corner


def test_data_windows_that_differ_are_read_whole(tmp_path, pictures):
    for number, picture in enumerate(pictures[:3]):
        write_window(tmp_path / f"{number}.exr", picture, 4 * number, 0, 240, 160 - 2 * number)
    stack = read_stack(tmp_path)
    assert {frame.size for frame in stack.frames} == {SIZE} and stack.frames[0].crop is None
    for frame in stack.frames:
        read = 255 * read_photograph(frame.path, frame.reading)
        assert np.abs(read - pictures[int(frame.path.stem)])[:150, 12:].max() < 0.01
        assert read[:, :8].mean() > 20  # filled from beside, not black


def test_bytes_between_the_segments_of_a_jpeg(tmp_path, pictures):
    path = write_photograph(tmp_path / "p.jpg", pictures[0], tags(1.0))
    data = path.read_bytes()
    at = data.index(b"\xff\xdb")
    (tmp_path / "stray.jpg").write_bytes(data[:at] + bytes(18) + data[at:])
    np.testing.assert_array_equal(read_photograph(tmp_path / "stray.jpg"), read_photograph(path))
    (tmp_path / "cut.jpg").write_bytes(data[:at] + bytes(18) + data[at : len(data) // 2])
    with pytest.raises(InputError, match="damaged or cut short"):
        read_photograph(tmp_path / "cut.jpg")


@pytest.mark.parametrize("suffix", [".bmp", ".jfif", ".mpo", ".jpe"])
def test_endings_that_are_listed(tmp_path, pictures, suffix):
    for number, picture in enumerate(pictures[:3]):
        kind = "BMP" if suffix == ".bmp" else "MPO" if suffix == ".mpo" else "JPEG"
        extra = {"save_all": True, "append_images": [Image.fromarray(picture)]} if kind == "MPO" else {}
        Image.fromarray(picture).save(tmp_path / f"{number}{suffix}", kind, quality=95, **extra)
    stack = read_stack(tmp_path)
    assert len(stack.frames) == 3
    assert np.abs(255 * read_photograph(tmp_path / f"0{suffix}") - pictures[0]).mean() < 4


@pytest.mark.parametrize("gamma", [1.0, 1.6])
def test_gamma_of_a_png(tmp_path, gamma):
    from PIL.PngImagePlugin import PngInfo

    chunk = PngInfo()
    chunk.add(b"gAMA", round(100000 / gamma).to_bytes(4, "big"))
    codes = np.uint8(np.rint(255 * srgb_decode(COLOURS / 255) ** (1 / gamma)))
    Image.fromarray(codes).save(tmp_path / "p.png", pnginfo=chunk)
    assert np.abs(255 * read_photograph(tmp_path / "p.png") - COLOURS)[COLOURS > 60].max() < 3


def test_gamma_that_is_as_good_as_srgb(tmp_path):
    from PIL.PngImagePlugin import PngInfo

    chunk = PngInfo()
    chunk.add(b"gAMA", (45455).to_bytes(4, "big"))
    Image.fromarray(COLOURS).save(tmp_path / "p.png", pnginfo=chunk)
    assert read_header(tmp_path / "p.png").colours is None


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_what_is_transparent_has_no_edge(tmp_path, suffix):
    """Straight alpha, black below it, as programs that align leave a border; elsewhere no value changes."""
    alpha = np.full(GREY.shape, 255, np.uint8)
    alpha[:, :12] = 0
    alpha[:, 12] = 128
    black = np.where(alpha[..., None] > 0, COLOURS, 0).astype(np.uint8)
    path = tmp_path / f"p{suffix}"
    if suffix == ".tif":
        tifffile.imwrite(path, np.dstack([black, alpha]), photometric="rgb", extrasamples=["unassalpha"])
    else:
        Image.fromarray(np.dstack([black, alpha])).save(
            path, **({"lossless": True, "exact": True} if suffix == ".webp" else {})
        )
    read = 255 * read_photograph(path)
    assert np.abs(read[:, 13:] - COLOURS[:, 13:]).max() < 1
    assert np.abs(np.diff(read[:, :14], axis=1)).max() < 12


def test_alpha_that_is_nowhere_says_nothing(tmp_path):
    Image.fromarray(np.dstack([COLOURS, np.zeros_like(GREY)])).save(tmp_path / "p.png")
    np.testing.assert_allclose(255 * read_photograph(tmp_path / "p.png"), COLOURS, atol=0.01)


def test_nothing_but_us_writes_to_stderr(tmp_path, pictures, command):
    """A PNG whose profile libpng complains of, and EXR, which OpenCV does."""
    for number, picture in enumerate(pictures[:3]):
        Image.fromarray(picture).save(tmp_path / f"{number}.png", icc_profile=b"no profile")
    assert command("inspect", tmp_path).stderr.strip() == ""
    for number, picture in enumerate(pictures[:3]):
        (tmp_path / f"{number}.png").unlink()
        OpenEXR.File({}, {"RGB": linear(picture)}).write(str(tmp_path / f"{number}.exr"))
    assert command("inspect", tmp_path).stderr.strip() == ""


# one picture a shot


def test_a_pixels_raw_and_its_jpeg_are_one_shot(tmp_path, pictures):
    for number, picture in enumerate(pictures[:3]):
        name = f"PXL_20260101_10100{number}123"
        (tmp_path / f"{name}.RAW-02.ORIGINAL.dng").write_bytes(dng(picture))
        write_photograph(tmp_path / f"{name}.RAW-01.COVER.jpg", picture[1:-1, 2:-2], tags(METRES[number]))
    stack = read_stack(tmp_path)
    assert len(stack.frames) == 3 and all(name.endswith(".COVER.jpg") for name in names(stack))
    assert "3 photographs are there twice, as JPEG and raw: JPEG was used, not" in told(stack)


@pytest.mark.parametrize(
    ("kinds", "taken"),
    [((".heic", ".jpg"), "JPEG"), ((".jpg", ".tif"), "TIFF"), ((".MP.jpg", ".MP.tif"), "TIFF")],
)
def test_a_shot_in_two_kinds(tmp_path, pictures, kinds, taken):
    from photographs import heic

    for number, picture in enumerate(pictures[:3]):
        for suffix in kinds:
            path = tmp_path / f"{number}{suffix}"
            if suffix == ".heic":
                path.write_bytes(heic(picture))
            else:
                Image.fromarray(picture).save(path)
    stack = read_stack(tmp_path)
    assert len(stack.frames) == 3 and f"{taken} was used" in told(stack)


def test_the_kind_that_most_shots_have_is_taken(tmp_path, pictures):
    """One developed TIFF beside many JPEGs would be of another look."""
    write(tmp_path, pictures)
    Image.fromarray(pictures[3]).save(tmp_path / "03.tif")
    assert all(name.endswith(".jpg") for name in names(read_stack(tmp_path)))


def test_names_are_compared_as_people_read_them(tmp_path, pictures):
    """A table typed on one system, with files that another has named: accents stand alone there."""
    for number, picture in enumerate(pictures[:3]):
        write_photograph(tmp_path / unicodedata.normalize("NFD", f"é{number}.jpg"), picture)
    lines = [unicodedata.normalize("NFC", f"é{number}.jpg,{METRES[number]}") for number in range(3)]
    (tmp_path / "focus.csv").write_text("file,focus_distance_m\n" + "\n".join(lines), encoding="utf-8")
    assert [frame.focus_distance for frame in read_stack(tmp_path).frames] == list(METRES[:3])


@pytest.mark.parametrize(
    "table",
    [
        "file;focus_distance_m\n{0};2,5\n{1};1,44\n{2};0,7\n",
        "file\tfocus_distance_m\n{0}\t2,5\n{1}\t1,44\n{2}\t0.7\n",
        'file,focus_distance_m\n{0},"2,5"\n{1},"1,44"\n{2},0.7\n',
    ],
)
def test_tables_of_spreadsheets(tmp_path, pictures, table):
    paths = write(tmp_path, pictures[:3], (None,) * 3)
    (tmp_path / "focus.csv").write_text(table.format(*(path.name for path in paths)))
    assert [frame.focus_distance for frame in read_stack(tmp_path).frames] == [2.5, 1.44, 0.7]


# what does not belong


def composite(pictures) -> np.ndarray:
    """All in focus, as another program makes it: the sharpest pixels."""
    edges = [
        cv2.GaussianBlur(
            np.abs(cv2.Laplacian(cv2.GaussianBlur(np.float32(grey(p)), (0, 0), 1), cv2.CV_32F)), (0, 0), 5
        )
        for p in pictures
    ]
    return np.take_along_axis(np.stack(pictures), np.argmax(edges, axis=0)[None, ..., None], axis=0)[0]


@pytest.mark.parametrize("distances", [(*METRES, None), (*METRES, 0.7), (None,) * 9])
def test_the_picture_that_another_program_made_is_left_out(tmp_path, pictures, distances):
    write(tmp_path, [*pictures, composite(pictures)], distances)
    stack = read_stack(tmp_path)
    assert len(stack.frames) == 8 and "08.jpg left out: it is sharp wherever another photograph is" in told(
        stack
    )
    inspection = inspect_stack([tmp_path])
    assert [frame.path.name for frame in inspection.left_out] == ["08.jpg"]


@pytest.mark.parametrize("value", [0, 255])
def test_frames_without_a_picture_are_left_out(tmp_path, pictures, value):
    plain = np.full_like(pictures[0], value)
    write(tmp_path, [plain, *pictures, plain], (None,) * 10)
    stack = read_stack(tmp_path)
    assert names(stack) == [f"{number:02}.jpg" for number in range(1, 9)]
    assert "00.jpg and 09.jpg left out: it shows nothing" in told(stack)


def dated(path: Path, second: int, exposure: str = "1/60") -> None:
    import pyexiv2

    image = pyexiv2.ImageData(path.read_bytes())
    moment = f"2026:01:01 10:{second // 60:02}:{second % 60:02}"
    image.modify_exif(
        {
            "Exif.Photo.DateTimeOriginal": moment,
            "Exif.Photo.ExposureTime": exposure,
            "Exif.Photo.ISOSpeedRatings": "100",
        }
    )
    path.write_bytes(image.get_bytes())
    image.close()


def test_another_bracket_in_the_folder(tmp_path, pictures):
    other = [cv2.flip(picture, 1) for picture in pictures[:4]]
    paths = write(tmp_path, [*pictures, *other], (*METRES, *METRES[:4]))
    for number, path in enumerate(paths):
        dated(path, 2 * number + (300 if number >= 8 else 0))
    stack = read_stack(tmp_path)
    assert names(stack) == [f"{number:02}.jpg" for number in range(8)]
    assert "08.jpg, 09.jpg, 10.jpg and 11.jpg left out: taken at another time and of another view" in told(
        stack
    )


def test_a_pause_within_one_bracket_divides_nothing(tmp_path, pictures):
    for number, path in enumerate(write(tmp_path, pictures)):
        dated(path, 2 * number + (300 if number >= 4 else 0))
    assert len(read_stack(tmp_path).frames) == 8


def test_an_exposure_bracket_at_every_focus(tmp_path, pictures):
    number, wanted = 0, []
    for picture, metres in zip(pictures[:4], METRES, strict=False):
        for gain, exposure in ((1.0, "1/60"), (0.4, "1/240"), (1.6, "1/15")):
            path = write_photograph(
                tmp_path / f"{number:02}.jpg", np.uint8(np.clip(gain * picture, 0, 255)), tags(metres)
            )
            dated(path, number, exposure)
            wanted += [path.name] if gain == 1 else []
            number += 1
    stack = read_stack(tmp_path)
    assert names(stack) == wanted and "part of an exposure bracket" in told(stack)


def test_a_frame_a_pixel_smaller(tmp_path, pictures, truth):
    write(
        tmp_path, [picture[:-1, :-1] if number == 3 else picture for number, picture in enumerate(pictures)]
    )
    assert main(["estimate", str(tmp_path), "--output", str(tmp_path / "r"), "--quality", "draft"]) == 0
    depth, _ = read_depth(tmp_path / "r")
    assert np.abs(1 / depth - 1 / truth).mean() < 0.06


# orientation, distances, sweeps


@pytest.mark.parametrize("turned", [6, 3])
def test_a_camera_that_looks_down(tmp_path, pictures, turned):
    write(tmp_path, pictures)
    write_photograph(tmp_path / "03.jpg", pictures[3], tags(METRES[3]) | {"Exif.Image.Orientation": turned})
    stack = read_stack(tmp_path)
    assert {frame.size for frame in stack.frames} == {SIZE} and {
        frame.sensor_width for frame in stack.frames
    } == {stack.sensor_width}
    assert "03.jpg was read in the orientation of the others" in told(stack)
    frame = next(frame for frame in stack.frames if frame.path.name == "03.jpg")
    assert np.abs(255 * read_photograph(frame.path, frame.reading) - pictures[3]).mean() < 3


def test_a_frame_that_was_held_otherwise_keeps_its_orientation(tmp_path, pictures):
    write(tmp_path, pictures)
    write_photograph(
        tmp_path / "03.jpg", pictures[3][:, ::-1], tags(METRES[3]) | {"Exif.Image.Orientation": 2}
    )
    assert "orientation" not in told(read_stack(tmp_path))


def test_dioptres_in_exif(tmp_path, pictures):
    dioptres = [round(0.15 * number, 3) for number in range(8)]
    for number, picture in enumerate(pictures):
        stored = LENS | {"Exif.Photo.SubjectDistance": f"{round(1000 * dioptres[number])}/1000"}
        write_photograph(tmp_path / f"{number:02}.jpg", picture, stored)
    stack = read_stack(tmp_path)
    np.testing.assert_allclose(stack.dioptres, dioptres, atol=1e-4)
    assert "were taken as dioptres" in told(stack)


def test_metres_that_are_even_stay_metres(tmp_path, pictures):
    write(tmp_path, pictures, tuple(np.linspace(2.8, 0.7, 8)))
    stack = read_stack(tmp_path)
    assert stack.frames[0].focus_distance == 2.8 and "dioptres" not in told(stack)


@pytest.mark.parametrize("times", [1000, 100])
def test_millimetres_and_centimetres(tmp_path, pictures, times):
    write(tmp_path, pictures, (None,) * 8)
    (tmp_path / "focus_distance.txt").write_text("\n".join(str(times * metres) for metres in METRES))
    assert "so far away that all photographs would be focused alike" in told(read_stack(tmp_path))


def test_metres_are_not_taken_for_millimetres(tmp_path, pictures):
    write(tmp_path, pictures)
    assert "focused alike" not in told(read_stack(tmp_path))


def test_a_phone_that_focuses_far_is_no_wrong_unit(tmp_path, pictures):
    """From infinity to 3 m a phone's blur changes by two pixels of its picture."""
    phone = {
        "Exif.Photo.FocalLength": "43/10",
        "Exif.Photo.FNumber": "18/10",
        "Exif.Photo.FocalLengthIn35mmFilm": "26",
    }
    for number, (picture, metres) in enumerate(zip(pictures[:4], (50, 10, 5, 3), strict=True)):
        stored = phone | {"Exif.Photo.SubjectDistance": f"{metres}/1"}
        write_photograph(tmp_path / f"{number}.jpg", picture, stored)
    assert "focused alike" not in told(read_stack(tmp_path))


def test_exact_distances_that_are_equal_stay_equal(tmp_path, pictures):
    write(tmp_path, pictures, (None,) * 8)
    (tmp_path / "focus_distance.txt").write_text("\n".join(["2.5"] * 7 + ["0.7"]))
    stack = read_stack(tmp_path)
    assert np.abs(1 / stack.dioptres[:7] - 2.5).max() < 0.02 and (np.diff(stack.dioptres) > 0).all()


def test_a_sweep_there_and_back(tmp_path, pictures):
    write(tmp_path, [pictures[number] for number in (0, 2, 4, 6, 7, 5, 3, 1)], (None,) * 8)
    stack = read_stack(tmp_path)
    order = [(0, 2, 4, 6, 7, 5, 3, 1)[int(Path(name).stem)] for name in names(stack)]
    assert order in (list(range(8)), list(range(8))[::-1])
    assert "Focus goes to the other end and back" in told(stack)


def test_two_sweeps_one_way(tmp_path, pictures):
    write(tmp_path, [pictures[number] for number in (0, 2, 4, 6, 1, 3, 5, 7)], (None,) * 8)
    assert "Focus goes from one end to the other twice" in told(read_stack(tmp_path))


def test_positions_in_maker_notes_order_a_bracket(tmp_path, pictures):
    """Sony's count focus in a unit of its own: an order, and no metres."""
    shuffled = [3, 0, 6, 1, 7, 5, 2, 4]
    paths = write(tmp_path, [pictures[number] for number in shuffled], (None,) * 8)
    records = [
        replace(record, metadata=replace(record.metadata, focus_order=float(number)))
        for record, number in zip(
            read_records([open_photograph(path) for path in paths], Overrides(), paths), shuffled, strict=True
        )
    ]
    stack = assemble_stack(records, Overrides())
    assert [shuffled[int(Path(name).stem)] for name in names(stack)] == list(range(8))
    assert stack.order_source == "focus position" and not stack.is_metric and stack.order_certainty == 1


def test_inspect_says_why_it_believes(tmp_path, pictures, capsys):
    write(tmp_path, pictures)
    assert main(["inspect", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "Focus distances: EXIF (8)." in printed
    assert "Sharpness moves through the scene in their order." in printed
    assert "The pictures show the same end far" in printed


def test_a_folder_may_be_named_like_a_page(tmp_path, pictures):
    """A file whose own name ends as pages are written is that file."""
    shutil.copy(write_photograph(tmp_path / "p.jpg", pictures[0]), tmp_path / "p.tif#2")
    assert read_photograph(tmp_path / "p.tif#2").shape == (160, 240, 3)


def test_a_tiff_of_pages_is_a_stack_of_a_batch(tmp_path, pictures):
    (tmp_path / "shoot" / "day").mkdir(parents=True)
    tifffile.imwrite(tmp_path / "shoot" / "day" / "stack.tif", np.stack(pictures[:3]), photometric="rgb")
    stacks = find_stacks([tmp_path / "shoot"], tmp_path / "results")
    assert [path.name for stack in stacks for path in stack.photographs] == [
        f"stack.tif#{n}" for n in (1, 2, 3)
    ]
    assert len(read_stack(stacks[0].photographs).frames) == 3


def test_a_file_that_was_passed_over_may_be_left_out(tmp_path, pictures):
    """A list that was made before knew both files of a shot."""
    write(tmp_path, pictures[:3], METRES[:3])
    for number in range(3):
        (tmp_path / f"{number:02}.dng").write_bytes(dng(pictures[number]))
    assert len(inspect_stack([tmp_path], leave_out=["01.dng"]).stack.frames) == 3
