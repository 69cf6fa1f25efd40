"""Depth maps of other programs, measured as any method is."""

from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np

from ....contract.errors import InputError
from ..data.scene import DISPARITY, EvaluationStack

SUFFIXES = ".npy", ".npz", ".exr"
NPZ_NAME = "depth"
EXR_CHANNELS = "Z", "V", "Y", "R"  # in this order; of "Layer.Z" the part after the last dot counts


def read_depth_map(folder: Path, scene: str, stack: EvaluationStack) -> np.ndarray:
    """Read the map of a scene from FOLDER/SCENE.npy, .npz or .exr.

    Maps are in metres, or in disparity where the data set is. One of another size but the pictures' shape is
    resized.

    Returns
    -------
    numpy.ndarray
        (H, W) float32 normalised dioptres.

    Raises
    ------
    InputError
        Where the map is missing, of another shape, or lacks depth anywhere.
    """
    path = _find(folder, scene)
    depth = _read(path)
    if np.isnan(depth).any() or (stack.unit != DISPARITY and (depth <= 0).any()):
        raise InputError(f"{path} has pixels without depth; fill them, since every method answers everywhere")
    inverse = depth if stack.unit == DISPARITY else 1 / depth
    far, near = stack.focus[0], stack.focus[-1]
    height, width = stack.pictures.shape[1:3]
    return _resize(path, ((inverse - far) / (near - far)).astype(np.float32), (height, width))


def _find(folder: Path, scene: str) -> Path:
    paths = [folder / f"{scene}{suffix}" for suffix in SUFFIXES]
    for path in paths:
        if path.is_file():
            return path
    raise InputError(f"{folder} has no depth map of {scene}; add {paths[0]}, or .npz or .exr")


def _read(path: Path) -> np.ndarray:
    """Read (H, W) float64 as the file has it."""
    try:
        depth = _read_exr(path) if path.suffix == ".exr" else _read_array(path)
    except (OSError, ValueError, KeyError, IndexError, RuntimeError, TypeError, EOFError, BadZipFile):
        raise InputError(
            f'{path} is no depth map; write a .npy, a .npz with "{NPZ_NAME}", '
            f"or an .exr with a channel {', '.join(EXR_CHANNELS[:-1])} or {EXR_CHANNELS[-1]}"
        ) from None
    if depth.ndim != 2 or not depth.size or not np.issubdtype(depth.dtype, np.number):
        raise InputError(f"{path} holds {depth.shape} {depth.dtype}; write height x width numbers")
    return depth.astype(np.float64)


def _read_array(path: Path) -> np.ndarray:
    if path.suffix == ".npy":
        return np.asarray(np.load(path))
    with np.load(path) as arrays:
        return arrays[NPZ_NAME]


def _read_exr(path: Path) -> np.ndarray:
    import OpenEXR

    with OpenEXR.File(str(path), separate_channels=True) as file:
        planes = {name.rpartition(".")[2]: channel.pixels for name, channel in file.channels().items()}
        named = [planes[name] for name in EXR_CHANNELS if name in planes]
        return np.array(named[0])


def _resize(path: Path, depth: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Resize normalised depth (h, w) to the picture's grid (H, W), bilinearly."""
    height, width = shape
    factor = depth.shape[1] / width
    if abs(depth.shape[0] - factor * height) > 1:
        raise InputError(
            f"{path} is {depth.shape[1]} x {depth.shape[0]}, which is not the shape of the pictures, "
            f"{width} x {height}; write the map of the whole picture"
        )
    return cv2.resize(depth, (width, height), interpolation=cv2.INTER_LINEAR)
