"""Photograph and background in one square picture, as AR viewers want their textures."""

import cv2
import numpy as np

MIN_BACKGROUND = 1 / 3  # of the photograph's scale


def build_atlas(picture: np.ndarray, background: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Arrange two pictures in a square one.

    The photograph is as large as leaves the background its part below it, or beside it.

    Parameters
    ----------
    picture, background
        (H, W, 3) uint8.
    size
        Pixels of the square's sides.

    Returns
    -------
    canvas : ndarray
        (size, size, 3) uint8.
    placements : ndarray
        (2, 4) float32, of the photograph and of the background, for `to_atlas`: scales in u and v, then
        offsets.
    """
    height, width = picture.shape[:2]
    long_side, short_side = max(height, width), min(height, width)
    scale = min(size / long_side, size / ((1 + MIN_BACKGROUND) * short_side))
    rest = min(scale, (size - round(short_side * scale)) / short_side)
    sizes = [(round(width * each), round(height * each)) for each in (scale, rest)]
    corners = [(0, 0), (0, sizes[0][1]) if width >= height else (sizes[0][0], 0)]
    canvas = np.zeros((size, size, 3), np.uint8)
    for image, (columns, rows), (left, top) in zip((picture, background), sizes, corners, strict=True):
        canvas[top : top + rows, left : left + columns] = cv2.resize(
            image, (columns, rows), interpolation=cv2.INTER_AREA
        )
    return canvas, np.stack([_placement(*part, size) for part in zip(sizes, corners, strict=True)])


def to_atlas(uvs: np.ndarray, placement: np.ndarray) -> np.ndarray:
    """Return the uvs in the atlas of uvs (V, 2) in a picture, v up, by that picture's placement (4,)."""
    return uvs * placement[:2] + placement[2:]


def _placement(shape: tuple[int, int], corner: tuple[int, int], size: int) -> np.ndarray:
    """Half a texel within the picture's border, so that none shows its neighbour."""
    (columns, rows), (left, top) = shape, corner
    return np.array([columns - 1, rows - 1, left + 0.5, size - top - rows + 0.5], np.float32) / size
