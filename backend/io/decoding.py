"""Pixels of photographs as their files hold them, by the library that knows each format best."""

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from .code_range import scale_codes
from .heif import decode_heif, is_heif
from .jpeg import decode_jpeg
from .photograph_file import DAMAGE, JPEG_MAGIC, damaged, decode_with, is_picture, is_raw, not_readable
from .png_tiff import decode_picture
from .raw import develop
from .transparency import fill_transparent

# libjpeg scales while it decodes, which makes a small picture cost a fraction of a photograph.
REDUCED_GREY = {
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    1: cv2.IMREAD_GRAYSCALE,
}


def decode(path: Path, data: bytes, reduction: int = 1, white: float | None = None) -> np.ndarray:
    """Decode a photograph by its format's own library. EXR is not among them.

    Parameters
    ----------
    path
        To name in an error; raw files are recognised by its suffix.
    data
        The whole file.
    reduction
        One of `REDUCED_GREY`: by how much a JPEG's sides are divided; above 1, raw files are halved.
    white
        The value that stands for white, where it is not the largest of its type.

    Returns
    -------
    ndarray
        (H, W, 3) RGB, uint8, uint16 or float32, as the file lies; raw files and HEIC are upright. What is
        transparent has colours of what is around it.

    Raises
    ------
    InputError
        Where it is damaged or no photograph.
    """
    if data.startswith(JPEG_MAGIC):
        return decode_with(path, lambda: decode_jpeg(data, reduction))
    if is_raw(path, data):
        return decode_with(path, lambda: develop(path, data, half=reduction > 1))
    if is_heif(data):
        return decode_with(path, lambda: decode_heif(data))
    if is_picture(data):
        pixels, alpha = decode_picture(path)
        pixels = scale_codes(pixels, white)
        return pixels if alpha is None else fill_transparent(pixels, alpha == 0)
    return _decode_by_pillow(path, data)


def decode_grey(data: bytes, reduction: int) -> np.ndarray | None:
    """Decode a JPEG in grey, (h, w) uint8, at a part of its size; None where OpenCV cannot.

    Parameters
    ----------
    data
        The whole file.
    reduction
        One of `REDUCED_GREY`: by how much its sides are divided.
    """
    try:
        return cv2.imdecode(
            np.frombuffer(data, np.uint8), REDUCED_GREY[reduction] | cv2.IMREAD_IGNORE_ORIENTATION
        )
    except cv2.error:
        return None


def turn_upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Undo EXIF orientation 1 to 8 (EXIF 2.3, table 6): where row 0 and column 0 of the file lie."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _decode_by_pillow(path: Path, data: bytes) -> np.ndarray:
    try:
        with Image.open(io.BytesIO(data)) as image:
            if not image.has_transparency_data:
                return np.asarray(image.convert("RGB"))
            pixels = np.asarray(image.convert("RGBA"))
            return fill_transparent(pixels[..., :3], pixels[..., 3] == 0)
    except UnidentifiedImageError:
        raise not_readable(path) from None
    except DAMAGE:
        raise damaged(path) from None
