"""Photographs from files of any kind: upright, RGB, sRGB-encoded."""

from pathlib import Path

import cv2
import numpy as np

from ..contract.formats import RAW_EXTENSIONS, is_clip_frame
from .clip_frames import read_clip_frame
from .colour import srgb_encode
from .colour_profile import to_srgb
from .decoding import REDUCED_GREY, decode, decode_grey, turn_upright
from .exr import read_exr
from .header import read_header
from .photograph_file import EXR_MAGIC, JPEG_MAGIC, read_file
from .png_tiff import decode_picture
from .reading import AS_FILED, Reading

JPEG_EXTENSIONS = (".jpg", ".jpeg")


def read_photograph(path: Path, reading: Reading = AS_FILED) -> np.ndarray:
    """Read a photograph after EXIF orientation.

    JPEG, PNG, TIFF, WebP, BMP, HEIC and raw files give 0 to 1 (16 bits keep their precision). EXR and TIFF of
    floats are scene linear and get the sRGB curve; values above 1 are kept. Grey becomes three equal
    channels; what is transparent has colours of what is around it.

    Parameters
    ----------
    path
        The file, or a page of a TIFF as `contract.formats.locate` has it.
    reading
        What the stack tells of it.

    Returns
    -------
    ndarray
        (H, W, 3) float32 RGB, sRGB-encoded.

    Raises
    ------
    InputError
        Where the file is missing, damaged or no photograph.
    """
    return _to_float(read_pixels(path, reading=reading))


def read_photograph_at(
    path: Path, size: tuple[int, int], reading: Reading = AS_FILED, out: np.ndarray | None = None
) -> np.ndarray:
    """Read a photograph as `read_photograph` does, shrunk by averaging.

    Parameters
    ----------
    path
        The file.
    size
        Width and height in pixels, no larger than the photograph.
    reading
        What the stack tells of it.
    out
        (h, w, 3) float32, which is written to and returned, in place of a new array.

    Returns
    -------
    ndarray
        (h, w, 3) float32 RGB, sRGB-encoded.
    """
    pixels = read_pixels(path, size, reading)
    if pixels.shape[1::-1] == size:
        return _to_float(pixels, out)
    return cv2.resize(_to_float(pixels), size, out, interpolation=cv2.INTER_AREA)


def read_pixels(path: Path, least: tuple[int, int] | None = None, reading: Reading = AS_FILED) -> np.ndarray:
    """Read a photograph as `read_photograph` does, in the type of its file.

    Parameters
    ----------
    path
        The file.
    least
        Width and height in pixels that are enough: a JPEG may come at a half, a quarter or an eighth of its
        size then, a raw file at a half.
    reading
        What the stack tells of it.

    Returns
    -------
    ndarray
        (H, W, 3) uint8, uint16 or float32, of which `white_level` is white.

    Raises
    ------
    InputError
        Where the file is missing, damaged or no photograph.
    """
    if is_clip_frame(path):
        return read_clip_frame(path)
    data = read_file(path)
    if data.startswith(EXR_MAGIC):
        return srgb_encode(read_exr(path, reading.is_whole))
    header = read_header(path, data).read_as(reading)
    reduction = _reduction((header.width, header.height), least)
    pixels = turn_upright(decode(path, data, reduction, reading.white), header.orientation)
    return srgb_encode(pixels) if pixels.dtype.kind == "f" else to_srgb(pixels, header.colours)


def brightest_value(path: Path) -> tuple[float, np.dtype]:
    """Return the largest value in a PNG or TIFF, whatever stands for white there, and the type of its values.

    Raises
    ------
    InputError
        Where the file is damaged.
    """
    pixels, alpha = decode_picture(path)
    if alpha is not None:
        pixels = pixels[alpha > 0]
    finite = pixels[np.isfinite(pixels)] if pixels.dtype.kind == "f" else pixels
    return float(finite.max(initial=0)), pixels.dtype


def white_level(pixels: np.ndarray) -> float:
    """Return the value of white in pixels as `read_pixels` returns them."""
    return 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(pixels.dtype).max)


def count_decoded_pixels(path: Path, size: tuple[int, int], least: tuple[int, int]) -> int:
    """Return how many pixels a decoder holds of a photograph of `size` (width, height), read at `least`.

    JPEG and raw files have a cheap way to a part of their size.
    """
    width, height = size
    suffix = path.suffix.lower()
    factor = 1
    if suffix in JPEG_EXTENSIONS:
        factor = _reduction(size, least)
    elif suffix in RAW_EXTENSIONS:
        factor = min(2, _reduction(size, least))
    return -(-width // factor) * -(-height // factor)


def read_thumbnail(path: Path, long_side: int, reading: Reading = AS_FILED) -> np.ndarray:
    """Read a small grey picture of a photograph after EXIF orientation.

    Parameters
    ----------
    path
        The file.
    long_side
        Pixels of its longer side, at most.
    reading
        What the stack tells of it.

    Returns
    -------
    ndarray
        (h, w) uint8.

    Raises
    ------
    InputError
        Where the file is missing, damaged or no photograph.
    """
    data = b"" if is_clip_frame(path) else read_file(path)
    header = read_header(path, data).read_as(reading)
    reduction = max(1, max(header.width, header.height) / long_side)
    factor = next(factor for factor in REDUCED_GREY if factor <= reduction)
    grey = decode_grey(data, factor) if data.startswith(JPEG_MAGIC) else None
    if grey is None:
        least = max(1, int(header.width / reduction)), max(1, int(header.height / reduction))
        picture = _to_float(read_pixels(path, least, reading))
        grey = (255 * np.clip(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 0, 1)).astype(np.uint8)
    else:
        grey = turn_upright(grey, header.orientation)
    scale = long_side / max(grey.shape)
    if scale >= 1:
        return grey
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    return cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)


def _to_float(pixels: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    if pixels.dtype.kind == "f" and out is None:
        return pixels
    return np.divide(pixels, np.float32(white_level(pixels)), out, dtype=np.float32)


def _reduction(size: tuple[int, int], least: tuple[int, int] | None) -> int:
    """By how much a picture may shrink where its decoder has a cheap way."""
    if least is None:
        return 1
    possible = min(size[0] / least[0], size[1] / least[1])
    return next(factor for factor in REDUCED_GREY if factor <= max(possible, 1))
