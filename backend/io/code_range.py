"""Codes that stand for white: pictures of 10, 12 or 14 bits come in files of 16 or more, signed or not."""

import math
from collections.abc import Iterable

import numpy as np

# A brightest code under one of these is of a camera with so many bits: nothing brighter is in any frame.
PARTLY_USED = 255, 1023, 4095, 16383
LEAST_CODES = 100.0  # a float above it is a code, not light
DARKEST_WHITE = 1 / 16  # of light: what never reaches it is counted in another unit
DEEP = 65535


def find_white(brightest: Iterable[float], kind: np.dtype) -> float | None:
    """Return the value that stands for white in all pictures of a stack; None for the largest of its type.

    Parameters
    ----------
    brightest
        The largest value of each picture. Once one uses the type's whole range, no more are asked for.
    kind
        Of the values.
    """
    is_float = kind.kind == "f"
    codes = (*PARTLY_USED, DEEP) if kind.itemsize > 2 or is_float else PARTLY_USED
    most = 0.0
    for value in brightest:
        most = max(most, float(value))
        if most > codes[-1] or (is_float and DARKEST_WHITE < most < LEAST_CODES):
            return None
    if is_float and most < LEAST_CODES:
        return 2.0 ** math.ceil(math.log2(most)) if most > 0 else None
    return next((float(code) for code in codes if most <= code), None) if most > 0 else None


def scale_codes(pixels: np.ndarray, white: float | None = None) -> np.ndarray:
    """Return pixels as the rest of the program has them.

    Parameters
    ----------
    pixels
        Of any type.
    white
        The value that stands for white; None for the largest of the type, or 1 of floats.

    Returns
    -------
    ndarray
        uint8 or uint16 whose largest value is white, or float32, scene linear.
    """
    kind = pixels.dtype
    if kind == np.uint8 or (kind == np.uint16 and white is None):
        return pixels
    if kind.kind == "f" and (white is None or white < LEAST_CODES):
        return np.nan_to_num(pixels.astype(np.float32), nan=0.0) / np.float32(white or 1)
    target = np.dtype(np.uint8 if kind.itemsize == 1 else np.uint16)
    most = float(np.iinfo(target).max)
    scale = most / (white or float(np.iinfo(kind).max))
    if kind.itemsize > 2 or kind.kind == "f":
        return _rounded(pixels.astype(np.float32) * np.float32(scale), most, target)
    codes = np.arange(int(most) + 1).astype(target).view(kind)  # in the order of their bits
    return _rounded(codes * scale, most, target)[pixels.view(target)]


def _rounded(values: np.ndarray, most: float, kind: np.dtype) -> np.ndarray:
    return np.clip(np.rint(np.nan_to_num(values)), 0, most).astype(kind)
