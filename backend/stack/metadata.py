"""Lens and focus from a photograph's EXIF, XMP and maker notes, through Exiv2."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..io.header import Header
from ..io.heif import is_heif, read_heif_exif
from ..io.photograph_file import without_scans
from .maker_notes import (
    UNSIGNED_INFINITY,
    read_focus_order,
    read_maker_distance,
    read_maker_range,
    read_number,
    read_object_distance,
    read_shot_number,
)
from .sensors import read_sensor_width
from .tilt import Up, read_up

PLAUSIBLE_DISTANCE = (0.001, 1e5)  # metres
PLAUSIBLE_FOCAL_LENGTH = (0.0005, 5.0)
PLAUSIBLE_F_NUMBER = (0.5, 128)
PLAUSIBLE_SENSOR_WIDTH = (0.001, 0.5)
DECIMALS = "10", "100", "1000"  # denominators
LONGEST_NAME = 200  # characters of a camera or lens
WRONG_UNITS = (10, 1000)  # millimetres in a maker's tag that should hold centimetres or metres
UNIT_SLACK = 0.1  # relative: codes are coarse


@dataclass(frozen=True)
class Metadata:
    """What a photograph's metadata hold; None where they hold nothing plausible.

    Attributes
    ----------
    focus_distance
        Metres, or `math.inf`.
    distance_source
        "maker note", "EXIF", "XMP" or "unknown".
    distance_step
        Relative step of the code that the focus distance is stored in; 0 where it is fine.
    focus_order
        What orders the shots of a bracket and tells no distance: larger is nearer, and 0 is infinity, as with
        dioptres, but in an unknown unit, which differs between lenses and zooms. Sony's only.
    focal_length
        Metres.
    f_number
        The aperture's.
    sensor_width
        Metres that the picture shows, along the width of the upright picture.
    camera, lens
        Their models.
    exposure
        Stops: one more is twice as bright a picture.
    captured
        Seconds, of a clock in an unknown time zone.
    shot
        Which of the camera's own series this is, from 1.
    up
        Upwards in the camera's space, by its tilt sensor.
    has_zero_distance
        Whether EXIF's focus distance is 0, its word for unknown.
    implausible
        Values that were ignored, with their names.
    """

    focus_distance: float | None = None
    distance_source: str = "unknown"
    distance_step: float = 0.0
    focus_order: float | None = None
    focal_length: float | None = None
    f_number: float | None = None
    sensor_width: float | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: float | None = None
    captured: float | None = None
    shot: int | None = None
    up: Up | None = None
    has_zero_distance: bool = False
    implausible: tuple[str, ...] = ()


def read_metadata(data: bytes, header: Header) -> Metadata:
    """Return the metadata in a photograph's bytes; empty for formats that Exiv2 does not read, such as EXR.

    Parameters
    ----------
    data
        The file, or its first part with all metadata.
    header
        Of the same file.
    """
    return parse_tags(*_tags(data), header)


def parse_tags(exif: Mapping[str, str], xmp: Mapping[str, str], header: Header) -> Metadata:
    """Return the metadata in tags; each may hold anything, whatever its type should be.

    Parameters
    ----------
    exif, xmp
        Values as text, by Exiv2's names.
    header
        Of the same file.
    """
    implausible: list[str] = []
    focal_length = _plausible(
        read_number(exif, "Exif.Photo.FocalLength"),
        PLAUSIBLE_FOCAL_LENGTH,
        "focal length",
        implausible,
        0.001,
    )
    distance, source, step = _focus_distance(exif, xmp, focal_length, implausible)
    sensor_width = read_sensor_width(exif, header, focal_length)
    return Metadata(
        focus_distance=distance,
        distance_source=source,
        distance_step=step,
        focus_order=read_focus_order(exif),
        focal_length=focal_length,
        f_number=_plausible(
            read_number(exif, "Exif.Photo.FNumber"), PLAUSIBLE_F_NUMBER, "f-number", implausible
        ),
        sensor_width=sensor_width if sensor_width and _within(sensor_width, PLAUSIBLE_SENSOR_WIDTH) else None,
        camera=printable(exif.get("Exif.Image.Model", "")),
        lens=printable(exif.get("Exif.Photo.LensModel", "")),
        exposure=_exposure(exif),
        captured=_captured(exif),
        shot=read_shot_number(exif),
        up=read_up(exif),
        has_zero_distance=read_number(exif, "Exif.Photo.SubjectDistance") == 0,
        implausible=tuple(implausible),
    )


def printable(name: str) -> str | None:
    """Return the name of a camera or lens without what would write over a terminal; None of an empty one."""
    return "".join(letter for letter in name[:LONGEST_NAME] if letter.isprintable()).strip() or None


def _tags(data: bytes) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """EXIF and XMP; of a HEIC that Exiv2 refuses, for a padded colour profile say, the EXIF alone."""
    exif, xmp = _tags_by_exiv2(without_scans(data))  # Exiv2 copies what it is given
    if not exif and is_heif(data):
        exif, _ = _tags_by_exiv2(read_heif_exif(data))
    return exif, xmp


def _tags_by_exiv2(data: bytes) -> tuple[Mapping[str, str], Mapping[str, str]]:
    import pyexiv2  # one thread at a time; bytes, because Exiv2 cannot open every path on Windows

    pyexiv2.set_log_level(4)
    try:
        image = pyexiv2.ImageData(data)
    except RuntimeError:
        return {}, {}
    try:
        return image.read_exif(encoding="latin-1"), image.read_xmp()
    except (RuntimeError, UnicodeDecodeError):
        return {}, {}
    finally:
        image.close()


def _focus_distance(
    exif: Mapping[str, str], xmp: Mapping[str, str], focal_length: float | None, implausible: list[str]
) -> tuple[float | None, str, float]:
    """Metres, source and relative step: the first that is plausible, in exiftool's order of trust."""
    nearest = max(PLAUSIBLE_DISTANCE[0], focal_length or 0.0)
    for value, source, step in _candidate_distances(exif, xmp):
        if value == math.inf:
            return value, source, step
        bounds = nearest, PLAUSIBLE_DISTANCE[1]
        distance = _plausible(value, bounds, f"focus distance ({source})", implausible)
        if distance is not None:
            return distance, source, step
    return None, "unknown", 0.0


def _candidate_distances(
    exif: Mapping[str, str], xmp: Mapping[str, str]
) -> Iterator[tuple[float, str, float]]:
    written = _written_distance(exif, "Exif.Photo.SubjectDistance")
    stored = read_maker_distance(exif)
    if stored and not _is_wrong_unit(stored[0], written):
        yield stored[0], "maker note", stored[1]
    if written:
        yield written, "EXIF", _step(exif, "Exif.Photo.SubjectDistance", written)
    if found := read_object_distance(exif):
        yield found, "maker note", 0.0
    if written := _written_distance(xmp, "Xmp.aux.ApproximateFocusDistance"):
        yield written, "XMP", _step(xmp, "Xmp.aux.ApproximateFocusDistance", written)
    if middle := read_maker_range(exif):
        yield middle, "maker note", 0.0


def _written_distance(tags: Mapping[str, str], name: str) -> float | None:
    """Metres; None for 0, EXIF's word for unknown. Infinity is FFFFFFFF/1 (EXIF 2.3) or 1/0 (exiftool)."""
    numerator, _, denominator = str(tags.get(name, "")).partition("/")
    if denominator.strip() == "0":
        return math.inf if (read_number({name: numerator}, name) or 0) > 0 else None
    value = read_number(tags, name)
    return math.inf if value == UNSIGNED_INFINITY else value or None


def _is_wrong_unit(stored: float, written: float | None) -> bool:
    """Whether a maker's distance is EXIF's in a smaller unit than the tag's own."""
    if not written or math.inf in (stored, written):
        return False
    return any(abs(stored / written / factor - 1) < UNIT_SLACK for factor in WRONG_UNITS)


def _exposure(exif: Mapping[str, str]) -> float | None:
    """log2(t S / (100 N^2)): minus the exposure value at ISO 100 (ISO 2720), so that brighter is more."""
    names = ("ExposureTime", "ISOSpeedRatings", "FNumber")
    seconds, speed, f_number = (read_number(exif, f"Exif.Photo.{name}") or 0.0 for name in names)
    if not all(0 < value < math.inf for value in (seconds, speed, f_number)):
        return None
    return math.log2(seconds) + math.log2(speed) - math.log2(100) - 2 * math.log2(f_number)


def _captured(exif: Mapping[str, str]) -> float | None:
    """EXIF 2.3 DateTimeOriginal and SubSecTimeOriginal, the digits after its point."""
    try:
        moment = datetime.strptime(exif.get("Exif.Photo.DateTimeOriginal", ""), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    digits = exif.get("Exif.Photo.SubSecTimeOriginal", "").strip()
    fraction = float(f"0.{digits}") if digits.isascii() and digits.isdigit() else 0.0
    return moment.replace(tzinfo=UTC).timestamp() + fraction


def _step(tags: Mapping[str, str], name: str, value: float) -> float:
    """Relative step of a fraction of tens, as cameras write; others may be reduced ones, and are exact."""
    denominator = str(tags[name]).partition("/")[2]
    return 1 / (float(denominator) * abs(value)) if denominator in DECIMALS else 0.0


def _plausible(
    value: float | None,
    bounds: tuple[float, float],
    name: str,
    implausible: list[str],
    unit: float = 1.0,
) -> float | None:
    """The value in metres (or as it is) where it lies within `bounds`; else None, and it is listed."""
    if value is None or value == 0:
        return None
    if _within(value * unit, bounds):
        return value * unit
    implausible.append(f"{name} {value:g}")
    return None


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] < value < bounds[1]
