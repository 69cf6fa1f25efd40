"""Networks and peers on one stack with known depth."""

from pathlib import Path

import cv2
import numpy as np

from ..alignment import relative_field_of_view, warp
from ..errors import InputError
from ..inference import infer
from ..registration import register
from ..stack import FocalStack, read_photograph, read_stack
from .classical import classical_depth
from .measures import mean_error, near_edges, nearest_frame

TRUTH = "depth.npz"  # "depth": (H, W) float32 metres, planar, on the reference frame's grid


def find_stacks(data: list[Path]) -> list[Path]:
    """Folders with a truth, among those named and right below them."""
    found = [f for folder in data for f in (folder, *sorted(folder.glob("*/"))) if (f / TRUTH).exists()]
    if not found:
        raise InputError(f"{data[0]} holds no stack with a {TRUTH}; name folders of rendered stacks")
    return found


def compare(folder: Path, networks: list[str]) -> dict[str, dict[str, float]]:
    """{method: {"error", "edges"}} in normalised dioptres, for the peers and the networks named."""
    stack = read_stack([folder])
    if not stack.metric:
        raise InputError(f"{folder} has no focus distances; add a focus.csv")
    truth = normalised_truth(folder, stack)
    maps = {"nearest frame (oracle)": nearest_frame(truth, stack.positions)}
    photographs = np.stack([read_photograph(frame.path) for frame in stack.frames])
    fov_only = [(1 / fov, 0, 0) for fov in relative_field_of_view(stack)]
    cropped = _warped(photographs, fov_only)
    maps["classical"] = classical_depth(cropped, stack.positions)
    # Grain reads as focus to a Laplacian; a little blur first is the peer at its best on noisy frames.
    smoothed = np.stack([cv2.GaussianBlur(picture, (0, 0), 1) for picture in cropped])
    maps["classical, smoothed"] = classical_depth(smoothed, stack.positions)
    kept, registered = register(photographs, stack)
    if len(kept.frames) < len(stack.frames):
        raise InputError(f"{folder}: {kept.warnings[-1]} Take such frames out before measuring.")
    aligned = registered.pictures
    maps["classical, aligned by ours"] = classical_depth(aligned, stack.positions)
    for network in networks:
        maps[network], _ = infer(network, aligned, stack.positions, lambda done, of: None)
    edges = near_edges(truth)
    return {
        name: {"error": mean_error(depth, truth), "edges": mean_error(depth, truth, edges)}
        for name, depth in maps.items()
    }


def normalised_truth(folder: Path, stack: FocalStack) -> np.ndarray:
    """(H, W) normalised dioptres from the truth's metres."""
    far, near = stack.dioptres[0], stack.dioptres[-1]
    return ((1 / np.load(folder / TRUTH)["depth"] - far) / (near - far)).astype(np.float32)


def _warped(photographs: np.ndarray, motions) -> np.ndarray:
    size = photographs.shape[2], photographs.shape[1]
    return np.stack([warp(p, m, size) for p, m in zip(photographs, motions, strict=True)])
