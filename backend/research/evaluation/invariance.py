"""What should not change depth, or hardly: turning the stack around, thinning it, and losing its order."""

import tempfile
from pathlib import Path

import cv2
import numpy as np

from ...stack import read_stack
from .measures import mean_error
from .predict import predict

SEED = 1
IN_ORDER, REVERSED, WRONG = ORDERS = "in order", "reversed", "wrong"


def turned_and_thinned(
    network: str, pictures: np.ndarray, positions: np.ndarray, plain: np.ndarray, truth: np.ndarray
) -> dict[str, float]:
    """How depth (H, W) from aligned pictures (N, H, W, 3) differs from `plain`, the network's usual one.

    "error" is plain's. Turned around, near to far, depth must come out as 1 - depth: "reversed_error" and
    "reversed_difference" to plain. "halved_error" is with every second frame dropped but both ends kept.
    """
    turned = 1 - _depth(network, pictures[::-1], 1 - positions[::-1])
    last = len(positions) - 1
    kept = [*range(0, last, 2), last]
    return {
        "error": mean_error(plain, truth),
        "reversed_error": mean_error(turned, truth),
        "reversed_difference": mean_error(turned, plain),
        "halved_error": mean_error(_depth(network, pictures[kept], positions[kept]), truth),
    }


def order_found(photographs: np.ndarray) -> str:
    """One of ORDERS: how photographs (N, H, W, 3), far to near, come back without distances and names."""
    names = [f"{number:04d}.png" for number in np.random.default_rng(SEED).permutation(len(photographs))]
    with tempfile.TemporaryDirectory() as folder:
        for name, photograph in zip(names, photographs, strict=True):
            pixels = np.uint8(np.rint(255 * np.clip(photograph, 0, 1)))
            cv2.imwrite(str(Path(folder, name)), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        found = [frame.path.name for frame in read_stack([Path(folder)]).frames]
    if found == names:
        return IN_ORDER
    return REVERSED if found == names[::-1] else WRONG


def _depth(network: str, pictures: np.ndarray, positions: np.ndarray) -> np.ndarray:
    return predict(pictures, positions, network).normalised
