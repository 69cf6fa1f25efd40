"""Normalised depth from aligned pictures, by our network or the paper's."""

from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..fusion.all_in_focus import all_in_focus
from ..runtime.progress import Progress
from .edges import brought_to_edges
from .tiling import TILE_BUDGET, infer_in_tiles

OURS, PAPER = "ours", "paper"
# Our network reads features of half the picture's size: enlarging small pictures keeps their edges.
SMALL, ENLARGEMENT = 960, 2.0
# It looks once more at half the size, where it overlooks more of the scene: plain surfaces are told there.
LOOKS = (1.0, 0.5)
DECISIVENESS = 4  # power of the expected error by which looks are weighed

JUMP = 0.05  # normalised dioptres: what depth differs by about an edge


def infer(
    network: str,
    pictures: np.ndarray,
    positions: np.ndarray,
    progress: Progress,
    enlarge: bool = True,
    budget: int = TILE_BUDGET,
) -> tuple[np.ndarray, np.ndarray]:
    """Depth and its expected error, each (h, w) in normalised dioptres.

    pictures: (N, h, w, 3) sRGB float32, aligned, far to near; positions: (N,). `network` is "ours",
    "paper", or the path of an .onnx file made by `import-weights`. Only ours can `enlarge` small pictures.
    `budget`: pixels times frames that are looked at in one go.
    """
    if network == OURS:
        return _ours(pictures, positions, progress, enlarge, budget)
    return _paper(network, pictures, positions, progress, budget)


def check_network(network: str) -> None:
    """Raise InputError where there is no such network; call it before the long work."""
    if network != OURS:
        paper_model(network)


def paper_model(network: str) -> Path:
    """The file of a network that is not ours. Raises InputError where there is none."""
    from .won_jeon import find_paper_weights

    model = find_paper_weights() if network == PAPER else Path(network)
    if not model.is_file():
        raise InputError(f'{model} does not exist: name "{OURS}", "{PAPER}" or an imported .onnx file')
    return model


def _ours(
    pictures: np.ndarray, positions: np.ndarray, progress: Progress, enlarge: bool, budget: int
) -> tuple[np.ndarray, np.ndarray]:
    enlargement = max(1.0, min(ENLARGEMENT, SMALL / max(pictures.shape[1:3]))) if enlarge else 1.0
    looks = []
    for number, share in enumerate(LOOKS):

        def report(done: int, of: int, number=number) -> None:
            progress(number * of + done, len(LOOKS) * of)

        looks.append(_look(pictures, positions, enlargement * share, report, budget))
    depth, spread = _settled(looks)
    return brought_to_edges(depth, 1 / spread, all_in_focus(depth, pictures, positions), JUMP), spread


def _look(
    pictures: np.ndarray, positions: np.ndarray, zoom: float, progress: Progress, budget: int
) -> tuple[np.ndarray, np.ndarray]:
    """Depth and its expected error (h, w), found in pictures that many times as large."""
    from .focal_unet import infer_depth

    height, width = pictures.shape[1:3]
    size = round(width * zoom), round(height * zoom)
    zoomed = pictures
    if size != (width, height):
        zoomed = np.empty((len(pictures), size[1], size[0], 3), np.float32)
        for index, picture in enumerate(pictures):
            zoomed[index] = _resized(picture, size)
    maps = infer_in_tiles(infer_depth, zoomed, positions, progress, budget)
    return tuple(_resized(found, (width, height), cv2.INTER_LINEAR) for found in maps)


def _resized(picture: np.ndarray, size: tuple[int, int], enlarging: int = cv2.INTER_CUBIC) -> np.ndarray:
    """At `size` (width, height): averaged where it shrinks, interpolated where it grows."""
    shrinks = size[0] < picture.shape[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else enlarging)


def _settled(looks: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Depth and expected error of all looks together; the surer one has by far the most say."""
    depths, spreads = (np.stack(maps) for maps in zip(*looks, strict=True))
    weights = spreads**-DECISIVENESS
    weights /= weights.sum(0)
    return (weights * depths).sum(0), (weights * spreads).sum(0)


def _paper(
    network: str, pictures: np.ndarray, positions: np.ndarray, progress: Progress, budget: int
) -> tuple[np.ndarray, np.ndarray]:
    from .won_jeon import paper_depth

    model = paper_model(network)

    def infer_tile(tile: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        depth = paper_depth(model, tile, positions)
        return depth, np.zeros_like(depth)  # the paper's network does not doubt itself

    return infer_in_tiles(infer_tile, pictures, positions, progress, budget)
