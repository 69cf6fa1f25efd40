"""The ring difference filter, aggregated by a guided filter.

Jeon, Surh, Im and Kweon, "Ring Difference Filter for Fast and Noise Robust Depth from Focus", TIP 2019
(first at CVPR 2017): a pixel is sharp as far as it differs from a ring about it, with a gap between the
two, so that blur counts beyond the next pixel and the ring averages noise. The measures of every
frame are aggregated by a guided filter, whose guide is the all-in-focus picture of the first guess, and
the resulting frames by a weighted median with the filter's weights. Numbers are those of the authors'
published program, which leaves out rejection of bokeh and propagation along a tree, as this does.
"""

import cv2
import numpy as np

from .guided_filter import GuidedFilter
from .peak import depth_at, frame_at_peak

DISC, GAP, RING = 1, 2, 2  # pixels: the middle, what lies between, and the ring's width
RADIUS, PLAIN = 10, 1e-3  # of the guided filter that aggregates: pixels, and variance of colour
MEDIAN_PART, MEDIAN_PLAIN = 1 / 40, 1e-4  # of the weighted median: of the longer side, and as above


def ring_difference_depth(pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return depth (H, W) from aligned pictures (N, H, W, 3), far to near, and positions (N,)."""
    measure = np.stack([ring_difference(picture) for picture in pictures])
    aggregate = GuidedFilter(_select(pictures, np.argmax(measure, 0)), RADIUS, PLAIN)
    measure = np.stack([aggregate(plane) for plane in measure])
    frame = frame_at_peak(np.log(np.maximum(measure, 1e-6)))
    guide = _select(pictures, np.argmax(measure, 0))
    return depth_at(_weighted_median(frame, guide, len(pictures)), positions)


def ring_difference(picture: np.ndarray) -> np.ndarray:
    """Return (H, W) distances of every pixel's colour from the mean of its ring."""
    return np.linalg.norm(cv2.filter2D(picture, -1, _ring(), borderType=cv2.BORDER_REPLICATE), axis=-1)


def _ring() -> np.ndarray:
    """Return the (9, 9) kernel: the pixel in the middle less the mean of the ring."""
    outer = DISC + GAP + RING - 1
    reach = np.maximum(np.abs(np.arange(-outer, outer + 1)) - 0.5, 0)  # to the pixel's nearest edge
    distance = np.hypot(reach[:, None], reach)
    ring = (distance < outer) & (distance >= DISC + GAP - 1)
    kernel = -ring.astype(np.float32) / ring.sum()
    kernel[outer, outer] = 1
    return kernel


def _select(pictures: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Return (H, W, 3): every pixel from its frame (H, W) of pictures (N, H, W, 3)."""
    return np.take_along_axis(pictures, frame[None, ..., None], 0)[0]


def _weighted_median(frame: np.ndarray, guide: np.ndarray, frame_count: int) -> np.ndarray:
    """Replace each frame (H, W) by the median of those about it, by the guided filter's weights.

    Ma et al., "Constant Time Weighted Median Filtering", ICCV 2013: the share of weights at or below every
    frame, and where it reaches a half. A neighbour counts in full from a frame away, so that depth
    between frames stays where it is.
    """
    weigh = GuidedFilter(guide, int(np.ceil(max(frame.shape) * MEDIAN_PART)), MEDIAN_PLAIN)
    share = np.stack([weigh(np.clip((level - frame + 1) / 2, 0, 1)) for level in range(frame_count)])
    share = np.maximum.accumulate(share)
    above = np.clip((share < 0.5).sum(0), 1, frame_count - 1)
    low, high = (np.take_along_axis(share, (above + step)[None], 0)[0] for step in (-1, 0))
    return above - 1 + np.clip((0.5 - low) / np.maximum(high - low, 1e-6), 0, 1)
