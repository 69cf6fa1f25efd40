"""Focus distances from makers' private tags, as Exiv2 names them. None where a tag says nothing.

Formulas: photographs.md, after exiftool's tables.
"""

import math
import struct
from collections.abc import Mapping
from fractions import Fraction

NIKON_F_STEP = 10 ** (1 / 40) - 1  # neighbouring values of the 8-bit code differ by this share
CANON_INFINITY = 65535
OLYMPUS_INFINITY = 0xFFFFFFFF
APPLE_HEADER = b"Apple iOS\0"
APPLE_FOCUS_RANGE = 0x000C
TIFF_SIGNED_RATIONAL = 10


def maker_distance(tags: Mapping[str, str]) -> tuple[float, float] | None:
    """(focus distance in metres, relative step of the code it is stored in; 0 where it is fine)."""
    distance = _nikon_z(tags) or _olympus(tags)
    if distance:
        return distance, 0.0
    distance = _nikon_f(tags)
    return (distance, NIKON_F_STEP) if distance else None


def maker_range(tags: Mapping[str, str]) -> float | None:
    """Focus distance in metres from makers who give a range, its middle in dioptres."""
    return _canon(tags) or _apple(tags)


def _code(tags: Mapping[str, str], *names: str) -> int:
    """The first of these tags that is set, as an integer; 0 means unknown with every maker."""
    for name in names:
        text = tags.get(name, "")
        if text.lstrip("-").isdigit() and int(text):
            return int(text) & 0xFFFF  # Exiv2 shows Canon's FileInfo as signed
    return 0


def _nikon_f(tags: Mapping[str, str]) -> float | None:
    names = (f"Exif.NikonLd{version}.FocusDistance" for version in (2, 3, 4))
    code = _code(tags, *names)
    return 0.01 * 10 ** (code / 40) if code else None


def _nikon_z(tags: Mapping[str, str]) -> float | None:
    code = _code(tags, "Exif.NikonLd4.FocusDistance2")
    return 2 ** ((code / 256 - 80) / 12) if code else None


def _olympus(tags: Mapping[str, str]) -> float | None:
    """The numerator is millimetres whatever the denominator says (it is 10 on some cameras)."""
    text = tags.get("Exif.OlympusFi.FocusDistance", "").split("/")[0]
    millimetres = int(text) if text.isdigit() else 0
    if millimetres == OLYMPUS_INFINITY:
        return math.inf
    return millimetres / 1000 or None


def _canon(tags: Mapping[str, str]) -> float | None:
    """Centimetres, in FileInfo or in ShotInfo, which Exiv2 names otherwise."""
    upper = _code(tags, "Exif.CanonFi.FocusDistanceUpper", "Exif.CanonSi.SubjectDistance")
    lower = _code(tags, "Exif.CanonFi.FocusDistanceLower", "Exif.CanonSi.0x0014")
    return _middle([math.inf if code >= CANON_INFINITY else code / 100 for code in (upper, lower) if code])


def _apple(tags: Mapping[str, str]) -> float | None:
    """Exiv2 leaves Apple's note as bytes: a big-endian TIFF directory after 14 bytes of header."""
    text = tags.get("Exif.Photo.MakerNote", "")
    if not text.startswith(" ".join(str(byte) for byte in APPLE_HEADER)):
        return None
    note = bytes(int(byte) for byte in text.split())
    try:
        (count,) = struct.unpack_from(">H", note, 14)
        for entry in range(count):
            tag, kind, number, offset = struct.unpack_from(">HHII", note, 16 + 12 * entry)
            if (tag, kind, number) == (APPLE_FOCUS_RANGE, TIFF_SIGNED_RATIONAL, 2):
                numbers = struct.unpack_from(">4i", note, offset)
                ends = [Fraction(*pair) for pair in (numbers[:2], numbers[2:]) if pair[1]]
                return _middle([float(end) for end in ends if end > 0])
    except struct.error:
        pass
    return None


def _middle(ends: list[float]) -> float | None:
    """The middle of a range in dioptres, where focus is even; it stays finite when one end does."""
    if not ends:
        return None
    dioptres = sum(1 / end for end in ends) / len(ends)
    return 1 / dioptres if dioptres else math.inf
