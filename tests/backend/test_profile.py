"""Colours of wide gamuts come out as sRGB: against Little CMS, which is another's code."""

import io
import struct

import cv2
import numpy as np
import pytest
from focal_depth.io.colour_profile import ADOBE_RGB_TO_XYZ, SRGB_TO_XYZ, read_profile, to_srgb
from focal_depth.io.header import read_header
from focal_depth.io.photographs import read_photograph_at, read_pixels
from photographs import heic, quadrants, write_photograph
from PIL import Image, ImageCms

# B. Lindbloom's way with the primaries of SMPTE RP 431-2 and D65, adapted to D50: Display P3.
P3_TO_XYZ = np.array(
    [[0.5151187, 0.2919778, 0.1571035], [0.2411892, 0.6922441, 0.0665668], [-0.0010505, 0.0418791, 0.7840713]]
)
SRGB = ImageCms.createProfile("sRGB")


def fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(65536 * number) for number in numbers))


SRGB_CURVE = b"para\0\0\0\0\0\3\0\0" + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
CURVES = {
    "formula": SRGB_CURVE,
    "power": b"curv\0\0\0\0" + struct.pack(">IH", 1, 563),
    "parametric power": b"para\0\0\0\0\0\0\0\0" + fixed(1.8),
    "straight": b"curv\0\0\0\0" + bytes(4),
    "table": b"curv\0\0\0\0"
    + struct.pack(">I500H", 500, *(round(65535 * (i / 499) ** 2) for i in range(500))),
}


def profile(matrix: np.ndarray = P3_TO_XYZ, curve: bytes = SRGB_CURVE) -> bytes:
    """An ICC profile of version 2.4, with a matrix to XYZ and one curve."""
    tags = {
        name: b"XYZ \0\0\0\0" + fixed(*matrix[:, i]) for i, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))
    }
    tags |= {b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249), b"cprt": b"text\0\0\0\0none"}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(81)
    at, directory, content = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        directory += name + struct.pack(">II", at + len(content), len(value))
        content += value + bytes(-len(value) % 4)
    head = struct.pack(">I4xI", at + len(content), 0x02400000) + b"mntrRGB XYZ " + bytes(12) + b"acsp"
    return head.ljust(68, b"\0") + fixed(0.9642, 1, 0.8249) + bytes(48) + directory + content


def little_cms(picture: np.ndarray, icc: bytes) -> np.ndarray:
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    return np.asarray(
        ImageCms.profileToProfile(Image.fromarray(picture), io.BytesIO(icc), SRGB, renderingIntent=intent)
    )


@pytest.fixture(scope="module")
def colours() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)


@pytest.mark.parametrize("matrix", [P3_TO_XYZ, ADOBE_RGB_TO_XYZ], ids=["Display P3", "Adobe RGB"])
@pytest.mark.parametrize("curve", CURVES)
def test_colours_are_little_cmss(colours, matrix, curve):
    icc = profile(matrix, CURVES[curve])
    conversion, expected = read_profile(icc), little_cms(colours, icc)
    assert np.abs(expected.astype(int) - colours).mean() > 5
    difference = np.abs(to_srgb(colours, conversion).astype(int) - expected)
    assert difference.max() <= 2 and difference.mean() < 0.1
    deep = to_srgb(np.uint16(colours) * 257, conversion) / 257
    assert np.abs(deep - to_srgb(colours, conversion)).max() <= 0.51


@pytest.mark.parametrize("icc", [ImageCms.ImageCmsProfile(SRGB).tobytes(), profile(SRGB_TO_XYZ)])
def test_srgbs_own_profile_changes_nothing(colours, icc):
    assert read_profile(icc) is None
    assert to_srgb(colours, None) is colours


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".heic"])
def test_files_of_a_wide_gamut(tmp_path, suffix):
    """What phones write: the same colours as the picture would have in sRGB, at any size."""
    icc, picture, path = profile(), cv2.resize(quadrants(), (480, 320)), tmp_path / f"p{suffix}"
    if suffix == ".heic":
        path.write_bytes(heic(picture, profile=icc))
    else:
        Image.fromarray(picture).save(path, quality=95, icc_profile=icc)
    expected = little_cms(picture, icc)
    assert np.abs(expected.astype(int) - picture).max() > 20
    middles = np.ix_((80, 240), (120, 360))
    assert np.abs(read_pixels(path)[middles].astype(int) - expected[middles]).max() <= 4
    small = 255 * read_photograph_at(path, (60, 40))
    assert np.abs(small[10::20, 15::30] - expected[middles]).max() <= 4


def test_adobe_rgb_that_only_exif_tells(tmp_path, colours):
    """As cameras write it (DCF 2.0); R98 is sRGB."""
    icc = profile(ADOBE_RGB_TO_XYZ, CURVES["power"])
    for index, expected in (("R03", little_cms(colours, icc)), ("R98", colours)):
        tags = {"Exif.Iop.InteroperabilityIndex": index, "Exif.Photo.ColorSpace": 65535}
        path = write_photograph(tmp_path / f"{index}.png", colours, tags)
        assert np.abs(read_pixels(path).astype(int) - expected).max() <= 2


def test_a_damaged_profile_is_as_none(tmp_path):
    """Cut anywhere, or with any byte changed: never an error."""
    whole, random = profile(), np.random.default_rng(1)
    for length in range(len(whole)):
        read_profile(whole[:length])
    for _ in range(2000):
        spoilt = bytearray(whole)
        spoilt[random.integers(len(whole))] = random.integers(256)
        conversion = read_profile(bytes(spoilt))
        assert to_srgb(quadrants(), conversion).shape == (32, 48, 3)
    path = tmp_path / "p.jpg"
    Image.fromarray(quadrants()).save(path, icc_profile=whole[:200])
    assert read_header(path).colours is None
