"""How far a depth map is from the truth: the measures of the DDFF 12-Scene benchmark and of the field.

`measure` tells all of MEASURES for one image; a data set's figure is the mean over its images, for RMS a mean
of roots. They follow the code that their authors have published, in float64:
- DDFF 12-Scene (Hazirbas et al., "Deep Depth From Focus", ACCV 2018): MSE to Bump;
- Won and Jeon, "Learning Depth from Focus in the Wild", ECCV 2022: MAE and the forms weighted by confidence;
- Yang et al., "Deep Depth from Focus with Differential Focus Volume", CVPR 2022: avgUnc;
- ours: MAE near edges.

p is the depth found, t the truth, both in the truth's unit; means are over the valid pixels. `mean_error`,
`near_edges` and `nearest_frame` are for depth in normalised dioptres: 1 is the whole range from the farthest
to the nearest focus.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

EDGE_REACH = 8  # pixels about a depth edge
EDGE_STEP = 0.05  # of the range within one pixel makes an edge
DELTA = 1.25  # a ratio below this, its square or its cube is a depth found
BAD = 0.07  # DDFF 12-Scene: pixels of disparity
BUMP_LIMIT = 0.05
SMALLER, LARGER = "smaller", "larger"


@dataclass(frozen=True)
class Measure:
    """A column of a table. In `unit` u is the truth's, "%" and "100 u" say what the number is given in."""

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
    found: np.ndarray,
    truth: np.ndarray,
    valid: np.ndarray | None = None,
    *,
    weights: np.ndarray | None = None,
    uncertainty: np.ndarray | None = None,
    edges: np.ndarray | None = None,
    bad: float = BAD,
) -> dict[str, float]:
    """{name: value} of MEASURES, in their order, for one image.

    found, truth: (H, W) in the truth's unit; valid: (H, W) bool, all where None. `weights` (H, W): confidence
    in the truth; `uncertainty` (H, W): the standard deviation that the method expects, in the truth's unit;
    `edges` (H, W) bool, as `near_edges` says; `bad`: a larger difference makes a bad pixel.
    NaN is what cannot be told: everything without a valid pixel, or where one has no finite depth; the
    logarithm and the ratios where a truth is not above 0, relative errors where one is 0; Bump where any of
    `found` is not finite; and what needs an argument that is None.
    """
    found, truth = np.asarray(found, np.float64), np.asarray(truth, np.float64)
    valid = np.ones(truth.shape, bool) if valid is None else np.asarray(valid, bool)
    told = dict.fromkeys(NAMES, math.nan)
    if uncertainty is not None:  # of all pixels, as published
        told["avgUnc"] = float(np.mean(uncertainty, dtype=np.float64))
    p, t = found[valid], truth[valid]
    if not p.size or not np.isfinite(p).all() or not np.isfinite(t).all():
        return told
    off = np.abs(p - t)
    told |= _differences(off, bad) | {"Bump": _bumpiness(found, truth, valid)}
    if t.all():
        told |= _relative(off, t)
    if (t > 0).all():
        told |= _ratios(p, t)
    if edges is not None:
        told["MAE near edges"] = _mean(off, np.asarray(edges, np.float64)[valid])
    if weights is not None:
        confidence = np.asarray(weights, np.float64)[valid]
        told |= {"MSE weighted": _mean(off**2, confidence), "MAE weighted": _mean(off, confidence)}
    return {name: float(value) for name, value in told.items()}


def _differences(off: np.ndarray, bad: float) -> dict[str, float]:
    square = np.mean(off**2)
    return {
        "MSE": square,
        "RMS": math.sqrt(square),
        "BadPix": 100 * np.mean(off > bad),
        "MAE": np.mean(off),
    }


def _relative(off: np.ndarray, t: np.ndarray) -> dict[str, float]:
    """Over |t|: AiFDepthNet has it so for the 4D light field set, whose disparities are of either sign."""
    return {"AbsRel": np.mean(off / np.abs(t)), "SqRel": np.mean(off**2 / np.abs(t))}


def _ratios(p: np.ndarray, t: np.ndarray) -> dict[str, float]:
    """logRMS and delta 1 to 3; t above 0.

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


def _bumpiness(found: np.ndarray, truth: np.ndarray, valid: np.ndarray) -> float:
    """100 times the mean Frobenius norm of the Hessian of p - t, cut at BUMP_LIMIT.

    As in the published code, invalid truth is 0 and stays in the difference, so that pixels next to it are
    bumpy; only valid ones enter the mean. The image's rim is 0 after each pass, as scikit-image 0.13 leaves
    it, which that code asks for.
    """
    if not np.isfinite(found).all():
        return math.nan
    difference = found - np.where(valid, truth, 0)
    first = _scharr(difference)
    hessian = np.stack([second for slope in first for second in _scharr(slope)])
    norm = np.sqrt(np.sum(hessian**2, 0))
    return 100 * np.mean(np.minimum(norm, BUMP_LIMIT)[valid])


def _scharr(image: np.ndarray) -> list[np.ndarray]:
    """Slopes to the right and down, each (H, W), over two pixels; 0 on the rim."""
    slopes = [cv2.Scharr(image, cv2.CV_64F, *axis, scale=1 / 16) for axis in ((1, 0), (0, 1))]
    for slope in slopes:
        slope[[0, -1]] = 0
        slope[:, [0, -1]] = 0
    return slopes


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    """Weighted; NaN where all weights are 0."""
    total = weights.sum()
    return np.sum(weights * values) / total if total > 0 else math.nan


def mean_error(depth: np.ndarray, truth: np.ndarray, where: np.ndarray | None = None) -> float:
    """Mean |difference| of two (H, W) maps of normalised dioptres, of the pixels `where` says."""
    error = np.abs(depth - truth)
    return float(error.mean() if where is None else error[where].mean())


def near_edges(truth: np.ndarray, valid: np.ndarray | None = None) -> np.ndarray:
    """(H, W) where a depth edge of the truth is at most EDGE_REACH pixels away.

    truth: (H, W) normalised dioptres; what is not `valid` makes no edge.
    """
    truth = np.asarray(truth, np.float32)
    valid = np.ones(truth.shape, bool) if valid is None else valid
    window = np.ones((3, 3), np.uint8)
    highest = cv2.dilate(np.where(valid, truth, np.float32(-np.inf)), window)
    lowest = cv2.erode(np.where(valid, truth, np.float32(np.inf)), window)
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * EDGE_REACH + 1, 2 * EDGE_REACH + 1))
    return cv2.dilate(np.uint8(highest - lowest > EDGE_STEP), reach).astype(bool)


def nearest_frame(truth: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """What an oracle says that picks the true nearest frame everywhere."""
    middles = (positions[1:] + positions[:-1]) / 2
    return positions[np.searchsorted(middles, truth)]
