"""EXR files: what they claim to hold, before memory is taken for it, and their pictures."""

from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..contract.limits import check_picture
from .photograph_file import damaged

LIGHTEST = 65504.0  # of scene-linear values: the largest half float


def check_exr(path: Path) -> tuple[int, int]:
    """Return (width, height) in pixels of an EXR file's first part.

    Raises
    ------
    InputError
        Where a part claims too much.
    Exception
        The library's own, where the file is damaged.
    """
    import OpenEXR

    sizes = []
    with OpenEXR.File(str(path), header_only=True) as file:
        for part in file.parts:
            corner, opposite = (np.asarray(place, np.int64) for place in part.header["dataWindow"])
            width, height = (int(size) for size in opposite - corner + 1)
            check_picture(path, width, height, len(part.header["channels"]))
            sizes.append((width, height))
    return sizes[0]


def read_exr(path: Path) -> np.ndarray:
    """Read the picture of an EXR file, (H, W, 3) float32, scene linear.

    Raises
    ------
    InputError
        Where the file is damaged, claims too much, or holds no picture.
    """
    import OpenEXR

    try:
        check_exr(path)
        with OpenEXR.File(str(path)) as file:
            channels = {name: channel.pixels for name, channel in file.channels().items()}
    except InputError:
        raise
    except Exception:  # the library raises its own types and RuntimeError alike
        raise damaged(path) from None
    for kind in ("RGB", "RGBA", "Y"):
        for name, pixels in channels.items():
            if name.split(".")[-1] == kind:
                pixels = pixels[..., :3] if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
                return np.clip(np.nan_to_num(pixels.astype(np.float32)), -LIGHTEST, LIGHTEST)
    raise InputError(f"{path} has no RGB or Y channels; save the picture itself as EXR")
