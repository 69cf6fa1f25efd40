"""Measures of a depth map's error: those of the DDFF 12-Scene benchmark and of the field.

`measure` returns all of MEASURES for one image; a data set's figure is the mean over its images, for RMS a
mean of roots. They follow the code that their authors have published, in float64:
- DDFF 12-Scene (Hazirbas et al., "Deep Depth From Focus", ACCV 2018): MSE to Bump;
- Won and Jeon, "Learning Depth from Focus in the Wild", ECCV 2022: MAE and the forms weighted by confidence;
- Yang et al., "Deep Depth from Focus with Differential Focus Volume", CVPR 2022: avgUnc;
- this project: MAE near edges.

p is the estimated depth, t the truth, both in the truth's unit; means are over the valid pixels.
`mean_error`, `near_edges` and `nearest_frame` are for depth in normalised dioptres: 1 is the whole range from
the farthest to the nearest focus.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

EDGE_REACH = 8  # pixels about a depth edge
EDGE_STEP = 0.05  # of the range: a larger difference within a pixel is an edge
DELTA = 1.25  # the ratio of delta1; delta2 and delta3 have its square and its cube
BAD = 0.07  # pixels of disparity, as in DDFF 12-Scene
BUMP_LIMIT = 0.05
SMALLER, LARGER = "smaller", "larger"


@dataclass(frozen=True)
class Measure:
    """A column of a table.

    Attributes
    ----------
    name
        Its heading.
    unit
        Of the numbers; u is the truth's unit.
    better
        SMALLER or LARGER.
    """

    name: str
    unit: str = ""
    better: str = SMALLER


MEASURES = (
    Measure("MSE", "u²"),
    Measure("RMS", "u"),
    Measure("logRMS"),
    Measure("AbsRel"),
    Measure("SqRel", "u"),
    Measure("delta1", "%", LARGER),
    Measure("delta2", "%", LARGER),
    Measure("delta3", "%", LARGER),
    Measure("BadPix", "%"),
    Measure("Bump", "100 u"),
    Measure("MAE", "u"),
    Measure("MAE near edges", "u"),
    Measure("MSE weighted", "u²"),
    Measure("MAE weighted", "u"),
    Measure("avgUnc", "u"),
)
NAMES = tuple(each.name for each in MEASURES)


def measure(
    depth: np.ndarray,
    truth: np.ndarray,
    valid: np.ndarray | None = None,
    *,
    weights: np.ndarray | None = None,
    uncertainty: np.ndarray | None = None,
    edges: np.ndarray | None = None,
    bad: float = BAD,
) -> dict[str, float]:
    """Measure one image.

    Parameters
    ----------
    depth, truth
        (H, W) in the truth's unit.
    valid
        (H, W) bool: the pixels that count; all where None.
    weights
        (H, W) confidence in the truth.
    uncertainty
        (H, W) expected error of the method, in the truth's unit.
    edges
        (H, W) bool, as `near_edges` returns it.
    bad
        A larger difference makes a bad pixel.

    Returns
    -------
    dict
        The values of MEASURES by name, in their order. NaN where there is none: for all without a valid
        pixel, or where one is not finite; for the logarithm and the ratios where a truth is not above 0; for
        relative errors where one is 0; for Bump where any of `depth` is not finite; and for what needs an
        argument that is None.
    """
    depth, truth = np.asarray(depth, np.float64), np.asarray(truth, np.float64)
    valid = np.ones(truth.shape, bool) if valid is None else np.asarray(valid, bool)
    values: dict[str, float] = dict.fromkeys(NAMES, math.nan)
    if uncertainty is not None:  # of all pixels, as published
        values["avgUnc"] = float(np.mean(uncertainty, dtype=np.float64))
    p, t = depth[valid], truth[valid]
    if not p.size or not np.isfinite(p).all() or not np.isfinite(t).all():
        return values
    error = np.abs(p - t)
    values |= _differences(error, bad) | {"Bump": _bumpiness(depth, truth, valid)}
    if t.all():
        values |= _relative(error, t)
    if (t > 0).all():
        values |= _ratios(p, t)
    if edges is not None:
        values["MAE near edges"] = _mean(error, np.asarray(edges, np.float64)[valid])
    if weights is not None:
        confidence = np.asarray(weights, np.float64)[valid]
        values |= {"MSE weighted": _mean(error**2, confidence), "MAE weighted": _mean(error, confidence)}
    return values


def _differences(error: np.ndarray, bad: float) -> dict[str, float]:
    square = float(np.mean(error**2))
    return {
        "MSE": square,
        "RMS": math.sqrt(square),
        "BadPix": float(100 * np.mean(error > bad)),
        "MAE": float(np.mean(error)),
    }


def _relative(error: np.ndarray, t: np.ndarray) -> dict[str, float]:
    """Return errors over |t|, as AiFDepthNet has it: the 4D light field's disparities are of either sign."""
    return {"AbsRel": float(np.mean(error / np.abs(t))), "SqRel": float(np.mean(error**2 / np.abs(t)))}


def _ratios(p: np.ndarray, t: np.ndarray) -> dict[str, float]:
    """Return logRMS and delta 1 to 3; t is above 0.

    As published, logRMS leaves out where p <= 0 and divides by the number of valid pixels all the same. Such
    a pixel is never within a delta; in the published code a negative one is: its ratios are below any limit.
    """
    above = p > 0
    p, t = p[above], t[above]
    ratio = np.maximum(p / t, t / p)
    within = [np.count_nonzero(ratio < DELTA**power) for power in (1, 2, 3)]
    logarithms = np.sum(np.log(p / t) ** 2) / above.size
    return {
        "logRMS": math.sqrt(logarithms) if above.any() else math.nan,
        **{f"delta{power}": 100 * count / above.size for power, count in enumerate(within, 1)},
    }


def _bumpiness(depth: np.ndarray, truth: np.ndarray, valid: np.ndarray) -> float:
    """Return 100 times the mean Frobenius norm of the Hessian of p - t, cut at BUMP_LIMIT.

    As in the published code, invalid truth is 0 and stays in the difference, so that pixels next to it are
    bumpy; only valid ones enter the mean. The image's rim is 0 after each pass, as scikit-image 0.13 leaves
    it, which that code requires.
    """
    if not np.isfinite(depth).all():
        return math.nan
    difference = depth - np.where(valid, truth, 0)
    first = _scharr(difference)
    hessian = np.stack([second for slope in first for second in _scharr(slope)])
    norm = np.sqrt(np.sum(hessian**2, 0))
    return float(100 * np.mean(np.minimum(norm, BUMP_LIMIT)[valid]))


def _scharr(image: np.ndarray) -> list[np.ndarray]:
    """Return slopes to the right and down, each (H, W), over two pixels; 0 on the rim."""
    slopes = [cv2.Scharr(image, cv2.CV_64F, *axis, scale=1 / 16) for axis in ((1, 0), (0, 1))]
    for slope in slopes:
        slope[[0, -1]] = 0
        slope[:, [0, -1]] = 0
    return slopes


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted mean; NaN where all weights are 0."""
    total = weights.sum()
    return float(np.sum(weights * values) / total) if total > 0 else math.nan


def mean_error(depth: np.ndarray, truth: np.ndarray, where: np.ndarray | None = None) -> float:
    """Return the mean absolute difference of two (H, W) maps, over all pixels or those of a mask `where`."""
    error = np.abs(depth - truth)
    return float(error.mean() if where is None else error[where].mean())


def near_edges(truth: np.ndarray, valid: np.ndarray | None = None) -> np.ndarray:
    """Return (H, W) bool: where a depth edge of the truth is at most EDGE_REACH pixels away.

    Parameters
    ----------
    truth
        (H, W) normalised dioptres.
    valid
        (H, W) bool: pixels that may make an edge; all where None.
    """
    truth = np.asarray(truth, np.float32)
    valid = np.ones(truth.shape, bool) if valid is None else valid
    window = np.ones((3, 3), np.uint8)
    highest = cv2.dilate(np.where(valid, truth, np.float32(-np.inf)), window)
    lowest = cv2.erode(np.where(valid, truth, np.float32(np.inf)), window)
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * EDGE_REACH + 1, 2 * EDGE_REACH + 1))
    return cv2.dilate((highest - lowest > EDGE_STEP).astype(np.uint8), reach).astype(bool)


def nearest_frame(truth: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return, for each pixel of truth (H, W), the nearest of positions (N,), as an oracle would."""
    middles = (positions[1:] + positions[:-1]) / 2
    return positions[np.searchsorted(middles, truth)]
