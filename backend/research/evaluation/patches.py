"""What registration leaves between frames without truth: shifts of patches, by phase correlation.

Kuglin and Hines, "The Phase Correlation Image Alignment Method" (1975): the phase of two patches' cross
spectrum is a plane whose slope is their shift, however sharp or bright either of them is. Only frequencies
of a band count, and those more that stand out from the noise of both: coarser ones are shading, finer ones
are noise and what one of the frames has blurred away.
"""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np

from .misregistration import PICTURE_SIDE

PATCHES_ACROSS = 9  # along the longer side
FINE, COARSE = 1.5, 6.0  # pixels: the band is what a blur of FINE leaves and one of COARSE takes away
NOISE_FREQUENCY = 0.42  # cycles a pixel, above which there is hardly anything but noise
SIGNAL = 4.0  # times the noise's power: a frequency of so much counts half
MIN_CONTRAST = 0.006  # sRGB 0 to 1: standard deviation in the band under which a patch shows nothing
MIN_CROSSING = 0.1  # of slopes along the direction in which there are least, over those across it: else edges
MIN_PEAK = 0.5  # no pair in 1500 of patches that show different things peaks higher
MAX_STANDARD_ERROR = 0.1  # pixels; those of patches that show different things have 0.2 and more
MAX_COPIED = 0.02  # of a patch that registration has filled in from another frame
WINDOW_LOSS = 4.5  # a Hann window makes neighbouring frequencies depend, and half of them repeat the others


@dataclass(frozen=True)
class PatchShifts:
    """Shifts between patches of frames, where they can be trusted, in pixels at PICTURE_SIDE.

    Attributes
    ----------
    neighbours
        (n,) between each frame and the next.
    reference
        (m,) between each frame and the reference, the last one.
    """

    neighbours: np.ndarray
    reference: np.ndarray


def measure_shifts(pictures: np.ndarray) -> PatchShifts:
    """Measure what is left between aligned frames.

    Parameters
    ----------
    pictures
        (N, H, W, 3) float32 sRGB on the reference's grid, far to near.
    """
    nearer = [*pictures[1:], None]
    frames = [_Frame(picture, next_one) for picture, next_one in zip(pictures, nearer, strict=True)]
    neighbours = [_shift_lengths(one, other) for one, other in itertools.pairwise(frames)]
    reference = [_shift_lengths(frame, frames[-1]) for frame in frames[:-1]]
    return PatchShifts(np.concatenate(neighbours), np.concatenate(reference))


def patch_shifts(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Measure where the content of patches lies in others.

    Parameters
    ----------
    one, other
        (n, side, side) grey values.

    Returns
    -------
    tuple of ndarray
        Shifts (n, 2), right and down in pixels; the correlation's height there (n,), at most 1; and the
        standard error (n,) of the shift in its least certain direction.
    """
    side = one.shape[-1]
    spectra = [np.fft.fft2(_windowed(patches)) for patches in (one, other)]
    cross = spectra[0].conj() * spectra[1]
    phase = cross / np.maximum(np.abs(cross), 1e-12)
    weights = _band(side) * _signal_share(spectra[0]) * _signal_share(spectra[1])
    weights /= np.maximum(weights.sum((1, 2), keepdims=True), 1e-12)
    frequency = np.fft.fftfreq(side)
    shifts = _refine(phase, weights, frequency, _highest(np.fft.ifft2(phase * weights).real))
    return shifts, *_trust(phase, weights, frequency, shifts)


class _Frame:
    """A frame at PICTURE_SIDE, in patches."""

    def __init__(self, picture: np.ndarray, nearer: np.ndarray | None) -> None:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        # Registration fills what a frame does not show with the next nearer frame's pixels, bit for bit.
        copied = np.zeros_like(grey) if nearer is None else (picture == nearer).all(-1).astype(np.float32)
        size = _size(grey.shape)
        grey, copied = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (grey, copied))
        fine, coarse = (cv2.GaussianBlur(grey, (0, 0), blur) for blur in (FINE, COARSE))
        band = _cut(fine - coarse)
        self.grey = _cut(grey)
        self.shows_enough = (band.std((1, 2)) > MIN_CONTRAST) & (_crossing(band) > MIN_CROSSING)
        self.copied = _cut(copied).mean((1, 2))


def _shift_lengths(one: _Frame, other: _Frame) -> np.ndarray:
    """Return (n,) pixels, of the patches that show enough in both frames and whose shift is certain."""
    usable = one.shows_enough & other.shows_enough & (np.maximum(one.copied, other.copied) < MAX_COPIED)
    if not usable.any():
        return np.empty(0)
    shifts, peak, standard_error = patch_shifts(one.grey[usable], other.grey[usable])
    return np.linalg.norm(shifts[(peak > MIN_PEAK) & (standard_error < MAX_STANDARD_ERROR)], axis=1)


def _size(shape: tuple[int, ...]) -> tuple[int, int]:
    height, width = shape
    shrink = PICTURE_SIDE / max(height, width)
    return round(width * shrink), round(height * shrink)


def _cut(plane: np.ndarray) -> np.ndarray:
    """Return (n, side, side) patches that cover a plane (H, W) evenly, side by side."""
    side = round(PICTURE_SIDE / PATCHES_ACROSS)
    rows, columns = (
        np.linspace(0, length - side, max(1, round(length / side))).astype(int) for length in plane.shape
    )
    return np.stack([plane[row : row + side, column : column + side] for row in rows for column in columns])


def _crossing(patches: np.ndarray) -> np.ndarray:
    """Return (n,) the least slope of patches (n, side, side) over the greatest, of all directions.

    Edges that all run one way have next to none along themselves, and their shift that way is anyone's guess.
    """
    down, right = np.gradient(patches, axis=(1, 2))
    moments = np.array([[(one * other).mean((1, 2)) for one in (right, down)] for other in (right, down)])
    least, greatest = np.linalg.eigvalsh(np.moveaxis(moments, -1, 0)).T
    return np.sqrt(np.maximum(least, 0) / np.maximum(greatest, 1e-12))


def _windowed(patches: np.ndarray) -> np.ndarray:
    """Return patches of zero mean that end smoothly at their borders, float64."""
    side = patches.shape[-1]
    window = np.outer(np.hanning(side), np.hanning(side))
    mean = (patches * window).sum((1, 2), keepdims=True) / window.sum()
    return (patches - mean) * window


def _band(side: int) -> np.ndarray:
    """Return (side, side) weights of frequencies: a difference of Gaussians."""
    square = _distance(side) ** 2
    fine, coarse = (np.exp(-2 * (np.pi * blur) ** 2 * square) for blur in (FINE, COARSE))
    return fine - coarse


def _signal_share(spectra: np.ndarray) -> np.ndarray:
    """Return (n, side, side) how far frequencies stand out from a patch's noise, 0 to 1."""
    power = np.abs(spectra) ** 2
    noise = power[:, _distance(spectra.shape[-1]) > NOISE_FREQUENCY].mean(1)[:, None, None]
    return power / np.maximum(power + SIGNAL * noise, 1e-12)


def _distance(side: int) -> np.ndarray:
    """Return (side, side) cycles a pixel."""
    return np.hypot.outer(np.fft.fftfreq(side), np.fft.fftfreq(side))


def _highest(surface: np.ndarray) -> np.ndarray:
    """Return (n, 2) whole shifts, right and down, at the peaks of correlations (n, side, side)."""
    count, side, _ = surface.shape
    rows, columns = np.divmod(surface.reshape(count, -1).argmax(1), side)
    shifts = np.stack([columns, rows], 1)
    return np.where(shifts > side // 2, shifts - side, shifts).astype(np.float64)


def _refine(phase: np.ndarray, weights: np.ndarray, frequency: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Return shifts (n, 2) at the correlation's summit, between pixels, by Newton's steps."""
    for _ in range(5):
        matched = phase * weights * _turn(frequency, shifts)
        slope = np.stack([(matched.imag * axis).sum((1, 2)) for axis in (frequency, frequency[:, None])], -1)
        curvature = _moments(np.maximum(matched.real, 0), frequency)
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), slope[..., None])[..., 0] / (2 * np.pi)
        shifts = shifts - np.clip(step, -0.5, 0.5)
    return shifts


def _trust(
    phase: np.ndarray, weights: np.ndarray, frequency: np.ndarray, shifts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the correlation's height at shifts (n, 2) and their standard errors, each (n,).

    The error is that of an M-estimator (Huber, 1967): the scatter of the slope over its own slope.
    """
    matched = phase * _turn(frequency, shifts)
    peak = (matched.real * weights).sum((1, 2))
    curvature = np.linalg.inv(_moments(np.maximum(matched.real, 0) * weights, frequency) + 1e-9 * np.eye(2))
    scatter = _moments((matched.imag * weights) ** 2, frequency)
    covariance = WINDOW_LOSS * curvature @ scatter @ curvature / (2 * np.pi) ** 2
    return peak, np.sqrt(np.maximum(np.linalg.eigvalsh(covariance)[:, -1], 0))


def _turn(frequency: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Return (n, side, side) factors that undo shifts (n, 2) in a cross spectrum."""
    right, down = (np.exp(2j * np.pi * np.outer(shift, frequency)) for shift in shifts.T)
    return down[:, :, None] * right[:, None, :]


def _moments(weights: np.ndarray, frequency: np.ndarray) -> np.ndarray:
    """Return (n, 2, 2) second moments of the frequencies, right and down, under weights (n, side, side)."""
    columns, rows = weights.sum(1), weights.sum(2)
    mixed = np.einsum("nrc,r,c->n", weights, frequency, frequency)
    moments = np.empty((len(weights), 2, 2))
    moments[:, 0, 0], moments[:, 1, 1] = columns @ frequency**2, rows @ frequency**2
    moments[:, 0, 1] = moments[:, 1, 0] = mixed
    return moments
