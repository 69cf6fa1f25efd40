"""Power spectra of textured patches of aligned frames: what defocus takes from them.

A disc of diameter c weakens a spatial frequency q by 2 J1(pi c q) / (pi c q), whatever the texture. What a
camera does alike to every frame (sharpening, its lens's own softness) falls out of a comparison between
frames, and so does misregistration, which moves a spectrum's phase and not its power.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ..io.colour import srgb_decode
from ..runtime.parallel import prefetch

LONGEST_SIDE = 640  # pixels: larger pictures are reduced to it
PATCH = 40  # pixels; small against things, wide against the blur that is to be measured
LEVELS = 2  # of a pyramid: the coarser one measures twice the blur
BAND_EDGES = np.geomspace(0.05, 0.30, 9)  # cycles a pixel; higher ones are resampling, JPEG and noise
MOST_PATCHES = 50  # of a level: those with most texture
LEAST_TEXTURE = 1.5  # mean over the bands of ln(power over noise), at its sharpest
DARKEST = 0.01  # mean of a patch in linear light: what is darker is noise
WHITE, MOST_WHITE = 0.985, 0.02  # sRGB, and the share of a patch that may be blown out
NOISE_PERCENTILE = 3  # of the patches' power
NOISE_SHARE = 0.9  # of a patch's least power, which its noise does not exceed
DEEPEST = 5e-4  # of the power: what a real aperture leaves in the zeros of an ideal one
BORDER = 4  # pixels left out all round, where registration fills in


@dataclass(frozen=True)
class PatchSpectra:
    """Power of P patches in B bands of frequency, in N frames.

    Attributes
    ----------
    power
        (P, B, N) of contrast (light over the patch's mean), above 0.
    noise
        (P, B, N) what of it is noise, above 0.
    scale
        (P,) pixels of the patch's level over those of the pictures: by it blur shrinks.
    """

    power: np.ndarray
    noise: np.ndarray
    scale: np.ndarray

    def of_frames(self, frames: np.ndarray) -> "PatchSpectra":
        """Return the spectra in some frames, by their indices."""
        return PatchSpectra(self.power[..., frames], self.noise[..., frames], self.scale)


def measure_spectra(pictures: np.ndarray) -> PatchSpectra:
    """Measure the patches with most texture.

    Parameters
    ----------
    pictures
        (N, h, w, 3) sRGB 0 to 1, aligned.

    Returns
    -------
    PatchSpectra
        Of at most 100 patches, none where there is no texture.
    """
    shrink = min(1.0, LONGEST_SIDE / max(pictures.shape[1:3]))
    frames = list(prefetch(lambda picture: _measure_frame(picture, shrink), pictures))
    levels = [
        _choose_patches(*(np.stack(each, -1) for each in zip(*level, strict=True)))
        for level in zip(*frames, strict=True)
    ]
    scale = [np.full(len(power), shrink / 2**level) for level, (power, _) in enumerate(levels)]
    power, noise = (np.concatenate(each) for each in zip(*levels, strict=True))
    return PatchSpectra(power, noise, np.concatenate(scale))


def _measure_frame(picture: np.ndarray, shrink: float) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Power (P, B), mean (P,) and share of white (P,) of all patches, level by level."""
    picture = np.asarray(picture, np.float32)
    picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    light = srgb_decode(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    red, green, blue = cv2.split(picture)
    white = (cv2.max(cv2.max(red, green), blue) > WHITE).astype(np.float32)
    levels = []
    for _ in range(LEVELS):
        levels.append(_measure_level(light, white))
        light, white = (
            cv2.resize(each, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for each in (light, white)
        )
    return levels


def _measure_level(light: np.ndarray, white: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    patches, window = _cut_patches(light), _window()
    mean = (patches * window).sum((1, 2)) / window.sum()
    patches -= mean[:, None, None]
    patches *= window
    power = _band_power(patches) / np.maximum(mean, 1e-3)[:, None] ** 2
    return power, mean, _patch_means(white)


def _cut_patches(plane: np.ndarray) -> np.ndarray:
    """(P, PATCH, PATCH) of a plane (h, w), each overlapping half of the next; a copy."""
    inside = plane[BORDER:-BORDER, BORDER:-BORDER]
    if min(plane.shape) < PATCH + 2 * BORDER:
        return np.empty((0, PATCH, PATCH), plane.dtype)
    every = np.lib.stride_tricks.sliding_window_view(inside, (PATCH, PATCH))
    return np.array(every[:: PATCH // 2, :: PATCH // 2], order="C").reshape(-1, PATCH, PATCH)


def _patch_means(plane: np.ndarray) -> np.ndarray:
    """(P,) means of the patches that `_cut_patches` cuts, by their quarters."""
    half = PATCH // 2
    inside = plane[BORDER:-BORDER, BORDER:-BORDER]
    rows, columns = (side // half for side in inside.shape)
    quarters = inside[: rows * half, : columns * half].reshape(rows, half, columns, half).mean((1, 3))
    pairs = quarters[1:] + quarters[:-1]
    return ((pairs[:, 1:] + pairs[:, :-1]) / 4).ravel()


def _band_power(patches: np.ndarray) -> np.ndarray:
    """(P, B) mean power of patches (P, PATCH, PATCH) float32 over each band.

    By products with cosines and sines of the bands' frequencies alone: a third of a fast transform's time.
    """
    down, across, bands = _transform()
    rows = (patches.reshape(-1, PATCH) @ across).reshape(len(patches), PATCH, across.shape[1])
    of_cosines, of_sines = np.split(down @ rows, 2, axis=1)
    cosines, sines = np.split(of_cosines, 2, axis=2)
    real, imaginary = cosines - of_sines[..., cosines.shape[2] :], sines + of_sines[..., : cosines.shape[2]]
    return (real**2 + imaginary**2).reshape(len(patches), len(bands)) @ bands


@functools.cache
def _window() -> np.ndarray:
    return np.outer(*2 * [np.hanning(PATCH + 2)[1:-1]]).astype(np.float32)


@functools.cache
def _transform() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Matrices that transform a patch, from the left and the right, and weights (frequencies, B) of bands.

    Cosines and then sines, of the frequencies that are in a band.
    """
    highest = int(BAND_EDGES[-1] * PATCH)
    down, across = np.arange(-highest, highest + 1), np.arange(highest + 1)
    frequency = (np.hypot(down[:, None], across) / PATCH).ravel()
    inside = (frequency[:, None] >= BAND_EDGES[:-1]) & (frequency[:, None] < BAND_EDGES[1:])
    bands = inside / inside.sum(0)
    angles = (2 * np.pi / PATCH * np.outer(each, np.arange(PATCH)) for each in (down, across))
    left, right = (np.concatenate([np.cos(each), np.sin(each)]) for each in angles)
    return left.astype(np.float32), right.T.astype(np.float32), bands


def _choose_patches(power: np.ndarray, mean: np.ndarray, white: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Power and noise of the patches with most texture, from power (P, B, N), mean and white (P, N)."""
    usable = (mean.min(1) > DARKEST) & (white.max(1) < MOST_WHITE)
    power = np.maximum(power[usable], 1e-6)
    if not len(power):
        return power, power
    noise = np.broadcast_to(np.percentile(power, NOISE_PERCENTILE, axis=0), power.shape)
    if power.shape[2] > 2:  # else one frame's least power may be all texture
        noise = np.minimum(noise, NOISE_SHARE * power.min(2, keepdims=True))
    texture = np.log(power.max(2) / noise.max(2)).clip(0, 8).mean(1)
    order = np.argsort(-texture)[:MOST_PATCHES]
    chosen = order[texture[order] > LEAST_TEXTURE]
    return power[chosen], noise[chosen]


class DiscBlur:
    """How much power a disc leaves in each band, averaged over the band."""

    def __init__(self) -> None:
        self._diameters = np.concatenate([np.arange(0, 16, 0.25), np.geomspace(16, 80, 40)])
        self._log_power = np.log(np.stack(list(self._average_bands()), 1) + DEEPEST)
        self._slope = np.gradient(self._log_power, self._diameters, axis=0)

    def attenuate(self, diameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ln of the power that is left, (..., B, N) of diameters (..., N) px, and its derivative."""
        places = np.clip(diameters, 0, self._diameters[-1] - 1e-3)
        index = np.searchsorted(self._diameters, places, side="right") - 1
        low, high = self._diameters[index], self._diameters[index + 1]
        share = ((places - low) / (high - low))[..., None]
        value, slope = (
            table[index] * (1 - share) + table[index + 1] * share for table in (self._log_power, self._slope)
        )
        return np.swapaxes(value, -1, -2), np.swapaxes(slope, -1, -2)

    def _average_bands(self) -> Iterator[np.ndarray]:
        """Each band's mean over its frequencies, and the window's spread of them, by a natural spectrum."""
        arguments = np.linspace(0, self._diameters[-1] * 0.4, 4000)
        power = disc_transfer(arguments) ** 2
        for low, high in pairwise(BAND_EDGES):
            frequency = np.linspace(low - 0.6 / PATCH, high + 0.6 / PATCH, 25)
            weights = frequency**-1.5 / (frequency**-1.5).sum()
            yield np.interp(self._diameters[:, None] * frequency, arguments, power) @ weights


@functools.cache
def disc_blur() -> DiscBlur:
    """Return the table that all share; making it takes a tenth of a second."""
    return DiscBlur()


def disc_transfer(cycles: np.ndarray) -> np.ndarray:
    """Return 2 J1(pi x) / (pi x), the transfer function of a disc, of x cycles across its diameter.

    By its chords: 4/pi times the integral of cos^2 t cos(pi x sin t) from 0 to pi/2.
    """
    t = (np.arange(200) + 0.5) / 200 * np.pi / 2
    return 2 * (np.cos(t) ** 2 * np.cos(np.pi * np.asarray(cycles)[..., None] * np.sin(t))).mean(-1)
