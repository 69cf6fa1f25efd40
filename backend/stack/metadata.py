"""Lens and focus from a photograph's EXIF, XMP and maker notes, through Exiv2."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..io.header import Header
from ..lens import thin_lens
from .maker_notes import read_maker_distance, read_maker_range, read_shot_number

UNSIGNED_INFINITY = 0xFFFFFFFF  # EXIF 2.3 SubjectDistance and Adobe's ApproximateFocusDistance
PLAUSIBLE_DISTANCE = (0.001, 1e5)  # metres
PLAUSIBLE_FOCAL_LENGTH = (0.0005, 5.0)
PLAUSIBLE_F_NUMBER = (0.5, 128)
PLAUSIBLE_SENSOR_WIDTH = (0.001, 0.5)
DECIMALS = "10", "100", "1000"  # denominators
LONGEST_NAME = 200  # characters of a camera or lens
RESOLUTION_UNITS: dict[float, float] = {2: 0.0254, 3: 0.01, 4: 0.001, 5: 1e-6}  # metres, by EXIF's code


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
    focal_length
        Metres.
    f_number
        The aperture's.
    sensor_width
        Metres, along the width of the upright picture.
    camera, lens
        Their models.
    exposure
        Stops: one more is twice as bright a picture.
    captured
        Seconds, of a clock in an unknown time zone.
    shot
        Which of the camera's own series this is, from 1.
    has_zero_distance
        Whether EXIF's focus distance is 0, its word for unknown.
    implausible
        Values that were ignored, with their names.
    """

    focus_distance: float | None = None
    distance_source: str = "unknown"
    distance_step: float = 0.0
    focal_length: float | None = None
    f_number: float | None = None
    sensor_width: float | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: float | None = None
    captured: float | None = None
    shot: int | None = None
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
        _number(exif, "Exif.Photo.FocalLength"), PLAUSIBLE_FOCAL_LENGTH, "focal length", implausible, 0.001
    )
    distance, source, step = _focus_distance(exif, xmp, focal_length, implausible)
    return Metadata(
        focus_distance=distance,
        distance_source=source,
        distance_step=step,
        focal_length=focal_length,
        f_number=_plausible(_number(exif, "Exif.Photo.FNumber"), PLAUSIBLE_F_NUMBER, "f-number", implausible),
        sensor_width=_sensor_width(exif, header, focal_length),
        camera=_text(exif, "Exif.Image.Model"),
        lens=_text(exif, "Exif.Photo.LensModel"),
        exposure=_exposure(exif),
        captured=_captured(exif),
        shot=read_shot_number(exif),
        has_zero_distance=_number(exif, "Exif.Photo.SubjectDistance") == 0,
        implausible=tuple(implausible),
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
    if stored := read_maker_distance(exif):
        yield stored[0], "maker note", stored[1]
    for tags, name, source in (
        (exif, "Exif.Photo.SubjectDistance", "EXIF"),
        (xmp, "Xmp.aux.ApproximateFocusDistance", "XMP"),
    ):
        value = _number(tags, name)
        if value is not None and value != 0:  # 0 is EXIF's word for unknown
            infinite = value == UNSIGNED_INFINITY
            yield (math.inf if infinite else value), source, 0.0 if infinite else _step(tags, name, value)
    middle = read_maker_range(exif)
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
    # An editor that shrank the picture wrote the count anew, but not the resolution, nor this count.
    as_taken = _number(exif, "Exif.Iop.RelatedImageWidth") or 0
    pixels = max(across or (header.height if sideways else header.width), as_taken)
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
