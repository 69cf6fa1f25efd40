"""How far patches of one picture are shifted in another: phase correlation that heeds noise and blur."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

FINEST = 0.16  # cycles a pixel, one sigma: finer detail is grain, and folds over when a picture is resampled
COARSEST = 1.5  # cycles a patch under which the window's own shape and shading count
HIGH = 0.36  # cycles a pixel beyond which a photograph at this size holds noise and little else
QUIET_SHARE = 20  # percent of the patches, the least detailed, that tell the noise
LEAST_NOISE = 1e-4  # squared sRGB in a patch's spectrum: a rendered picture has none
NO_POWER = 1e-20  # less has no phase
ABOVE_NOISE = 4.0  # times the noise at which detail counts a quarter
FARTHEST = 12  # pixels: a shift by more is chance


@dataclass(frozen=True)
class Shifts:
    """What phase correlation tells of P patches.

    Attributes
    ----------
    pixels
        (P, 2) to the right and down.
    agreement
        (P,) the part of the detail seen in both pictures that is shifted so, 0 to 1.
    detail
        (P,) how much detail there is, squared radians a pixel: one over it is the shift's variance, times
        that of a phase.
    """

    pixels: np.ndarray
    agreement: np.ndarray
    detail: np.ndarray


@dataclass(frozen=True)
class Spectra:
    """Of patches, (P, n, n / 2 + 1) each: phases, as numbers of size 1, and power over that of noise."""

    phases: np.ndarray
    power: np.ndarray


@dataclass(frozen=True)
class Patches:
    """Patches that cover a picture, a third over each other.

    Attributes
    ----------
    size
        Width and height of the picture in pixels.
    side
        Of a patch, in pixels; no larger than the picture, and 17 at least, so that its transform holds all
        shifts that are looked at.
    """

    size: tuple[int, int]
    side: int

    @cached_property
    def corners(self) -> np.ndarray:
        """(P, 2) x and y of their upper left pixels."""
        axes = [self._starts(length) for length in self.size]
        return np.stack(np.meshgrid(*axes), -1).reshape(-1, 2)

    @property
    def centres(self) -> np.ndarray:
        """(P, 2) about the picture's centre in halves of its longer side, as maps have it."""
        return (self.corners + self.side / 2 - np.array(self.size) / 2) / (max(self.size) / 2)

    def spectra(self, picture: np.ndarray) -> Spectra:
        """Return the spectra of a grey picture (h, w), 0 to 1."""
        windows = np.lib.stride_tricks.sliding_window_view(picture, (self.side, self.side))
        patches = windows[self.corners[:, 1], self.corners[:, 0]]
        patches = (patches - patches.mean((1, 2), keepdims=True)) * self._window
        values = self._transform(patches)
        power = values.real**2 + values.imag**2
        noise = np.percentile(power[:, self._frequencies > HIGH].mean(1), QUIET_SHARE) + LEAST_NOISE
        values /= np.sqrt(np.maximum(power, NO_POWER))
        return Spectra(values, power / np.float32(ABOVE_NOISE * noise))

    def shifts(self, one: Spectra, other: Spectra) -> Shifts:
        """Return how far what is in one picture lies from there in the other."""
        least = np.minimum(one.power, other.power)
        weight = self._weight * (least / (least + 1)) ** 2
        whole, detail = (weight.reshape(len(weight), -1) @ self._sums).T
        cross = weight * (other.phases * one.phases.conj())
        pixels, height = _peaks(self._correlations(cross))
        return Shifts(pixels, height * self._length**2 / np.maximum(whole, 1e-9), detail)

    def _transform(self, patches: np.ndarray) -> np.ndarray:
        """Spectra (P, n, n / 2 + 1) complex64 of patches (P, side, side) float32, with zeros beyond them.

        As products of matrices: a third of the time of numpy's transforms, which are in double precision.
        """
        half = self._length // 2 + 1
        waves = self._waves[: self.side].conj()
        across = np.ascontiguousarray(waves[:, :half]).view(np.float32)
        return waves.T @ (patches @ across).view(np.complex64)

    def _correlations(self, spectra: np.ndarray) -> np.ndarray:
        """Of half their spectra (P, n, n / 2 + 1) complex64, at shifts as `_peaks` takes them."""
        waves = self._waves[np.arange(-FARTHEST - 1, FARTHEST + 2)]
        across = (waves[:, : self._length // 2 + 1] / np.float32(self._length**2)).T * self._counted
        parts = np.stack([across.real, -across.imag], 1).reshape(-1, len(waves))  # whose product is real
        return (waves @ spectra).view(np.float32) @ parts

    def _starts(self, length: int) -> np.ndarray:
        count = max(2, round(1.5 * (length - self.side) / self.side) + 1)
        return np.linspace(0, length - self.side, count).round().astype(int)

    @cached_property
    def _length(self) -> int:
        """Of the transform."""
        return 1 << (self.side - 1).bit_length()

    @cached_property
    def _waves(self) -> np.ndarray:
        """(n, n) complex64: of each place the wave of each frequency."""
        numbers = np.arange(self._length)
        return np.exp(2j * np.pi / self._length * np.outer(numbers, numbers)).astype(np.complex64)

    @cached_property
    def _counted(self) -> np.ndarray:
        """(n / 2 + 1, 1): for how many frequencies of the whole spectrum one of the half stands."""
        counted = np.full((self._length // 2 + 1, 1), 2, np.float32)
        counted[[0, -1]] = 1
        return counted

    @cached_property
    def _window(self) -> np.ndarray:
        window = np.hanning(self.side + 2)[1:-1].astype(np.float32)
        return np.outer(window, window)

    @cached_property
    def _frequencies(self) -> np.ndarray:
        """Cycles a pixel."""
        down, across = np.fft.fftfreq(self._length), np.fft.rfftfreq(self._length)
        return np.hypot(down[:, None], across).astype(np.float32)

    @cached_property
    def _weight(self) -> np.ndarray:
        is_detail = self._frequencies > COARSEST / self.side
        return np.exp(-0.5 * (self._frequencies / FINEST) ** 2).astype(np.float32) * is_detail

    @cached_property
    def _sums(self) -> np.ndarray:
        """(n * (n / 2 + 1), 2) that sums weights of half a spectrum: all of them, and the detail."""
        counted = np.broadcast_to(self._counted.T, self._frequencies.shape)
        detail = 0.5 * (2 * np.pi * self._frequencies) ** 2 * counted
        return np.stack([counted.ravel(), detail.ravel()], 1)


def _peaks(surface: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where correlations are highest (P, 2), by parabolas, and how high they are (P,).

    `surface` (P, m, m) is of shifts down and across from -FARTHEST - 1 to FARTHEST + 1.
    """
    inside = surface[:, 1:-1, 1:-1]
    numbers, sides = np.arange(len(surface)), inside.shape[1:]
    y, x = np.unravel_index(inside.reshape(len(surface), -1).argmax(1), sides)

    def at(down: int, across: int) -> np.ndarray:
        return surface[numbers, y + 1 + down, x + 1 + across]

    top = at(0, 0)

    def vertex(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        bend = np.minimum(before + after - 2 * top, -1e-9)
        return np.clip(0.5 * (before - after) / bend, -0.5, 0.5)

    shifts = np.stack([x + vertex(at(0, -1), at(0, 1)), y + vertex(at(-1, 0), at(1, 0))], -1)
    return shifts - FARTHEST, top
