"""Normalised depth from aligned pictures, by our network or the paper's."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from .all_in_focus import fuse
from .depth import infer_in_tiles
from .errors import InputError
from .refine import refine

OURS, PAPER = "ours", "paper"
# Our network reads features of half the picture's size: enlarging small pictures keeps their edges.
SMALL, ENLARGEMENT = 960, 1.5

Progress = Callable[[int, int], None]


def infer(
    network: str, pictures: np.ndarray, positions: np.ndarray, progress: Progress
) -> tuple[np.ndarray, np.ndarray]:
    """Depth and its expected error, each (h, w) in normalised dioptres.

    pictures: (N, h, w, 3) sRGB float32, aligned, far to near; positions: (N,). `network` is "ours",
    "paper", or the path of an .onnx file made by `import-weights`.
    """
    if network == OURS:
        return _ours(pictures, positions, progress)
    return _paper(network, pictures, positions, progress)


def check_network(network: str) -> None:
    """Raise InputError where there is no such network; call it before the long work."""
    if network != OURS:
        _paper_model(network)


def _paper_model(network: str) -> Path:
    from .engines.paper import find_paper_weights

    model = find_paper_weights() if network == PAPER else Path(network)
    if not model.is_file():
        raise InputError(f'{model} does not exist: name "{OURS}", "{PAPER}" or an imported .onnx file')
    return model


def _ours(pictures: np.ndarray, positions: np.ndarray, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    from .engines.ours import infer_depth

    height, width = pictures.shape[1:3]
    enlargement = min(ENLARGEMENT, SMALL / max(height, width))
    if enlargement > 1:
        size = round(width * enlargement), round(height * enlargement)
        pictures = np.stack([cv2.resize(p, size, interpolation=cv2.INTER_CUBIC) for p in pictures])
    depth, spread = infer_in_tiles(infer_depth, pictures, positions, progress)
    depth = refine(depth, spread, fuse(depth, positions, pictures))
    if enlargement > 1:
        size = width, height
        depth, spread = (cv2.resize(m, size, interpolation=cv2.INTER_AREA) for m in (depth, spread))
    return depth, spread


def _paper(
    network: str, pictures: np.ndarray, positions: np.ndarray, progress: Progress
) -> tuple[np.ndarray, np.ndarray]:
    from .engines.paper import paper_depth

    model = _paper_model(network)

    def infer_tile(tile: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        depth = paper_depth(model, tile, positions)
        return depth, np.zeros_like(depth)  # the paper's network does not doubt itself

    return infer_in_tiles(infer_tile, pictures, positions, progress)
