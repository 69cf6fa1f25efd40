"""Won & Jeon's depth network, as `focal-depth import-weights` exported the authors' checkpoint."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..contract.cost import MAX_TILE
from ..contract.errors import InputError
from ..contract.qualities import STANDARD, WON_JEON
from ..runtime.sessions import Session, Sessions
from ..runtime.timings import StageProgress
from .predictor import Prediction
from .tiling import predict_in_tiles

DEPTH_FILE, ALIGNMENT_FILE, TORCH_FILE = "paper_depth.onnx", "paper_alignment.onnx", "paper.safetensors"
FOLDER_VARIABLE = "FOCAL_DEPTH_PAPER_WEIGHTS"
MULTIPLE = 32  # pixels: the network halves height and width five times


def imported_folder() -> Path:
    """Return where imported weights are: FOCAL_DEPTH_PAPER_WEIGHTS, or a folder in the person's home."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path.home() / ".focal-depth")


def find_imported_model() -> Path:
    """Return the imported depth network's file. Raises InputError before any import."""
    path = imported_folder() / DEPTH_FILE
    if not path.is_file():
        raise InputError(
            f"{path} does not exist: run `focal-depth import-weights check_point.pth` once with the "
            f"authors' checkpoint, or point {FOLDER_VARIABLE} at the folder it wrote"
        )
    return path


class WonJeon:
    """The network of "Learning Depth from Focus in the Wild" (ECCV 2022). It has no uncertainty.

    Parameters
    ----------
    model
        Its .onnx file.
    """

    kind = WON_JEON
    has_uncertainty = False

    def __init__(self, model: Path) -> None:
        self._model = model

    @property
    def models(self) -> Sequence[Path]:
        """The network's file."""
        return (self._model,)

    def predict(
        self,
        pictures: np.ndarray,
        positions: np.ndarray,
        sessions: Sessions,
        progress: StageProgress,
        quality: str = STANDARD,
        max_tile: int = MAX_TILE,
    ) -> Prediction:
        """Infer depth; see `predictor.DepthPredictor`. About 540 bytes a pixel and frame of a tile."""
        session = open_network(sessions, self._model)

        def predict_tile(tile: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            depth = run_network(session, tile, positions)
            return depth, np.zeros_like(depth)

        maps = predict_in_tiles(predict_tile, pictures, positions, progress, max_tile)
        sessions.release(self._model)
        return Prediction(*maps)


def open_network(sessions: Sessions, model: Path) -> Session:
    """Open the network. Raises InputError where the file is not readable, or another network's."""
    try:
        session = sessions.get(model)
    except OSError as error:
        raise InputError(f"{model} cannot be read ({error.strerror}): name an .onnx file") from None
    except InputError:
        raise
    except Exception as error:  # ONNX Runtime has a class of its own for every way to be invalid
        raise InputError(f"{model} is not an ONNX model that runs here: import it again") from error
    if {node.name for node in session.get_inputs()} != {"stack", "focus"}:
        raise InputError(f"{model} is not Won & Jeon's depth network: use one that `import-weights` exported")
    return session


def run_network(session: Session, pictures: np.ndarray, focus: np.ndarray) -> np.ndarray:
    """Run the network once.

    Parameters
    ----------
    session
        As `open_network` returns it.
    pictures
        (N, H, W, 3) float32, sRGB RGB 0 to 1, aligned, far to near.
    focus
        (N,): 1 / focus distance as the authors have it, or any values that go evenly with it. The network's
        weights come from the pictures alone.

    Returns
    -------
    ndarray
        (H, W) float32 in the unit of `focus`: the average of its values that the network weighs.
    """
    frames, height, width, _ = pictures.shape
    bottom, right = -height % MULTIPLE, -width % MULTIPLE
    padded = np.pad(pictures, ((0, 0), (0, bottom), (0, right), (0, 0)), mode="edge")
    feed = {
        "stack": _as_trained(padded),
        "focus": np.asarray(focus, dtype=np.float32).reshape(1, frames, 1, 1),
    }
    (depth,) = session.run(["depth"], feed)
    return depth[0, 0, :height, :width]


def _as_trained(pictures: np.ndarray) -> np.ndarray:
    """(N,H,W,3) RGB 0..1 to the authors' (1,3,N,H,W) BGR -1..1 (they divide bytes by 127.5)."""
    bgr = np.clip(pictures[..., ::-1], 0, 1) * 2 - 1
    return np.ascontiguousarray(bgr.transpose(3, 0, 1, 2)[None], dtype=np.float32)
