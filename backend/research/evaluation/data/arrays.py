"""Stacks as numpy arrays, for data in none of the other layouts.

A folder for each scene: `focal_stack.npy` (N, H, W, 3), aligned, uint8 or uint16 or float 0..1, sRGB;
`fd_list.npy` (N,), focus distances in metres, in any order, infinity among them; and, where there is true
depth, `depth.npy` (H, W), metres, 0 or not a number where it is unknown. The names are those of FOSSA
(github.com/princeton-vl/FOSSA), whose loaders use them.
"""

from functools import partial
from pathlib import Path

import numpy as np

from ....io.photographs import white_level
from .files import read_array, same_size
from .scene import METRES, EvaluationStack, Scene
from .source import DataSetSource

SOURCE = DataSetSource(
    "stack as arrays",
    "Write them by numpy.save",
    "SCENE/focal_stack.npy (N, H, W, 3), SCENE/fd_list.npy (N metres) and SCENE/depth.npy (H, W metres)",
)
STACK, DISTANCES, DEPTH = "focal_stack.npy", "fd_list.npy", "depth.npy"


def read(path: Path) -> list[Scene]:
    """Return the scene in a folder, or those in the folders in it."""
    folders = [folder for folder in (path, *sorted(path.glob("*/"))) if (folder / STACK).exists()]
    return [
        Scene(folder.resolve().parent.name, "all", folder.resolve().name, partial(_load, folder))
        for folder in folders
    ]


def _load(folder: Path) -> EvaluationStack:
    stack, distances = read_array(folder / STACK, SOURCE), read_array(folder / DISTANCES, SOURCE)
    if stack.ndim != 4 or distances.shape != stack.shape[:1] or not (distances > 0).all():
        raise SOURCE.damaged_error(folder / DISTANCES)
    focus = 1 / np.asarray(distances, np.float64)
    order = np.argsort(focus, kind="stable")
    pictures = stack[order].astype(np.float32)
    pictures /= white_level(stack)
    if not (folder / DEPTH).exists():
        return EvaluationStack(pictures, focus[order], METRES)
    truth = np.array(read_array(folder / DEPTH, SOURCE), np.float64)
    if not same_size(truth, pictures):
        raise SOURCE.damaged_error(folder / DEPTH)
    return EvaluationStack(pictures, focus[order], METRES, truth, (truth > 0) & np.isfinite(truth))
