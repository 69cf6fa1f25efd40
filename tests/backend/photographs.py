"""Photographs the tests make themselves, with the tags real cameras write; and the shared real ones."""

import io
import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import pyexiv2
import pytest
from focal_depth.io.colour import srgb_decode

PROJECT = Path(__file__).resolve().parents[2]
STACKS = Path(os.environ.get("FOCAL_DEPTH_DATA", PROJECT.parent / "shared")) / "stacks"
NIKON_SCENES = ("nikon_d3100_scene2", "nikon_d3100_scene5", "nikon_d3100_scene6")


def shared_stack(name: str) -> Path:
    """A real stack's folder; skips the test where the shared data is missing."""
    folder = STACKS / name
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}")
    return folder


def quadrants(width: int = 48, height: int = 32) -> np.ndarray:
    """(H, W, 3) uint8 RGB: every corner another colour, so that no turn or mirror goes unseen."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = 200, 30, 30
    picture[: height // 2, width // 2 :] = 30, 200, 30
    picture[height // 2 :, : width // 2] = 30, 30, 200
    picture[height // 2 :, width // 2 :] = 220, 220, 220
    return picture


def write_photograph(
    path: Path,
    picture: np.ndarray | None = None,
    exif: Mapping[str, object] | None = None,
    xmp: Mapping[str, object] | None = None,
) -> Path:
    """Write an RGB picture as its suffix says, with tags by their Exiv2 names."""
    picture = quadrants() if picture is None else picture
    data = cv2.imencode(path.suffix, picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()
    if exif or xmp:
        image = pyexiv2.ImageData(data)
        image.modify_exif({name: str(value) for name, value in (exif or {}).items()})
        image.modify_xmp({name: str(value) for name, value in (xmp or {}).items()})
        data = image.get_bytes()
        image.close()
    path.write_bytes(data)
    return path


# Linear sRGB of D65 to the "camera" of `dng` and back: the camera sees sRGB's own primaries.
XYZ_TO_SRGB = (
    3.2404542,
    -1.5371385,
    -0.4985314,
    -0.9692660,
    1.8760108,
    0.0415560,
    0.0556434,
    -0.2040259,
    1.0572252,
)
CAMERA_WHITE, NEUTRAL = 60000, (0.5, 1.0, 0.7)  # full scale, and what white leaves in red, green and blue


def dng(picture: np.ndarray, gain: float = 1.0, orientation: int = 1) -> bytes:
    """A raw file (DNG 1.4) of a sensor that saw an RGB picture of 8 bits, `gain` times as bright."""
    light = srgb_decode(picture / 255) * gain * NEUTRAL * CAMERA_WHITE
    cells = light[..., 1].copy()
    cells[::2, ::2], cells[1::2, 1::2] = light[::2, ::2, 0], light[1::2, 1::2, 2]
    height, width = cells.shape

    def pack(kind: str, *values: int) -> bytes:
        return struct.pack(f"<{len(values)}{kind}", *values)

    def ratios(kind: str, values: Sequence[float]) -> bytes:
        return b"".join(pack(kind, round(10_000 * value), 10_000) for value in values)

    tags = {  # number: TIFF's type, size of one in bytes, values
        254: (4, 4, pack("I", 0)),
        256: (4, 4, pack("I", width)),
        257: (4, 4, pack("I", height)),
        258: (3, 2, pack("H", 16)),  # bits
        259: (3, 2, pack("H", 1)),  # not compressed
        262: (3, 2, pack("H", 32803)),  # colour filters
        271: (2, 1, b"Focal\0"),
        272: (2, 1, b"Depth\0"),
        273: (4, 4, bytes(4)),  # where the cells begin
        274: (3, 2, pack("H", orientation)),
        277: (3, 2, pack("H", 1)),
        278: (4, 4, pack("I", height)),
        279: (4, 4, pack("I", 2 * cells.size)),
        33421: (3, 2, pack("H", 2, 2)),
        33422: (1, 1, bytes((0, 1, 1, 2))),
        50706: (1, 1, bytes((1, 4, 0, 0))),
        50708: (2, 1, b"Focal Depth\0"),
        50717: (4, 4, pack("I", CAMERA_WHITE)),
        50721: (10, 8, ratios("i", XYZ_TO_SRGB)),
        50728: (5, 8, ratios("I", NEUTRAL)),
        50778: (3, 2, pack("H", 21)),  # D65
    }
    beside = 8 + 2 + 12 * len(tags) + 4
    begin = beside + sum(len(values) for *_, values in tags.values() if len(values) > 4)
    tags[273] = (4, 4, pack("I", begin))
    directory = long = b""
    for number, (kind, size, values) in tags.items():
        directory += struct.pack("<HHI", number, kind, len(values) // size)
        directory += values.ljust(4, b"\0") if len(values) <= 4 else pack("I", beside + len(long))
        long += values if len(values) > 4 else b""
    head = b"II*\0" + pack("I", 8) + pack("H", len(tags)) + directory + bytes(4)
    return head + long + np.uint16(cells).tobytes()


def heic(picture: np.ndarray, exif: bytes | None = None, profile: bytes | None = None) -> bytes:
    """A picture of 8 or 16 bits (10 are kept) as phones write it."""
    import pillow_heif

    mode = "RGB;16" if picture.dtype == np.uint16 else "RGB"
    image = pillow_heif.from_bytes(mode, picture.shape[1::-1], picture.tobytes())
    image.info.update({"icc_profile": profile, "icc_profile_type": "prof"} if profile else {})
    file = io.BytesIO()
    image.save(file, quality=90, chroma=444, exif=exif, enc_params={"preset": "ultrafast"})
    return file.getvalue()


def write_stack(folder: Path, distances: Sequence[str | None], **lens: object) -> list[Path]:
    """Photographs IMG_1.jpg and on with EXIF SubjectDistance ('5/10'); None writes no distance."""
    folder.mkdir(exist_ok=True)
    exif = {f"Exif.Photo.{tag}": value for tag, value in lens.items()}
    return [
        write_photograph(
            folder / f"IMG_{i}.jpg",
            exif=exif | ({"Exif.Photo.SubjectDistance": distance} if distance else {}),
        )
        for i, distance in enumerate(distances, 1)
    ]


def write_slanted(folder: Path, size: tuple[int, int] = (160, 112)) -> Path:
    """A folder of three PNGs, 0.png the farthest, of a slanted texture; they hold no metadata."""
    random = np.random.default_rng(2)
    texture = cv2.resize(random.random((56, 80, 3), np.float32), size)
    share = np.linspace(0, 1, size[0], dtype=np.float32)[None, :, None]
    folder.mkdir(parents=True)
    for index in range(3):
        far, near = (cv2.GaussianBlur(texture, (0, 0), 0.4 + 2 * abs(index - side)) for side in (0, 2))
        write_photograph(folder / f"{index}.png", (255 * (far * (1 - share) + near * share)).astype(np.uint8))
    return folder
