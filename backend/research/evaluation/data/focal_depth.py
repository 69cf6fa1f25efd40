"""Focal Depth's own layout, as `python -m rendering.validation` writes it: photographs as taken.

A folder for each stack: photographs, `focus.csv` (`file,focus_distance_m,...`), and, where there is truth,
`depth.npz` ("depth": (H, W) metres, planar, on the grid of the nearest-focus photograph; infinity is 0
dioptres, 0 and not a number are unknown) and `truth/all_in_focus.png`, on the same grid without any blur. The
photographs are yet to be aligned.
"""

from functools import partial
from pathlib import Path

import numpy as np

from ....contract.errors import InputError
from ....stack import read_stack
from .files import read_array, read_photographs, same_size
from .scene import DIOPTRES, EvaluationStack, Scene
from .source import DataSetSource
from .surfaces import SURFACES

SOURCE = DataSetSource(
    "Focal Depth stack",
    "Render some by python -m rendering.validation",
    "STACK/ with photographs, focus.csv (file,focus_distance_m) and depth.npz (depth in metres)",
)
TRUTH, TABLE = "depth.npz", "focus.csv"
TRUE_PICTURE = Path("truth", "all_in_focus.png")


def read(path: Path) -> list[Scene]:
    """Return the stack in a folder, or those in the folders in it, unless they are marked as real stacks."""
    if (path / SURFACES).exists():
        return []
    folders = [
        folder
        for folder in (path, *sorted(path.glob("*/")))
        if (folder / TRUTH).exists() or (folder / TABLE).exists()
    ]
    return [
        Scene(folder.resolve().parent.name, "all", folder.resolve().name, partial(_load, folder))
        for folder in folders
    ]


def _load(folder: Path) -> EvaluationStack:
    stack = read_stack([folder])
    if stack.dioptres is None:
        raise InputError(f"{folder} has no focus distances; add a {TABLE}")
    pictures = read_photographs([frame.path for frame in stack.frames], SOURCE)
    focus = stack.dioptres.astype(np.float64)
    if not (folder / TRUTH).exists():
        return EvaluationStack(pictures, focus, DIOPTRES, folder=folder)
    depth = read_array(folder / TRUTH, SOURCE).astype(np.float64)
    if not same_size(depth, pictures):
        width, height = stack.size
        raise InputError(f"{folder / TRUTH} is not {width} x {height} as the photographs; render them again")
    valid = depth > 0
    truth = np.divide(1, depth, out=np.zeros_like(depth), where=valid)
    return EvaluationStack(
        pictures, focus, DIOPTRES, truth, valid, folder, all_in_focus=_true_picture(folder, pictures)
    )


def _true_picture(folder: Path, pictures: np.ndarray) -> np.ndarray | None:
    path = folder / TRUE_PICTURE
    if not path.exists():
        return None
    picture = read_photographs([path], SOURCE)[0]
    if picture.shape != pictures.shape[1:]:
        raise SOURCE.damaged_error(path)
    return picture
