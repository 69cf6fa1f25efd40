"""Tags that a camera writes into the tracks of a MOV or MP4, which FFmpeg does not hand on.

Apple's QuickTime File Format, "Metadata": an atom `meta` whose `keys` has names and whose `ilst` has values.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MOST_BYTES = 2**24  # of the atom `moov`: that of two minutes has some hundred thousand
MOST_ATOMS = 10_000
HEADER = 8  # bytes of an atom's size and name
TEXT, SIGNED, UNSIGNED, FLOAT, DOUBLE = 1, 21, 22, 23, 24  # types of values


def read_track_tags(path: Path) -> dict[str, str]:
    """Return the tags of a clip's tracks as text; those of files of other kinds, and damaged ones, are none.

    Raises
    ------
    OSError
        Where the file cannot be read.
    """
    with path.open("rb") as file:
        moov = _read_moov(file)
    tags: dict[str, str] = {}
    for track in _named(moov, b"trak"):
        for meta in _named(track, b"meta"):
            tags |= _tags(meta)
    return tags


def _read_moov(file: BinaryIO) -> bytes:
    """The content of the file's atom `moov`; none of it where the file has none."""
    for _ in range(MOST_ATOMS):
        header = file.read(HEADER)
        if len(header) < HEADER:
            return b""
        size, name = struct.unpack(">I4s", header)
        content = size - HEADER
        if size == 1:  # the size follows, in 64 bits
            content = int.from_bytes(file.read(8), "big") - 2 * HEADER
        if content < 0:
            return b""
        if name == b"moov":
            return file.read(content) if content <= MOST_BYTES else b""
        file.seek(content, 1)
    return b""


def _atoms(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of the atoms in `data`, up to the first that is damaged."""
    at = 0
    while at + HEADER <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if size < HEADER or at + size > len(data):
            return
        yield name, data[at + HEADER : at + size]
        at += size


def _named(data: bytes, wanted: bytes) -> Iterator[bytes]:
    return (content for name, content in _atoms(data) if name == wanted)


def _tags(meta: bytes) -> dict[str, str]:
    parts = dict(_atoms(meta))
    if b"keys" not in parts:  # ISO's own begins with a version
        parts = dict(_atoms(meta[4:]))
    names = [content.decode("utf-8", "replace") for _, content in _atoms(parts.get(b"keys", b"")[8:])]
    tags = {}
    for number, item in _atoms(parts.get(b"ilst", b"")):
        index = int.from_bytes(number, "big") - 1
        value = next((_value(data) for data in _named(item, b"data")), None)
        if value is not None and 0 <= index < len(names):
            tags[names[index]] = value
    return tags


def _value(data: bytes) -> str | None:
    """Of its type in four bytes, a locale in four, and the value."""
    kind, value = int.from_bytes(data[:4], "big"), data[8:]
    if kind == TEXT:
        return value.decode("utf-8", "replace")
    if kind in (SIGNED, UNSIGNED):
        return str(int.from_bytes(value, "big", signed=kind == SIGNED)) if len(value) <= 8 else None
    layout = {(FLOAT, 4): ">f", (DOUBLE, 8): ">d"}.get((kind, len(value)))
    return f"{struct.unpack(layout, value)[0]:g}" if layout else None
