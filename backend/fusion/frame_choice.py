"""Which frames each pixel of the all-in-focus picture is of; all at the size at which depth is inferred.

What is near covers what is far: in a frame focused on the far side of an occlusion edge, the blur of the near
side lies over it. Beside what is near, pixels therefore come from frames focused nearer than they are.
"""

import math

import cv2
import numpy as np

from ..runtime.parallel import prefetch

SKIRT = 1.2  # times the radius of a blur: a lens draws it with a soft border
SHARP, PLAIN = -1, -2  # how frames are blended, where it is not one alone
AROUND = 9  # pixels, the side of the square in which all is alike in a plain place
ALIKE = 20  # of 255 that its luma spans there
MOVED = 0.5  # how certainly something moved where it is most certain, in a region that is of one frame
BORDER = 0.0125  # of the longer side: what moved reaches about so far beyond where that is noticed
WIDE = 0.1  # of the picture: no one frame shows so large a region as it should be


def clear_of_blur(normalised: np.ndarray, widest_blur: float | None) -> np.ndarray:
    """Return the focus at which each pixel is clear of the blur of what is nearer beside it.

    In a frame of focus f, a surface at y is drawn larger by a radius in proportion to y - f, R over the whole
    focus range; so a pixel r away from it is clear of it where f is y - r / R or more.

    Parameters
    ----------
    normalised
        (H, W) float32 depth in normalised dioptres.
    widest_blur
        Of the stack.

    Returns
    -------
    ndarray
        (H, W) float32, normalised dioptres; at least the depth.
    """
    radius = SKIRT * (widest_blur or 0) / 2 * max(normalised.shape)
    square, cross = np.ones((3, 3), np.uint8), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    focus = np.array(normalised, np.float32)
    around = np.empty_like(focus)
    for step in range(math.ceil(radius)):  # a square and a cross by turns reach about as far all round
        cv2.dilate(focus, square if step % 2 else cross, around)
        around -= np.float32(1 / radius)
        np.maximum(focus, around, out=focus)
    return focus


def choose_blending(
    pictures: np.ndarray, focus: np.ndarray, moving: np.ndarray, positions: np.ndarray
) -> np.ndarray:
    """Return how frames are blended at each pixel.

    Where all frames are plain, blur destroys nothing and many of them make less noise. Where something moved,
    two frames would show it twice: the whole region is of the one nearest to its median focus, unless it is
    so large that one frame would be out of focus in much of it, or nothing in it moved for certain.

    Parameters
    ----------
    pictures
        (N, h, w, 3) float32 sRGB of the frames, aligned.
    focus
        (h, w) float32 wanted, normalised dioptres.
    moving
        (h, w) 0 to 1, how certainly something moved.
    positions
        (N,) of the frames.

    Returns
    -------
    ndarray
        (h, w) int16: SHARP, PLAIN, or the number from 0 of the frame that is taken alone.
    """
    widest = np.zeros(focus.shape, np.uint8)
    for span in prefetch(_span_around, pictures):
        np.maximum(widest, span, out=widest)
    blending = np.where(widest < ALIKE, PLAIN, SHARP).astype(np.int16)
    reach = 2 * round(BORDER * max(focus.shape)) + 1
    noticed = cv2.dilate((moving > 0).astype(np.uint8), np.ones((reach, reach), np.uint8))
    count, regions = cv2.connectedComponents(noticed)
    for region in range(1, count):
        there = regions == region
        if moving[there].max() > MOVED and there.mean() < WIDE:
            blending[there] = np.abs(positions - np.median(focus[there])).argmin()
    return blending


def _span_around(picture: np.ndarray) -> np.ndarray:
    """(h, w) uint8 from the darkest to the brightest luma about each pixel, noise being blurred."""
    luma = cv2.convertScaleAbs(
        cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), alpha=255
    )  # bytes: four times as fast
    square = np.ones((AROUND, AROUND), np.uint8)
    return cv2.morphologyEx(cv2.GaussianBlur(luma, (0, 0), 1), cv2.MORPH_GRADIENT, square)
