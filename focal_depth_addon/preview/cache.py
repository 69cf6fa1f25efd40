"""What `focal-depth look` made of a result, kept in the extension's own folder until the result changes."""

import hashlib
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import result_folder
from ..errors import UserError
from ..preferences import cache_folder
from . import histogram

SHELVES = "look"  # in the cache folder; can go at any time
ARRAYS = "look.npz"


class Depth(NamedTuple):
    """Arrays (h, w) float32, row 0 at the top."""

    depth: np.ndarray  # metres along the optical axis, or relative; infinity is allowed
    confidence: np.ndarray  # 0 to 1
    error: np.ndarray  # expected, in dioptres; not a number where nobody knows
    histogram: histogram.Histogram


_open: tuple[Path, Depth] | None = None  # those looked at last


def home(result: Path) -> Path | None:
    """The folder for what is kept of a result, as it is now; None where there is no result, or nowhere to
    keep anything."""
    try:
        written = (result / result_folder.DEPTH).stat().st_mtime_ns
        return _shelf(result) / f"{written:x}"
    except (OSError, UserError):
        return None


def depth(result: Path) -> Depth | None:
    """None where it is not kept."""
    global _open
    folder = home(result)
    if folder is None or not (folder / ARRAYS).is_file():
        return None
    if _open is None or _open[0] != folder:
        with np.load(folder / ARRAYS) as file:
            arrays = dict(file)
        _open = folder, Depth(**arrays, histogram=histogram.count(arrays["depth"]))
    return _open[1]


def frames(result: Path, kind: str) -> list[Path]:
    """Pictures of the frames, far to near, "aligned" or "photographed"; empty where they are not kept."""
    folder = home(result)
    return [] if folder is None else sorted(folder.glob(f"{kind}_*.jpg"))


def keep(result: Path, made: Path) -> None:
    """Take over the files in `made`; what was kept of an earlier result at that place goes."""
    folder = home(result)
    folder.mkdir(parents=True, exist_ok=True)
    for file in made.iterdir():
        shutil.move(file, folder / file.name)
    for earlier in _shelf(result).iterdir():
        if earlier != folder:
            shutil.rmtree(earlier, ignore_errors=True)


def _shelf(result: Path) -> Path:
    name = hashlib.sha256(str(result).encode()).hexdigest()[:16]
    return cache_folder() / SHELVES / name
