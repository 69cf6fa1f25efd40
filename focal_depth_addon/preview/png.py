"""PNG files of few colours, written fast: a palette needs one byte a pixel. Needs no Blender."""

import struct
import zlib

import numpy as np

FAST = 1  # of zlib's levels


def encode_png(levels: np.ndarray, palette: np.ndarray) -> bytes:
    """Encode a PNG (ISO/IEC 15948) with a palette.

    Parameters
    ----------
    levels
        (H, W) uint8, row 0 at the top.
    palette
        (256, 3) uint8, sRGB.
    """
    height, width = levels.shape
    rows = np.zeros((height, width + 1), np.uint8)  # each begins with its filter: none
    rows[:, 1:] = levels
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # 8 bits, palette
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data)
        for name, data in (
            (b"IHDR", header),
            (b"PLTE", palette.tobytes()),
            (b"IDAT", zlib.compress(rows.data, FAST)),
            (b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
