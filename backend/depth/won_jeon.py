"""The paper authors' depth network under ONNX Runtime, as `focal-depth import-weights` exported it."""

import functools
import os
from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..runtime.sessions import open_session

DEPTH_MODEL, ALIGNMENT_MODEL, WEIGHTS = "paper_depth.onnx", "paper_alignment.onnx", "paper.safetensors"
MULTIPLE = 32  # the network halves height and width five times


def paper_folder() -> Path:
    """Where imported weights lie: FOCAL_DEPTH_PAPER_WEIGHTS, or a folder in the person's home."""
    return Path(os.environ.get("FOCAL_DEPTH_PAPER_WEIGHTS") or Path.home() / ".focal-depth")


def find_paper_weights() -> Path:
    """The imported depth network, what `--network paper` means. Raises InputError before any import."""
    path = paper_folder() / DEPTH_MODEL
    if not path.is_file():
        raise InputError(
            f"{path} does not exist: run `focal-depth import-weights check_point.pth` once with the "
            "authors' checkpoint, or point FOCAL_DEPTH_PAPER_WEIGHTS at the folder it wrote"
        )
    return path


def paper_depth(model_path: Path, stack: np.ndarray, focus: np.ndarray) -> np.ndarray:
    """Depth (H,W) float32 in the units of `focus`: the average of its values that the network weighs.

    stack: (N,H,W,3) float32, aligned, sRGB-encoded RGB 0..1, far to near. focus: (N,), 1 / focus
    distance as the authors have it, or any values that go evenly with it: the weights come from the
    stack alone. About 500 bytes a pixel and frame. Raises InputError for a model of another network.
    """
    session = _session(model_path)
    frames, height, width, _ = stack.shape
    bottom, right = -height % MULTIPLE, -width % MULTIPLE
    padded = np.pad(stack, ((0, 0), (0, bottom), (0, right), (0, 0)), mode="edge")
    feed = {
        "stack": _as_trained(padded),
        "focus": np.asarray(focus, dtype=np.float32).reshape(1, frames, 1, 1),
    }
    (depth,) = session.run(["depth"], feed)
    return depth[0, 0, :height, :width]


def _as_trained(stack: np.ndarray) -> np.ndarray:
    """(N,H,W,3) RGB 0..1 to the authors' (1,3,N,H,W) BGR -1..1 (they divide bytes by 127.5)."""
    bgr = np.clip(stack[..., ::-1], 0, 1) * 2 - 1
    return np.ascontiguousarray(bgr.transpose(3, 0, 1, 2)[None], dtype=np.float32)


@functools.cache
def _session(model_path: Path):
    try:
        session = open_session(model_path)
    except OSError as error:
        raise InputError(f"{model_path} cannot be read ({error.strerror}): name an .onnx file") from None
    except InputError:
        raise
    except Exception as error:  # ONNX Runtime has a class of its own for every way to be invalid
        raise InputError(f"{model_path} is not an ONNX model that runs here: import it again") from error
    if {node.name for node in session.get_inputs()} != {"stack", "focus"}:
        raise InputError(
            f"{model_path} is not the paper's depth network: use one that `import-weights` exported"
        )
    return session
