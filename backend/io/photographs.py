"""Photographs from files: decoded, turned upright, as RGB float32."""

import io
import re
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from ..contract.errors import InputError
from ..contract.limits import MAX_FILE_BYTES, MAX_SCANS, check_picture, read_whole
from .colour import srgb_encode
from .colour_profile import Conversion, adobe_rgb, read_profile, to_srgb
from .exr import check_exr
from .heif import decode_heif, is_heif, open_heif
from .jpeg import decode_jpeg
from .raw import develop, raw_size

T = TypeVar("T")
PICTURE_EXTENSIONS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".exr", ".webp", ".heic", ".heif", ".hif")
# Told by their names: most are TIFF, of which other decoders take the small preview.
RAW_EXTENSIONS = (".dng", ".nef", ".nrw", ".cr2", ".cr3", ".arw", ".raf", ".rw2", ".orf", ".pef", ".srw")
EXTENSIONS = PICTURE_EXTENSIONS + RAW_EXTENSIONS
ORIENTATION_TAG, BITS_PER_SAMPLE_TAG = 0x0112, 0x0102
INTEROPERABILITY, INDEX, ADOBE_RGB_INDEX = 0xA005, 1, "R03"  # EXIF 2.3, table 13; DCF 2.0
TIFF_SIZE_TAGS = 0x0100, 0x0101, 0x0115  # width, height, samples a pixel
EXR_MAGIC, JPEG_MAGIC, PNG_MAGIC = b"\x76\x2f\x31\x01", b"\xff\xd8\xff", b"\x89PNG"
JPEG_SCAN, JPEG_END = b"\xff\xda", b"\xff\xd9"
JPEG_SEGMENT = re.compile(rb"\xff[\x02-\xcf\xd9-\xfe]")  # of those markers that are followed by a length
DAMAGE = (EOFError, IndexError, OSError, RuntimeError, SyntaxError, ValueError)  # what decoders raise of it
LIGHTEST = 65504.0  # of scene-linear values: the largest half float
TIFF_MAGICS = b"II*\0", b"MM\0*"
COLOUR_AS_STORED = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
# libjpeg scales while it decodes, which makes a small picture cost a fraction of a photograph.
REDUCED_GREY = {
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    1: cv2.IMREAD_GRAYSCALE,
}


@dataclass(frozen=True)
class Header:
    """What a file says about its picture before any pixel is decoded."""

    width: int  # pixels, after orientation
    height: int
    bits_per_channel: int
    orientation: int  # EXIF 1 to 8, what decoders leave to be done; 1 is upright
    colours: Conversion | None = None  # to sRGB; None where it is that already


def photographs_among(paths: Iterable[Path]) -> list[Path]:
    """Those with a photograph's ending; not a raw file beside a picture of its name, as cameras write."""
    known = [path for path in paths if path.suffix.lower() in EXTENSIONS]
    pictures = {path.with_suffix("") for path in known if path.suffix.lower() in PICTURE_EXTENSIONS}
    return [
        path
        for path in known
        if path.suffix.lower() not in RAW_EXTENSIONS or path.with_suffix("") not in pictures
    ]


def read_photograph(path: Path) -> np.ndarray:
    """(H, W, 3) float32 RGB after EXIF orientation, sRGB-encoded.

    JPEG, PNG, TIFF, WebP, HEIC and raw files give 0..1 (16 bits keep their precision). EXR and 32-bit TIFF
    are scene linear and get the sRGB curve; values above 1 are kept. Grey becomes three equal channels,
    alpha is dropped. Raises InputError where the file is missing, broken or no photograph.
    """
    return _as_float(read_pixels(path))


def read_working_photograph(path: Path, size: tuple[int, int]) -> np.ndarray:
    """The same at `size` (width, height), which is no larger than the photograph: pixels are averaged."""
    picture = _as_float(read_pixels(path, size))
    return (
        picture if picture.shape[1::-1] == size else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    )


def read_pixels(path: Path, least: tuple[int, int] | None = None) -> np.ndarray:
    """The same as the file has it: uint8 or uint16, of which the largest number is 1, or float32.

    Where `least` (width, height) is enough, a JPEG may come at a half, a quarter or an eighth of its size, a
    raw file at a half.
    """
    data = read_file(path)
    if data.startswith(EXR_MAGIC):
        return srgb_encode(_read_exr(path))
    header = read_header(path, data)
    reduction = _reduction((header.width, header.height), least)
    pixels = turn_upright(_decode(path, data, reduction), header.orientation)
    return srgb_encode(pixels) if pixels.dtype.kind == "f" else to_srgb(pixels, header.colours)


def one_in(pixels: np.ndarray) -> float:
    """What stands for 1 in pixels as `read_pixels` has them."""
    return 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)


def _as_float(pixels: np.ndarray) -> np.ndarray:
    return pixels if pixels.dtype.kind == "f" else np.divide(pixels, one_in(pixels), dtype=np.float32)


def _reduction(size: tuple[int, int], least: tuple[int, int] | None) -> int:
    """By how much a picture may shrink where its decoder has a cheap way."""
    if least is None:
        return 1
    possible = min(size[0] / least[0], size[1] / least[1])
    return next(factor for factor in REDUCED_GREY if factor <= max(possible, 1))


def decoded_pixels(path: Path, size: tuple[int, int], least: tuple[int, int]) -> int:
    """Return how many pixels a decoder holds of a photograph of `size` (width, height), read at `least`.

    JPEG and raw files have a cheap way to a part of their size.
    """
    width, height = size
    suffix = path.suffix.lower()
    factor = 1
    if suffix in (".jpg", ".jpeg"):
        factor = _reduction(size, least)
    elif suffix in RAW_EXTENSIONS:
        factor = min(2, _reduction(size, least))
    return -(-width // factor) * -(-height // factor)


def photograph_size(path: Path) -> tuple[int, int]:
    """(width, height) after EXIF orientation, from the header alone."""
    header = read_header(path)
    return header.width, header.height


def read_file(path: Path) -> bytes:
    """The file's bytes, known to be whole as far as that shows without decoding."""
    try:
        data = read_whole(path, MAX_FILE_BYTES)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; check the path") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check its permissions") from None
    if not _is_whole(data):
        raise _cut_short(path)
    if _scans(data) > MAX_SCANS:
        raise InputError(f"{path} is stored in more than {MAX_SCANS} passes; save it as an ordinary JPEG")
    return data


def read_header(path: Path, data: bytes | None = None) -> Header:
    """Size, depth and orientation; from `data` where the file has been read already."""
    begins = _first_bytes(path) if data is None else data
    if begins.startswith(EXR_MAGIC):
        return _exr_header(path)
    if _is_raw(path, begins):
        width, height = _from(path, lambda: raw_size(path, read_file(path) if data is None else data))
        return Header(width, height, bits_per_channel=16, orientation=1)
    if is_heif(begins):
        return _from(path, lambda: _heif_header(path, read_file(path) if data is None else data))
    Image.MAX_IMAGE_PIXELS = None  # phones make 200 megapixels; these files are the person's own
    try:
        with Image.open(path if data is None else io.BytesIO(data)) as image:
            width, height = image.size
            check_picture(path, width, height)
            if image.format == "TIFF":  # Pillow and OpenCV both turn TIFFs themselves
                bits = max(image.tag_v2.get(BITS_PER_SAMPLE_TAG, (8,)))
                return Header(width, height, bits, orientation=1, colours=_colours(image))
            bits = _png_bits(image.fp) if image.format == "PNG" else 8
            orientation, colours = image.getexif().get(ORIENTATION_TAG, 1), _colours(image)
    except UnidentifiedImageError:  # such as TIFF of 32-bit floats
        data = data or read_file(path)
        if data.startswith(TIFF_MAGICS):
            check_picture(path, *_tiff_size(path, data))
        pixels = _decode(path, data)
        return Header(pixels.shape[1], pixels.shape[0], 8 * pixels.itemsize, orientation=1)
    except DAMAGE:
        raise _cut_short(path) from None
    orientation = orientation if orientation in range(1, 9) else 1
    if orientation >= 5:
        width, height = height, width
    return Header(width, height, bits, orientation, colours)


def read_thumbnail(path: Path, long_side: int) -> np.ndarray:
    """(h, w) uint8 grey picture, upright, `long_side` pixels at most."""
    data = read_file(path)
    header = read_header(path, data)
    reduction = max(1, max(header.width, header.height) / long_side)
    factor = next(factor for factor in REDUCED_GREY if factor <= reduction)
    grey = None if _is_raw(path, data) else _decode_grey(data, REDUCED_GREY[factor])
    if grey is None or header.bits_per_channel == 32:
        least = max(1, int(header.width / reduction)), max(1, int(header.height / reduction))
        grey = np.uint8(255 * np.clip(_as_float(read_pixels(path, least)).mean(axis=2), 0, 1))
    else:
        grey = turn_upright(grey, header.orientation)
    scale = long_side / max(grey.shape)
    if scale >= 1:
        return grey
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    return cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)


def turn_upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Undo EXIF orientation 1 to 8 (EXIF 2.3, table 6): where row 0 and column 0 of the file lie."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _decode(path: Path, data: bytes, reduction: int = 1) -> np.ndarray:
    """(H, W, 3) RGB, uint8, uint16 or float32: by the format's own library, else OpenCV, else Pillow."""
    if data.startswith(JPEG_MAGIC):
        return _from(path, lambda: decode_jpeg(data, reduction))
    if _is_raw(path, data):
        return _from(path, lambda: develop(path, data, half=reduction > 1))
    if is_heif(data):
        return _from(path, lambda: decode_heif(data))
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), COLOUR_AS_STORED)
    except cv2.error:
        pixels = None
    if pixels is not None:
        return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
    try:
        with Image.open(io.BytesIO(data)) as image:
            return np.asarray(image.convert("RGB"))
    except UnidentifiedImageError:
        if data.startswith(TIFF_MAGICS):  # its directory may lie at the end
            raise _cut_short(path) from None
        raise InputError(
            f"{path} is no photograph that can be read; give JPEG, PNG, TIFF, WebP, HEIC, EXR or raw files"
        ) from None
    except DAMAGE:
        raise _cut_short(path) from None


def _decode_grey(data: bytes, how: int) -> np.ndarray | None:
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), how | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:  # EXR, which its makers have switched off, and what is damaged
        return None


def _read_exr(path: Path) -> np.ndarray:
    """(H, W, 3) float32 scene-linear."""
    import OpenEXR

    _exr_header(path)  # refuses what it would claim
    try:
        with OpenEXR.File(str(path)) as file:
            channels = {name: channel.pixels for name, channel in file.channels().items()}
    except Exception:  # the library raises its own types and RuntimeError alike
        raise _cut_short(path) from None
    for kind in ("RGB", "RGBA", "Y"):
        for name, pixels in channels.items():
            if name.split(".")[-1] == kind:
                pixels = pixels[..., :3] if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
                return np.clip(np.nan_to_num(pixels.astype(np.float32)), -LIGHTEST, LIGHTEST)
    raise InputError(f"{path} has no RGB or Y channels; save the picture itself as EXR")


def _exr_header(path: Path) -> Header:
    try:
        width, height = check_exr(path)
    except InputError:
        raise
    except Exception:
        raise _cut_short(path) from None
    return Header(width, height, bits_per_channel=32, orientation=1)


def _heif_header(path: Path, data: bytes) -> Header:
    image = open_heif(data)
    width, height = image.size
    check_picture(path, width, height)
    profile = image.info.get("icc_profile")
    colours = read_profile(profile) if profile else None
    return Header(width, height, image.info["bit_depth"], orientation=1, colours=colours)


def _colours(image: Image.Image) -> Conversion | None:
    """What its profile says, or EXIF where a camera took Adobe RGB and embedded none."""
    if profile := image.info.get("icc_profile"):
        return read_profile(profile)
    marked = image.getexif().get_ifd(INTEROPERABILITY).get(INDEX)
    return adobe_rgb() if marked == ADOBE_RGB_INDEX else None


def _is_raw(path: Path, data: bytes) -> bool:
    """By its name, unless it begins as no raw file does."""
    return path.suffix.lower() in RAW_EXTENSIONS and not data.startswith((JPEG_MAGIC, PNG_MAGIC, EXR_MAGIC))


def _tiff_size(path: Path, data: bytes) -> tuple[int, int, int]:
    """(width, height, channels) of a TIFF that Pillow cannot decode, from its first directory."""
    try:
        directory = TiffImagePlugin.ImageFileDirectory_v2(data[:8])
        file = io.BytesIO(data)
        file.seek(directory.next)
        directory.load(file)
        width, height, channels = (int(directory.get(tag, 1)) for tag in TIFF_SIZE_TAGS)
    except (OSError, SyntaxError, TypeError, ValueError, struct.error):
        raise _cut_short(path) from None
    return width, height, channels


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError:
        return read_file(path)  # which says what is wrong


def _png_bits(file) -> int:
    """Byte 24 of a PNG is its bit depth (PNG specification, IHDR); a palette has 8 bits a colour."""
    file.seek(24)
    return max(8, file.read(1)[0])


def _is_whole(data: bytes) -> bool:
    if data.startswith(JPEG_MAGIC):
        return _jpeg_ends(data)
    return not data.startswith(PNG_MAGIC) or b"IEND" in data[-1024:]


def _jpeg_ends(data: bytes) -> bool:
    """True where the picture has its end-of-image marker.

    OpenCV fills what a cut-off file lacks with grey and only prints a warning. Segments before the scan
    are skipped, because an embedded thumbnail has an end marker of its own (JPEG, ITU T.81, annex B).
    """
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        if data[at + 1] == 0xDA:
            return data.find(b"\xff\xd9", at) >= 0
        fill = data[at + 1] == 0xFF
        at += 1 if fill else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False


def _scans(data: bytes) -> int:
    """How many times a JPEG goes over its pixels; 0 of others."""
    if not data.startswith(JPEG_MAGIC) or data.count(JPEG_SCAN) <= MAX_SCANS:
        return 0  # the files of all cameras, which are not looked through byte by byte
    at = scans = 0
    while marker := JPEG_SEGMENT.search(data, at):
        if marker[0] == JPEG_END:
            break
        scans += marker[0] == JPEG_SCAN
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    return scans


def _from(path: Path, read: Callable[[], T]) -> T:
    """What `read` gives of the file. Raises InputError where its library finds damage."""
    try:
        return read()
    except DAMAGE:
        raise _cut_short(path) from None


def _cut_short(path: Path) -> InputError:
    return InputError(f"{path} is damaged or cut short; copy it from the camera again")
