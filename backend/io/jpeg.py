"""JPEG decoded by libjpeg-turbo, which tells where a file is damaged: OpenCV fills up with grey instead."""

import re

import numpy as np

# What some cameras leave before the end of a picture that is whole, and libjpeg complains of.
FILLING = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
MOST_FILLING = 16  # bytes


def decode_jpeg(data: bytes, reduction: int = 1) -> np.ndarray:
    """(H, W, 3) uint8 RGB as the file lies, at a whole, half, quarter or eighth of its size.

    Raises ValueError where the file is cut short or damaged.
    """
    import simplejpeg

    height, width, *_ = simplejpeg.decode_jpeg_header(data)
    least = {"min_height": -(-height // reduction), "min_width": -(-width // reduction)}
    try:
        return simplejpeg.decode_jpeg(data, **least)
    except ValueError as error:
        filling = FILLING.search(str(error))
        if filling is None or int(filling[1]) > MOST_FILLING:
            raise
        return simplejpeg.decode_jpeg(data, **least, strict=False)
