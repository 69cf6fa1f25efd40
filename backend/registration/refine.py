"""The motion of every frame, refined by patches of many pairs of frames at once, coarse to fine."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..runtime.parallel import prefetch
from .motion_model import (
    MODELS,
    RADIAL,
    REST,
    SIMILARITY,
    MotionModel,
    fit_motion,
    held_out_miss,
    weighted_median,
)
from .patches import FARTHEST, Patches, Shifts, Spectra
from .polynomial import displaced
from .warp import warp

SIDE = 480  # pixels of the longer side, at which the finest pass measures, and motion is stated
PATCH = 54  # pixels of a patch: of the finest pass a ninth of the width
LEAST_AGREEMENT, FULL_AGREEMENT = 0.4, 0.9  # of a patch's detail
LEAST_PATCH = 24  # of a small picture
FULL_DETAIL = 300.0  # more makes a patch no better, what errs then is the model
EARNED = 0.95  # a richer model must miss patches it has not seen by so much less


@dataclass(frozen=True)
class Pass:
    """Pixels of the longer side, how far apart paired frames stand, and models from plain to rich.

    `farthest` is how many pixels anything is likely to have to move yet.
    """

    side: int
    farthest: float
    steps: tuple[int, ...]
    models: tuple[MotionModel, ...]


# Neighbours are blurred alike; frames farther apart keep a long stack from drifting.
PASSES = (
    Pass(SIDE // 2, 20.0, (1, 2, 4), (REST, SIMILARITY, RADIAL)),
    Pass(SIDE, 3.0, (1, 2), (REST, SIMILARITY, RADIAL)),
    Pass(SIDE, 1.0, (1, 3), MODELS),
)


@dataclass(frozen=True)
class Refinement:
    """Maps (N, 2, 15), the richest model that was taken, and what is left between neighbours.

    `misregistration` is (N-1,) the median of the patches in pixels at `SIDE`.
    """

    maps: np.ndarray
    model: str
    misregistration: np.ndarray


def refine_motion(greys: Sequence[np.ndarray], maps: np.ndarray) -> Refinement:
    """Refine the maps that carry the reference's points into each frame.

    Parameters
    ----------
    greys
        N pictures (h, w) float32 of one size, longer side `SIDE` or less, as taken; the last is the
        reference.
    maps
        (N, 2, 15) near the truth; the last is not altered.
    """
    height, width = greys[0].shape
    richest, left = REST, np.full(len(greys) - 1, np.nan, np.float32)
    for each in PASSES:
        patches = _patches((width, height), each.side)
        pairs, shifts, weights = _measure(greys, maps, patches, each.steps)
        model = _choose(each, patches, pairs, shifts, weights)
        fits = fit_motion(model.basis(patches.centres), model.ridge(each.farthest), shifts, weights)
        parameters = _combine(len(greys), pairs, fits.parameters, fits.information)
        pixels = max(patches.size)
        maps = displaced(maps, model.polynomials(parameters / (pixels / 2)), (width, height))
        richest = max(richest, model, key=MODELS.index)
        is_near = pairs[:, 1] - pairs[:, 0] == 1
        left = weighted_median(fits.misses[is_near], weights[is_near]) * SIDE / pixels
        if each.side == SIDE and model is REST:  # the next pass would see the same
            break
    return Refinement(maps, richest.name, left.astype(np.float32))


def _patches(size: tuple[int, int], side: int) -> Patches:
    """Patches of pictures of that size, shrunk as far as a pass does that would have `side` of `SIDE`."""
    patch = max(LEAST_PATCH, round(PATCH * min(1, max(size) / SIDE)))
    width, height = (max(patch, round(length * side / SIDE)) for length in size)
    return Patches((width, height), patch)


def _measure(
    greys: Sequence[np.ndarray], maps: np.ndarray, patches: Patches, steps: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of frames (E, 2), and shifts (E, P, 2) and weights (E, P) of their patches."""
    pairs: list[tuple[int, int]] = []

    def look(number: int) -> Spectra:
        return patches.spectra(warp(greys[number], maps[number], patches.size))

    def paired() -> Iterator[tuple[Spectra, Spectra]]:
        recent: deque[Spectra] = deque(maxlen=max(steps) + 1)
        for number, spectra in enumerate(prefetch(look, range(len(greys)))):
            recent.append(spectra)
            for step in steps:
                if step < len(recent):
                    pairs.append((number - step, number))
                    yield recent[-1 - step], spectra

    measured = list(prefetch(lambda pair: patches.shifts(*pair), paired()))
    return np.array(pairs), np.stack([each.pixels for each in measured]), np.stack([*map(_weights, measured)])


def _weights(shifts: Shifts) -> np.ndarray:
    certain = np.clip((shifts.agreement - LEAST_AGREEMENT) / (FULL_AGREEMENT - LEAST_AGREEMENT), 0, 1) ** 2
    return certain * np.minimum(shifts.detail / FULL_DETAIL, 1) * (np.abs(shifts.pixels).max(-1) < FARTHEST)


def _choose(
    each: Pass, patches: Patches, pairs: np.ndarray, shifts: np.ndarray, weights: np.ndarray
) -> MotionModel:
    """The richest model that is earned on patches it has not seen."""
    is_near = pairs[:, 1] - pairs[:, 0] == 1
    folds = (patches.corners // patches.side).sum(1) % 2  # as on a chessboard
    chosen, least = each.models[0], np.inf
    for model in each.models:
        basis, ridge = model.basis(patches.centres), model.ridge(each.farthest)
        miss = held_out_miss(basis, ridge, folds, shifts[is_near], weights[is_near])
        if miss < EARNED * least:
            chosen, least = model, miss
    return chosen


def _combine(count: int, pairs: np.ndarray, steps: np.ndarray, information: np.ndarray) -> np.ndarray:
    """Parameters (N, K) of the frames, the last one's 0, whose differences are nearest to the pairs' steps.

    Each pair counts by its information, as in a pose graph.
    """
    size = steps.shape[1]
    normal = np.zeros((count, size, count, size))
    right = np.zeros((count, size))
    for (one, other), step, weight in zip(pairs, steps, information, strict=True):
        normal[one, :, one] += weight
        normal[other, :, other] += weight
        normal[one, :, other] -= weight
        normal[other, :, one] -= weight
        right[other] += weight @ step
        right[one] -= weight @ step
    free = (count - 1) * size
    solved = np.linalg.solve(normal[:-1, :, :-1].reshape(free, free), right[:-1].ravel())
    return np.concatenate([solved.reshape(count - 1, size), np.zeros((1, size))])
