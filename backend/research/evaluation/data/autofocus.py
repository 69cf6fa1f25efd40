"""Learning to Autofocus (Herrmann et al., CVPR 2020): stacks of a phone, depth from several views.

Below `train1` to `train7` and `test`: 49 frames `scaled_images/SCENE/K/result_scaled_image_center.jpg`, far
to near, `merged_depth/SCENE/result_merged_depth_center.png` and its confidence
`merged_conf/SCENE/result_merged_conf_center.exr`. Focus distances are those of the authors' "LearnAF
Dataset Readme", as Won and Jeon's loader has them. As there, ten frames are used, the middle two thirds
of each side, and truth inside the focus range, in dioptres, weighted by confidence. The frames are
considered to be aligned.
"""

from functools import partial
from pathlib import Path

import numpy as np

from ....io.photographs import read_pixels
from .files import read_exr_plane, read_photographs, same_size
from .scene import DIOPTRES, EvaluationStack, Scene
from .source import DataSetSource

SOURCE = DataSetSource(
    "Learning to Autofocus",
    "Download it from https://learntoautofocus-google.github.io",
    "test/scaled_images/SCENE/0 to 48/result_scaled_image_center.jpg, "
    "test/merged_depth/SCENE/result_merged_depth_center.png and "
    "test/merged_conf/SCENE/result_merged_conf_center.exr",
)
# fmt: off
FOCUS_MM = np.array(
    [3910.92, 2289.27, 1508.71, 1185.83, 935.91, 801.09, 700.37, 605.39, 546.23, 486.87, 447.99, 407.40,
     379.91, 350.41, 329.95, 307.54, 291.72, 274.13, 261.53, 247.35, 237.08, 225.41, 216.88, 207.10, 198.18,
     191.60, 183.96, 178.29, 171.69, 165.57, 160.99, 155.61, 150.59, 146.81, 142.35, 138.98, 134.99, 131.23,
     127.69, 124.99, 121.77, 118.73, 116.40, 113.63, 110.99, 108.47, 106.54, 104.23, 102.01]
)
# fmt: on
USED_FRAMES = np.rint(np.linspace(0, len(FOCUS_MM) - 1, 10)).astype(int)
NEAREST, FARTHEST = 0.2, 100.0  # metres, the depth of the values 0 and 255
MARGIN = 6  # a sixth of the picture is left out at every side


def read(path: Path) -> list[Scene]:
    """Return the scenes of a folder that holds `scaled_images`, or of all such folders in it."""
    parts = [part for part in (path, *sorted(path.glob("*/"))) if (part / "scaled_images").is_dir()]
    return [
        Scene(
            SOURCE.data_set,
            "train" if part.resolve().name.startswith("train") else "test",
            f"{part.resolve().name}/{folder.name}",
            partial(_load, part, folder.name),
        )
        for part in parts
        for folder in sorted(part.glob("scaled_images/*/"))
    ]


def _load(part: Path, scene: str) -> EvaluationStack:
    frames = [
        part / "scaled_images" / scene / str(k) / "result_scaled_image_center.jpg"
        for k in USED_FRAMES.tolist()
    ]
    pictures = read_photographs(frames, SOURCE)
    focus = 1000 / FOCUS_MM[USED_FRAMES]
    truth = _dioptres(part / "merged_depth" / scene / "result_merged_depth_center.png")
    confidence = read_exr_plane(part / "merged_conf" / scene / "result_merged_conf_center.exr", SOURCE)
    if not (same_size(truth, pictures) and same_size(confidence, pictures)):
        raise SOURCE.damaged_error(part / "merged_depth" / scene)
    middle = _middle(*truth.shape)
    truth, confidence = truth[middle], np.clip(confidence[middle], 0, 1)
    return EvaluationStack(
        np.ascontiguousarray(pictures[:, *middle]),
        focus,
        DIOPTRES,
        truth,
        (truth >= focus[0]) & (truth <= focus[-1]),
        confidence=confidence,
    )


def _dioptres(path: Path) -> np.ndarray:
    """Read (H, W) float64. Depth is NEAREST FARTHEST / (FARTHEST - (FARTHEST - NEAREST) v / 255) metres."""
    if not path.exists():
        raise SOURCE.damaged_error(path)
    value = read_pixels(path)[..., 0].astype(np.float64) / 255
    return (FARTHEST - (FARTHEST - NEAREST) * value) / (NEAREST * FARTHEST)


def _middle(height: int, width: int) -> tuple[slice, slice]:
    top, left = height // MARGIN, width // MARGIN
    return slice(top, height - top), slice(left, width - left)
