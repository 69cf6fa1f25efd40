"""Colour profiles (ICC.1): pictures of wide gamuts, Display P3 of phones or Adobe RGB, converted to sRGB.

Little CMS, as Pillow has it, converts RGB of 8 bits only.
"""

import functools
import struct
from dataclasses import dataclass

import cv2
import numpy as np

from ..runtime.chunks import chunks
from .colour import srgb_encode

# Linear RGB to XYZ of D50, to which profiles adapt (Bradford): B. Lindbloom, "RGB/XYZ Matrices".
SRGB_TO_XYZ = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
ADOBE_RGB_TO_XYZ = np.array(
    [
        [0.6097559, 0.2052401, 0.1492240],
        [0.3111242, 0.6256560, 0.0632197],
        [0.0194811, 0.0608902, 0.7448387],
    ]
)
ADOBE_RGB_POWER = 563 / 256
COLOUR_SPACE = slice(16, 20)  # bytes of a profile's header
TAGS = 128  # byte where their number stands
MOST_TAGS = 100
CODES = 1024  # of a curve that is a formula, which is all but straight between two of them
PARAMETERS = 1, 3, 4, 5, 7  # of a parametric curve, by its kind
LIKE_SRGB = 2 / 255  # the most that one colour may change
LEAST_GAMMA, MOST_GAMMA = 2.0, 2.4  # that stand for sRGB, whose curve is near 2.2
WIDEST = 8.0  # of a matrix: 3 is in those of the widest gamuts
STEPS = 1 << 20  # of linear light between 0 and 1: finer than 16 bits encoded


@dataclass(frozen=True, eq=False)
class Conversion:
    """A conversion from an RGB space to linear sRGB.

    Attributes
    ----------
    curves
        Of red, green and blue: linear light at evenly spaced codes from 0 to 1.
    matrix
        (3, 3), of linear light.
    """

    curves: tuple[np.ndarray, ...]
    matrix: np.ndarray

    def linear(self, pixels: np.ndarray) -> np.ndarray:
        """Return linear sRGB, (N, 3) float32, of pixels (N, 3) uint8 or uint16."""
        return self.in_srgb(self.light(pixels))

    def light(self, pixels: np.ndarray) -> np.ndarray:
        """Return linear light of the space itself, (N, 3) float32, of pixels (N, 3) uint8 or uint16."""
        tables = _tables(self, pixels.dtype)
        light = np.empty(pixels.shape, np.float32)
        for channel, table in enumerate(tables):
            light[:, channel] = table[pixels[:, channel]]
        return light

    def in_srgb(self, light: np.ndarray) -> np.ndarray:
        """Return linear light (N, 3) float32 of the space as that of sRGB."""
        return cv2.transform(light[None], self.matrix.astype(np.float32))[0]

    def is_plain(self) -> bool:
        """Whether it hardly changes a colour."""
        levels = np.arange(0, 256, 51, dtype=np.uint8)
        colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)
        return np.abs(srgb_encode(self.linear(colours)) - colours / 255).max() <= LIKE_SRGB


def to_srgb(pixels: np.ndarray, conversion: Conversion | None) -> np.ndarray:
    """Convert a picture to sRGB, and cut what lies beyond its gamut.

    Parameters
    ----------
    pixels
        (H, W, 3) uint8 or uint16.
    conversion
        None returns the same picture.
    """
    if conversion is None:
        return pixels
    converted = np.empty(pixels.shape, pixels.dtype)
    source, target, encoded = pixels.reshape(-1, 3), converted.reshape(-1, 3), _encoded(pixels.dtype)
    for chunk in chunks(len(source)):
        linear = conversion.linear(source[chunk])
        target[chunk] = encoded.take(np.int32(linear * STEPS + 0.5), mode="clip")
    return converted


@functools.lru_cache(maxsize=16)
def read_profile(profile: bytes) -> Conversion | None:
    """Return the conversion of an embedded ICC profile.

    Returns
    -------
    Conversion or None
        None where it is sRGB's own, damaged, or no curves and matrix of RGB, which those of cameras and
        screens are: printers' and scanners' are tables.
    """
    if profile[COLOUR_SPACE] != b"RGB ":
        return None
    try:
        tags = _tags(profile)
        columns = [_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
        curves = tuple(_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC"))
    except (KeyError, ValueError, struct.error):
        return None
    matrix = np.linalg.solve(SRGB_TO_XYZ, np.stack(columns, axis=1))
    conversion = Conversion(curves, matrix)
    return None if np.abs(matrix).max() > WIDEST or conversion.is_plain() else conversion


@functools.cache
def adobe_rgb() -> Conversion:
    """Return the conversion of Adobe RGB (1998).

    Cameras mark it in EXIF (DCF 2.0, optional colour space) without a profile.
    """
    curve = np.linspace(0, 1, CODES) ** ADOBE_RGB_POWER
    return Conversion((curve,) * 3, np.linalg.solve(SRGB_TO_XYZ, ADOBE_RGB_TO_XYZ))


@functools.lru_cache(maxsize=16)
def power_law(gamma: float) -> Conversion | None:
    """Return the conversion of codes that are light to the power of 1 / gamma; None where that is as sRGB."""
    conversion = Conversion((np.linspace(0, 1, CODES) ** gamma,) * 3, np.eye(3))
    return None if LEAST_GAMMA <= gamma <= MOST_GAMMA else conversion


@functools.lru_cache(maxsize=16)
def _tables(conversion: Conversion, kind: np.dtype) -> list[np.ndarray]:
    """Linear light of every code, float32."""
    codes = np.linspace(0, 1, np.iinfo(kind).max + 1)
    return [
        np.interp(codes, np.linspace(0, 1, len(curve)), curve).astype(np.float32)
        for curve in conversion.curves
    ]


@functools.cache
def _encoded(kind: np.dtype) -> np.ndarray:
    """Codes in sRGB of linear light at every step."""
    most = np.iinfo(kind).max
    return np.rint(most * srgb_encode(np.linspace(0, 1, STEPS + 1))).astype(kind)


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, TAGS)
    entries = (struct.unpack_from(">4sII", profile, TAGS + 4 + 12 * i) for i in range(min(count, MOST_TAGS)))
    return {name: profile[start : start + size] for name, start, size in entries}


def _xyz(tag: bytes) -> np.ndarray:
    """XYZType, ICC.1:2022, 10.31."""
    return np.array(struct.unpack_from(">3i", tag, 8)) / 65536


def _curve(tag: bytes) -> np.ndarray:
    """Linear light by a curveType or parametricCurveType (ICC.1:2022, 10.6 and 10.18), else ValueError."""
    codes = np.linspace(0, 1, CODES)
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        numbers = np.array(struct.unpack_from(f">{count}H", tag, 12))
        return codes if count == 0 else codes ** (numbers[0] / 256) if count == 1 else numbers / 65535
    if tag[:4] != b"para":
        raise ValueError(tag[:4])
    kind = int.from_bytes(tag[8:10], "big")
    if kind >= len(PARAMETERS):
        raise ValueError(kind)
    numbers = np.array(struct.unpack_from(f">{PARAMETERS[kind]}i", tag, 12)) / 65536
    return _parametric(kind, numbers, codes)


def _parametric(kind: int, numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Curve (a x + b)^g + e from x = d on, and c x + f below it; fewer numbers leave out some of these."""
    power, a, b, c, d, e, f = 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if kind == 0:
        (power,) = numbers
    elif kind in (1, 2):  # below d, where the base is 0, the curve stays
        power, a, b, *rest = numbers
        e = f = rest[0] if rest else 0.0
        d = -b / a if a else 0.0
    else:
        power, a, b, c, d, *rest = numbers
        e, f = rest or (0.0, 0.0)
    curved = np.maximum(a * codes + b, 0) ** max(power, 0.0) + e
    return np.clip(np.where(codes >= d, curved, c * codes + f), 0, 1)
