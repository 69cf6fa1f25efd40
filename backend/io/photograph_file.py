"""Files of photographs as bytes, before anything is decoded: of what kind they are, and whether whole."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..contract.errors import InputError
from ..contract.formats import RAW_EXTENSIONS, locate
from ..contract.limits import MAX_FILE_BYTES, MAX_SCANS, read_whole

T = TypeVar("T")
EXR_MAGIC, JPEG_MAGIC, PNG_MAGIC = b"\x76\x2f\x31\x01", b"\xff\xd8\xff", b"\x89PNG"
TIFF_MAGICS = b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"  # the latter two of BigTIFF
BMP_MAGIC = b"BM"
JPEG_SCAN, JPEG_END = b"\xff\xda", b"\xff\xd9"
JPEG_MARKER = re.compile(rb"\xff[^\x00\xff]")
JPEG_SEGMENT = re.compile(rb"\xff[\x02-\xcf\xd9-\xfe]")  # of those markers that are followed by a length
START_BYTES = 64  # enough to recognise the kind of a file
DAMAGE = (EOFError, IndexError, OSError, RuntimeError, SyntaxError, ValueError)  # what decoders raise of it


def read_file(path: Path) -> bytes:
    """Read a photograph's file, whole as far as that shows without decoding.

    Raises
    ------
    InputError
        Where it is missing, cannot be read, is too large or is cut short.
    """
    try:
        data = read_whole(locate(path)[0], MAX_FILE_BYTES)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; check the path") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check its permissions") from None
    if not _is_whole(data):
        raise damaged(path)
    if _count_scans(data) > MAX_SCANS:
        raise InputError(f"{path} is stored in more than {MAX_SCANS} passes; save it as an ordinary JPEG")
    return data


def read_start(path: Path) -> bytes:
    """Read the first bytes of a photograph, which show its kind. Raises InputError as `read_file` does."""
    try:
        with locate(path)[0].open("rb") as file:
            return file.read(START_BYTES)
    except OSError:
        return read_file(path)  # which explains what is wrong


def without_scans(data: bytes) -> bytes:
    """Return what stands before a JPEG's pixels, where Exiv2 looks for metadata; other files as they are."""
    scan = _find_scan(data) if data.startswith(JPEG_MAGIC) else -1
    return data if scan < 0 else data[:scan]


def is_raw(path: Path, data: bytes) -> bool:
    """Whether a file is a camera's raw file: by its name, unless it begins as none does."""
    return path.suffix.lower() in RAW_EXTENSIONS and not data.startswith((JPEG_MAGIC, PNG_MAGIC, EXR_MAGIC))


def is_picture(data: bytes) -> bool:
    """Whether a file that starts with `data` is a PNG, TIFF or BMP, whatever its name."""
    return data.startswith((PNG_MAGIC, BMP_MAGIC, *TIFF_MAGICS))


def decode_with(path: Path, decoder: Callable[[], T]) -> T:
    """Return what a decoder makes of a file.

    Raises
    ------
    InputError
        Where the decoder finds damage.
    """
    try:
        return decoder()
    except DAMAGE:
        raise damaged(path) from None


def damaged(path: Path) -> InputError:
    """Return the error for a file that is damaged or cut short."""
    return InputError(f"{path} is damaged or cut short; copy it from the camera again")


def not_readable(path: Path) -> InputError:
    """Return the error for a file that holds no picture of a kind that is read."""
    return InputError(
        f"{path} is not a photograph that can be read; give JPEG, PNG, TIFF, WebP, BMP, HEIC, EXR or raw "
        "files"
    )


def _is_whole(data: bytes) -> bool:
    if data.startswith(JPEG_MAGIC):
        return _has_jpeg_end(data)
    return not data.startswith(PNG_MAGIC) or b"IEND" in data[-1024:]


def _has_jpeg_end(data: bytes) -> bool:
    """Whether the picture has its end-of-image marker; an embedded thumbnail has one of its own."""
    scan = _find_scan(data)
    return scan >= 0 and data.rfind(JPEG_END, scan) >= 0  # from behind, where it is


def _find_scan(data: bytes) -> int:
    """Return where a JPEG's first scan begins, -1 where there is none.

    Segments before it are skipped with all that is in them (JPEG, ITU T.81, annex B), and so are bytes that
    stand between segments, as every decoder does.
    """
    at = 2
    while marker := JPEG_MARKER.search(data, at):
        if marker[0] == JPEG_SCAN:
            return marker.start()
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    return -1


def _count_scans(data: bytes) -> int:
    """How many times a JPEG goes over its pixels; 0 of others."""
    if not data.startswith(JPEG_MAGIC) or _count_pairs(data, JPEG_SCAN) <= MAX_SCANS:
        return 0  # the files of all cameras, which need not be searched byte by byte
    at = scans = 0
    while marker := JPEG_SEGMENT.search(data, at):
        if marker[0] == JPEG_END:
            break
        scans += marker[0] == JPEG_SCAN
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    return scans


def _count_pairs(data: bytes, pair: bytes) -> int:
    """How often two bytes stand next to each other: six times as fast as `bytes.count`, for long data."""
    (number,) = np.frombuffer(pair, np.uint16)
    shifted = (memoryview(data)[start:] for start in (0, 1))
    return sum(np.count_nonzero(np.frombuffer(each, np.uint16, len(each) // 2) == number) for each in shifted)
