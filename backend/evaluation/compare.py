"""Networks and peers under several alignments on one stack with known depth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..errors import InputError
from ..inference import infer
from ..stack import FocalStack, read_photograph, read_stack
from .aligned import ALIGNMENTS, FIELD_OF_VIEW, NETWORK, Aligned, align_by
from .classical import classical_depth
from .confidence import draw
from .invariance import order_found, turned_and_thinned
from .measures import mean_error, near_edges, nearest_frame
from .misregistration import misregistration, read_true_frames

TRUTH = "depth.npz"  # "depth": (H, W) float32 metres, planar, on the reference frame's grid


@dataclass(frozen=True)
class Measured:
    """What one stack has told. Errors are in normalised dioptres."""

    errors: dict[str, dict[str, float]]  # {method: {"error", "edges"}}
    misregistration: dict[str, list[float]]  # {alignment: pixels a frame}; empty without truth.json
    moved: bool  # whether the true camera did, as in a hand
    pixels: dict[str, np.ndarray]  # {network: (2, n) expected and true error}, of those that expect any
    invariance: dict[str, dict[str, float]]  # {network: errors}; empty where not asked for
    order: str | None  # one of `invariance.ORDERS`; None where not asked for


def find_stacks(data: list[Path]) -> list[Path]:
    """Folders with a truth, among those named and right below them."""
    found = [f for folder in data for f in (folder, *sorted(folder.glob("*/"))) if (f / TRUTH).exists()]
    if not found:
        raise InputError(f"{data[0]} holds no stack with a {TRUTH}; name folders of rendered stacks")
    return list(dict.fromkeys(found))


def compare(
    folder: Path, networks: Sequence[str], alignments: Sequence[str] = (NETWORK,), invariance: bool = False
) -> Measured:
    """Measure the peers, every network under every alignment named, and all alignments on one stack.

    What a network expects of itself, and its invariance, are measured under the alignment "network" and
    only where that is named. Raises InputError where the stack has no focus distances, or a frame that
    does not belong.
    """
    stack = read_stack([folder])
    if not stack.metric:
        raise InputError(f"{folder} has no focus distances; add a focus.csv")
    depth = _depth(folder, stack)
    truth = normalised(depth, stack)
    frames = read_true_frames(folder, stack)
    photographs = np.stack([read_photograph(frame.path) for frame in stack.frames])
    aligned = {alignment: align_by(alignment, photographs, stack) for alignment in ALIGNMENTS}
    inferred = {
        (network, alignment): infer(
            network, aligned[alignment].pictures, stack.positions, lambda done, of: None
        )
        for network in networks
        for alignment in alignments
    }
    maps = _peers(aligned, stack.positions, truth) | {
        _column(*pair, alignments): inferred[pair][0] for pair in inferred
    }
    in_full = {network: inferred[network, NETWORK] for network in networks if NETWORK in alignments}
    return Measured(
        errors=_errors(maps, truth),
        misregistration={
            name: misregistration(way.motion, frames, depth) for name, way in aligned.items() if frames
        },
        moved=any(frame.moved for frame in frames or ()),
        pixels={
            _label(network): draw(spread, np.abs(found - truth))
            for network, (found, spread) in in_full.items()
            if spread.any()
        },
        invariance={
            _label(network): turned_and_thinned(
                network, aligned[NETWORK].pictures, stack.positions, found, truth
            )
            for network, (found, _) in in_full.items()
            if invariance
        },
        order=order_found(photographs) if invariance else None,
    )


def normalised(depth: np.ndarray, stack: FocalStack) -> np.ndarray:
    """(H, W) normalised dioptres from metres."""
    far, near = stack.dioptres[0], stack.dioptres[-1]
    return ((1 / depth - far) / (near - far)).astype(np.float32)


def _depth(folder: Path, stack: FocalStack) -> np.ndarray:
    """(H, W) metres, on the reference's grid."""
    depth = np.load(folder / TRUTH)["depth"]
    if depth.shape[::-1] != stack.size:
        width, height = stack.size
        raise InputError(f"{folder / TRUTH} is not {width} x {height} as the photographs; render them again")
    return depth


def _peers(aligned: dict[str, Aligned], positions: np.ndarray, truth: np.ndarray) -> dict[str, np.ndarray]:
    """{method: depth (H, W)}: what an oracle and the classical way make of the stack."""
    cropped = aligned[FIELD_OF_VIEW].pictures
    # Grain reads as focus to a Laplacian; a little blur first is the peer at its best on noisy frames.
    smoothed = np.stack([cv2.GaussianBlur(picture, (0, 0), 1) for picture in cropped])
    return {
        "nearest frame (oracle)": nearest_frame(truth, positions),
        "classical": classical_depth(cropped, positions),
        "classical, smoothed": classical_depth(smoothed, positions),
        "classical, aligned by ours": classical_depth(aligned[NETWORK].pictures, positions),
    }


def _errors(maps: dict[str, np.ndarray], truth: np.ndarray) -> dict[str, dict[str, float]]:
    edges = near_edges(truth)
    return {
        name: {"error": mean_error(found, truth), "edges": mean_error(found, truth, edges)}
        for name, found in maps.items()
    }


def _column(network: str, alignment: str, alignments: Sequence[str]) -> str:
    """The network's name alone where it has no other alignment to be told from."""
    name = _label(network)
    return name if list(alignments) == [NETWORK] else f"{name}, {alignment}"


def _label(network: str) -> str:
    """A file's name is enough to know an imported network by."""
    return Path(network).stem if network.endswith(".onnx") else network
