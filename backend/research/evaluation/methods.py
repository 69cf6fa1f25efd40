"""Every way to depth by one name: our network, others, classical peers, and maps made elsewhere."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ... import __version__
from ...contract.qualities import FOCAL_UNET
from ...depth.predictor import predictor_named
from ...weights import ALIGNMENT_MODEL
from .data.scene import Focused
from .measures import nearest_frame
from .peers import PEERS
from .peers.folder import depth_from_folder
from .predict import predict

ORACLE = "nearest frame (oracle)"
METHODS = (ORACLE, *PEERS, FOCAL_UNET)  # the default: all that need nothing else


@dataclass(frozen=True)
class Found:
    """What a method makes of one stack."""

    depth: np.ndarray  # (H, W) normalised
    spread: np.ndarray | None  # (H, W) normalised error that it expects of itself; None where it expects none
    seconds: float


def check_method(method: str) -> None:
    """Raise InputError where there is none of that name; call it before the long work."""
    if is_network(method):
        predictor_named(method)


def is_network(method: str) -> bool:
    return method != ORACLE and method not in PEERS and not Path(method).is_dir()


def looks_at_pictures(method: str) -> bool:
    """Whether it matters to a method how frames are aligned."""
    return method != ORACLE and not Path(method).is_dir()


def label(method: str) -> str:
    """A file's or a folder's name is enough to know it by."""
    return Path(method).stem if method.endswith(".onnx") or Path(method).is_dir() else method


def fingerprint(method: str) -> str:
    """Changes where a method does, or how it is measured."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    if is_network(method):
        files += [ALIGNMENT_MODEL, *predictor_named(method).models]
    elif Path(method).is_dir():
        files += sorted(path for path in Path(method).rglob("*") if path.is_file())
    digest = hashlib.sha256(f"{__version__} {method}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def find_depth(
    method: str, scene: str, focused: Focused, pictures: np.ndarray, truth: np.ndarray | None
) -> Found:
    """Depth of a scene by a method, from its pictures (N, H, W, 3) once they are aligned.

    truth: (H, W) normalised, which only the oracle looks at. Raises InputError where a folder lacks the map.
    """
    started, spread = time.perf_counter(), None
    if method == ORACLE:
        depth = nearest_frame(truth, focused.positions)
    elif method in PEERS:
        depth = PEERS[method](pictures, focused.positions)
    elif is_network(method):
        prediction = predict(pictures, focused.positions, method)
        depth, spread = prediction.normalised, prediction.uncertainty
    else:
        depth = depth_from_folder(Path(method), scene, focused)
    return Found(
        depth, spread if spread is not None and spread.any() else None, time.perf_counter() - started
    )
