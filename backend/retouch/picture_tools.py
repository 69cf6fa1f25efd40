"""Tools that change the all-in-focus picture where a mask is painted, and nowhere else."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.files import BACKGROUND_PNG
from ..contract.retouch import FRAME, HEAL
from ..contract.schema import Description
from ..io.colour import srgb_bytes, srgb_decode
from ..io.photographs import read_photograph
from ..io.result_folder import aligned_paths
from .masks import HALF, PaintedLayer

ReadSource = Callable[[Path, tuple[int, int], tuple[int, int]], np.ndarray]
HEALED_RADIUS = 5  # pixels about what is healed that it is filled from


def read_source(path: Path, whole: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    """Read what a layer paints from.

    Parameters
    ----------
    path
        Of the picture.
    whole
        Width and height of the result, which the picture has to have.
    size
        Width and height of the picture that is painted.

    Returns
    -------
    ndarray
        (H, W, 3) float32 sRGB, of that size.

    Raises
    ------
    InputError
        Where it cannot be read, or belongs to another result.
    """
    picture = read_photograph(path)
    if picture.shape[1::-1] != whole:
        raise InputError(f"{path} is not of the result's size: estimate again")
    return picture if size == whole else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def retouch_picture(
    picture: np.ndarray,
    painted: PaintedLayer,
    folder: Path,
    description: Description,
    read: ReadSource,
    scale: float = 1.0,
) -> np.ndarray:
    """Apply one layer of a picture tool.

    Parameters
    ----------
    picture
        (H, W, 3) float16 or float32, scene linear.
    painted
        The layer.
    folder, description
        Of the result, which has the aligned frames and the background's picture.
    read
        As `read_source`.
    scale
        Pixels of the picture for one of the result: below 1 in a draft.

    Returns
    -------
    ndarray
        Of the same type, the same but where the mask is above 0.

    Raises
    ------
    InputError
        Where what the layer paints from is missing.
    """
    box = painted.box
    mask = painted.mask[box][..., None]
    if not mask.size:
        return picture
    if painted.layer.tool == HEAL:
        source = _heal(picture, painted, max(1, round(scale * HEALED_RADIUS)))
    else:
        width, height = description["size"]
        size = picture.shape[1], picture.shape[0]
        source = read(_source(painted, folder, description), (width, height), size)[box]
    retouched = picture.copy()
    part = picture[box].astype(np.float32)
    retouched[box] = np.where(mask > 0, part + mask * (srgb_decode(source) - part), part)
    return retouched


def retouch_frame_numbers(
    numbers: np.ndarray, painted: PaintedLayer, folder: Path, description: Description
) -> np.ndarray:
    """Number anew what one layer of a picture tool painted, for more than half.

    Parameters
    ----------
    numbers
        (H, W) float16: the frame that each pixel shows, 1 for the farthest.
    painted
        The layer.
    folder, description
        Of the result.

    Returns
    -------
    ndarray
        Of the same type: the photograph that was painted from, 0 where that is none.

    Raises
    ------
    InputError
        Where the result has no such photograph.
    """
    number = 1 + _index(painted, folder, description) if painted.layer.tool == FRAME else 0
    return np.where(painted.mask > HALF, np.float16(number), numbers)


def _source(painted: PaintedLayer, folder: Path, description: Description) -> Path:
    if painted.layer.tool != FRAME:
        path = folder / BACKGROUND_PNG
        if not path.is_file():
            raise InputError(f"{path} is not there yet: build a mesh first, which paints what lies behind")
        return path
    index = _index(painted, folder, description)
    paths = aligned_paths(folder, description)
    if paths is None:
        raise InputError(f"{folder} has no aligned frames to paint from: estimate with aligned frames saved")
    return paths[index]


def _index(painted: PaintedLayer, folder: Path, description: Description) -> int:
    """Of the photograph that is painted from."""
    names = [frame["name"] for frame in description["frames"]]
    if painted.layer.frame not in names:
        raise InputError(f"{painted.layer.frame} is no photograph of {folder}: choose another one")
    return names.index(painted.layer.frame)


def _heal(picture: np.ndarray, painted: PaintedLayer, radius: int) -> np.ndarray:
    """What is painted, float32 sRGB, filled from what is about it (Telea, 2004)."""
    rows, columns = painted.box
    top, left = (max(0, each.start - 2 * radius) for each in (rows, columns))
    about = slice(top, rows.stop + 2 * radius), slice(left, columns.stop + 2 * radius)
    hole = (painted.mask[about] > 0).astype(np.uint8)
    filled = cv2.inpaint(srgb_bytes(picture[about]), hole, radius, cv2.INPAINT_TELEA)
    inside = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
    return filled[inside].astype(np.float32) / 255
