"""What `focal-depth preview` made of a result, kept in the cache folder until the result changes."""

import hashlib
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...backend.contract.files import DEPTH_EXR
from ..errors import UserError
from ..preferences import cache_folder
from .histogram import Histogram, count_depths

PREVIEWS = "look"  # in the cache folder, as version 0.1 named it; can go at any time
ARRAYS = "preview.npz"


class DepthPreview(NamedTuple):
    """Depth of a result at the size of a preview; arrays are (h, w) float32, row 0 at the top."""

    depth: np.ndarray  # metres along the optical axis, or relative; infinity is allowed
    confidence: np.ndarray  # 0 to 1
    uncertainty: np.ndarray  # expected absolute error in dioptres; not a number where there is none
    histogram: Histogram
    frame: np.ndarray | None = None  # that the all-in-focus picture shows: 1 is the farthest, 0 none
    sharpness: np.ndarray | None = None  # of that picture, from 0; results of older versions have neither


_open: tuple[Path, DepthPreview] | None = None  # the last one that was read


def folder_for(result: Path) -> Path:
    """Return the folder for previews of a result as it is now.

    Raises
    ------
    OSError, UserError
        Where there is no result, or no cache folder.
    """
    written = (result / DEPTH_EXR).stat().st_mtime_ns
    return _parent_for(result) / f"{written:x}"


def has_depth(result: Path) -> bool:
    """Whether the depth of a result is cached."""
    try:
        return (folder_for(result) / ARRAYS).is_file()
    except (OSError, UserError):
        return False


def read_depth(result: Path) -> DepthPreview:
    """Return the depth of a result, which must be cached."""
    global _open
    folder = folder_for(result)
    if _open is None or _open[0] != folder:
        with np.load(folder / ARRAYS) as file:
            arrays = dict(file)
        _open = folder, DepthPreview(**arrays, histogram=count_depths(arrays["depth"]))
    return _open[1]


def list_frames(result: Path, kind: str) -> list[Path]:
    """Return pictures of a result's frames, far to near; empty where they are not cached.

    Parameters
    ----------
    result
        The result folder.
    kind
        "aligned" or "photographed".
    """
    try:
        return sorted(folder_for(result).glob(f"{kind}_*.jpg"))
    except (OSError, UserError):
        return []


def store(result: Path, folder: Path) -> None:
    """Move the files in `folder` into the cache; those of an earlier result at that place go.

    Raises
    ------
    OSError, UserError
        Where that is impossible.
    """
    target = folder_for(result)
    target.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        shutil.move(file, target / file.name)
    for earlier in _parent_for(result).iterdir():
        if earlier != target:
            shutil.rmtree(earlier, ignore_errors=True)


def _parent_for(result: Path) -> Path:
    """For previews of that result, as it is or was."""
    name = hashlib.sha256(str(result).encode()).hexdigest()[:16]
    return cache_folder() / PREVIEWS / name
