"""Headers of photographs: size, depth, orientation and colours, before any pixel is decoded."""

import io
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ..contract.formats import is_clip_frame, locate
from ..contract.limits import check_picture
from .clip_file import read_clip_header
from .clip_frames import check_clip_frame
from .colour_profile import Conversion, adobe_rgb, power_law, read_profile
from .crop import Crop
from .exr import read_exr_header
from .heif import is_heif, open_heif
from .photograph_file import (
    DAMAGE,
    EXR_MAGIC,
    damaged,
    decode_with,
    is_picture,
    is_raw,
    not_readable,
    read_file,
    read_start,
)
from .png_tiff import read_picture_header
from .raw import raw_size
from .reading import Reading

ORIENTATION_TAG = 0x0112
INTEROPERABILITY, INDEX, ADOBE_RGB_INDEX = 0xA005, 1, "R03"  # EXIF 2.3, table 13; DCF 2.0


@dataclass(frozen=True)
class Header:
    """What a file holds about its picture, before any pixel is decoded.

    Attributes
    ----------
    width, height
        Pixels, after orientation.
    bits_per_channel
        8, 10 or more, 16 or 32.
    orientation
        EXIF's, 1 to 8: what decoders leave to be done; 1 is upright.
    colours
        The conversion to sRGB; None where the picture is sRGB already.
    crop
        What the picture is a part of; None where it is whole.
    has_codes
        Whether its values are codes of any range, as those of TIFF and PNG are, or light in any unit.
    """

    width: int
    height: int
    bits_per_channel: int
    orientation: int
    colours: Conversion | None = None
    crop: Crop | None = None
    has_codes: bool = False

    def read_as(self, reading: Reading) -> "Header":
        """Return the header of the picture that is read so."""
        header = self if reading.orientation is None else self.turned(reading.orientation)
        if reading.is_whole and header.crop:
            return replace(header, width=header.crop.width, height=header.crop.height, crop=None)
        return header

    def turned(self, orientation: int) -> "Header":
        """Return the header with another orientation."""
        if (orientation >= 5) == (self.orientation >= 5):
            return replace(self, orientation=orientation)
        return replace(self, orientation=orientation, width=self.height, height=self.width)


def read_header(path: Path, data: bytes | None = None) -> Header:
    """Read the header of a photograph.

    Parameters
    ----------
    path
        The file.
    data
        Its bytes, where they have been read already.

    Raises
    ------
    InputError
        Where the file is missing, damaged, no photograph, or claims more than any camera makes.
    """
    if is_clip_frame(path):
        return _clip_header(path)
    start = read_start(path) if data is None else data
    if start.startswith(EXR_MAGIC):
        return _exr_header(path)
    if is_raw(path, start):
        width, height = decode_with(path, lambda: raw_size(path, read_file(path) if data is None else data))
        return Header(width, height, bits_per_channel=16, orientation=1)
    if is_heif(start):
        return decode_with(path, lambda: _heif_header(path, read_file(path) if data is None else data))
    if is_picture(start):
        return _picture_header(path)
    return _header_by_pillow(path, data)


def _clip_header(path: Path) -> Header:
    check_clip_frame(path)
    clip = read_clip_header(locate(path)[0])
    bits = 8 if clip.bits_per_channel <= 8 else 16  # as frames are decoded
    return Header(clip.width, clip.height, bits, orientation=1)


def photograph_size(path: Path) -> tuple[int, int]:
    """Return width and height in pixels after EXIF orientation. Raises InputError as `read_header` does."""
    header = read_header(path)
    return header.width, header.height


def _picture_header(path: Path) -> Header:
    picture = read_picture_header(path)
    colours = _colours(picture.profile, _interoperability(path))
    if picture.gamma is not None:
        colours = power_law(picture.gamma)
    has_codes = picture.bits_per_channel > 8
    stored = Header(
        picture.width, picture.height, picture.bits_per_channel, 1, colours=colours, has_codes=has_codes
    )
    return stored.turned(picture.orientation)


def _interoperability(path: Path) -> str | None:
    """EXIF's index, which OpenImageIO passes over."""
    try:
        with Image.open(locate(path)[0]) as image:
            return image.getexif().get_ifd(INTEROPERABILITY).get(INDEX)
    except (UnidentifiedImageError, *DAMAGE):
        return None


def _header_by_pillow(path: Path, data: bytes | None) -> Header:
    Image.MAX_IMAGE_PIXELS = None  # phones make 200 megapixels; `check_picture` knows what is too large
    try:
        with Image.open(path if data is None else io.BytesIO(data)) as image:
            check_picture(path, *image.size)
            exif = image.getexif()
            orientation = exif.get(ORIENTATION_TAG, 1)
            colours = _colours(image.info.get("icc_profile"), exif.get_ifd(INTEROPERABILITY).get(INDEX))
            stored = Header(*image.size, bits_per_channel=8, orientation=1, colours=colours)
    except UnidentifiedImageError:
        read_file(path)  # which says where a file is missing or cannot be read
        raise not_readable(path) from None
    except DAMAGE:
        raise damaged(path) from None
    return stored.turned(orientation if orientation in range(1, 9) else 1)


def _exr_header(path: Path) -> Header:
    width, height, crop = read_exr_header(path)
    return Header(width, height, bits_per_channel=32, orientation=1, crop=crop)


def _heif_header(path: Path, data: bytes) -> Header:
    image = open_heif(data)
    width, height = image.size
    check_picture(path, width, height)
    colours = _colours(image.info.get("icc_profile"), None)
    return Header(width, height, image.info["bit_depth"], orientation=1, colours=colours)


def _colours(profile: bytes | None, interoperability: str | None) -> Conversion | None:
    """By its profile, or by EXIF where a camera took Adobe RGB and embedded none."""
    if profile:
        return read_profile(profile)
    return adobe_rgb() if interoperability == ADOBE_RGB_INDEX else None
