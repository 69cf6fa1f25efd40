"""Focal stacks of the 4D Light Field Benchmark (Honauer et al., ACCV 2016), as AiFDepthNet makes them.

`HCI_FS_trainval.h5`, written by github.com/albert100121/AiFDepthNet from the light fields: `stack_train`,
`stack_val` (n, 10, 512, 512, 3), `disp_train`, `disp_val` (n, 512, 512) in pixels between neighbouring
views, `name_train`, `name_val` (n, 1) and `focus_position_disp` (1, 10), -2.5 to 2.5. Frames run far to
near. What lies outside the focus range does not count, as in AiFDepthNet's and Won and Jeon's tables.
"""

from functools import partial
from pathlib import Path

import numpy as np

from .files import hdf5_files, open_hdf5, read_hdf5_scene
from .scene import DISPARITY, EvaluationStack, Scene
from .source import DataSetSource

SOURCE = DataSetSource(
    "4D Light Field",
    "Download it from https://lightfield-analysis.uni-konstanz.de",
    "HCI_FS_trainval.h5, which the scripts in data/4D-Light-Field_Gen of "
    "https://github.com/albert100121/AiFDepthNet make of it",
)
# Either distinguishes this data set from DDFF 12-Scene, whose other keys are the same.
NAME, FOCUS = "HCI", "focus_position_disp"
RANGE = -2.5, 2.5  # of the focus, where FOCUS is missing


def read(path: Path) -> list[Scene]:
    """Return all stacks in an HDF5 file, or in those of a folder."""
    return [scene for file in hdf5_files(path) for scene in _scenes(file)]


def _scenes(path: Path) -> list[Scene]:
    with open_hdf5(path, SOURCE) as file:
        if FOCUS not in file and not path.name.startswith(NAME):
            return []
        return [
            Scene(
                SOURCE.data_set,
                split,
                f"{split}/{_name(file, split, index)}",
                partial(_load, path, split, index),
            )
            for split in ("train", "val")
            if f"stack_{split}" in file
            for index in range(len(file[f"stack_{split}"]))
        ]


def _name(file, split: str, index: int) -> str:
    key = f"name_{split}"
    return file[key].asstr()[index, 0] if key in file else f"{index:04d}"


def _load(path: Path, split: str, index: int) -> EvaluationStack:
    pictures, truth = read_hdf5_scene(path, split, index, SOURCE)
    with open_hdf5(path, SOURCE) as file:
        focus = file[FOCUS][0].astype(np.float64) if FOCUS in file else np.linspace(*RANGE, len(pictures))
    if truth is None or len(focus) != len(pictures):
        raise SOURCE.damaged_error(path)
    return EvaluationStack(pictures, focus, DISPARITY, truth, (truth >= focus[0]) & (truth <= focus[-1]))
