"""Stacks rendered from stereo data sets, as AiFDepthNet publishes them: a folder of pictures a scene.

`D.png` is focused at the disparity D (pixels: "10.0.png", "13.571428571428571.png"), beside `AiF.png`, all
in focus, and `disp.exr`, the disparity. So list the paths Won and Jeon publish with their code.
"""

from functools import partial
from pathlib import Path

import numpy as np

from .files import read_exr_plane, read_photographs, same_size
from .scene import DISPARITY, Focused, Scene
from .source import Source

TRUTH = "disp.exr"
LEVELS = 5  # how far below the folder named a scene may lie
SPLITS = ("train", "val", "test")


def scenes_below(path: Path, nearest: float, split: str, source: Source) -> list[Scene]:
    """Scenes whose nearest focus is at the disparity `nearest`, of the split that a folder's name tells.

    `split` is that of scenes where none does.
    """
    folders = [truth.parent for level in range(LEVELS) for truth in sorted(path.glob("*/" * level + TRUTH))]
    return [
        Scene(source.data_set, _split(folder, split), _name(folder, path), partial(_load, folder, source))
        for folder in folders
        if max(_frames(folder), default=None) == nearest
    ]


def _frames(folder: Path) -> dict[float, Path]:
    """{disparity: photograph}."""
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


def _load(folder: Path, source: Source) -> Focused:
    frames = _frames(folder)
    focus = np.array(sorted(frames))
    pictures = read_photographs([frames[disparity] for disparity in focus.tolist()], source)
    truth = read_exr_plane(folder / TRUTH, source)
    if not same_size(truth, pictures):
        raise source.damaged(folder / TRUTH)
    return Focused(pictures, focus, DISPARITY, truth, (truth >= focus[0]) & (truth <= focus[-1]))
