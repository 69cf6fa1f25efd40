"""JPEG decoded by libjpeg-turbo, which reports damage where OpenCV fills up with grey."""

import functools
import re

import numpy as np

# What some cameras leave before the end of a picture that is whole, and libjpeg complains of.
FILLING = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
MAX_FILLING = 16  # bytes


def decode_jpeg(data: bytes, reduction: int = 1) -> np.ndarray:
    """Decode a file's bytes.

    Parameters
    ----------
    data
        The whole file.
    reduction
        1, 2, 4 or 8: by how much its sides are divided.

    Returns
    -------
    ndarray
        (H, W, 3) uint8 RGB, as the file lies.

    Raises
    ------
    ValueError
        Where the file is cut short or damaged.
    """
    import simplejpeg

    height, width = (int(side) for side in simplejpeg.decode_jpeg_header(data)[:2])
    decode = functools.partial(
        simplejpeg.decode_jpeg, data, min_height=-(-height // reduction), min_width=-(-width // reduction)
    )
    try:
        return decode()
    except ValueError as error:
        filling = FILLING.search(str(error))
        if filling is None or int(filling[1]) > MAX_FILLING:
            raise
        return decode(strict=False)
