"""Exposure and white balance made alike: cameras meter every frame anew, and so tell where one ends."""

import itertools

import cv2
import numpy as np

from ..runtime.parallel import prefetch

SIZE = 48  # longer side at which brightness is compared: blur does not matter there
TRUSTED = 0.04, 0.94  # between black and clipped, sRGB-encoded
# Of the largest channel: below it a camera's value is what others leave of it, and grows with no light.
SATURATED = 0.3
LARGEST_GAIN = 2.0


def equalising_gains(pictures: np.ndarray) -> np.ndarray:
    """(N, 3) factors that bring aligned pictures (N, H, W, 3) to the stack's median exposure.

    Neighbours are compared, since they differ least, a channel at a time, in sRGB-encoded values.
    """
    height, width = pictures.shape[1:3]
    shrink = SIZE / max(height, width)
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    small = prefetch(lambda picture: cv2.resize(picture, size, interpolation=cv2.INTER_AREA), pictures)
    ratios = [_brightness_ratio(one, other) for one, other in itertools.pairwise(small)]
    brightness = np.cumsum(np.log([np.ones(3), *ratios]), 0)
    gains = np.exp(np.median(brightness, 0) - brightness)
    return np.clip(gains, 1 / LARGEST_GAIN, LARGEST_GAIN).astype(np.float32)


def _brightness_ratio(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(3,) how much brighter `other` is, by the median over what neither clips; 1 where nothing is left."""
    trusted = (_is_trusted(one) & _is_trusted(other)).reshape(-1, 3)
    ratio = (other / np.maximum(one, TRUSTED[0])).reshape(-1, 3)
    channels = zip(ratio.T, trusted.T, strict=True)
    return np.array([np.median(values[where]) if where.sum() > 20 else 1.0 for values, where in channels])


def _is_trusted(picture: np.ndarray) -> np.ndarray:
    low, high = TRUSTED
    return (picture > low) & (picture < high) & (picture > SATURATED * picture.max(axis=2, keepdims=True))
