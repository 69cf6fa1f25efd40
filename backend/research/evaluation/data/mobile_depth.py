"""Mobile Depth (Suwajanakorn et al., "Depth from Focus with Your Mobile Phone", CVPR 2015): no truth.

`Aligned/FigureK/SCENE/aNN.jpg`, aligned by its authors, and `calibration/SCENE/calibrated.txt` (also under
`Photos_Calibration_Results/`): a line "focus aperture" a frame, and the focal length in the last. Focus
is a distance in arbitrary units. That of "metals" runs the wrong way, and is reversed here as in
AiFDepthNet. Scenes without calibration are left out.
"""

from functools import partial
from pathlib import Path

import numpy as np

from ....stack.names import natural_key
from .files import read_photographs
from .scene import DISPARITY, EvaluationStack, Scene
from .source import DataSetSource

SOURCE = DataSetSource(
    "Mobile Depth",
    "Download it from https://www.supasorn.com/dffdownload.html",
    "FOLDER/Aligned/FigureK/SCENE/aNN.jpg and FOLDER/calibration/SCENE/calibrated.txt",
)
REVERSED = ("metals",)


def read(path: Path) -> list[Scene]:
    """Return the scenes of the folder that holds `Aligned`."""
    calibrated = {
        file.parent.name: file
        for place in ("calibration", "*/calibration")
        for file in sorted(path.glob(f"{place}/*/calibrated.txt"))
    }
    folders = [folder for folder in sorted(path.glob("Aligned/*/*/")) if folder.name in calibrated]
    return [
        Scene(
            SOURCE.data_set,
            "test",
            f"{folder.parent.name}/{folder.name}",
            partial(_load, folder, calibrated[folder.name]),
        )
        for folder in folders
    ]


def _load(folder: Path, calibrated: Path) -> EvaluationStack:
    photographs = sorted(folder.glob("a[0-9]*.jpg"), key=natural_key)
    distances = _distances(calibrated)
    if len(photographs) < 2 or len(distances) != len(photographs):
        raise SOURCE.damaged_error(calibrated)
    focus = 1 / (distances[::-1] if folder.name in REVERSED else distances)
    order = np.argsort(focus, kind="stable")
    pictures = read_photographs([photographs[index] for index in order], SOURCE)
    return EvaluationStack(pictures, focus[order], DISPARITY)


def _distances(calibrated: Path) -> np.ndarray:
    """Read (N,) float64, of the frames in the order of their names."""
    try:
        lines = [line.split() for line in calibrated.read_text().splitlines() if line.strip()]
        distances = np.array([float(line[0]) for line in lines[:-1]])
    except (OSError, ValueError):
        raise SOURCE.damaged_error(calibrated) from None
    if not (distances > 0).all():
        raise SOURCE.damaged_error(calibrated)
    return distances
