"""The sRGB transfer curve (IEC 61966-2-1), for numbers of any size: highlights over 1 are kept."""

import functools

import numpy as np

from ..runtime.chunks import chunks

FINEST = 32768  # steps between 0 and 1 of encoded values that are looked up: finer than half floats are


def srgb_encode(linear: np.ndarray) -> np.ndarray:
    """Scene-linear values to sRGB-encoded ones, float32; the straight part carries values under 0."""
    linear = np.asarray(linear, dtype=np.float32)
    curved = 1.055 * np.power(np.maximum(linear, 0), np.float32(1 / 2.4)) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curved).astype(np.float32, copy=False)


def srgb_decode(encoded: np.ndarray) -> np.ndarray:
    """sRGB-encoded values to scene-linear ones, float32; the inverse of `srgb_encode`."""
    encoded = np.asarray(encoded, dtype=np.float32)
    curved = np.power((np.maximum(encoded, 0) + 0.055) / 1.055, np.float32(2.4))
    return np.where(encoded <= 0.04045, encoded / 12.92, curved).astype(np.float32, copy=False)


def half_linear(encoded: np.ndarray) -> np.ndarray:
    """sRGB-encoded float32 values to scene-linear half floats, looked up; what lies beyond 0 to 2 is cut.

    Half floats hold what eight bits told: their steps are at most a ninth of one of an 8-bit picture.
    """
    linear = np.empty(encoded.shape, np.float16)
    source, target, table = encoded.reshape(-1), linear.reshape(-1), _linear_halves()
    for chunk in chunks(len(source)):
        codes = np.clip(source[chunk] * FINEST + 0.5, 0, len(table) - 1)
        target[chunk] = table[codes.astype(np.uint16)]
    return linear


def srgb_bytes(linear: np.ndarray) -> np.ndarray:
    """Scene-linear values to sRGB bytes, half floats by looking up; highlights are cut."""
    if linear.dtype == np.float16:
        return _bytes_of_halves()[linear.view(np.uint16)]
    return np.uint8(np.rint(255 * np.clip(srgb_encode(linear), 0, 1)))


@functools.cache
def _linear_halves() -> np.ndarray:
    return srgb_decode(np.arange(2 * FINEST, dtype=np.float32) / FINEST).astype(np.float16)


@functools.cache
def _bytes_of_halves() -> np.ndarray:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    return srgb_bytes(np.clip(np.nan_to_num(halves.astype(np.float32)), 0, 1))
