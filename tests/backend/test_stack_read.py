"""Decoding: every format, depth and orientation comes out as upright RGB float32."""

import cv2
import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.io.colour import srgb_encode
from focal_depth.io.header import photograph_size
from focal_depth.io.photographs import read_photograph, read_photograph_at, read_thumbnail
from photographs import quadrants, shared_stack, write_photograph
from PIL import Image

# What a viewer sees (EXIF 2.3, table 6) against how the file stores it.
TURNS = {
    1: lambda p: p,
    2: np.fliplr,
    3: lambda p: np.rot90(p, 2),
    4: np.flipud,
    5: lambda p: p.swapaxes(0, 1),
    6: lambda p: np.rot90(p, -1),
    7: lambda p: np.rot90(p, 2).swapaxes(0, 1),
    8: np.rot90,
}


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
@pytest.mark.parametrize("orientation", TURNS)
def test_orientation(tmp_path, suffix, orientation):
    path = write_photograph(tmp_path / f"p{suffix}", exif={"Exif.Image.Orientation": orientation})
    expected = TURNS[orientation](quadrants())
    read = read_photograph(path)
    assert read.shape == expected.shape
    assert photograph_size(path) == (expected.shape[1], expected.shape[0])
    assert np.abs(read * 255 - expected).mean() < 6
    assert np.abs(read_thumbnail(path, 32) / 255 - _grey(expected, 32)).mean() < 0.05


def _grey(picture, side):
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    scale = side / max(grey.shape)
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) / 255


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_sixteen_bits_keep_their_precision(tmp_path, suffix, orientation):
    ramp = np.arange(30 * 40 * 3, dtype=np.uint16).reshape(30, 40, 3) + 1000
    path = write_photograph(tmp_path / f"p{suffix}", ramp, {"Exif.Image.Orientation": orientation})
    expected = TURNS[orientation](ramp) / 65535
    np.testing.assert_allclose(read_photograph(path), expected, rtol=1e-6)


def test_exr_is_encoded_and_keeps_highlights(tmp_path):
    import OpenEXR

    linear = np.linspace(0, 4, 20 * 30 * 3, dtype=np.float32).reshape(20, 30, 3)
    path = tmp_path / "p.exr"
    OpenEXR.File({"type": OpenEXR.scanlineimage}, {"RGB": linear}).write(str(path))
    np.testing.assert_allclose(read_photograph(path), srgb_encode(linear), rtol=1e-6)
    assert read_photograph(path).max() > 1
    assert photograph_size(path) == (30, 20)


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [
        *(("." + suffix, mode) for suffix in ("png", "tif") for mode in ("L", "LA", "RGBA", "P", "1")),
        (".tif", "CMYK"),
        (".jpg", "CMYK"),
        (".jpg", "L"),
        (".gif", "P"),  # which OpenCV leaves to Pillow
    ],
)
def test_other_kinds_of_pixels_become_rgb(tmp_path, mode, suffix):
    picture = Image.fromarray(quadrants()).convert("L" if mode == "1" else "RGB").convert(mode)
    path = tmp_path / f"p{suffix}"
    picture.save(path)
    read = read_photograph(path)
    assert read.shape == (32, 48, 3) and read.dtype == np.float32
    tolerance = 12 if suffix == ".jpg" else 2
    assert np.abs(read * 255 - np.asarray(Image.open(path).convert("RGB"))).mean() < tolerance


def test_paths_beyond_ascii(tmp_path):
    path = write_photograph(tmp_path / "Fokus näher 近.jpg")
    assert read_photograph(path).shape == (32, 48, 3)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp", ".exr"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.97])
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow says it too
def test_a_file_cut_short(tmp_path, suffix, share):
    path = tmp_path / f"p{suffix}"
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    if suffix == ".exr":
        import OpenEXR

        OpenEXR.File({}, {"RGB": np.float32(noise)}).write(str(path))
    else:
        write_photograph(path, noise)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError, match=r"p\.\w+ is damaged or cut short; copy"):
        read_photograph(path)


def test_a_jpeg_cut_short_behind_its_own_thumbnail(tmp_path):
    """The thumbnail's end marker is not the picture's."""
    source = shared_stack("nikon_d3100_scene2") / "DSC_0001.JPG"
    path = tmp_path / "cut.jpg"
    path.write_bytes(source.read_bytes()[:900_000])
    with pytest.raises(InputError, match="cut short"):
        read_photograph(path)
    assert read_photograph(source).shape == (1536, 2304, 3)


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("text.jpg", b"This is no picture. " * 50, "give JPEG, PNG, TIFF"),
        ("empty.jpg", b"", "give JPEG, PNG, TIFF"),
        ("raw.NEF", b"This is no picture. " * 50, "develop it to a 16-bit TIFF"),
        ("missing.jpg", None, "check the path"),
    ],
)
def test_no_photograph(tmp_path, name, content, remedy):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    for read in (read_photograph, photograph_size):
        with pytest.raises(InputError, match=remedy) as error:
            read(path)
        assert name in str(error.value)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("shrink", [1, 1.7, 3, 9])
def test_a_working_photograph_is_the_photograph_averaged(tmp_path, suffix, orientation, shrink):
    """JPEGs are decoded at a fraction of their size, which must not show."""
    random = np.random.default_rng(0)
    soft = cv2.resize(random.random((6, 8, 3), np.float32), (640, 480), interpolation=cv2.INTER_CUBIC)
    pixels = np.uint8(255 * np.clip(soft, 0, 1))
    path = write_photograph(tmp_path / f"p{suffix}", pixels, exif={"Exif.Image.Orientation": orientation})
    whole = read_photograph(path)
    size = round(whole.shape[1] / shrink), round(whole.shape[0] / shrink)
    expected = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    read = read_photograph_at(path, size)
    assert read.shape == expected.shape
    assert read.dtype == np.float32
    assert np.abs(read - expected).max() < 0.03
    assert np.abs(read - expected).mean() < 0.004
