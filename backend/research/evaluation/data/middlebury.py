"""Middlebury_FS: focal stacks of the Middlebury stereo scenes of 2014 (Scharstein et al., GCPR 2014).

Fifteen frames of disparity 10 to 60 pixels a scene, in `Middlebury_FS/focal_stack/SCENE/`; all are for
testing.
"""

from pathlib import Path

from .disparity_folders import scenes_below
from .scene import Scene
from .source import DataSetSource

SOURCE = DataSetSource(
    "Middlebury focal stacks",
    "Download it from https://github.com/albert100121/AiFDepthNet",
    "Middlebury_FS/focal_stack/SCENE/ with 10.0.png to 60.0.png and disp.exr",
)
NEAREST = 60.0  # disparity in pixels, of the focus


def read(path: Path) -> list[Scene]:
    """Return all scenes in a folder, itself or some levels below."""
    return scenes_below(path, NEAREST, "test", SOURCE)
