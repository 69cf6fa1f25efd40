"""Stacks rendered from stereo data sets, as AiFDepthNet publishes them: a folder for each scene.

`D.png` is focused at the disparity D (pixels: "10.0.png", "13.571428571428571.png"), beside `AiF.png`, all
in focus, and `disp.exr`, the disparity. The lists of paths in Won and Jeon's code have this layout.
"""

from functools import partial
from pathlib import Path

import numpy as np

from .files import read_exr_plane, read_photographs, same_size
from .scene import DISPARITY, EvaluationStack, Scene
from .source import DataSetSource

TRUTH = "disp.exr"
LEVELS = 5  # folders searched for scenes
SPLITS = ("train", "val", "test")


def scenes_below(path: Path, nearest: float, split: str, source: DataSetSource) -> list[Scene]:
    """Find scenes whose nearest focus is at the disparity `nearest`.

    Parameters
    ----------
    path
        The folder to search, LEVELS deep.
    nearest
        Disparity in pixels, which tells the data sets apart.
    split
        Of scenes that lie in no folder named as a split.
    source
        Of the data set.
    """
    folders = [truth.parent for level in range(LEVELS) for truth in sorted(path.glob("*/" * level + TRUTH))]
    return [
        Scene(source.data_set, _split(folder, split), _name(folder, path), partial(_load, folder, source))
        for folder in folders
        if max(_frames(folder), default=None) == nearest
    ]


def _frames(folder: Path) -> dict[float, Path]:
    """Return {disparity: photograph}."""
    frames = {}
    for file in folder.glob("*.png"):
        try:
            frames[float(file.stem)] = file
        except ValueError:  # AiF.png
            continue
    return frames


def _split(folder: Path, otherwise: str) -> str:
    return next((part for part in reversed(folder.parts) if part in SPLITS), otherwise)


def _name(folder: Path, path: Path) -> str:
    return folder.resolve().name if folder == path else folder.relative_to(path).as_posix()


def _load(folder: Path, source: DataSetSource) -> EvaluationStack:
    frames = _frames(folder)
    focus = np.array(sorted(frames))
    pictures = read_photographs([frames[disparity] for disparity in focus.tolist()], source)
    truth = read_exr_plane(folder / TRUTH, source)
    if not same_size(truth, pictures):
        raise source.damaged_error(folder / TRUTH)
    return EvaluationStack(pictures, focus, DISPARITY, truth, (truth >= focus[0]) & (truth <= focus[-1]))
