"""Raw files developed the same way for every frame, and HEIC: upright, in true colours, with their lens."""

import cv2
import numpy as np
import pyexiv2
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.contract.formats import photographs_among
from focal_depth.io.colour import srgb_decode
from focal_depth.io.header import photograph_size
from focal_depth.io.heif import decode_heif
from focal_depth.io.photographs import read_photograph, read_pixels, read_thumbnail
from focal_depth.stack import read_stack
from photographs import dng, heic, quadrants, write_photograph
from PIL import Image
from test_stack_read import TURNS

PICTURE = quadrants(96, 64)
MIDDLES = np.ix_((16, 48), (24, 72))  # of the quadrants
FOCAL_LENGTH = 0.006  # metres


def exif(orientation: int = 1, metres: float = 1) -> bytes:
    """As phones write it beside the turn that libheif itself does."""
    tags = Image.Exif()
    tags[0x0110], tags[0x0112] = "Phone", orientation
    tags.get_ifd(0x8769).update({0x920A: 1000 * FOCAL_LENGTH, 0x9206: metres})
    return tags.tobytes()


def with_lens(raw: bytes, metres: float) -> bytes:
    image = pyexiv2.ImageData(raw)
    distance = f"{round(100 * metres)}/100"
    image.modify_exif({"Exif.Photo.FocalLength": "6/1", "Exif.Photo.SubjectDistance": distance})
    data = image.get_bytes()
    image.close()
    return data


@pytest.mark.parametrize("orientation", [1, 3, 5, 6, 8])
def test_a_raw_file_is_developed_upright(tmp_path, orientation):
    path = tmp_path / "p.dng"
    path.write_bytes(dng(PICTURE, orientation=orientation))
    expected = TURNS[orientation](PICTURE)
    pixels = read_pixels(path)
    assert pixels.dtype == np.uint16 and pixels.shape == expected.shape
    assert photograph_size(path) == expected.shape[1::-1]
    where = MIDDLES if pixels.shape == PICTURE.shape else MIDDLES[::-1]
    middles = np.ix_(*(axis.ravel() for axis in where))
    assert np.abs(pixels[middles] / 257 - expected[middles]).max() < 0.5
    half = read_pixels(path, (expected.shape[1] // 2, expected.shape[0] // 2))
    assert half.shape == (expected.shape[0] // 2, expected.shape[1] // 2, 3)
    thumbnail = read_thumbnail(path, 48)[tuple(axis // 2 for axis in middles)]
    assert np.abs(thumbnail - expected[middles] @ (0.299, 0.587, 0.114)).max() < 2


def test_exposures_of_raw_files_stay_comparable(tmp_path):
    """Neither brightness nor white point are taken from the picture, bright or dark."""
    light = []
    for gain in (1.3, 1.1, 0.25):
        path = tmp_path / f"{gain}.dng"
        path.write_bytes(dng(PICTURE, gain))
        light.append(srgb_decode(read_photograph(path)[MIDDLES]) / gain)
    np.testing.assert_allclose(light[1], light[0], rtol=0.01)
    np.testing.assert_allclose(light[2], light[0], rtol=0.02)


@pytest.mark.parametrize("suffix", [".dng", ".heic"])
def test_a_stack_knows_its_lens(tmp_path, suffix):
    for number, metres in enumerate((2.5, 0.55)):
        data = with_lens(dng(PICTURE), metres) if suffix == ".dng" else heic(PICTURE, exif(1, metres))
        (tmp_path / f"{number}{suffix}").write_bytes(data)
    stack = read_stack([tmp_path])
    assert [frame.focus_distance for frame in stack.frames] == pytest.approx([2.5, 0.55])
    assert stack.reference.focal_length == pytest.approx(FOCAL_LENGTH)


def test_a_camera_that_writes_both_is_read_once(tmp_path):
    for number in range(3):
        write_photograph(tmp_path / f"{number}.jpg", PICTURE)
        (tmp_path / f"{number}.NEF").write_bytes(dng(PICTURE))
    (tmp_path / "3.NEF").write_bytes(dng(PICTURE))
    names = [path.name for path in photographs_among(sorted(tmp_path.iterdir()))]
    assert names == ["0.NEF", "1.NEF", "2.NEF", "3.NEF"]  # which all shots are there as
    (tmp_path / "3.NEF").unlink()
    names = [path.name for path in photographs_among(sorted(tmp_path.iterdir()))]
    assert names == ["0.jpg", "1.jpg", "2.jpg"]
    assert sorted(frame.path.name for frame in read_stack([tmp_path]).frames) == names


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_is_upright(tmp_path, orientation):
    path = tmp_path / "p.heic"
    path.write_bytes(heic(PICTURE, exif(orientation)))
    expected = TURNS[orientation](PICTURE)
    assert photograph_size(path) == expected.shape[1::-1]
    assert np.abs(read_photograph(path) * 255 - expected).mean() < 2
    assert read_pixels(path).dtype == np.uint8
    assert read_thumbnail(path, 32).shape == tuple(side // 3 for side in expected.shape[:2])


@pytest.mark.parametrize("size", [(97, 61), (65, 64), (4001, 2803)])
def test_heic_of_any_size(size):
    """Sides that no block of the codec divides, and a phone's, whose memory is given back at once."""
    soft = cv2.resize(np.random.default_rng(0).integers(0, 255, (3, 3, 3), dtype=np.uint8), size)
    assert np.abs(decode_heif(heic(soft)).astype(int) - soft).mean() < 1.5


def test_heic_of_more_bits_keeps_them(tmp_path):
    ramp = np.linspace(20_000, 24_000, 96 * 64 * 3).reshape(64, 96, 3).astype(np.uint16)
    path = tmp_path / "p.hif"
    path.write_bytes(heic(ramp))
    pixels = read_pixels(path)
    assert pixels.dtype == np.uint16 and len(np.unique(pixels)) > 40  # 16 in eight bits
    assert np.abs(pixels.astype(int) - ramp).mean() < 130  # two steps of ten bits


@pytest.mark.parametrize("name", ["p.dng", "p.nef", "p.heic", "p.hif", "p.cr3"])
def test_no_photograph(tmp_path, name):
    path = tmp_path / name
    for content in (b"", b"II*\0", b"This is no picture. " * 50, bytes(5000)):
        path.write_bytes(content)
        for read in (read_photograph, photograph_size):
            with pytest.raises(InputError, match=name):
                read(path)


def test_a_picture_by_the_name_of_a_raw_file_is_read(tmp_path):
    write_photograph(tmp_path / "p.jpg", PICTURE).rename(tmp_path / "p.nef")
    assert np.abs(read_photograph(tmp_path / "p.nef") * 255 - PICTURE).mean() < 4


def test_a_size_too_large_is_refused_before_memory_is_taken(tmp_path):
    raw = bytearray(dng(PICTURE))
    for tag in (256, 257):
        at = raw.index(tag.to_bytes(2, "little") + b"\4\0\1\0\0\0")
        raw[at + 8 : at + 12] = (60_000).to_bytes(4, "little")
    path = tmp_path / "p.dng"
    path.write_bytes(raw)
    with pytest.raises(InputError, match="than any camera makes"):
        read_photograph(path)
