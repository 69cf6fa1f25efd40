"""FlyingThings3D_FS: focal stacks of FlyingThings3D (Mayer et al., CVPR 2016), `train` and `val`.

Fifteen frames of disparity 10 to 100 pixels a scene. Public loaders show the numbers, and that
`FlyingThings3D_FS/train` and `val` list fifteen frames, the picture all in focus and the disparity of each
scene; that a scene's folder looks as Middlebury_FS's, which the same authors made, is not confirmed.
"""

from pathlib import Path

from .disparity_folders import scenes_below
from .scene import Scene
from .source import DataSetSource

SOURCE = DataSetSource(
    "FlyingThings3D focal stacks",
    "Download it from https://github.com/albert100121/AiFDepthNet",
    "FlyingThings3D_FS/val/focal_stack/SCENE/ with 10.0.png to 100.0.png and disp.exr",
)
NEAREST = 100.0  # disparity in pixels, of the focus


def read(path: Path) -> list[Scene]:
    """Return all scenes in a folder, itself or some levels below."""
    return scenes_below(path, NEAREST, "val", SOURCE)
