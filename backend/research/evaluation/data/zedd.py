"""ZEDD (Zuo et al., "Zero-Shot Depth from Defocus", 2026): photographs of a DSLR, depth of a lidar.

`metadata.txt` has a line "run_K, motor position, focus distance in metres" for each of the focus settings,
separated by tabs. `val/SCENE/` and `test/SCENE/` hold `gt/depth.npy`, metres (that of `test` is not
published), and `focus_stack/img_run_K_motor_POSITION_aperture_FN.N.jpg`. As in FOSSA
(github.com/princeton-vl/FOSSA): five focus settings at f/2.8, `val` at 480 rows and the middle 640 columns,
`test` at 1216 x 1824. The frames are considered to be aligned.
"""

from functools import partial
from pathlib import Path

import cv2
import numpy as np

from ....io.header import photograph_size
from ....io.photographs import read_photograph_at
from .files import read_array
from .scene import METRES, EvaluationStack, Scene
from .source import DataSetSource

SOURCE = DataSetSource(
    "ZEDD",
    "Download it from https://zedd.cs.princeton.edu",
    "ZEDD/metadata.txt, ZEDD/val/SCENE/focus_stack/*.jpg and ZEDD/val/SCENE/gt/depth.npy",
)
METADATA = "metadata.txt"
RUNS, APERTURE = ("run_1", "run_3", "run_5", "run_7", "run_9"), "F2.8"
SIZES = {"val": (640, 480), "test": (1824, 1216)}  # width, height
VALID = 0.01, 1000.0  # metres of truth that count


def read(path: Path) -> list[Scene]:
    """Return the scenes below a folder with metadata.txt, or below one in it."""
    return [
        Scene(SOURCE.data_set, split, folder.name, partial(_load, root, folder, split))
        for root in (path, *sorted(path.glob("*/")))
        if (root / METADATA).exists()
        for split in SIZES
        for folder in sorted(root.glob(f"{split}/*/"))
        if (folder / "focus_stack").is_dir()
    ]


def _load(root: Path, folder: Path, split: str) -> EvaluationStack:
    dioptres = _dioptres(root / METADATA)
    runs = sorted(RUNS, key=lambda run: dioptres[run])
    pictures = np.stack([_photograph(folder, run, SIZES[split]) for run in runs])
    focus = np.array([dioptres[run] for run in runs])
    if not (folder / "gt" / "depth.npy").exists() and split == "test":
        return EvaluationStack(pictures, focus, METRES)
    truth = _crop(read_array(folder / "gt" / "depth.npy", SOURCE), SIZES[split])
    return EvaluationStack(pictures, focus, METRES, truth, (truth >= VALID[0]) & (truth <= VALID[1]))


def _dioptres(path: Path) -> dict[str, float]:
    """Read {run: focus in dioptres}, of all RUNS at least."""
    try:
        lines = [line.split("\t") for line in path.read_text().splitlines()]
        dioptres = {line[0]: 1 / float(line[2]) for line in lines if line[0].startswith("run_")}
    except (OSError, ValueError, IndexError, ZeroDivisionError):
        raise SOURCE.damaged_error(path) from None
    if not dioptres.keys() >= set(RUNS):
        raise SOURCE.damaged_error(path)
    return dioptres


def _photograph(folder: Path, run: str, size: tuple[int, int]) -> np.ndarray:
    """Read (H, W, 3) float32 of `size` (width, height) at most."""
    pattern = f"focus_stack/img_{run}_motor_*_aperture_{APERTURE}.jpg"
    path = next(folder.glob(pattern), None)
    if path is None:
        raise SOURCE.damaged_error(folder / pattern)
    width, height = photograph_size(path)
    picture = read_photograph_at(path, (width * size[1] // height, size[1]))
    return _middle(picture, size[0])


def _crop(depth: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize and crop depth to (H, W) float64, without mixing depths."""
    height, width = depth.shape
    scaled = (width * size[1] // height, size[1])
    return _middle(
        cv2.resize(np.asarray(depth, np.float64), scaled, interpolation=cv2.INTER_NEAREST_EXACT), size[0]
    )


def _middle(picture: np.ndarray, width: int) -> np.ndarray:
    left = max(picture.shape[1] - width, 0) // 2
    return picture[:, left : left + width]
