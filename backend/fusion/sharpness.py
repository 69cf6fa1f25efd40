"""How sharp a picture is at each pixel, by a focus measure."""

import cv2
import numpy as np

from ..runtime.chunks import chunks
from ..runtime.parallel import for_each

WINDOW = 9  # pixels each way that are averaged over
REACH = WINDOW // 2 + 1  # of what a pixel's value depends on
STEPS = 128  # from 0 to 1, exact as half floats: finer ones would be noise, and large in a file
ROWS = 128  # in one go
SECOND_DIFFERENCE = np.array([-1, 2, -1], np.float32)
SAME = np.ones(1, np.float32)


def measure_sharpness(encoded: np.ndarray) -> np.ndarray:
    """Return the sum-modified Laplacian of a picture's luma, averaged over 9 x 9 pixels.

    That is |2 L(x, y) - L(x - 1, y) - L(x + 1, y)| + |2 L(x, y) - L(x, y - 1) - L(x, y + 1)|: 0 on plain
    surfaces, 4 at most. The luma L is sRGB-encoded, 0 to 1.

    Parameters
    ----------
    encoded
        (H, W, 3) uint8 or uint16, sRGB.

    Returns
    -------
    ndarray
        (H, W) float16, in steps of 1/128.

    References
    ----------
    .. [1] S. K. Nayar and Y. Nakagawa, "Shape from Focus", IEEE Transactions on Pattern Analysis and Machine
       Intelligence 16 (8), 1994.
    """
    height, width = encoded.shape[:2]
    sharpness = np.empty((height, width), np.float16)
    step = np.float32(STEPS / np.iinfo(encoded.dtype).max)

    def measure(rows: slice) -> None:
        top = max(0, rows.start - REACH)
        luma = cv2.cvtColor(encoded[top : rows.stop + REACH], cv2.COLOR_RGB2GRAY)
        across = cv2.sepFilter2D(luma, cv2.CV_32F, SECOND_DIFFERENCE, SAME)
        down = cv2.sepFilter2D(luma, cv2.CV_32F, SAME, SECOND_DIFFERENCE)
        modified = np.add(np.abs(across), np.abs(down), dtype=np.float32)
        mean = cv2.blur(modified, (WINDOW, WINDOW))
        part = mean[rows.start - top : rows.stop - top]
        sharpness[rows] = np.rint(part * step) / STEPS

    for_each(measure, list(chunks(height, ROWS)))
    return sharpness
