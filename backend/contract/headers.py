"""How large pictures claim to be, by their headers: a few bytes can claim gigabytes.

For a program that is about to hand a PNG or EXR to somebody else's decoder.
"""

import errno
import struct
from pathlib import Path
from typing import Any, BinaryIO

from .limits import holds_pixels, is_plausible_size

PNG, PNG_HEADER = b"\x89PNG\r\n\x1a\n", b"\0\0\0\rIHDR"
EXR = struct.pack("<II", 20000630, 2)  # of one part, with names as short as those of a result
MAX_ATTRIBUTES, MAX_ATTRIBUTE = 100, 2**20  # of an EXR; bytes


def check_header(path: Path) -> None:
    """Refuse a picture whose header claims too much.

    Raises
    ------
    OSError
        Where the file cannot be read.
    ValueError
        Where it is no PNG or EXR, or claims more pixels than any photograph has, or than its bytes can hold.
    """
    if not path.is_file():  # to open a pipe would wait for ever
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    with path.open("rb") as file:
        start = file.read(8)
        if start == PNG:
            width, height = _png_size(file)
        elif start == EXR:
            width, height = _exr_size(file)
        else:
            raise ValueError("neither PNG nor EXR")
    if not is_plausible_size(width, height):
        raise ValueError("no size of a photograph")
    if not holds_pixels(path.stat().st_size, width * height):
        raise ValueError("too few bytes for a photograph")


def _png_size(file: BinaryIO) -> tuple[int, int]:
    """ISO/IEC 15948: IHDR comes first."""
    if file.read(8) != PNG_HEADER:
        raise ValueError("no header")
    return _unpacked(file, ">II")


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
