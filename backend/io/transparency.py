"""Transparent parts of pictures, as those that other programs aligned have: what is not shown there."""

import cv2
import numpy as np


def fill_transparent(pixels: np.ndarray, is_empty: np.ndarray) -> np.ndarray:
    """Give transparent parts smooth colours of what is around them, so that they have no edge in focus.

    Parameters
    ----------
    pixels
        (H, W, 3) uint8, uint16 or float32.
    is_empty
        (H, W) bool. Where all is, or nothing, the same picture is returned: an alpha channel that says
        nothing was not meant.

    Returns
    -------
    ndarray
        Of the same shape and type.
    """
    if is_empty.all() or not is_empty.any():
        return pixels
    filled = pixels.copy()
    filled[is_empty] = _spread(pixels, ~is_empty)[is_empty].astype(pixels.dtype)
    return filled


def _spread(pixels: np.ndarray, is_given: np.ndarray) -> np.ndarray:
    """Pull the colours given up a pyramid and push them down where there are none (Gortler et al. 1996)."""
    weight = is_given.astype(np.float32)
    colours = pixels.astype(np.float32) * weight[..., None]
    if weight.all() or max(weight.shape) <= 1:
        return colours
    height, width = weight.shape
    half = (-(-width // 2), -(-height // 2))
    weights = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(colours, half, interpolation=cv2.INTER_AREA)
    means = sums / np.maximum(weights, 1e-6)[..., None]
    coarse = cv2.resize(_spread(means, weights > 0), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(is_given[..., None], colours, coarse)
