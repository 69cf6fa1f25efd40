"""What a photograph's EXIF, XMP and maker notes say of lens and focus, through Exiv2."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..io.photographs import Header
from ..lens import thin_lens
from .maker_notes import maker_distance, maker_range, maker_shot

UNSIGNED_INFINITY = 0xFFFFFFFF  # EXIF 2.3 SubjectDistance and Adobe's ApproximateFocusDistance
PLAUSIBLE_DISTANCE = (0.001, 1e5)  # metres
PLAUSIBLE_FOCAL_LENGTH = (0.0005, 5.0)
PLAUSIBLE_F_NUMBER = (0.5, 128)
PLAUSIBLE_SENSOR_WIDTH = (0.001, 0.5)
LONGEST_NAME = 200  # characters of a camera or lens
RESOLUTION_UNITS = {2: 0.0254, 3: 0.01, 4: 0.001, 5: 1e-6}  # metres, by EXIF's code


@dataclass(frozen=True)
class Metadata:
    """Lengths in metres; None where the file says nothing that can be believed."""

    focus_distance: float | None = None
    distance_source: str = "unknown"
    distance_step: float = 0.0  # relative step of a coarse code
    focal_length: float | None = None
    f_number: float | None = None
    sensor_width: float | None = None  # of the upright picture's horizontal side
    camera: str | None = None
    lens: str | None = None
    exposure: float | None = None  # in stops: one more is twice as bright a picture
    captured: float | None = None  # seconds, of a clock whose zone nobody tells
    shot: int | None = None  # which of the camera's own series this is, from 1
    doubts: tuple[str, ...] = ()  # values that were ignored


def read_metadata(data: bytes, header: Header) -> Metadata:
    """Metadata of a photograph's bytes; empty for formats Exiv2 does not know, such as EXR."""
    return understood(*_tags(data), header)


def understood(exif: Mapping[str, str], xmp: Mapping[str, str], header: Header) -> Metadata:
    """What tags by their Exiv2 names say; each may say anything, whatever its type should be."""
    doubts: list[str] = []
    focal_length = _believable(
        _number(exif, "Exif.Photo.FocalLength"), PLAUSIBLE_FOCAL_LENGTH, "focal length", doubts, 0.001
    )
    distance, source, step = _focus_distance(exif, xmp, focal_length, doubts)
    return Metadata(
        focus_distance=distance,
        distance_source=source,
        distance_step=step,
        focal_length=focal_length,
        f_number=_believable(_number(exif, "Exif.Photo.FNumber"), PLAUSIBLE_F_NUMBER, "f-number", doubts),
        sensor_width=_sensor_width(exif, header, focal_length),
        camera=_text(exif, "Exif.Image.Model"),
        lens=_text(exif, "Exif.Photo.LensModel"),
        exposure=_exposure(exif),
        captured=_captured(exif),
        shot=maker_shot(exif),
        doubts=tuple(doubts),
    )


def _tags(data: bytes) -> tuple[Mapping[str, str], Mapping[str, str]]:
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
    exif: Mapping[str, str], xmp: Mapping[str, str], focal_length: float | None, doubts: list[str]
) -> tuple[float | None, str, float]:
    """(metres, source, relative step): the first that can be believed, in exiftool's order of trust."""
    nearest = max(PLAUSIBLE_DISTANCE[0], focal_length or 0.0)
    for value, source, step in _told_distances(exif, xmp):
        if value == math.inf:
            return value, source, step
        value = _believable(value, (nearest, PLAUSIBLE_DISTANCE[1]), f"focus distance ({source})", doubts)
        if value is not None:
            return value, source, step
    return None, "unknown", 0.0


def _told_distances(exif: Mapping[str, str], xmp: Mapping[str, str]) -> Iterator[tuple[float, str, float]]:
    told = maker_distance(exif)
    if told:
        yield told[0], "maker note", told[1]
    for tags, name, source in (
        (exif, "Exif.Photo.SubjectDistance", "EXIF"),
        (xmp, "Xmp.aux.ApproximateFocusDistance", "XMP"),
    ):
        value = _number(tags, name)
        if value is not None and value != 0:  # 0 is EXIF's word for unknown
            yield (math.inf if value == UNSIGNED_INFINITY else value), source, 0.0
    middle = maker_range(exif)
    if middle:
        yield middle, "maker note", 0.0


def _sensor_width(exif: Mapping[str, str], header: Header, focal_length: float | None) -> float | None:
    """From the 35 mm equivalent, else from the focal plane's resolution."""
    equivalent = _number(exif, "Exif.Photo.FocalLengthIn35mmFilm")
    if focal_length and equivalent:
        width = thin_lens.sensor_width_from_equivalent(
            focal_length, equivalent / 1000, header.width, header.height
        )
    else:
        width = _focal_plane_width(exif, header)
    return width if width and _within(width, PLAUSIBLE_SENSOR_WIDTH) else None


def _focal_plane_width(exif: Mapping[str, str], header: Header) -> float | None:
    """EXIF counts pixels of the picture as taken, before it was turned upright."""
    resolution = _number(exif, "Exif.Photo.FocalPlaneXResolution")
    unit = RESOLUTION_UNITS.get(_number(exif, "Exif.Photo.FocalPlaneResolutionUnit") or 2)
    if not resolution or not unit:
        return None
    across, down = (_number(exif, f"Exif.Photo.Pixel{axis}Dimension") for axis in "XY")
    # Programs turn pictures and leave the tags behind: the counts, where they stand, are the surer sign.
    turned = across and down and (across > down) != (header.width > header.height)
    sideways = turned or (not (across and down) and header.orientation >= 5)
    pixels = across or (header.height if sideways else header.width)
    taken_width = pixels / resolution * unit
    return taken_width * header.width / header.height if sideways else taken_width


def _exposure(exif: Mapping[str, str]) -> float | None:
    """log2(t S / (100 N^2)): minus the exposure value at ISO 100 (ISO 2720), so that brighter is more."""
    names = ("ExposureTime", "ISOSpeedRatings", "FNumber")
    seconds, speed, f_number = (_number(exif, f"Exif.Photo.{name}") or 0.0 for name in names)
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


def _text(tags: Mapping[str, str], name: str) -> str | None:
    """Of a name, without what would write over a terminal."""
    text = "".join(letter for letter in tags.get(name, "")[:LONGEST_NAME] if letter.isprintable())
    return text.strip() or None


def _number(tags: Mapping[str, str], name: str) -> float | None:
    """A tag such as '5', '50/10' or '1.5' as a number; None where it is missing or makes none."""
    numerator, _, denominator = str(tags.get(name, "")).partition("/")
    try:
        if float(numerator) == UNSIGNED_INFINITY:
            return float(UNSIGNED_INFINITY)
        return float(numerator) / float(denominator or 1)
    except (ValueError, ZeroDivisionError):
        return None


def _believable(
    value: float | None,
    bounds: tuple[float, float],
    name: str,
    doubts: list[str],
    unit: float = 1.0,
) -> float | None:
    """The value in metres (or as it is) where it lies within `bounds`; else None and a doubt."""
    if value is None or value == 0:
        return None
    if _within(value * unit, bounds):
        return value * unit
    doubts.append(f"{name} {value:g}")
    return None


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] < value < bounds[1]
