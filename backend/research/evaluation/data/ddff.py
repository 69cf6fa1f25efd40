"""DDFF 12-Scene (Hazirbas et al., "Deep Depth From Focus", ACCV 2018): stacks of a light-field camera.

Two HDF5 files. `ddff-dataset-trainval.h5` holds `stack_train`, `stack_val` (n, 10, 224, 224, 3) and the
disparity `disp_train`, `disp_val` (n, 224, 224); `ddff-dataset-test.h5` holds `stack_test` (120, 10, 383,
552, 3), whose truth is not published. Frames run near to far, evenly in disparity. The camera is that of
github.com/soyers/ddff-pytorch.
"""

from functools import partial
from pathlib import Path

import numpy as np

from . import light_field
from .files import hdf5_files, open_hdf5, read_hdf5_scene
from .scene import DISPARITY, EvaluationStack, Scene
from .source import DataSetSource

SOURCE = DataSetSource(
    "DDFF 12-Scene",
    "Download it from https://hazirbas.com/datasets/ddff12scene/",
    "the files ddff-dataset-trainval.h5 and ddff-dataset-test.h5 in one folder, or name one of them",
)
DISPARITY_METRES = 0.14123757  # disparity in pixels times depth in metres
NEAREST, FARTHEST = 0.5, 7.0  # metres, of the focus
VALID = 0.0202, 0.2825  # truth that counts, in pixels; it is 0 where it is unknown
TEST_SCENES = ("lockeroom", "cafeteria", "library", "spencerlab", "office44", "magistrale")
STACKS_PER_TEST_SCENE = 20


def read(path: Path) -> list[Scene]:
    """Return all stacks in an HDF5 file, or in those of a folder."""
    return [scene for file in hdf5_files(path) for scene in _scenes(file)]


def submission_name(index: int) -> str:
    """Return the name of a test stack in submissions, without ".npy"."""
    scene, stack = divmod(index, STACKS_PER_TEST_SCENE)
    return f"{TEST_SCENES[scene]}/DISP_{stack + 1:04d}"


def _scenes(path: Path) -> list[Scene]:
    if path.name.startswith(light_field.NAME):
        return []
    with open_hdf5(path, SOURCE) as file:
        if light_field.FOCUS in file:
            return []
        counts = {
            split: len(file[f"stack_{split}"])
            for split in ("train", "val", "test")
            if f"stack_{split}" in file
        }
    whole = len(TEST_SCENES) * STACKS_PER_TEST_SCENE
    return [
        Scene(
            SOURCE.data_set,
            split,
            submission_name(index) if split == "test" and count == whole else f"{split}/{index:04d}",
            partial(_load, path, split, index),
        )
        for split, count in counts.items()
        for index in range(count)
    ]


def _load(path: Path, split: str, index: int) -> EvaluationStack:
    pictures, truth = read_hdf5_scene(path, split, index, SOURCE)
    focus = np.linspace(DISPARITY_METRES / FARTHEST, DISPARITY_METRES / NEAREST, len(pictures))
    valid = None if truth is None else (truth >= VALID[0]) & (truth <= VALID[1])
    return EvaluationStack(np.ascontiguousarray(pictures[::-1]), focus, DISPARITY, truth, valid)
