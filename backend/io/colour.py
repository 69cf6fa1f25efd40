"""The sRGB transfer curve (IEC 61966-2-1), for numbers of any size: highlights above 1 stay."""

import functools

import numpy as np

from ..runtime.chunks import chunks
from ..runtime.parallel import for_each

FINEST = 32768  # steps between 0 and 1 of encoded values of the lookup table: finer than half floats are


def srgb_encode(linear: np.ndarray) -> np.ndarray:
    """Return scene-linear values as sRGB-encoded ones, float32; the straight part carries values under 0."""
    linear = np.asarray(linear, dtype=np.float32)
    curved = 1.055 * np.power(np.maximum(linear, 0), np.float32(1 / 2.4)) - 0.055
    return np.where(linear <= 0.0031308, 12.92 * linear, curved).astype(np.float32, copy=False)


def srgb_decode(encoded: np.ndarray) -> np.ndarray:
    """Return sRGB-encoded values as scene-linear ones, float32: the inverse of `srgb_encode`."""
    encoded = np.asarray(encoded, dtype=np.float32)
    curved = np.power((np.maximum(encoded, 0) + 0.055) / 1.055, np.float32(2.4))
    return np.where(encoded <= 0.04045, encoded / 12.92, curved).astype(np.float32, copy=False)


def half_linear(encoded: np.ndarray) -> np.ndarray:
    """Return sRGB-encoded float32 values as scene-linear half floats, by a table; beyond 0 to 2 they are cut.

    Half floats hold what eight bits do: their steps are at most a ninth of one of an 8-bit picture.
    """
    linear = np.empty(encoded.shape, np.float16)
    source, target, table = encoded.reshape(-1), linear.reshape(-1), _linear_halves()

    def look_up(chunk: slice) -> None:
        codes = np.clip(source[chunk] * FINEST + 0.5, 0, len(table) - 1)
        target[chunk] = table[codes.astype(np.uint16)]

    for_each(look_up, list(chunks(len(source))))
    return linear


def srgb_bytes(linear: np.ndarray) -> np.ndarray:
    """Return scene-linear values as sRGB-encoded uint8, half floats by a table; highlights are cut."""
    if linear.dtype == np.float16:
        encoded = np.empty(linear.shape, np.uint8)
        source, target, table = linear.view(np.uint16).reshape(-1), encoded.reshape(-1), _bytes_of_halves()

        def look_up(chunk: slice) -> None:
            target[chunk] = table[source[chunk]]

        for_each(look_up, list(chunks(len(source))))
        return encoded
    return np.rint(255 * np.clip(srgb_encode(linear), 0, 1)).astype(np.uint8)


@functools.cache
def _linear_halves() -> np.ndarray:
    return srgb_decode(np.arange(2 * FINEST, dtype=np.float32) / FINEST).astype(np.float16)


@functools.cache
def _bytes_of_halves() -> np.ndarray:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    return srgb_bytes(np.clip(np.nan_to_num(halves.astype(np.float32)), 0, 1))
