"""Headers of photographs: size, depth, orientation and colours, before any pixel is decoded."""

import io
import struct
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from ..contract.errors import InputError
from ..contract.limits import check_picture
from .colour_profile import Conversion, adobe_rgb, read_profile
from .decoding import decode
from .exr import check_exr
from .heif import is_heif, open_heif
from .photograph_file import (
    DAMAGE,
    EXR_MAGIC,
    TIFF_MAGICS,
    damaged,
    decode_with,
    is_raw,
    read_file,
    read_start,
)
from .raw import raw_size

ORIENTATION_TAG, BITS_PER_SAMPLE_TAG = 0x0112, 0x0102
INTEROPERABILITY, INDEX, ADOBE_RGB_INDEX = 0xA005, 1, "R03"  # EXIF 2.3, table 13; DCF 2.0
TIFF_SIZE_TAGS = 0x0100, 0x0101, 0x0115  # width, height, samples a pixel
PNG_BIT_DEPTH = 24  # byte of the file (PNG specification, IHDR)


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
    """

    width: int
    height: int
    bits_per_channel: int
    orientation: int
    colours: Conversion | None = None


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
    start = read_start(path) if data is None else data
    if start.startswith(EXR_MAGIC):
        return _exr_header(path)
    if is_raw(path, start):
        width, height = decode_with(path, lambda: raw_size(path, read_file(path) if data is None else data))
        return Header(width, height, bits_per_channel=16, orientation=1)
    if is_heif(start):
        return decode_with(path, lambda: _heif_header(path, read_file(path) if data is None else data))
    return _header_by_pillow(path, data)


def photograph_size(path: Path) -> tuple[int, int]:
    """Return width and height in pixels after EXIF orientation. Raises InputError as `read_header` does."""
    header = read_header(path)
    return header.width, header.height


def _header_by_pillow(path: Path, data: bytes | None) -> Header:
    Image.MAX_IMAGE_PIXELS = None  # phones make 200 megapixels; `check_picture` knows what is too large
    try:
        with Image.open(path if data is None else io.BytesIO(data)) as image:
            width, height = image.size
            check_picture(path, width, height)
            if isinstance(image, TiffImagePlugin.TiffImageFile):  # Pillow and OpenCV turn TIFFs themselves
                bits = max(image.tag_v2.get(BITS_PER_SAMPLE_TAG, (8,)))
                return Header(width, height, bits, orientation=1, colours=_colours(image))
            bits = _png_bits(image.fp) if image.format == "PNG" else 8
            orientation, colours = image.getexif().get(ORIENTATION_TAG, 1), _colours(image)
    except UnidentifiedImageError:
        return _decoded_header(path, data or read_file(path))
    except DAMAGE:
        raise damaged(path) from None
    orientation = orientation if orientation in range(1, 9) else 1
    if orientation >= 5:
        width, height = height, width
    return Header(width, height, bits, orientation, colours)


def _decoded_header(path: Path, data: bytes) -> Header:
    """Of what Pillow does not open, such as TIFF of 32-bit floats."""
    if data.startswith(TIFF_MAGICS):
        check_picture(path, *_tiff_size(path, data))
    pixels = decode(path, data)
    return Header(pixels.shape[1], pixels.shape[0], 8 * pixels.itemsize, orientation=1)


def _exr_header(path: Path) -> Header:
    try:
        width, height = check_exr(path)
    except InputError:
        raise
    except Exception:  # the library raises its own types and RuntimeError alike
        raise damaged(path) from None
    return Header(width, height, bits_per_channel=32, orientation=1)


def _heif_header(path: Path, data: bytes) -> Header:
    image = open_heif(data)
    width, height = image.size
    check_picture(path, width, height)
    profile = image.info.get("icc_profile")
    colours = read_profile(profile) if profile else None
    return Header(width, height, image.info["bit_depth"], orientation=1, colours=colours)


def _colours(image: Image.Image) -> Conversion | None:
    """By its profile, or by EXIF where a camera took Adobe RGB and embedded none."""
    if profile := image.info.get("icc_profile"):
        return read_profile(profile)
    marked = image.getexif().get_ifd(INTEROPERABILITY).get(INDEX)
    return adobe_rgb() if marked == ADOBE_RGB_INDEX else None


def _tiff_size(path: Path, data: bytes) -> tuple[int, int, int]:
    """Width, height and channels of a TIFF that Pillow cannot decode, from its first directory."""
    try:
        directory = TiffImagePlugin.ImageFileDirectory_v2(data[:8])
        file = io.BytesIO(data)
        file.seek(directory.next)
        directory.load(file)
        width, height, channels = (int(directory.get(tag, 1)) for tag in TIFF_SIZE_TAGS)
    except (OSError, SyntaxError, TypeError, ValueError, struct.error):
        raise damaged(path) from None
    return width, height, channels


def _png_bits(file) -> int:
    """A palette has 8 bits a colour, however few its codes have."""
    file.seek(PNG_BIT_DEPTH)
    return max(8, file.read(1)[0])
