"""The sRGB transfer curve (IEC 61966-2-1), for numbers of any size: highlights above 1 stay."""

import functools

import numpy as np

from ..runtime.parallel import elementwise

FINEST = 32768  # steps between 0 and 1 of encoded values of the lookup table: finer than half floats are


def srgb_encode(linear: np.ndarray) -> np.ndarray:
    """Return scene-linear values as sRGB-encoded ones, float32; the straight part carries values under 0."""

    def encode(linear: np.ndarray) -> np.ndarray:
        linear = linear.astype(np.float32, copy=False)
        curved = 1.055 * np.power(np.maximum(linear, 0), np.float32(1 / 2.4)) - 0.055
        return np.where(linear <= 0.0031308, 12.92 * linear, curved)

    return elementwise(encode, np.asarray(linear), np.float32)


def srgb_decode(encoded: np.ndarray) -> np.ndarray:
    """Return sRGB-encoded values as scene-linear ones, float32: the inverse of `srgb_encode`."""

    def decode(encoded: np.ndarray) -> np.ndarray:
        encoded = encoded.astype(np.float32, copy=False)
        curved = np.power((np.maximum(encoded, 0) + 0.055) / 1.055, np.float32(2.4))
        return np.where(encoded <= 0.04045, encoded / 12.92, curved)

    return elementwise(decode, np.asarray(encoded), np.float32)


def half_linear(encoded: np.ndarray) -> np.ndarray:
    """Return sRGB-encoded float32 values as scene-linear half floats, by a table; beyond 0 to 2 they are cut.

    Half floats hold what eight bits do: their steps are at most a ninth of one of an 8-bit picture.
    """
    table = _linear_halves()

    def look_up(encoded: np.ndarray) -> np.ndarray:
        return table[np.clip(encoded * FINEST + 0.5, 0, len(table) - 1).astype(np.uint16)]

    return elementwise(look_up, encoded, np.float16)


def srgb_bytes(linear: np.ndarray) -> np.ndarray:
    """Return scene-linear values as sRGB-encoded uint8, half floats by a table; highlights are cut."""
    if linear.dtype == np.float16:
        table = _bytes_of_halves()
        return elementwise(lambda halves: table[halves.view(np.uint16)], linear, np.uint8)
    return to_integers(srgb_encode(linear), np.uint8)


def to_integers(encoded: np.ndarray, kind: type = np.uint16) -> np.ndarray:
    """Return sRGB-encoded values 0 to 1 as integers of a kind."""
    most = np.iinfo(kind).max
    return elementwise(lambda values: np.rint(np.clip(values, 0, 1) * most), encoded, kind)


@functools.cache
def _linear_halves() -> np.ndarray:
    return srgb_decode(np.arange(2 * FINEST, dtype=np.float32) / FINEST).astype(np.float16)


@functools.cache
def _bytes_of_halves() -> np.ndarray:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    return srgb_bytes(np.clip(np.nan_to_num(halves.astype(np.float32)), 0, 1))
