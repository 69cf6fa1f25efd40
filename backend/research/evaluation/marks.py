"""Measures of depth whose truth nobody knows: by marked planes and pairs, and by the frames themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from ...contract.errors import InputError
from ...depth.units import to_confidence
from .data.scene import EvaluationStack
from .data.surfaces import Pair, Point, Surfaces
from .methods import DepthEstimate, estimate_depth, is_depth_folder
from .patches import measure_shifts
from .planarity import plane_residuals
from .uncertainty import sparsification_error

PAIR_WIDTH, PAIR_WINDOW = 560, 9  # pixels: of the picture, and of the square whose median a pair compares
SPREAD = 2, 98  # percentiles of a depth map between which it is said to spread
LEAST_HALVES = 6  # frames


@dataclass(frozen=True)
class MarkMeasures:
    """What was measured of a method on one stack.

    Attributes
    ----------
    planes
        {plane: mean absolute residual in normalised dioptres}.
    pairs
        Whether each pair is in order.
    values
        {measure: value}: those of `marked_report.MARKED_COLUMNS`, and seconds; one is missing where
        nothing is marked for it, frames are too few, or there is no uncertainty.
    """

    planes: dict[str, float]
    pairs: list[bool]
    values: dict[str, float]


def measure_marks(
    method: str, scene: str, stack: EvaluationStack, surfaces: Surfaces, estimate: DepthEstimate
) -> MarkMeasures:
    """Measure a method's depth of a stack.

    Parameters
    ----------
    method, scene
        As `estimate_depth` takes them.
    stack
        Registered.
    surfaces
        What is marked in it.
    estimate
        The method's.
    """
    depth = estimate.depth
    boxes = {plane.name: plane.pixels(depth.shape) for plane in surfaces.planes}
    residuals = {name: plane_residuals(depth[box]) for name, box in boxes.items()}
    planes = {name: float(each.mean()) for name, each in residuals.items()}
    pairs = pairs_in_order(depth, surfaces.pairs)
    values: dict[str, float] = {}
    if planes:
        values["planarity"] = float(np.mean(list(planes.values())))
        low, high = np.percentile(depth, SPREAD)
        values["spread_planarity"] = values["planarity"] / float(max(high - low, 1e-6))
    if pairs:
        values["pairs"] = float(np.mean(pairs))
    if len(stack.pictures) >= LEAST_HALVES and not is_depth_folder(method):
        values["halves"] = _compare_halves(method, scene, stack)
    if planes and estimate.uncertainty is not None:
        uncertainty = np.concatenate([estimate.uncertainty[box].ravel() for box in boxes.values()])
        error = np.concatenate([each.ravel() for each in residuals.values()])
        values["confidence"] = float(to_confidence(uncertainty).mean())
        values["sparsification"] = sparsification_error(uncertainty, error)
    return MarkMeasures(planes, pairs, values | {"seconds": estimate.seconds})


def pairs_in_order(depth: np.ndarray, pairs: Sequence[Pair]) -> list[bool]:
    """Return of each pair whether its nearer point has more normalised dioptres in depth (H, W)."""
    height = round(PAIR_WIDTH * depth.shape[0] / depth.shape[1])
    small = cv2.resize(depth.astype(np.float32), (PAIR_WIDTH, height), interpolation=cv2.INTER_AREA)
    return [_median_at(small, pair.nearer) > _median_at(small, pair.farther) for pair in pairs]


def rescale_map(depth: np.ndarray, pairs: Sequence[Pair]) -> np.ndarray:
    """Bring another program's map to normalised dioptres, as far as marks without distances allow.

    Its values are affine in dioptres by an unknown factor and offset, such as disparity or frame numbers,
    and may run either way. The SPREAD of its values becomes 0 to 1, and it is turned over where that puts
    more pairs in order: so its order in pairs tells less than that of a method that had to choose.

    Raises
    ------
    InputError
        Where the map is the same everywhere.
    """
    low, high = np.percentile(depth, SPREAD)
    if not high > low:
        raise InputError("a depth map that is the same nearly everywhere cannot be measured; leave it out")
    scaled = ((depth - low) / (high - low)).astype(np.float32)
    turned = 1 - scaled
    return turned if sum(pairs_in_order(turned, pairs)) > sum(pairs_in_order(scaled, pairs)) else scaled


def summarise_shifts(pictures: np.ndarray) -> dict[str, dict[str, Any]]:
    """Measure what registration left in pictures (N, H, W, 3).

    Returns
    -------
    dict
        Of "neighbours" and of frames against the "reference": "median" and "percentile_90" of the shifts of
        patches, in pixels at 480 px width, and how many "patches" could be trusted.
    """
    shifts = measure_shifts(pictures)
    kinds = {"neighbours": shifts.neighbours, "reference": shifts.reference}
    return {
        name: {
            "median": float(np.median(lengths)) if len(lengths) else np.nan,
            "percentile_90": float(np.percentile(lengths, 90)) if len(lengths) else np.nan,
            "patches": len(lengths),
        }
        for name, lengths in kinds.items()
    }


def _median_at(depth: np.ndarray, point: Point) -> float:
    height, width = depth.shape
    x, y = int((width + point[0] * width) / 2), int((height + point[1] * width) / 2)
    reach = PAIR_WINDOW // 2
    x, y = (int(np.clip(at, 0, size - 1)) for at, size in ((x, width), (y, height)))
    return float(np.median(depth[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]))


def _compare_halves(method: str, scene: str, stack: EvaluationStack) -> float:
    """Return the mean difference of depth from the frames of even and of uneven numbers.

    In normalised dioptres of the whole stack, within the focus that both halves have.
    """
    positions = stack.positions
    common = positions[1], positions[-2]
    depths = []
    for first in (0, 1):
        chosen = np.arange(len(positions)) % 2 == first
        half = _part(stack, chosen)
        far, near = positions[chosen][[0, -1]]
        depth = estimate_depth(method, scene, half, half.pictures, None).depth
        depths.append(np.clip(far + (near - far) * depth, *common))
    return float(np.abs(depths[0] - depths[1]).mean())


def _part(stack: EvaluationStack, chosen: np.ndarray) -> EvaluationStack:
    """Return the stack of the frames where `chosen`, (N,) bool, is true."""
    pictures, registration = stack.pictures[chosen], stack.registration
    if registration is not None:
        left = registration.stack.without(~chosen)
        registration = replace(registration, stack=left, pictures=pictures)
    return replace(stack, pictures=pictures, focus=stack.focus[chosen], registration=registration)
