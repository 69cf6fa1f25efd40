"""Small pictures of frames for a list, where the file alone has none of each."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.formats import locate
from ..io.photographs import read_photograph_at
from .focal_stack import Frame

SIDE = 256  # pixels of the longer side


def write_thumbnails(frames: Sequence[Frame], folder: Path) -> None:
    """Write NUMBER.png of each frame of a clip.

    Raises
    ------
    InputError
        Where the folder cannot be written, or a frame is damaged.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror}); choose another folder") from None
    for frame in frames:
        scale = SIDE / max(SIDE, *frame.size)
        size = round(frame.width * scale), round(frame.height * scale)
        picture = np.rint(255 * np.clip(read_photograph_at(frame.path, size), 0, 1)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{locate(frame.path)[1]}.png"), picture[..., ::-1])
