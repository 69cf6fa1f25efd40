"""Files of data sets as arrays. Every reader raises InputError where a file is missing or damaged."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ....contract.errors import InputError
from ....io.photographs import read_photograph
from .source import DataSetSource


def read_photographs(paths: Sequence[Path], source: DataSetSource) -> np.ndarray:
    """Read (N, H, W, 3) float32 sRGB 0 to 1, in the order of the paths."""
    for path in paths:
        if not path.exists():
            raise source.damaged_error(path)
    pictures = [read_photograph(path) for path in paths]
    for path, picture in zip(paths, pictures, strict=True):
        if picture.shape != pictures[0].shape:
            raise source.damaged_error(path)
    return np.stack(pictures)


def read_exr_plane(path: Path, source: DataSetSource) -> np.ndarray:
    """Read (H, W) float64: the channel R, or the only one there is."""
    import OpenEXR

    try:
        with OpenEXR.File(str(path), separate_channels=True) as file:
            channels = {name: channel.pixels for name, channel in file.channels().items()}
    except Exception:  # the library raises its own types and RuntimeError alike
        raise source.damaged_error(path) from None
    if "R" not in channels and len(channels) != 1:
        raise source.damaged_error(path)
    return channels.get("R", next(iter(channels.values()))).astype(np.float64)


def read_array(path: Path, source: DataSetSource) -> np.ndarray:
    """Read the array of a .npy file, mapped into memory, or "depth" of a .npz file."""
    try:
        content = np.load(path, mmap_mode="r")
        return content if isinstance(content, np.ndarray) else content["depth"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        raise source.damaged_error(path) from None


@contextmanager
def open_hdf5(path: Path, source: DataSetSource) -> Iterator:
    """Open an h5py.File, of which only what is indexed is read."""
    try:
        import h5py
    except ImportError:
        raise InputError(f"{path} needs h5py; install it with: pip install 'focal-depth[evaluate]'") from None
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, IndexError, ValueError):
        raise source.damaged_error(path) from None


def read_hdf5_scene(
    path: Path, split: str, index: int, source: DataSetSource
) -> tuple[np.ndarray, np.ndarray | None]:
    """Read pictures (N, H, W, 3) float32 0 to 1 in the file's order, and disparity (H, W) float64 or None.

    Both DDFF 12-Scene and AiFDepthNet store 0 to 255 under `stack_SPLIT` and the truth under `disp_SPLIT`.
    """
    with open_hdf5(path, source) as file:
        pictures = file[f"stack_{split}"][index].astype(np.float32)
        truth = file[f"disp_{split}"][index].astype(np.float64) if f"disp_{split}" in file else None
    if pictures.ndim != 4 or (truth is not None and truth.size != pictures[0, ..., 0].size):
        raise source.damaged_error(path)
    pictures /= 255
    return pictures, truth if truth is None else truth.reshape(pictures.shape[1:3])


def hdf5_files(path: Path) -> list[Path]:
    """Return `path` if it is an HDF5 file, or the HDF5 files in that folder."""
    if path.is_dir():
        return sorted(path.glob("*.h5"))
    return [path] if path.suffix == ".h5" else []


def same_size(truth: np.ndarray, pictures: np.ndarray) -> bool:
    """Return whether truth (H, W) has the size of pictures (N, H, W, 3)."""
    return truth.shape == pictures.shape[1:3]
