"""JPEG decoded by libjpeg-turbo, which reports damage where OpenCV fills up with grey."""

import functools
import re

import numpy as np

# What some cameras leave before the end of a picture that is whole, and libjpeg complains of.
FILLING = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
MAX_FILLING = 16  # bytes
SCAN = b"\xda"  # the second byte of its marker


def without_stray_bytes(data: bytes) -> bytes:
    """Return a JPEG without what stands between the segments before its picture, which is no part of any.

    Every decoder passes over such bytes, but one that reports damage reports them (ITU T.81, annex B).
    """
    segments, at = [data[:2]], 2
    while at + 4 <= len(data):
        begin = data.find(b"\xff", at)
        while begin >= 0 and data[begin + 1 : begin + 2] in (b"\0", b"\xff"):
            begin = data.find(b"\xff", begin + 1)
        if begin < 0:
            return data
        if data[begin + 1 : begin + 2] == SCAN:
            is_clean = begin == sum(map(len, segments))
            return data if is_clean else b"".join([*segments, data[begin:]])
        end = begin + 2 + int.from_bytes(data[begin + 2 : begin + 4], "big")
        segments.append(data[begin:end])
        at = end
    return data


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

    data = without_stray_bytes(data)
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
