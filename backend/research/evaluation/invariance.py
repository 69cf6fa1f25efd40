"""What should not change depth, or hardly: reversing the stack, leaving out frames, losing its order."""

import shutil
import tempfile
from pathlib import Path

import cv2
import numpy as np

from ...stack import FocalStack, read_stack
from ...stack.names import natural_key
from .data.surfaces import Surfaces
from .estimate_steps import predict_as_estimate, register_as_estimate
from .marks import pairs_in_order
from .measures import mean_error
from .predict import predict

SEED = 1
IN_ORDER, REVERSED, WRONG = ORDERS = "in order", "reversed", "wrong"


def measure_invariance(
    network: str, pictures: np.ndarray, positions: np.ndarray, depth: np.ndarray, truth: np.ndarray
) -> dict[str, float]:
    """Measure how depth changes with the frames.

    Parameters
    ----------
    network
        As `predictor_named` takes it.
    pictures
        (N, H, W, 3) float32 sRGB, aligned, far to near.
    positions
        (N,) normalised dioptres.
    depth
        (H, W) that the network predicts from them, in normalised dioptres.
    truth
        (H, W) normalised dioptres.

    Returns
    -------
    dict
        "error" of `depth`; "reversed_error", of the stack reversed, near to far, which must give 1 - depth,
        and "reversed_difference" to `depth`; "halved_error", with every second frame left out but for the
        ends.
    """
    reversed_depth = 1 - predict(pictures[::-1], 1 - positions[::-1], network).normalised
    last = len(positions) - 1
    half = [*range(0, last, 2), last]
    halved_depth = predict(pictures[half], positions[half], network).normalised
    return {
        "error": mean_error(depth, truth),
        "reversed_error": mean_error(reversed_depth, truth),
        "reversed_difference": mean_error(reversed_depth, depth),
        "halved_error": mean_error(halved_depth, truth),
    }


def recover_order(photographs: np.ndarray) -> str:
    """Shuffle photographs (N, H, W, 3), far to near, and order them without focus distances and names.

    Returns
    -------
    str
        One of ORDERS.
    """
    names = [f"{number:04d}.png" for number in np.random.default_rng(SEED).permutation(len(photographs))]
    with tempfile.TemporaryDirectory() as folder:
        for name, photograph in zip(names, photographs, strict=True):
            pixels = np.rint(255 * np.clip(photograph, 0, 1)).astype(np.uint8)
            cv2.imwrite(str(Path(folder, name)), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        order = [frame.path.name for frame in read_stack([Path(folder)]).frames]
    if order == names:
        return IN_ORDER
    return REVERSED if order == names[::-1] else WRONG


def pairs_of_reversed_names(network: str, stack: FocalStack, surfaces: Surfaces) -> list[bool]:
    """Estimate depth of a stack without distances whose file names run the other way.

    Returns
    -------
    list of bool
        Whether each marked pair is in order.
    """
    paths = sorted((frame.path for frame in stack.frames), key=natural_key, reverse=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(paths):
            shutil.copyfile(path, Path(folder, f"{number:04d}{path.suffix}"))
        depth = predict_as_estimate(register_as_estimate(Path(folder)), network).normalised
    return pairs_in_order(depth, surfaces.pairs)
