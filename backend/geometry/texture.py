"""Colours for what a photograph does not show: even ones from around, with texture from elsewhere.

Coarse colours are drawn together from all sides, from what is as far away. What is finer is copied: of a set
of offsets each pixel takes the one whose place looks most like what is about it already, is as far away and
shows little else than texture (after He & Sun, "Statistics of Patch Offsets for Image Completion", ECCV
2012, with offsets in all directions in place of those that a picture repeats itself by).
"""

import math

import cv2
import numpy as np

COARSE = 256  # pixels of the longer side of the grid on which all is chosen; the lengths below are its pixels
BLUR = 4.0  # deviation: what is finer is texture
LEVELS = 12  # of parallax: what lies between two of them takes coarse colours from both
RADII, ANGLES = (4, 7, 11, 17, 28, 45, 73, 119), 16  # of the offsets
PATCH = 7  # side of the squares that are compared
PIECE = 11  # side of what is copied as a whole, at least
ROUNDS = 2  # of choosing, the second by what the first has chosen
GUESSED = 0.3  # weight of what was chosen before, beside that of what is seen
FAR = 1e-3  # squared sRGB: by how much the longest offset has to look better than none
UNLIKE, SAME = 1e-2, 0.1  # the same for a place whose parallax differs by that part
CALM = 4.0  # times its own contrast: what is no texture but a thing has more of it
LOUD = 2.0  # times the median: no more contrast is copied
WHOLE = 0.99  # of a coarse pixel that is a source
NEVER = 1e3


def fill(picture: np.ndarray, mask: np.ndarray, sources: np.ndarray, parallax: np.ndarray) -> np.ndarray:
    """Return the picture with other colours under the mask.

    Parameters
    ----------
    picture
        (R, C, 3) uint8 sRGB.
    mask
        (R, C) bool: what to fill.
    sources
        (R, C) bool, true somewhere and nowhere in the mask: what colours may be taken from.
    parallax
        (R, C) float32: of what is to be seen there.

    Returns
    -------
    ndarray
        (R, C, 3) uint8 sRGB.
    """
    height, width = mask.shape
    shrink = max(1.0, max(height, width) / COARSE)
    size = round(width / shrink), round(height / shrink)
    colour = picture.astype(np.float32) / 255
    share, known, small = (
        cv2.resize(each, size, interpolation=cv2.INTER_AREA)
        for each in (sources.astype(np.float32), colour * sources[..., None], parallax)
    )
    known /= np.maximum(share, 1e-6)[..., None]
    nearby = cv2.GaussianBlur(share, (0, 0), BLUR)
    even = cv2.GaussianBlur(known * share[..., None], (0, 0), BLUR) / np.maximum(nearby, 1e-6)[..., None]
    coarse = _coarse_colours(even, share * nearby, small)
    to_fill = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    offsets = _choose_offsets((known - even).mean(-1), to_fill, share > WHOLE, small)
    filled = picture.copy()
    texture = _copy_texture(colour - cv2.resize(even, (width, height)), mask, sources, offsets, shrink)
    filled[mask] = np.round(255 * (cv2.resize(coarse, (width, height))[mask] + texture).clip(0, 1))
    return filled


def _copy_texture(
    fine: np.ndarray, mask: np.ndarray, sources: np.ndarray, offsets: np.ndarray, shrink: float
) -> np.ndarray:
    """(M, 3) what is fine, of (R, C, 3), at the offsets (h, w, 2) of all that is masked."""
    rows, columns = np.nonzero(mask)
    moves = cv2.resize(offsets, mask.shape[::-1], interpolation=cv2.INTER_NEAREST)[mask]
    places = np.round(np.stack([rows, columns], 1) + shrink * moves).astype(np.int32)
    row, column = np.clip(places, 0, np.array(mask.shape) - 1).T
    copied = np.where(sources[row, column][:, None], fine[row, column], 0)
    most = LOUD * np.median(np.abs(copied))
    return copied.clip(-most, most)


def _coarse_colours(values: np.ndarray, weights: np.ndarray, parallax: np.ndarray) -> np.ndarray:
    """(h, w, 3) values, and where weights are 0 those of what is around and as far away."""
    low, high = parallax.min(), parallax.max()
    level = (parallax - low) / max(high - low, 1e-6) * (LEVELS - 1)
    total, shares = np.zeros_like(values), np.zeros_like(weights)
    for number in range(LEVELS):
        share = np.maximum(1 - np.abs(level - number), 0)
        if (weights * share).any():
            total += share[..., None] * _draw_together(values, weights * share)
            shares += share
    return total + (1 - shares)[..., None] * _draw_together(values, weights)


def _draw_together(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(h, w, 3) values where weights (h, w) are 1, and what is around where they are 0: coarse to fine."""
    height, width = weights.shape
    if min(height, width) == 1:
        mean = (values * weights[..., None]).sum((0, 1)) / max(weights.sum(), 1e-6)
        return np.full_like(values, mean)
    half = (width + 1) // 2, (height + 1) // 2
    weight = cv2.resize(weights, half, interpolation=cv2.INTER_AREA)
    mean = cv2.resize(values * weights[..., None], half, interpolation=cv2.INTER_AREA)
    around = _draw_together(mean / np.maximum(weight, 1e-6)[..., None], np.minimum(2 * weight, 1))
    around = cv2.resize(around, (width, height), interpolation=cv2.INTER_LINEAR)
    return weights[..., None] * values + (1 - weights[..., None]) * around


def _choose_offsets(
    texture: np.ndarray, to_fill: np.ndarray, sources: np.ndarray, parallax: np.ndarray
) -> np.ndarray:
    """(h, w, 2) float32: how far down and to the right the place lies whose texture a pixel takes."""
    known = sources.astype(np.float32)
    texture = texture * known
    contrast = _mean(texture**2, PIECE) / (_mean(known, PIECE) + 1e-3)
    padded = [np.pad(each, max(RADII)) for each in (texture, contrast, parallax, known)]
    chosen = np.zeros((*texture.shape, 2), np.float32)
    shown, weight = texture, known
    for _ in range(ROUNDS):
        least, copied = np.full(texture.shape, np.inf, np.float32), shown.copy()
        compared = _mean(weight, PATCH) + 1e-3
        for down, right in _offsets():
            moved, loud, distance, is_source = (_moved(each, down, right, texture.shape) for each in padded)
            unlike = (distance / np.maximum(parallax, 1e-6) - 1) / SAME
            cost = _mean(weight * (moved - shown) ** 2, PATCH) / compared + CALM * loud
            cost += UNLIKE * unlike**2 + FAR * math.hypot(down, right) / max(RADII)
            cost = _mean(np.where(is_source > 0, cost, NEVER), PIECE) + NEVER * (is_source == 0)
            better = cost < least
            least[better], copied[better] = cost[better], moved[better]
            chosen[better] = down, right
        shown = np.where(to_fill, copied, texture)
        weight = np.where(sources, 1, GUESSED * to_fill).astype(np.float32)
    return chosen


def _offsets() -> list[tuple[int, int]]:
    """Down and right, in all directions."""
    return [
        (round(radius * math.sin(angle)), round(radius * math.cos(angle)))
        for ring, radius in enumerate(RADII)
        for angle in 2 * math.pi * (np.arange(ANGLES) + 0.5 * (ring % 2)) / ANGLES
    ]


def _moved(padded: np.ndarray, down: int, right: int, shape: tuple[int, ...]) -> np.ndarray:
    """What lies so far down and to the right of every pixel, of a map padded by the longest offset."""
    top, left = max(RADII) + down, max(RADII) + right
    return padded[top : top + shape[0], left : left + shape[1]]


def _mean(values: np.ndarray, side: int) -> np.ndarray:
    return cv2.blur(values, (side, side))
