"""Photograph and background in one square picture, as AR viewers want their textures."""

import cv2
import numpy as np

LEAST_BACKGROUND = 1 / 3  # of the photograph's scale


def atlas(picture: np.ndarray, background: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """(size, size, 3) uint8 of two pictures (H, W, 3), and (2, 4) float32: where each of them lies.

    A place is scale and offset, (s_u, s_v, o_u, o_v), that bring uvs of the whole picture (v up) into the
    atlas. The photograph is as large as leaves the background its part below it, or beside it.
    """
    height, width = picture.shape[:2]
    along, across = max(height, width), min(height, width)
    scale = min(size / along, size / ((1 + LEAST_BACKGROUND) * across))
    rest = min(scale, (size - round(across * scale)) / across)
    sizes = [(round(width * each), round(height * each)) for each in (scale, rest)]
    corners = [(0, 0), (0, sizes[0][1]) if width >= height else (sizes[0][0], 0)]
    canvas = np.zeros((size, size, 3), np.uint8)
    for image, (columns, rows), (left, top) in zip((picture, background), sizes, corners, strict=True):
        canvas[top : top + rows, left : left + columns] = cv2.resize(
            image, (columns, rows), interpolation=cv2.INTER_AREA
        )
    return canvas, np.stack([_place(*part, size) for part in zip(sizes, corners, strict=True)])


def placed(uvs: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Uvs (V, 2) of a picture, where it lies in the atlas."""
    return uvs * place[:2] + place[2:]


def _place(shape: tuple[int, int], corner: tuple[int, int], size: int) -> np.ndarray:
    """Half a texel within the picture's border, so that none shows its neighbour."""
    (columns, rows), (left, top) = shape, corner
    return np.float32([columns - 1, rows - 1, left + 0.5, size - top - rows + 0.5]) / size
