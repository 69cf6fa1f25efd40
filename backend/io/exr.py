"""EXR files: what they claim to hold, before memory is taken for it, and their pictures."""

import ctypes
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..contract.errors import InputError
from ..contract.limits import check_picture
from .crop import Crop
from .photograph_file import damaged, decode_with
from .transparency import fill_transparent

LIGHTEST = 65504.0  # of scene-linear values: the largest half float
# Layers that renderers call the picture: Blender's, then those of V-Ray, Arnold, RenderMan and Nuke.
PICTURE_LAYER = re.compile(r"(^|.*\.)(combined|composite|beauty|rgba?|colou?r|image|ci)$", re.IGNORECASE)
COLOURS = ("R", "G", "B"), ("r", "g", "b"), ("red", "green", "blue")
GREY = "Y"
ZIP_LEVEL = 1  # three quarters of the time of level 4, the usual one, for 2 % more space


class _Layer(NamedTuple):
    """The channels of a picture in an EXR file."""

    part: int
    colours: tuple[str, ...]  # three, or one of grey
    alpha: str | None


def read_exr_header(path: Path) -> tuple[int, int, Crop | None]:
    """Return width and height in pixels of an EXR file's picture, and what it is a part of.

    Raises
    ------
    InputError
        Where the file is damaged, a part claims too much, or it holds no picture.
    """
    headers = _headers(path)
    layer = decode_with(path, lambda: _picture_layer(path, headers))
    width, height, crop = _place(headers[layer.part])
    if crop is not None:
        check_picture(path, crop.width, crop.height)
    return width, height, crop


def _place(header: dict) -> tuple[int, int, Crop | None]:
    (left, top), (right, bottom) = _window(header, "dataWindow")
    (x, y), (opposite_x, opposite_y) = _window(header, "displayWindow")
    width, height = right - left + 1, bottom - top + 1
    crop = Crop(opposite_x - x + 1, opposite_y - y + 1, left - x, top - y)
    is_whole = crop == Crop(width, height, 0, 0) or min(crop.width, crop.height) < 1
    return width, height, None if is_whole else crop


def read_exr(path: Path, is_whole: bool = False) -> np.ndarray:
    """Read the picture of an EXR file, (H, W, 3) float32, scene linear.

    Of several layers it is the one without a name, else the one that is called the picture (`PICTURE_LAYER`),
    else the first with colours. What is transparent has colours of what is around it.

    Parameters
    ----------
    path
        The file.
    is_whole
        Whether a data window that is a part of the display window is returned as the whole of that.

    Raises
    ------
    InputError
        Where the file is damaged, claims too much, or holds no picture.
    """
    import OpenEXR

    headers = _headers(path)
    layer = decode_with(path, lambda: _picture_layer(path, headers))
    crop = _place(headers[layer.part])[2] if is_whole else None
    try:
        with OpenEXR.File(str(path), separate_channels=True) as file:
            channels = file.parts[layer.part].channels
            pixels = _colours([channels[name].pixels for name in layer.colours])
            alpha = None if layer.alpha is None else channels[layer.alpha].pixels
    except Exception:  # the library raises its own types and RuntimeError alike
        raise damaged(path) from None
    is_empty = np.zeros(pixels.shape[:2], bool) if alpha is None else alpha == 0
    if crop is not None:
        pixels, is_empty = _on_whole(pixels, crop), _on_whole(is_empty, crop, True)
    return fill_transparent(pixels, is_empty)


def _colours(planes: list[np.ndarray]) -> np.ndarray:
    """(H, W, 3) float32 of three planes, or of one that is grey: numbers, however large the file has them."""
    pixels = np.empty((*planes[0].shape, 3), np.float32)
    for index in range(3):
        pixels[..., index] = planes[index % len(planes)]
    np.nan_to_num(pixels, copy=False)
    return np.clip(pixels, -LIGHTEST, LIGHTEST, out=pixels)


def _on_whole(values: np.ndarray, crop: Crop, beyond: float = 0) -> np.ndarray:
    """Place values (h, w, ...) where they lie in the whole."""
    whole = np.full((crop.height, crop.width, *values.shape[2:]), beyond, values.dtype)
    height, width = values.shape[:2]
    bottom, right = min(crop.top + height, crop.height), min(crop.left + width, crop.width)
    top, left = max(crop.top, 0), max(crop.left, 0)
    whole[top:bottom, left:right] = values[
        top - crop.top : bottom - crop.top, left - crop.left : right - crop.left
    ]
    return whole


def check_exr(path: Path) -> list[dict]:
    """Return the headers of all parts of an EXR file, each of a size that a picture may have.

    Raises
    ------
    InputError
        Where a part claims too much.
    Exception
        The library's own, where the file is damaged.
    """
    import OpenEXR

    with OpenEXR.File(str(path), separate_channels=True, header_only=True) as file:
        headers = [dict(part.header) for part in file.parts]
    for header in headers:
        (left, top), (right, bottom) = _window(header, "dataWindow")
        check_picture(path, right - left + 1, bottom - top + 1, len(header["channels"]))
    return headers


def set_zip_level() -> None:
    """Let all EXR files that this process writes from now on be compressed at `ZIP_LEVEL`, where that works.

    OpenEXR's Python module takes a level and ignores it (`findings/openexr_zip_level.sh`). The library's C
    function can be called on Linux (OpenEXR 3.5, openexr_base.h); elsewhere the level remains the usual one.
    """
    import OpenEXR

    with suppress(AttributeError, OSError):
        ctypes.CDLL(OpenEXR.__file__).exr_set_default_zip_compression_level(ZIP_LEVEL)


def _headers(path: Path) -> list[dict]:
    try:
        return check_exr(path)
    except InputError:
        raise
    except Exception:  # the library raises its own types and RuntimeError alike
        raise damaged(path) from None


def _window(header: dict, name: str) -> tuple[tuple[int, int], tuple[int, int]]:
    corner, opposite = header[name]
    return (int(corner[0]), int(corner[1])), (int(opposite[0]), int(opposite[1]))


def _picture_layer(path: Path, headers: list[dict]) -> _Layer:
    layers = [
        (name, layer) for part, header in enumerate(headers) for name, layer in _layers(part, header).items()
    ]
    if not layers:
        raise InputError(f"{path} has no RGB or Y channels; save the picture itself as EXR")
    unnamed = (layer for name, layer in layers if not name)
    called_so = (layer for name, layer in layers if PICTURE_LAYER.match(name))
    return next(unnamed, None) or next(called_so, None) or layers[0][1]


def _layers(part: int, header: dict) -> dict[str, _Layer]:
    """Layers with colours by name; a part that has a name lends it to its channels without one."""
    names = {channel.name for channel in header["channels"]}
    layers = {}
    for channel in header["channels"]:
        layer, _, _ = channel.name.rpartition(".")
        prefix = f"{layer}." if layer else ""
        alpha = next((f"{prefix}{name}" for name in ("A", "a", "alpha") if f"{prefix}{name}" in names), None)
        triples = (tuple(prefix + colour for colour in colours) for colours in COLOURS)
        colours = next((triple for triple in triples if names.issuperset(triple)), None)
        if colours is None and f"{prefix}{GREY}" in names:
            colours = (f"{prefix}{GREY}",)
        if colours:
            layers.setdefault(
                layer or (str(header.get("name", "")) if part else ""), _Layer(part, colours, alpha)
            )
    return layers
