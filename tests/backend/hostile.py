"""Files as somebody would make them who wants to harm: headers that claim too much, and bombs."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from photographs import quadrants
from PIL import Image

HUGE = 60_000


def png(width: int, height: int, *chunks: tuple[bytes, bytes], pixels: bytes = b"") -> bytes:
    """An RGB PNG with these chunks before its pixels, which may be of any other size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", pixels or zlib.compress(bytes(100))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(size: int) -> bytes:
    """So many zeros, deflated to a thousandth."""
    deflater = zlib.compressobj(9)
    return b"".join(deflater.compress(bytes(1 << 20)) for _ in range(size >> 20)) + deflater.flush()


def jpeg(width: int, height: int) -> bytes:
    data = bytearray(_encoded(".jpg"))
    start = data.find(b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_of_many_passes(passes: int, side: int) -> bytes:
    """A progressive JPEG whose empty passes take few bytes and as much time as whole pictures (the attack of
    libjpeg-turbo's advisory on progressive images)."""
    data = _encoded(".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, picture=np.zeros((64, 64), np.uint8))
    start = data.find(b"\xff\xc2")
    data = data[: start + 5] + struct.pack(">HH", side, side) + data[start + 9 :]
    table = (
        b"\xff\xc4" + struct.pack(">H", 20) + bytes([0x10, 1, *[0] * 15, 0xE0])
    )  # one code: 2^14 blocks end
    scan = b"\xff\xda" + struct.pack(">H", 8) + bytes([1, 1, 0x10, 1, 63, 0])
    bits = ("0" + "1" * 14) * ((side // 8) ** 2 // 32767 + 1)
    bits += "1" * (-len(bits) % 8)
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return data[: data.find(b"\xff\xda")] + table + (scan + packed) * passes + b"\xff\xd9"


def tiff(width: int, height: int, bits: int = 8, kind: int = 1, channels: int = 3) -> bytes:
    """`kind` is 1 for whole numbers and 3 for floats (TIFF 6.0, SampleFormat)."""
    short, long = 3, 4
    entries = [(256, long, width), (257, long, height), (258, short, bits), (259, short, 1), (262, short, 2)]
    entries += [
        (273, long, 8),
        (277, short, channels),
        (278, long, height),
        (279, long, 100),
        (339, short, kind),
    ]
    directory = b"".join(struct.pack("<HHII", tag, type_, 1, value) for tag, type_, value in entries)
    count = struct.pack("<H", len(entries))
    return b"II*\0" + struct.pack("<I", 108) + bytes(100) + count + directory + bytes(4)


def webp(width: int, height: int) -> bytes:
    """An animation, whose canvas may be larger than its frames."""
    buffer = io.BytesIO()
    Image.fromarray(quadrants()).save(buffer, "WEBP", lossless=True)
    canvas = b"\x02\0\0\0" + _three(width - 1) + _three(height - 1)
    frame = bytes(6) + _three(47) + _three(31) + _three(100) + b"\0" + buffer.getvalue()[12:]
    parts = ((b"VP8X", canvas), (b"ANIM", bytes(6)), (b"ANMF", frame))
    body = b"WEBP" + b"".join(name + struct.pack("<I", len(data)) + data for name, data in parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")


def exr(path: Path, width: int, height: int) -> bytes:
    """By way of a file at `path`."""
    import OpenEXR

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"RGB": np.ones((32, 48, 3), np.float32)}).write(str(path))
    small, large = (struct.pack("<4i", 0, 0, *opposite) for opposite in ((47, 31), (width - 1, height - 1)))
    return path.read_bytes().replace(small, large)


def pictures(folder: Path) -> dict[str, Callable[[], bytes]]:
    """Makers of pictures by file name, all of which take more memory than is told, or claim to."""
    text = zlib.compress(bytes(32 * (48 * 3 + 1)))
    return {
        "huge.png": lambda: png(HUGE, HUGE),
        "largest.png": lambda: png(2**31 - 1, 2**31 - 1),
        "long.png": lambda: png(2**28, 1),
        "bomb.png": lambda: png(12_000, 12_000, pixels=bomb(12_000 * 36_001)),
        "text_bomb.png": lambda: png(48, 32, (b"zTXt", b"k\0\0" + bomb(1 << 28)), pixels=text),
        "profile_bomb.png": lambda: png(48, 32, (b"iCCP", b"k\0\0" + bomb(1 << 28)), pixels=text),
        "xmp_bomb.png": lambda: png(
            48, 32, (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb(1 << 28)), pixels=text
        ),
        "exif_bomb.png": lambda: png(
            48, 32, (b"zTXt", b"Raw profile type exif\0\0" + bomb(1 << 28)), pixels=text
        ),
        "huge.jpg": lambda: jpeg(HUGE, HUGE),
        "largest.jpg": lambda: jpeg(65_500, 65_500),
        "empty.jpg": lambda: jpeg(20_000, 20_000),
        "passes.jpg": lambda: jpeg_of_many_passes(20_000, 3_000),
        "huge.tif": lambda: tiff(HUGE, HUGE),
        "huge_floats.tif": lambda: tiff(HUGE, HUGE, bits=32, kind=3),
        "floats.tif": lambda: tiff(30_000, 30_000, bits=32, kind=3),
        "largest.tif": lambda: tiff(2**32 - 1, 2**32 - 1),
        "channels.tif": lambda: tiff(1000, 1000, channels=65_535),
        "huge.webp": lambda: webp(HUGE, HUGE),
        "large.webp": lambda: webp(30_000, 30_000),
        "largest.webp": lambda: webp(2**24, 2**24),
        "huge.exr": lambda: exr(folder / "made.exr", HUGE, HUGE),
        "largest.exr": lambda: exr(folder / "made.exr", 2**30, 2**30),
        "tall.exr": lambda: exr(folder / "made.exr", 1, 2**28),
    }


def _encoded(suffix: str, *flags: int, picture: np.ndarray | None = None) -> bytes:
    options = [each for flag in flags for each in (flag, 1)]
    return cv2.imencode(suffix, quadrants() if picture is None else picture, options)[1].tobytes()
