"""HEIC of phones and HIF of cameras, through libheif."""

import importlib.util
import io
import os
import re
from pathlib import Path

import numpy as np

from .photograph_file import DAMAGE

HEVC_BRANDS = re.compile(rb"heic|heix|heim|heis|hevc|hevx")  # ISO/IEC 23008-12, annex B
BRANDS = slice(8, 64)  # bytes of the file where they stand
DEEP = 16  # bits
EXIF_START = re.compile(rb".{0,16}?(?=II\*\0|MM\0\*)", re.DOTALL)  # before the TIFF stream that EXIF is


def is_heif(data: bytes) -> bool:
    """Whether a file that starts with `data` holds HEVC pictures; AVIF is another codec, of Pillow's."""
    end = int.from_bytes(data[:4], "big")
    return data[4:8] == b"ftyp" and HEVC_BRANDS.search(data[BRANDS][: end - 8]) is not None


def open_heif(data: bytes):
    """Return pi_heif's image of a file's bytes: it has `size`, upright, and `info`; nothing is decoded yet.

    Raises
    ------
    Exception
        One of `photograph_file.DAMAGE` where the file is damaged or cut short.
    """
    pi_heif = _library()
    return pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)


def decode_heif(data: bytes) -> np.ndarray:
    """Decode a file's bytes.

    Returns
    -------
    ndarray
        (H, W, 3) RGB, upright: uint8, or uint16 where the file has more than 8 bits.

    Raises
    ------
    Exception
        One of `photograph_file.DAMAGE` where the file is damaged or cut short.
    """
    image = open_heif(data)  # its memory is the array's, so that it must live longer
    pixels = np.asarray(image)
    return np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels[..., :3].copy()


def read_heif_exif(data: bytes) -> bytes:
    """Return the EXIF in a file's bytes, as the TIFF stream that it is; nothing where there is none."""
    try:
        exif = open_heif(data).info.get("exif") or b""
    except DAMAGE:
        return b""
    start = EXIF_START.match(exif)
    return exif[start.end() :] if start else b""


def _library():
    """Import pi_heif. Blender 4.2, unlike 4.5, leaves the wheel's libraries where Windows does not search."""
    spec = importlib.util.find_spec("pi_heif")
    if os.name == "nt" and spec is not None and spec.origin is not None:
        for folder in Path(spec.origin).parents[1].glob("pi_heif-*.data/platlib"):
            os.add_dll_directory(str(folder))
    import pi_heif

    return pi_heif
