"""Every way to depth by one name: our network, others, classical peers, and maps of other programs."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ... import __version__
from ...contract.qualities import FOCAL_UNET, FORMER_PREDICTOR_NAMES, WON_JEON
from ...depth.predictor import predictor_named
from ...weights import ALIGNMENT_MODEL
from .alignments import ALIGNMENTS
from .data.scene import EvaluationStack
from .estimate_steps import predict_as_estimate
from .measures import nearest_frame
from .peers import PEERS
from .peers.folder import read_depth_map
from .predict import predict

ORACLE = "oracle"
METHODS = (ORACLE, *PEERS, FOCAL_UNET)  # the default: all that need nothing else
HEADINGS = {
    ORACLE: "nearest frame (oracle)",
    "classical_smoothed": "classical, smoothed",
    "ring_difference": "ring difference",
    FOCAL_UNET: "Focal Depth",
    WON_JEON: "Won & Jeon",
}
FORMER_METHOD_NAMES = FORMER_PREDICTOR_NAMES | {  # of version 0.1
    "nearest frame (oracle)": ORACLE,
    "classical, smoothed": "classical_smoothed",
    "ring difference": "ring_difference",
}
# Folders of the package on which figures depend.
MEASURED = "depth", "fusion", "io", "lens", "registration", "research/evaluation", "stack"


@dataclass(frozen=True)
class DepthEstimate:
    """Depth of one stack by a method.

    Attributes
    ----------
    depth
        (H, W) normalised dioptres.
    uncertainty
        (H, W) expected absolute error in the same unit; None where the method has none.
    seconds
        That the method took.
    """

    depth: np.ndarray
    uncertainty: np.ndarray | None
    seconds: float


def check_method(method: str) -> None:
    """Raise InputError where there is no method of that name; to be called before the long work."""
    if is_network(method):
        predictor_named(method)


def is_network(method: str) -> bool:
    """Return whether a method is a network: one of ours, Won and Jeon's, or an .onnx file."""
    return method != ORACLE and method not in PEERS and not is_depth_folder(method)


def is_depth_folder(method: str) -> bool:
    """Return whether a method is a folder of another program's depth maps."""
    return Path(method).is_dir()


def depends_on_alignment(method: str) -> bool:
    """Return whether it matters to a method how frames are aligned."""
    return method != ORACLE and not is_depth_folder(method)


def column_name(method: str) -> str:
    """Return a method's name in tables for programs: of a file or a folder, its name without the path."""
    return Path(method).stem if method.endswith(".onnx") or Path(method).is_dir() else method


def heading(column: str) -> str:
    """Return a column's name in tables for people; a column may end with an alignment, as "oracle, fov"."""
    method, separator, alignment = column.rpartition(", ")
    if alignment not in ALIGNMENTS:
        return HEADINGS.get(column, column)
    return HEADINGS.get(method, method) + separator + alignment


def fingerprint(method: str) -> str:
    """Return a digest that changes where a method does, or how it is measured."""
    package = Path(__file__).parents[2]
    files = [package / "pipeline.py"]
    files += sorted(file for folder in MEASURED for file in (package / folder).rglob("*.py"))
    if is_network(method):
        files += [ALIGNMENT_MODEL, *predictor_named(method).models]
    elif is_depth_folder(method):
        files += sorted(path for path in Path(method).rglob("*") if path.is_file())
    digest = hashlib.sha256(f"{__version__} {method}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def estimate_depth(
    method: str, scene: str, stack: EvaluationStack, pictures: np.ndarray, truth: np.ndarray | None
) -> DepthEstimate:
    """Estimate the depth of a scene.

    Parameters
    ----------
    method
        Its name, or a path.
    scene
        The scene's name, by which a folder holds its map.
    stack
        The scene.
    pictures
        (N, H, W, 3) float32 sRGB, the stack's, aligned.
    truth
        (H, W) normalised dioptres, which the oracle alone uses.

    Raises
    ------
    InputError
        Where a folder lacks the map.
    """
    started, uncertainty = time.perf_counter(), None
    if method == ORACLE:
        assert truth is not None, "the oracle needs the truth"
        depth = nearest_frame(truth, stack.positions)
    elif method in PEERS:
        depth = PEERS[method](pictures, stack.positions)
    elif is_network(method):
        if stack.registration is None:
            prediction = predict(pictures, stack.positions, method)
        else:
            prediction = predict_as_estimate(stack.registration, method)
        depth, uncertainty = prediction.normalised, prediction.uncertainty
    else:
        depth = read_depth_map(Path(method), scene, stack)
    if uncertainty is not None and not uncertainty.any():
        uncertainty = None
    return DepthEstimate(depth, uncertainty, time.perf_counter() - started)
