"""The layers of a result folder with their masks."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.files import LAYERS_JSON, RETOUCH
from ..contract.limits import MAX_FILE_BYTES, MAX_TEXT_BYTES, read_whole
from ..contract.retouch import LEAVE_OUT, Layer, parse_layers
from ..io.photographs import read_photograph

WHITE = (255,)
SUBPIXEL = 4  # bits of a pixel's place
HALF = 0.5
SAME_SHAPE = 0.02  # by which a mask's shape may differ from the result's, from rounding its size


@dataclass(frozen=True)
class PaintedLayer:
    """A layer, and where it was painted: (H, W) float32, 0 to 1."""

    layer: Layer
    mask: np.ndarray

    @property
    def box(self) -> tuple[slice, slice]:
        """Rows and columns outside of which nothing is painted; empty where nothing is."""
        rows, columns = (np.flatnonzero(self.mask.any(axis)) for axis in (1, 0))
        if not rows.size:
            return slice(0, 0), slice(0, 0)
        return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def read_layers(folder: Path) -> list[Layer]:
    """Read the layers of a result, from the bottom up; none where nothing was painted.

    Raises
    ------
    InputError
        Where the file is damaged.
    """
    path = folder / RETOUCH / LAYERS_JSON
    if not path.exists():
        return []
    try:
        return parse_layers(read_whole(path, MAX_TEXT_BYTES).decode())
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be used: {error}. Mend it, or move it away to do without what was painted"
        ) from None


def layers_digest(folder: Path) -> str:
    """Return a digest that changes where layers or masks do; "" where there are no layers."""
    layers = read_layers(folder)
    if not layers:
        return ""
    digest = hashlib.sha256()
    for name in (LAYERS_JSON, *sorted({layer.mask for layer in layers if layer.mask})):
        path = folder / RETOUCH / name
        digest.update(read_whole(path, MAX_FILE_BYTES) if path.is_file() else b"")
    return digest.hexdigest()


def read_mask(folder: Path, layer: Layer, size: tuple[int, int]) -> PaintedLayer:
    """Read or draw the mask of a layer, for a result of `size` (width, height).

    Raises
    ------
    InputError
        Where it is missing, damaged or of another shape.
    """
    if layer.outlines:
        return PaintedLayer(layer, _draw(layer, size))
    path = folder / RETOUCH / layer.mask
    if not path.is_file():
        raise InputError(f"{path} is missing: paint it again, or remove the layer")
    mask = np.ascontiguousarray(read_photograph(path)[..., 0], np.float32)
    height, width = mask.shape
    if abs(width / height / (size[0] / size[1]) - 1) > SAME_SHAPE:
        raise InputError(
            f"{path} is {width} x {height} pixels, which is not the shape of {size[0]} x {size[1]}"
        )
    if (width, height) != size:
        mask = cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR)
    return PaintedLayer(layer, np.clip(mask, 0, 1))


def read_left_out(folder: Path, size: tuple[int, int]) -> np.ndarray:
    """Return (H, W) bool: what is kept out of the mesh of a result of `size` (width, height).

    Raises
    ------
    InputError
        As `read_layers` and `read_mask` do.
    """
    left_out = np.zeros(size[::-1], bool)
    for layer in read_layers(folder):
        if layer.tool == LEAVE_OUT and layer.shown:
            left_out |= read_mask(folder, layer, size).mask > HALF
    return left_out


def _draw(layer: Layer, size: tuple[int, int]) -> np.ndarray:
    """Outlines, filled or stroked, with soft borders one pixel wide."""
    mask = np.zeros(size[::-1], np.uint8)
    for outline in layer.outlines:
        points = np.array(outline["points"], np.float64) * size - 0.5  # of pixels' centres
        fixed = np.round(points * (1 << SUBPIXEL)).astype(np.int32)
        if outline["width"]:
            thickness = max(1, round(outline["width"] * max(size)))
            cv2.polylines(mask, [fixed], False, WHITE, thickness, cv2.LINE_AA, SUBPIXEL)
        else:
            cv2.fillPoly(mask, [fixed], WHITE, cv2.LINE_AA, SUBPIXEL)
    return mask.astype(np.float32) / 255
