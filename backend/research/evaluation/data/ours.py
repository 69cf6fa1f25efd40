"""Our own stacks, as `python -m rendering.validation` makes them: photographs as taken, yet to be aligned.

A folder a stack: photographs, `focus.csv` (`file,focus_distance_m,...`), and, where depth is known,
`depth.npz` ("depth": (H, W) metres, planar, on the grid of the nearest-focus photograph; infinity is known
and 0 dioptres, 0 and not a number are unknown).
"""

from functools import partial
from pathlib import Path

import numpy as np

from ....contract.errors import InputError
from ....stack import read_stack
from .files import read_array, read_photographs, same_size
from .scene import DIOPTRES, Focused, Scene
from .source import Source

SOURCE = Source(
    "stack of ours",
    "Render some by python -m rendering.validation",
    "STACK/ with photographs, focus.csv (file,focus_distance_m) and depth.npz (depth in metres)",
)
TRUTH, TABLE = "depth.npz", "focus.csv"


def read(path: Path) -> list[Scene]:
    """The stack that a folder is, or those right in it."""
    folders = [
        folder
        for folder in (path, *sorted(path.glob("*/")))
        if (folder / TRUTH).exists() or (folder / TABLE).exists()
    ]
    return [
        Scene(folder.resolve().parent.name, "all", folder.resolve().name, partial(_load, folder))
        for folder in folders
    ]


def _load(folder: Path) -> Focused:
    stack = read_stack([folder])
    if not stack.metric:
        raise InputError(f"{folder} has no focus distances; add a {TABLE}")
    pictures = read_photographs([frame.path for frame in stack.frames], SOURCE)
    focus = stack.dioptres.astype(np.float64)
    if not (folder / TRUTH).exists():
        return Focused(pictures, focus, DIOPTRES, folder=folder)
    depth = read_array(folder / TRUTH, SOURCE).astype(np.float64)
    if not same_size(depth, pictures):
        width, height = stack.size
        raise InputError(f"{folder / TRUTH} is not {width} x {height} as the photographs; render them again")
    valid = depth > 0
    truth = np.divide(1, depth, out=np.zeros_like(depth), where=valid)
    return Focused(pictures, focus, DIOPTRES, truth, valid, folder)
