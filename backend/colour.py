"""The sRGB transfer curve (IEC 61966-2-1), for numbers of any size: highlights over 1 are kept."""

import numpy as np


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
