"""The width of the sensor that a picture shows, from its tags and from what is known of some cameras."""

import math
import re
from collections.abc import Mapping

from ..io.header import Header
from ..lens import thin_lens
from .maker_notes import read_number

INCH = 0.0254
INCHES = 2  # EXIF's code
RESOLUTION_UNITS: dict[float, float] = {INCHES: INCH, 3: 0.01, 4: 0.001, 5: 1e-6}  # metres, by EXIF's code
# Relative difference of two ratios of a picture's sides that is rounding, or a few pixels' border.
ALIKE = 0.01
LONGEST_ZOOM = 1000  # digital zooms beyond are no zooms
POSITIVE = (1e-9, 1e12)
UNSIGNED = re.compile("[0-9]{1,10}")
# Canon's SensorInfo (exiftool, Canon.pm): pixels to the borders of what the picture may use, both included.
LEFT, TOP, RIGHT, BOTTOM = 5, 6, 7, 8
# Canon's FocalPlaneXResolution is 1000 x pixels / (1000 x inches): exiftool's CalcSensorDiag, and its bounds.
CANON_SCALE = 1000
CANON_PIXELS = (480, 10_000)
CANON_THOUSANDTHS = (61, 1500)  # of an inch
EOS, LEAST_EOS_WIDTH = "Canon EOS", 0.0215  # metres: a smaller one is a fraction that a program reduced
CANON_SLACK = 0.03  # relative: thousandths of an inch are coarse beside a small sensor

# Metres, from Canon's data sheets; lensfun's crop factors, where it has the camera, agree to 1 per cent. Used
# only where a picture's own tags are wrong or missing. Models as EXIF has them.
CANON_WIDTHS = {
    "Canon EOS 5D": 0.0358,
    "Canon EOS 5D Mark II": 0.036,
    "Canon EOS 5D Mark III": 0.036,
    "Canon EOS 5D Mark IV": 0.036,
    "Canon EOS 5DS": 0.036,
    "Canon EOS 5DS R": 0.036,
    "Canon EOS 6D": 0.0358,
    "Canon EOS 6D Mark II": 0.0359,
    "Canon EOS-1D X": 0.036,
    "Canon EOS R": 0.036,
    "Canon EOS RP": 0.0359,
    "Canon EOS R3": 0.036,
    "Canon EOS R5": 0.036,
    "Canon EOS R6": 0.0359,
    "Canon EOS R8": 0.0359,
    "Canon EOS 7D": 0.0223,
    "Canon EOS 40D": 0.0222,
    "Canon EOS 50D": 0.0223,
    "Canon EOS 60D": 0.0223,
    "Canon EOS 450D": 0.0222,
    "Canon EOS 550D": 0.0223,
    "Canon EOS 600D": 0.0223,
    "Canon EOS 650D": 0.0223,
    "Canon EOS 700D": 0.0223,
}
CANON_ASPECT = 1.5  # of all of these
WRONG_RESOLUTION = {"Canon EOS 5D Mark IV"}  # by a comparison of its files with exiftool and the data sheet
# They can take the middle of their sensor only, which nothing but Canon's own tags and the pixels show.
CROP_MODES = {f"Canon EOS {name}" for name in ("5DS", "5DS R", "R", "RP", "R3", "R5", "R6", "R8")}

Size = tuple[int, int]  # width and height in pixels


def read_sensor_width(tags: Mapping[str, str], header: Header, focal_length: float | None) -> float | None:
    """Return the width of the part of the sensor that a picture shows.

    Parameters
    ----------
    tags
        Of the file's EXIF, by Exiv2's names.
    header
        Of the same file.
    focal_length
        Metres.

    Returns
    -------
    float or None
        Metres, along the width of the upright picture; None where the tags do not tell it surely.
    """
    taken = _taken(tags)
    if _may_be_turned_or_cropped(taken, header):
        return None
    sideways = _is_sideways(taken, header)
    size = (header.height, header.width) if sideways else (header.width, header.height)
    shown = _shown(taken, size)
    if shown is None:
        return None
    frame, share = shown
    width = _frame_width(tags, frame, focal_length)
    if width is None:
        return None
    return width * share * (header.width / header.height if sideways else 1)


def _frame_width(tags: Mapping[str, str], frame: Size, focal_length: float | None) -> float | None:
    """Metres that the frame of a picture spans, which lies as the camera's sensor does."""
    is_canon = tags.get("Exif.Image.Make", "").strip() == "Canon"
    width = _canon_width(tags, frame) if is_canon else None
    equivalent = _positive(tags, "Exif.Photo.FocalLengthIn35mmFilm")
    if width is None and focal_length and equivalent:
        whole = thin_lens.sensor_width_from_equivalent(focal_length, equivalent / 1000, *frame)
        return whole / _unscaled_zoom(tags)
    return width if width is not None or is_canon else _focal_plane_width(tags, frame)


def _taken(tags: Mapping[str, str]) -> Size | None:
    """EXIF's count of pixels as they were taken, before the picture was turned upright."""
    across, down = (round(_positive(tags, f"Exif.Photo.Pixel{axis}Dimension") or 0) for axis in "XY")
    return (across, down) if across and down else None


def _is_turned(taken: Size | None, header: Header) -> bool:
    return taken is not None and (taken[0] - taken[1]) * (header.width - header.height) < 0


def _is_sideways(taken: Size | None, header: Header) -> bool:
    """Whether the upright picture's width lay along the sensor's height.

    Programs turn pictures and leave the tags behind: the counts, where they stand, are the surer sign.
    """
    return _is_turned(taken, header) or (taken is None and header.orientation >= 5)


def _may_be_turned_or_cropped(taken: Size | None, header: Header) -> bool:
    """Whether a picture may be a part of what was taken as well as the whole, turned and shrunk."""
    if taken is None or header.orientation >= 5 or not _is_turned(taken, header):
        return False
    return header.width == taken[0] or header.height == taken[1]


def _shown(taken: Size | None, size: Size) -> tuple[Size, float] | None:
    """The frame that the camera took, and the share of its width that a picture of `size` shows.

    A picture whose sides shrank alike shows all. Where one side kept its pixels, they were not scaled, and
    the other was cropped; else how much was cropped is unknown.
    """
    if taken is None:
        return size, 1.0
    across, down = size[0] / taken[0], size[1] / taken[1]
    if _is_alike(across, down):
        return size, 1.0
    if _is_alike(across, 1.0):
        return (size if down > 1 else taken), 1.0  # raw files show more than a camera's picture of 16:9
    return (taken, across) if _is_alike(down, 1.0) and across < 1 else None


def _canon_width(tags: Mapping[str, str], frame: Size) -> float | None:
    """From the surest of Canon's tags: the resolution is the whole sensor's, whatever was saved or shrunk."""
    if _zoom(tags) > 1:
        return None
    model = tags.get("Exif.Image.Model", "").strip()
    known = CANON_WIDTHS.get(model)
    resolution = None if model in WRONG_RESOLUTION else _resolution(tags)
    borders = _canon_borders(tags)
    counted = _taken(tags) or frame
    if borders and resolution:
        if _is_of_saved_size(tags, counted[0], borders[0]):
            return None
        width, aspect = borders[0] / resolution, borders[0] / borders[1]
    elif resolution and (width := _canon_fraction_width(tags, counted)):
        return None if model.startswith(EOS) and width < LEAST_EOS_WIDTH else width
    elif known and (model not in CROP_MODES or (resolution and _is_alike(counted[0] / resolution, known))):
        width, aspect = known, CANON_ASPECT
    else:
        return None
    share = _canon_share(tags, frame[0] / frame[1], aspect)
    return None if share is None else width * share


def _canon_borders(tags: Mapping[str, str]) -> Size | None:
    """The sensor's pixels that a picture may use: SensorInfo, which begins with its length in bytes."""
    numbers = _integers(tags, "Exif.Canon.SensorInfo")
    if len(numbers) <= BOTTOM:
        return None
    across, down = numbers[RIGHT] - numbers[LEFT] + 1, numbers[BOTTOM] - numbers[TOP] + 1
    is_whole = numbers[0] == 2 * len(numbers) and 1 < across <= numbers[1] and 1 < down <= numbers[2]
    return (across, down) if is_whole else None


def _is_of_saved_size(tags: Mapping[str, str], pixels: int, whole: int) -> bool:
    """Whether the resolution's fraction counts the pixels of a picture saved smaller than its sensor.

    Either the camera meant those, or a program shrank the picture and reduced the fraction as much.
    """
    across = _canon_fraction(tags, "X")
    return across is not None and across[0] == pixels and not _is_alike(pixels, whole)


def _canon_share(tags: Mapping[str, str], aspect: float, whole: float) -> float | None:
    """The share of the sensor's width in a picture of another aspect, where the camera was set to take it."""
    if _is_alike(aspect, whole):
        return 1.0
    numbers = _integers(tags, "Exif.Canon.AspectInfo")  # code, width, height, left, top
    if len(numbers) < 3 or 0 in numbers[1:3] or not _is_alike(numbers[1] / numbers[2], aspect):
        return None  # a program cropped it, anyhow
    return min(1.0, aspect / whole)


def _canon_fraction_width(tags: Mapping[str, str], counted: Size) -> float | None:
    """The width by the resolution's own fraction, which counts the pixels it belongs to.

    A program may have reduced it: it is believed where it still can be, or counts the pixels that there are.
    """
    across, down = (_canon_fraction(tags, axis) for axis in "XY")
    if across is None or (read_number(tags, "Exif.Photo.FocalPlaneResolutionUnit") or 2) != INCHES:
        return None
    pixels, thousandths = across
    if pixels not in (counted[0], _positive(tags, "Exif.Iop.RelatedImageWidth")):
        is_unreduced = math.gcd(pixels * CANON_SCALE, thousandths) > 1 and pixels > counted[0]
        if down is None or not is_unreduced or not _is_alike(pixels / down[0], counted[0] / counted[1]):
            return None
        if abs(pixels / down[0] / (thousandths / down[1]) - 1) > CANON_SLACK:
            return None
    return thousandths / CANON_SCALE * INCH


def _canon_fraction(tags: Mapping[str, str], axis: str) -> tuple[int, int] | None:
    """Pixels, and thousandths of an inch."""
    numbers = _integers(tags, f"Exif.Photo.FocalPlane{axis}Resolution", "/")
    if len(numbers) != 2:
        return None
    (pixels, rest), thousandths = divmod(numbers[0], CANON_SCALE), numbers[1]
    is_within = CANON_PIXELS[0] <= pixels < CANON_PIXELS[1]
    is_within = is_within and CANON_THOUSANDTHS[0] <= thousandths < CANON_THOUSANDTHS[1]
    return (pixels, thousandths) if is_within and not rest else None


def _focal_plane_width(tags: Mapping[str, str], frame: Size) -> float | None:
    resolution = _resolution(tags)
    if resolution is None or _zoom(tags) > 1:
        return None
    # An editor that shrank the picture wrote the count anew, but not the resolution, nor this count.
    as_taken = _positive(tags, "Exif.Iop.RelatedImageWidth") or 0
    taken = _taken(tags)
    return max(taken[0] if taken else frame[0], as_taken) / resolution


def _resolution(tags: Mapping[str, str]) -> float | None:
    """Pixels a metre."""
    resolution = _positive(tags, "Exif.Photo.FocalPlaneXResolution")
    unit = RESOLUTION_UNITS.get(read_number(tags, "Exif.Photo.FocalPlaneResolutionUnit") or 2)
    return resolution / unit if resolution and unit else None


def _unscaled_zoom(tags: Mapping[str, str]) -> float:
    """The digital zoom that the 35 mm equivalent leaves out: Google's does; Apple's does not."""
    return _zoom(tags) if tags.get("Exif.Image.Make", "").strip() == "Google" else 1.0


def _zoom(tags: Mapping[str, str]) -> float:
    """EXIF 2.3 DigitalZoomRatio: 0 where there was none."""
    ratio = _positive(tags, "Exif.Photo.DigitalZoomRatio") or 1.0
    return ratio if 1 < ratio < LONGEST_ZOOM else 1.0


def _positive(tags: Mapping[str, str], name: str) -> float | None:
    number = read_number(tags, name)
    return number if number is not None and POSITIVE[0] < number < POSITIVE[1] else None


def _integers(tags: Mapping[str, str], name: str, separator: str | None = None) -> list[int]:
    """Those in a tag, none of them negative; nothing where any is not."""
    words = tags.get(name, "").split(separator)
    return [int(word) for word in words] if all(map(UNSIGNED.fullmatch, words)) else []


def _is_alike(one: float, other: float) -> bool:
    return abs(one / other - 1) < ALIKE
