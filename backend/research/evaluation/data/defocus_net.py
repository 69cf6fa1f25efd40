"""The data of DefocusNet (Maximov et al., "Focus on Defocus", CVPR 2020), also called FoD500.

A folder `fs_6` of 500 rendered stacks: five photographs `NNNNNN_kkAll.tif` and `NNNNNN_00Dpt.exr`, whose
channel R is depth in metres (half). Frames run near to far. The first 400 are for training, the last 100
for testing, as DFV and AiFDepthNet divide them too. Truth counts inside the focus range, as with Won and
Jeon.
"""

from functools import partial
from pathlib import Path

import numpy as np

from .files import read_exr_plane, read_photographs, same_size
from .scene import METRES, EvaluationStack, Scene
from .source import DataSetSource

SOURCE = DataSetSource(
    "DefocusNet",
    "Download it from https://github.com/dvl-tum/defocus-net",
    "fs_6/NNNNNN_01All.tif to NNNNNN_05All.tif and fs_6/NNNNNN_00Dpt.exr, 500 times",
)
FOCUS = np.array([1.5, 0.7, 0.3, 0.15, 0.1])  # metres, far to near
FIRST_TEST = 400
DEPTH = "_00Dpt.exr"


def read(path: Path) -> list[Scene]:
    """Return the scenes in a folder, in its folders (`fs_6`), or in theirs (`fs_6/test`)."""
    depths = [file for place in ("", "*/", "*/*/") for file in sorted(path.glob(f"{place}[0-9]*{DEPTH}"))]
    numbers = [file.name.removesuffix(DEPTH) for file in depths]
    return [
        Scene(
            SOURCE.data_set,
            "test" if int(number) >= FIRST_TEST else "train",
            number,
            partial(_load, file.parent, number),
        )
        for file, number in zip(depths, numbers, strict=True)
        if number.isdecimal()
    ]


def _load(folder: Path, number: str) -> EvaluationStack:
    photographs = sorted(folder.glob(f"{number}_*All.tif"), reverse=True)
    if len(photographs) != len(FOCUS):
        raise SOURCE.damaged_error(folder / f"{number}_*All.tif")
    pictures = read_photographs(photographs, SOURCE)
    truth = read_exr_plane(folder / f"{number}{DEPTH}", SOURCE)
    if not same_size(truth, pictures):
        raise SOURCE.damaged_error(folder / f"{number}{DEPTH}")
    return EvaluationStack(pictures, 1 / FOCUS, METRES, truth, (truth >= FOCUS[-1]) & (truth <= FOCUS[0]))
