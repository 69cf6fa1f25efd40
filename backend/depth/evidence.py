"""What the pixels of a focal stack can tell of depth: how their contrast changes with focus, against noise.

Noise is unlike in each frame, texture is the same, more or less blurred. So a frame's contrast is measured
along what all frames have in common in a window (a matched filter: the projection of its band-passed pixels
on their mean), and the noise is what neighbouring frames differ by where nothing else does. Where the
contrast hardly changes beyond noise, as on a plain wall, no method can tell the depth from those pixels.
"""

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from ..runtime.chunks import chunks
from ..runtime.parallel import for_each, prefetch

FINE, COARSE = 0.7, 1.0  # pixels: deviations of Gaussians at the bands' fine ends; COARSE on half the size
WINDOW = 2.5  # pixels: deviation of windows
QUIET = 0.05  # share of the pixels of like brightness whose differences are nothing but noise
BRIGHTNESSES = 8  # classes of brightness, each with its own noise
BRIGHTNESS_BLUR = 3.0  # pixels
ROUNDING = 0.05 / 255  # noise that every file has
BRIGHTEST = 4.0  # sRGB; brighter is clipped
ALIKE = 3.0, 0.05  # deviations of noise, and parts of the contrast, by which the sharpest frame may be missed
NOTHING, EVERYTHING = 6.0, 14.0  # changes of contrast over noise that tell nothing, and that suffice
ROWS = 16  # of all frames that are judged in one go: they fit a processor's cache
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


def measure_evidence(pictures: np.ndarray, positions: np.ndarray, shrink: float = 1.0) -> Evidence:
    """Measure what the pixels can tell.

    Parameters
    ----------
    pictures
        (N, h, w, 3) float32, sRGB, aligned, far to near.
    positions
        (N,) normalised dioptres of the frames.
    shrink
        How many times as large as the pictures the evidence is, 1 at most.
    """
    ends = np.array([-np.inf, *(positions[1:] + positions[:-1]) / 2, np.inf], np.float32)
    height, width = (max(1, round(side * shrink)) for side in pictures.shape[1:3])
    count, half = len(pictures), ((width + 1) // 2, (height + 1) // 2)
    greys = _shrunk(lambda index: _grey(pictures[index]), count, (width, height))
    halves = _shrunk(greys.__getitem__, count, half)
    coarse = _enlarged(_measure_band(halves, COARSE, ends), (width, height))
    return _surer(_measure_band(greys, FINE, ends), coarse)


def _shrunk(grey: Callable[[int], np.ndarray], count: int, size: tuple[int, int]) -> np.ndarray:
    """(N, h, w) float32 of `count` pictures, `grey` by their numbers, at `size` (width, height)."""
    shrunk = np.empty((count, *size[::-1]), np.float32)

    def shrink(index: int) -> None:
        shrunk[index] = cv2.resize(grey(index), size, interpolation=cv2.INTER_AREA)

    for_each(shrink, range(count))
    return shrunk


def _grey(picture: np.ndarray) -> np.ndarray:
    """(h, w) without what is brighter than BRIGHTEST: files of linear light may have any number."""
    return np.clip(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 0, BRIGHTEST)


def _enlarged(evidence: Evidence, size: tuple[int, int]) -> Evidence:
    ends = (
        cv2.resize(each, size, interpolation=cv2.INTER_NEAREST) for each in (evidence.least, evidence.most)
    )
    return Evidence(cv2.resize(evidence.strength, size, interpolation=cv2.INTER_LINEAR), *ends)


def _measure_band(greys: np.ndarray, deviation: float, ends: np.ndarray) -> Evidence:
    """Measure one band of grey frames (N, h, w), which are changed."""
    mean, difference, brightness = _to_bands(greys, deviation)
    noise = np.sqrt(_noise(difference, _blur(brightness, BRIGHTNESS_BLUR)) + ROUNDING**2)
    noise *= deviation / (WINDOW * np.sqrt(2))  # the mean of that many independent pixels
    contrast = _contrast_in_common(greys, mean)
    evidence = Evidence(*(np.empty(mean.shape, np.float32) for _ in range(3)))

    def judge(rows: slice) -> None:
        here, noise_here = contrast[:, rows], noise[rows]
        top = here.max(0)
        may_be_sharpest = here >= top - (ALIKE[0] * noise_here + ALIKE[1] * top)
        evidence.strength[rows] = (top - here.min(0)) / noise_here
        for index, may_be in enumerate(may_be_sharpest):
            evidence.most[rows][may_be] = ends[index + 1]
        for index, may_be in reversed(list(enumerate(may_be_sharpest))):
            evidence.least[rows][may_be] = ends[index]

    for_each(judge, list(chunks(len(mean), ROWS)))
    return evidence


def _to_bands(greys: np.ndarray, deviation: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put bands in the place of greys (N, h, w).

    Returns the bands' mean (h, w), the mean variance from one to the next, and the greys' mean.
    """

    def band_of(grey: np.ndarray) -> np.ndarray:
        return _blur(grey, deviation) - _blur(grey, 2 * deviation)

    brightness = greys.mean(0)
    difference = np.zeros_like(brightness)
    for index, band in enumerate(prefetch(band_of, greys)):
        greys[index] = band
        difference += (band - greys[max(index - 1, 0)]) ** 2
    return greys.mean(0), _blur(difference, WINDOW) / (2 * max(len(greys) - 1, 1)), brightness


def _contrast_in_common(bands: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Amplitudes of bands (N, h, w) along their mean, in the place of the bands."""
    size = np.sqrt(np.maximum(_blur(mean * mean, WINDOW), 1e-14))

    def measure(index: int) -> None:
        bands[index] = _blur(bands[index] * mean, WINDOW) / size

    for_each(measure, range(len(bands)))
    return bands


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
