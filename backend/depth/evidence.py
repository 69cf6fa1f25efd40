"""What the pixels of a focal stack can tell of depth: how their contrast changes with focus, against noise.

Noise is unlike in each frame, texture is the same, more or less blurred. So a frame's contrast is measured
along what all frames have in common in a window (a matched filter: the projection of its band-passed pixels
on their mean), and the noise is what neighbouring frames differ by where nothing else does. Where the
contrast hardly changes beyond noise, as on a plain wall, no method can tell the depth from those pixels.
"""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

FINE, COARSE = 0.7, 1.0  # pixels: deviations of Gaussians at the bands' fine ends; COARSE on half the size
WINDOW = 2.5  # pixels: deviation of windows
QUIET = 0.05  # share of the pixels of like brightness whose differences are nothing but noise
BRIGHTNESSES = 8  # classes of brightness, each with its own noise
BRIGHTNESS_BLUR = 3.0  # pixels
ROUNDING = 0.05 / 255  # noise that every file has
UNIT = 1 / 4096  # of contrast, so that float16 holds it: a sixth of the memory that the pictures take
BRIGHTEST = 4.0  # sRGB; brighter is clipped
ALIKE = 3.0, 0.05  # deviations of noise, and parts of the contrast, by which the sharpest frame may be missed
NOTHING, EVERYTHING = 6.0, 14.0  # changes of contrast over noise that tell nothing, and that suffice
SPREAD = 5  # pixels to either side from which a window takes what is no business of its centre's


@dataclass(frozen=True)
class Evidence:
    """What pixels tell of depth.

    Attributes
    ----------
    strength
        (h, w) float32: the change of contrast along the stack, over noise.
    least, most
        (h, w) float32 normalised dioptres between which the sharpest frame surely is; infinite beyond the
        first and the last frame.
    """

    strength: np.ndarray
    least: np.ndarray
    most: np.ndarray

    @functools.cached_property
    def share(self) -> np.ndarray:
        """(h, w) from 0, where pixels tell nothing, to 1, where they suffice."""
        # Strength, without what windows take from pixels beside.
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * SPREAD + 1, 2 * SPREAD + 1))
        own = _blur(cv2.erode(self.strength, disc), SPREAD / 2)
        return np.clip((own - NOTHING) / (EVERYTHING - NOTHING), 0, 1) ** 2


def measure_evidence(pictures: np.ndarray, positions: np.ndarray) -> Evidence:
    """Measure what the pixels can tell.

    Parameters
    ----------
    pictures
        (N, h, w, 3) float32, sRGB, aligned, far to near.
    positions
        (N,) normalised dioptres of the frames.
    """
    ends = np.array([-np.inf, *(positions[1:] + positions[:-1]) / 2, np.inf], np.float32)
    height, width = pictures.shape[1:3]
    half = (width + 1) // 2, (height + 1) // 2
    fine = _measure_band(lambda: map(_grey, pictures), FINE, ends)
    halved = [cv2.resize(_grey(each), half, interpolation=cv2.INTER_AREA) for each in pictures]
    return _surer(fine, _enlarged(_measure_band(lambda: halved, COARSE, ends), (width, height)))


def _grey(picture: np.ndarray) -> np.ndarray:
    """(h, w) as float16 can hold the contrast of: files of linear light may have any number."""
    return np.clip(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 0, BRIGHTEST)


def _enlarged(evidence: Evidence, size: tuple[int, int]) -> Evidence:
    ends = (
        cv2.resize(each, size, interpolation=cv2.INTER_NEAREST) for each in (evidence.least, evidence.most)
    )
    return Evidence(cv2.resize(evidence.strength, size, interpolation=cv2.INTER_LINEAR), *ends)


def _measure_band(frames: Callable[[], Iterable[np.ndarray]], deviation: float, ends: np.ndarray) -> Evidence:
    """Measure one band of frames, grey (h, w), which are gone through twice: bands take memory."""

    def bands() -> Iterator[np.ndarray]:
        return (_blur(each, deviation) - _blur(each, 2 * deviation) for each in frames())

    mean, difference = _mean_and_difference(bands())
    brightness = _blur(functools.reduce(np.add, frames()) / (len(ends) - 1), BRIGHTNESS_BLUR)
    noise = np.sqrt(_noise(difference, brightness) + ROUNDING**2)
    noise *= deviation / (WINDOW * np.sqrt(2))  # the mean of that many independent pixels
    contrast = _contrast_in_common(bands(), mean, len(ends) - 1)
    top = contrast.max(0).astype(np.float32)
    may_be_sharpest = contrast >= (top - (ALIKE[0] * noise / UNIT + ALIKE[1] * top)).astype(np.float16)
    first = may_be_sharpest.argmax(0)
    last = len(contrast) - may_be_sharpest[::-1].argmax(0)
    return Evidence((top - contrast.min(0)) * UNIT / noise, ends[first], ends[last])


def _mean_and_difference(bands: Iterator[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The mean of bands (h, w), and the mean variance between one and the next."""
    before = next(bands)
    total, difference, count = before.copy(), np.zeros_like(before), 1
    for band in bands:
        total += band
        difference += _blur((band - before) ** 2, WINDOW) / 2
        before, count = band, count + 1
    return total / count, difference / max(count - 1, 1)


def _contrast_in_common(bands: Iterator[np.ndarray], mean: np.ndarray, count: int) -> np.ndarray:
    """(N, h, w) float16 in UNIT: amplitudes of bands (h, w) along their mean."""
    size = np.sqrt(np.maximum(_blur(mean * mean, WINDOW), 1e-14)) * UNIT
    contrast = np.empty((count, *mean.shape), np.float16)
    for index, band in enumerate(bands):
        contrast[index] = _blur(band * mean, WINDOW) / size
    return contrast


def _noise(difference: np.ndarray, brightness: np.ndarray) -> np.ndarray:
    """(h, w) variance of bands' noise, by the brightness of pixels."""
    sample, differences = brightness[::2, ::2], difference[::2, ::2]  # a quarter is enough to count
    classes = np.quantile(sample, np.linspace(0, 1, BRIGHTNESSES + 1))
    centres, variances = [], []
    for low, high in itertools.pairwise(classes):
        inside = (sample >= low) & (sample <= high)
        centres.append(float(sample[inside].mean()))
        variances.append(float(np.quantile(differences[inside], QUIET)))
    return np.interp(brightness, centres, variances).astype(np.float32)


def _surer(one: Evidence, other: Evidence) -> Evidence:
    """The larger strength, and the closer of the two ranges."""
    is_closer = _range(other) < _range(one)
    return Evidence(
        np.maximum(one.strength, other.strength),
        np.where(is_closer, other.least, one.least),
        np.where(is_closer, other.most, one.most),
    )


def _range(evidence: Evidence) -> np.ndarray:
    return np.clip(evidence.most, 0, 1) - np.clip(evidence.least, 0, 1)


def _blur(values: np.ndarray, deviation: float) -> np.ndarray:
    return cv2.GaussianBlur(values, (0, 0), deviation)
