"""Pixels of photographs as their files hold them, by the library that knows each format best."""

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from ..contract.errors import InputError
from .heif import decode_heif, is_heif
from .jpeg import decode_jpeg
from .photograph_file import DAMAGE, JPEG_MAGIC, TIFF_MAGICS, damaged, decode_with, is_raw
from .raw import develop

COLOUR_AS_STORED = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
# libjpeg scales while it decodes, which makes a small picture cost a fraction of a photograph.
REDUCED_GREY = {
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    1: cv2.IMREAD_GRAYSCALE,
}


def decode(path: Path, data: bytes, reduction: int = 1) -> np.ndarray:
    """Decode a photograph by its format's own library, else OpenCV, else Pillow. EXR is not among them.

    Parameters
    ----------
    path
        To name in an error; raw files are recognised by its suffix.
    data
        The whole file.
    reduction
        One of `REDUCED_GREY`: by how much a JPEG's sides are divided; above 1, raw files are halved.

    Returns
    -------
    ndarray
        (H, W, 3) RGB, uint8, uint16 or float32, as the file lies; raw files and HEIC are upright.

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
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), COLOUR_AS_STORED)
    except cv2.error:
        pixels = None
    if pixels is not None:
        return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
    return _decode_by_pillow(path, data)


def decode_grey(data: bytes, reduction: int) -> np.ndarray | None:
    """Decode a grey picture, (h, w) uint8, at a part of its size; None where OpenCV cannot.

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
    except cv2.error:  # EXR, which its makers have switched off, and what is damaged
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
            return np.asarray(image.convert("RGB"))
    except UnidentifiedImageError:
        if data.startswith(TIFF_MAGICS):  # its directory may lie at the end
            raise damaged(path) from None
        raise InputError(
            f"{path} is not a photograph that can be read; give JPEG, PNG, TIFF, WebP, HEIC, EXR or raw files"
        ) from None
    except DAMAGE:
        raise damaged(path) from None
