"""Focus distances from makers' private tags, by the names that Exiv2 gives them.

Formulas: photographs.md, after exiftool's tables.
"""

import math
import re
import struct
from collections.abc import Mapping

NIKON_F_STEP = 10 ** (1 / 40) - 1  # neighbouring values of the 8-bit code differ by this share
CANON_INFINITY = 65535
# FileInfo and ShotInfo, with the names of the far and the near end of the range in focus.
CANON_RANGES = {
    "Exif.CanonFi.": ("FocusDistanceUpper", "FocusDistanceLower"),
    "Exif.CanonSi.": ("SubjectDistance", "0x0014"),
}
CANON_LENGTH, CANON_LONG = "0x0000", "FileNumber"  # its own length in bytes; the one element of four bytes
CASIO_INFINITY = 0x20000000
MINOLTA_SLACK = 0.05  # relative, of a focal length
SONY_INFINITY = 255
SONY_WITHOUT_POSITION = ("DSC-", "Stellar")  # beginnings of models: exiftool, Sony.pm, Tag9402
UNSIGNED_INFINITY = 0xFFFFFFFF  # EXIF 2.3 SubjectDistance and Adobe's ApproximateFocusDistance
OLYMPUS_INFINITY = 0xFFFFFFFF
# The number of a shot in the camera's series: one integer, or the second of several (after its drive mode).
SHOTS = {
    "Exif.Panasonic.SequenceNumber": 0,
    "Exif.Fujifilm.SequenceNumber": 0,
    "Exif.Sony1.SequenceNumber": 0,
    "Exif.OlympusCs.DriveMode": 1,
}
NO_SERIES = (0, 0xFFFF)  # what cameras write of single shots
APPLE_HEADER = b"Apple iOS\0"
APPLE_FOCUS_RANGE = 0x000C
TIFF_SIGNED_RATIONAL = 10
INTEGER = re.compile("-?[0-9]{1,10}")


def read_maker_distance(tags: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the focus distance that a maker's tags hold.

    Parameters
    ----------
    tags
        Of the file's EXIF, by Exiv2's names.

    Returns
    -------
    tuple of float, or None
        Metres, and the relative step of the code that they are stored in, 0 where it is fine. None where the
        tags hold none.
    """
    distance = _nikon_z(tags) or _olympus(tags) or _minolta(tags)
    if distance:
        return distance, 0.0
    distance = _nikon_f(tags)
    return (distance, NIKON_F_STEP) if distance else None


def read_object_distance(tags: Mapping[str, str]) -> float | None:
    """Return the distance in metres, or None, in Casio's tags; exiftool believes EXIF's before it."""
    for name in ("Exif.Casio.ObjectDistance", "Exif.Casio2.ObjectDistance"):
        millimetres = _integer(tags.get(name, ""))
        if millimetres > 0:
            return math.inf if millimetres >= CASIO_INFINITY else millimetres / 1000
    return None


def read_focus_order(tags: Mapping[str, str]) -> float | None:
    """Return a number that orders the shots of a bracket, nearer ones larger, infinity 0; None without one.

    Sony's FocusPosition2 v grows with the logarithm of the distance. exiftool (Sony.pm, FocusDistance2) makes
    metres of it, (2^(v/16 - 5) + 1) x the 35 mm equivalent, and says itself that this may be wrong. The
    number here is 2^(5 - v/16): roughly dioptres, times an unknown factor.
    """
    position = _integer(tags.get("Exif.Sony2Fp.FocusPosition2", ""))
    if position <= 0 or tags.get("Exif.Image.Model", "").startswith(SONY_WITHOUT_POSITION):
        return None
    return 0.0 if position >= SONY_INFINITY else 2 ** (5 - position / 16)


def read_maker_range(tags: Mapping[str, str]) -> float | None:
    """Return the focus distance in metres, or None, from makers who give a range: its middle in dioptres."""
    return _canon(tags) or _apple(tags)


def read_shot_number(tags: Mapping[str, str]) -> int | None:
    """Return which of the shots of one press of the button this is, from 1; None of a single shot."""
    for name, place in SHOTS.items():
        words = tags.get(name, "").split()
        if len(words) > place and words[place].isdigit() and int(words[place]) not in NO_SERIES:
            return int(words[place])
    return None


def read_number(tags: Mapping[str, str], name: str) -> float | None:
    """Return a tag such as '5', '50/10' or '1.5' as a number; None where it is missing or makes none."""
    numerator, _, denominator = str(tags.get(name, "")).partition("/")  # XMP's may be lists
    try:
        if float(numerator) == UNSIGNED_INFINITY:
            return float(UNSIGNED_INFINITY)
        return float(numerator) / float(denominator or 1)
    except (ValueError, ZeroDivisionError):
        return None


def _code(tags: Mapping[str, str], *names: str) -> int:
    """The first of these tags that is set, as an integer; 0 means unknown with every maker."""
    for name in names:
        if number := _integer(tags.get(name, "")):
            return number & 0xFFFF  # Exiv2 shows Canon's FileInfo as signed
    return 0


def _integer(text: str) -> int:
    """0 where it is none, or longer than any of EXIF's, which have 32 bits: a tag may be of any type."""
    return int(text) if INTEGER.fullmatch(text) else 0


def _nikon_f(tags: Mapping[str, str]) -> float | None:
    names = (f"Exif.NikonLd{version}.FocusDistance" for version in (2, 3, 4))
    code = _code(tags, *names)
    return 0.01 * 10 ** (code / 40) if 0 < code < 256 else None


def _nikon_z(tags: Mapping[str, str]) -> float | None:
    """Of Nikon's own lenses for Z; an adapter's have LensID 0, and nothing there (exiftool, Nikon.pm)."""
    code = _code(tags, "Exif.NikonLd4.FocusDistance2")
    if tags.get("Exif.NikonLd4.LensID") == "0":
        return None
    return 2 ** ((code / 256 - 80) / 12) if code else None


def _olympus(tags: Mapping[str, str]) -> float | None:
    """The numerator is millimetres whatever the denominator is (it is 10 on some cameras)."""
    millimetres = _integer(tags.get("Exif.OlympusFi.FocusDistance", "").split("/")[0])
    millimetres = max(millimetres, 0)
    if millimetres == OLYMPUS_INFINITY:
        return math.inf
    return millimetres / 1000 or None


def _minolta(tags: Mapping[str, str]) -> float | None:
    """Millimetres, 0 at infinity (exiftool, Minolta.pm), where the settings beside it are in their places."""
    for group in ("Exif.MinoltaCsNew", "Exif.MinoltaCsOld"):
        if f"{group}.FocusDistance" in tags and _is_minolta_whole(tags, group):
            millimetres = _integer(tags[f"{group}.FocusDistance"])
            return millimetres / 1000 or math.inf
    return None


def _is_minolta_whole(tags: Mapping[str, str], group: str) -> bool:
    """Whether the focal length there, in 256ths of a millimetre, is EXIF's: no program moved the note."""
    focal_length = read_number(tags, "Exif.Photo.FocalLength")
    there = _integer(tags.get(f"{group}.FocalLength", "")) / 256
    return focal_length is not None and abs(there - focal_length) < MINOLTA_SLACK * focal_length


def _canon(tags: Mapping[str, str]) -> float | None:
    """Centimetres, in FileInfo or in ShotInfo, which Exiv2 names otherwise; none without a far end."""
    for group, names in CANON_RANGES.items():
        far, near = (_code(tags, group + name) for name in names)
        if far and _is_canon_whole(tags, group):
            return _middle(
                [math.inf if code >= CANON_INFINITY else code / 100 for code in (far, near) if code]
            )
    return None


def _is_canon_whole(tags: Mapping[str, str], group: str) -> bool:
    """Whether an array of 16-bit numbers begins with its length; it does not where a program moved it."""
    words = sum(name.startswith(group) for name in tags) + (group + CANON_LONG in tags)
    return _integer(tags.get(group + CANON_LENGTH, "")) == 2 * words


def read_apple_vector(tags: Mapping[str, str], wanted: int, count: int = 3) -> tuple[float, ...] | None:
    """Return a tag of so many signed fractions from Apple's note; None where it is missing or damaged.

    Exiv2 leaves that note as bytes: a big-endian TIFF directory after 14 bytes of header.
    """
    text = tags.get("Exif.Photo.MakerNote", "")
    if not text.startswith(" ".join(str(byte) for byte in APPLE_HEADER)):
        return None
    try:
        note = bytes(int(byte) for byte in text.split())
        (entries,) = struct.unpack_from(">H", note, 14)
        for entry in range(entries):
            tag, kind, number, offset = struct.unpack_from(">HHII", note, 16 + 12 * entry)
            if (tag, kind, number) == (wanted, TIFF_SIGNED_RATIONAL, count):
                numbers = struct.unpack_from(f">{2 * count}i", note, offset)
                return tuple(
                    numerator / denominator if denominator else 0.0
                    for numerator, denominator in zip(numbers[::2], numbers[1::2], strict=True)
                )
    except (struct.error, ValueError):
        pass
    return None


def _apple(tags: Mapping[str, str]) -> float | None:
    ends = read_apple_vector(tags, APPLE_FOCUS_RANGE, 2)
    return None if ends is None else _middle([end for end in ends if end > 0])


def _middle(ends: list[float]) -> float | None:
    """The middle of a range in dioptres, where focus is even; it stays finite when one end does."""
    if not ends:
        return None
    dioptres = sum(1 / end for end in ends) / len(ends)
    return 1 / dioptres if dioptres else math.inf
