"""The masks of a result folder's layers."""

import contextlib
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.files import LAYERS_JSON
from ..contract.limits import check_picture, read_whole
from ..contract.retouch import LEAVE_OUT, OWN_OBJECT, Layer, file_of, read_layers

WHITE = (255,)
SUBPIXEL = 4  # bits of a pixel's place
HALF = 0.5
MAX_MASK_BYTES = 64 * 2**20
PNG_SIZE = slice(16, 24)  # of its bytes: width and height, big-endian (PNG specification, 11.2.1)
MOST_TIMES = 4  # the result's width: a mask has no use for more
SAME_SHAPE = 0.02  # by which a mask's shape may differ from the result's, from rounding its size


@dataclass(frozen=True)
class MeshRegions:
    """What layers tell of a mesh.

    Attributes
    ----------
    left_out
        (H, W) bool: what is no part of it.
    objects
        (H, W) uint8: which of `names`, from 1, is an object of its own there; 0 is none.
    names
        Of the objects.
    """

    left_out: np.ndarray
    objects: np.ndarray
    names: tuple[str, ...]


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


def layers_digest(folder: Path) -> str:
    """Return a digest that changes where layers or masks do; "" where there are no layers.

    Raises
    ------
    InputError
        As `read_layers` does.
    """
    layers = read_layers(folder)
    if not layers:
        return ""
    digest = hashlib.sha256()
    for name in (LAYERS_JSON, *sorted({layer.mask for layer in layers if layer.mask})):
        with contextlib.suppress(OSError, InputError):  # which a reader of the mask says
            digest.update(read_whole(file_of(folder, name), MAX_MASK_BYTES))
        digest.update(b"|")
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
    mask = _read_png(file_of(folder, layer.mask), size)
    if mask.shape != size[::-1]:
        mask = cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR)
    return PaintedLayer(layer, np.clip(mask, 0, 1))


def _read_png(path: Path, size: tuple[int, int]) -> np.ndarray:
    """(h, w) float32, 0 to 1, of the shape of `size`; what is transparent is not painted."""
    try:
        data = read_whole(path, MAX_MASK_BYTES)
        width, height = struct.unpack(">II", data[PNG_SIZE])
        check_picture(path, width, height)
    except FileNotFoundError:
        raise InputError(f"{path} is missing: paint it again, or remove the layer") from None
    except (OSError, struct.error):
        raise InputError(f"{path} cannot be read: paint it again, or remove the layer") from None
    if not height or abs(width / height / (size[0] / size[1]) - 1) > SAME_SHAPE:
        shape = f"{size[0]} x {size[1]}"
        raise InputError(
            f"{path} is {width} x {height} pixels, which is not the shape of {shape}: paint it again"
        )
    if width > MOST_TIMES * size[0]:
        raise InputError(f"{path} is {width} x {height} pixels: {size[0]} x {size[1]} suffice")
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise InputError(f"{path} cannot be read: paint it again, or remove the layer")
    values = pixels.astype(np.float32) / (65535 if pixels.dtype == np.uint16 else 255)
    if values.ndim == 2:
        return values
    painted = values[..., :3].mean(-1) if values.shape[2] >= 3 else values[..., 0]
    return painted * values[..., -1] if values.shape[2] in (2, 4) else painted


def read_mesh_regions(folder: Path, size: tuple[int, int]) -> MeshRegions:
    """Return what layers tell of the mesh of a result of `size` (width, height).

    Raises
    ------
    InputError
        As `read_layers` and `read_mask` do.
    """
    layers = [layer for layer in read_layers(folder) if layer.shown]
    left_out, objects = np.zeros(size[::-1], bool), np.zeros(size[::-1], np.uint8)
    for layer in layers:
        if layer.tool == LEAVE_OUT:
            left_out |= read_mask(folder, layer, size).mask > HALF
    owners = [layer for layer in layers if layer.tool == OWN_OBJECT]
    for number, layer in enumerate(owners, 1):  # the upper one has what two of them outline
        objects[read_mask(folder, layer, size).mask > HALF] = number
    return MeshRegions(left_out, objects, tuple(layer.name for layer in owners))


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
