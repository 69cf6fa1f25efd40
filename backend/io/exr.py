"""What an EXR file claims to hold, before memory is taken for it."""

from pathlib import Path

import numpy as np

from ..contract.limits import check_picture


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
            corner, opposite = (np.int64(place) for place in part.header["dataWindow"])
            width, height = (int(size) for size in opposite - corner + 1)
            check_picture(path, width, height, len(part.header["channels"]))
            sizes.append((width, height))
    return sizes[0]
