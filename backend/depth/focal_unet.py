"""Our depth network, from the weights that travel with the package."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from ..contract.cost import MAX_TILE
from ..contract.qualities import FOCAL_UNET, STANDARD, enlargement
from ..fusion.all_in_focus import fuse
from ..runtime.planes import to_planes
from ..runtime.sessions import Sessions
from ..runtime.timings import StageProgress
from ..weights import DEPTH_MODEL
from .beyond_focus import add_uncertainty_beyond
from .edges import refine_edges
from .evidence import Evidence, measure_evidence
from .plain_surfaces import carry_depth
from .predictor import Prediction
from .scales import combine_scales, resize, zoom_stack
from .tiling import predict_in_tiles

# It sees the pictures once more at half the size, where it overlooks more of the scene: plain surfaces are
# inferred there.
SCALES = (1.0, 0.5)
MULTIPLE = 32  # pixels: the network halves height and width five times
GREY = 0.5  # sRGB: the network takes pictures less this, so that beyond their border, at 0, all is grey
CARRIED_SIDE = 960  # pixels of the longer side, at which depth is carried into plain surfaces at most
EDGE_STEP = 0.05  # normalised dioptres: what depth differs by about an edge


class FocalUnet:
    """Our network: a U-Net over frames, then one over the all-in-focus picture, at two scales."""

    kind = FOCAL_UNET
    has_uncertainty = True

    @property
    def models(self) -> Sequence[Path]:
        """The network's file."""
        return (DEPTH_MODEL,)

    def predict(
        self,
        pictures: np.ndarray,
        positions: np.ndarray,
        sessions: Sessions,
        progress: StageProgress,
        quality: str = STANDARD,
        max_tile: int = MAX_TILE,
    ) -> Prediction:
        """Infer depth; see `predictor.DepthPredictor`."""
        height, width = pictures.shape[1:3]
        zoom = enlargement(width, height, quality)

        def predict_at(number: int) -> tuple[np.ndarray, np.ndarray]:
            def report(done: int, of: int) -> None:
                progress(number * of + done, len(SCALES) * of)

            return _predict_at(zoom * SCALES[number], pictures, positions, sessions, report, max_tile)

        predictions = [predict_at(number) for number in range(len(SCALES) - 1)]
        with ThreadPoolExecutor(1) as beside:
            # The smallest scale leaves memory for it, unless tiles of both are of one size.
            leaves_memory = pictures[..., 0].size * zoom**2 <= max_tile
            measured = beside.submit(_measure_evidence, pictures, positions) if leaves_memory else None
            predictions.append(predict_at(len(SCALES) - 1))
        sessions.release(DEPTH_MODEL)
        evidence = measured.result() if measured else _measure_evidence(pictures, positions)
        depth, uncertainty = combine_scales(*zip(*predictions, strict=True))
        sharp = fuse(depth, pictures, positions)
        depth = refine_edges(depth, 1 / uncertainty, sharp, EDGE_STEP)
        depth, uncertainty = _carry(depth, uncertainty, evidence, sharp)
        return Prediction(depth, add_uncertainty_beyond(depth, uncertainty))


def _measure_evidence(pictures: np.ndarray, positions: np.ndarray) -> Evidence:
    shrink = min(1.0, CARRIED_SIDE / max(pictures.shape[1:3]))
    return measure_evidence(pictures, positions, shrink)


def _carry(
    depth: np.ndarray, uncertainty: np.ndarray, evidence: Evidence, sharp: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Carry depth into plain surfaces, at the size of the evidence: the change is smooth."""
    height, width = depth.shape
    size = evidence.strength.shape[1], evidence.strength.shape[0]
    before, least = (resize(each, size, cv2.INTER_LINEAR) for each in (depth, uncertainty))
    after, most = carry_depth(before, least, evidence, resize(sharp, size), EDGE_STEP)
    change, risen = (
        resize(each, (width, height), cv2.INTER_LINEAR) for each in (after - before, most - least)
    )
    return depth + change, uncertainty + risen


def _predict_at(
    zoom: float,
    pictures: np.ndarray,
    positions: np.ndarray,
    sessions: Sessions,
    progress: StageProgress,
    max_tile: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Depth and uncertainty (h, w), inferred from pictures that many times as large."""

    def predict_tile(tile: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return run_network(sessions, tile, positions)

    height, width = pictures.shape[1:3]
    maps = predict_in_tiles(predict_tile, zoom_stack(pictures, zoom), positions, progress, max_tile)
    depth, uncertainty = (resize(each, (width, height), cv2.INTER_LINEAR) for each in maps)
    return depth, uncertainty


def run_network(
    sessions: Sessions, pictures: np.ndarray, positions: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Run the network once, on pictures (N, H, W, 3), float32 sRGB, as they are.

    Returns
    -------
    tuple of ndarray
        Depth and uncertainty, each (H, W) float32 in normalised dioptres.
    """
    height, width = pictures.shape[1:3]
    feed = {"stack": to_planes(pictures, MULTIPLE, GREY), "positions": np.asarray(positions, np.float32)}
    depth, uncertainty = sessions.get(DEPTH_MODEL).run(None, feed)
    return depth[:height, :width], uncertainty[:height, :width]
