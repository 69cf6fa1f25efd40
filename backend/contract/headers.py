"""How large pictures claim to be, by their headers: a few bytes can claim gigabytes.

For a program that is about to hand a PNG, a JPEG or an EXR to somebody else's decoder.
"""

import errno
import struct
from pathlib import Path
from typing import Any, BinaryIO

from .limits import holds_pixels, is_plausible_size

PNG, PNG_HEADER = b"\x89PNG\r\n\x1a\n", b"\0\0\0\rIHDR"
EXR = struct.pack("<II", 20000630, 2)  # of one part, with names as short as those of a result
MAX_ATTRIBUTES, MAX_ATTRIBUTE = 100, 2**20  # of an EXR; bytes
JPEG = b"\xff\xd8"
FRAME_HEADERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # SOF of every process (ITU-T T.81, table B.1)
MAX_SEGMENTS = 1000  # of a JPEG, before its frame header


def check_header(path: Path) -> None:
    """Refuse a picture whose header claims too much.

    Raises
    ------
    OSError
        Where the file cannot be read.
    ValueError
        Where it is no PNG, JPEG or EXR, or claims more pixels than any photograph has or its bytes can hold.
    """
    if not path.is_file():  # to open a pipe would wait for ever
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    with path.open("rb") as file:
        start = file.read(8)
        if start == PNG:
            width, height = _png_size(file)
        elif start == EXR:
            width, height = _exr_size(file)
        elif start.startswith(JPEG):
            file.seek(len(JPEG))
            width, height = _jpeg_size(file)
        else:
            raise ValueError("neither PNG nor JPEG nor EXR")
    if not is_plausible_size(width, height):
        raise ValueError("no size of a photograph")
    if not holds_pixels(path.stat().st_size, width * height):
        raise ValueError("too few bytes for a photograph")


def _png_size(file: BinaryIO) -> tuple[int, int]:
    """ISO/IEC 15948: IHDR comes first."""
    if file.read(8) != PNG_HEADER:
        raise ValueError("no header")
    return _unpacked(file, ">II")


def _jpeg_size(file: BinaryIO) -> tuple[int, int]:
    """Of the frame header, which follows other segments: marker, length, content (ITU-T T.81, B.2.2)."""
    for _ in range(MAX_SEGMENTS):
        start, marker, length = _unpacked(file, ">BBH")
        if start != 0xFF or length < 2:
            break
        if marker in FRAME_HEADERS:
            _, height, width = _unpacked(file, ">BHH")
            return width, height
        file.seek(length - 2, 1)
    raise ValueError("no frame header")


def _exr_size(file: BinaryIO) -> tuple[int, int]:
    """Of the data window, which is among the attributes: name, type, size, value."""
    for _ in range(MAX_ATTRIBUTES):
        name, kind = _word(file), _word(file)
        (size,) = _unpacked(file, "<I")
        if (name, kind) == (b"dataWindow", b"box2i"):
            left, top, right, bottom = _unpacked(file, "<4i")
            return right - left + 1, bottom - top + 1
        if size > MAX_ATTRIBUTE:
            break
        file.seek(size, 1)
    raise ValueError("no data window")


def _word(file: BinaryIO) -> bytes:
    """Up to the zero that ends it; 31 bytes are the most (OpenEXR, "Attribute names")."""
    word = b""
    while (letter := file.read(1)) != b"\0":
        word += letter
        if not letter or len(word) > 31:
            raise ValueError("a name without end")
    return word


def _unpacked(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    data = file.read(struct.calcsize(layout))
    if len(data) < struct.calcsize(layout):
        raise ValueError("cut short")
    return struct.unpack(layout, data)
