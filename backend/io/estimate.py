"""All of a result folder as it was estimated, to be written anew: turned round, or retouched."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..contract.files import ALL_IN_FOCUS_PNG, DEPTH_EXR
from ..contract.schema import Description
from .header import read_header
from .photograph_file import read_file
from .result_folder import aligned_paths, read_depth, read_description, read_linear_picture


@dataclass(frozen=True)
class Estimate:
    """A result as it was estimated, read from its folder.

    Attributes
    ----------
    description
        What result.json holds.
    depth, confidence
        (H, W) float32.
    picture
        (H, W, 3) float16 or float32, scene linear.
    frame_numbers
        (H, W) float16: the frame that `picture` shows, 1 for the farthest; None of an older version's result.
    aligned
        Files of the aligned frames; None where they were not saved.
    is_deep
        Whether pictures have more than 8 bits a channel.
    """

    description: Description
    depth: np.ndarray
    confidence: np.ndarray
    picture: np.ndarray
    frame_numbers: np.ndarray | None
    aligned: list[Path] | None
    is_deep: bool


def read_estimate(folder: Path) -> Estimate:
    """Read all of a result as it was estimated, so that it can be written anew.

    Raises
    ------
    InputError
        Where there is no result, or a file of it is missing, damaged or cut short.
    """
    description = read_description(folder)
    depth, confidence = read_depth(folder, before_retouch=True)
    picture, numbers = read_linear_picture(folder, before_retouch=True)
    if not np.all(depth > 0):
        raise InputError(
            f"{folder / DEPTH_EXR} is not a depth map of Focal Depth: name a folder that `estimate` wrote"
        )
    paths = aligned_paths(folder, description)
    for path in (folder / ALL_IN_FOCUS_PNG, *(paths or ())):
        read_file(path)  # which refuses what is cut short
    is_deep = read_header(folder / ALL_IN_FOCUS_PNG).bits_per_channel > 8
    return Estimate(description, depth, confidence, picture, numbers, paths, is_deep)
