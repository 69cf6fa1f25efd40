"""The depth map on a grid of cells, cleaned and cut: what a mesh is made of."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from .background import Background, background_of, fill_colour, fill_mask
from .pinhole import Pinhole
from .surfaces import Cuts, cut_limit, parallax_of, surfaces
from .triangulation import BLOCK

REACH = 1000  # times the near distance; beyond, up to infinity, a focal stack tells no depths apart


@dataclass(frozen=True)
class DepthGrid:
    """R x C cells that cover the picture."""

    parallax: np.ndarray  # (R, C) float32, degrees: see surfaces.py
    cuts: Cuts
    confidence: np.ndarray  # (R, C) float32
    picture: np.ndarray  # (R, C, 3) uint8 sRGB
    cell_angle: float  # degrees
    background: Background

    @property
    def cut_count(self) -> int:
        return int(self.cuts.right.sum() + self.cuts.below.sum())


def depth_grid(
    depth: np.ndarray, confidence: np.ndarray, picture: np.ndarray, camera: Pinhole, most: int
) -> DepthGrid:
    """Of depth and confidence (H, W) and a picture (H, W, 3) uint8, with about `most` cells."""
    height, width = depth.shape
    size = columns, _ = _grid_size(width, height, most)
    resample = cv2.INTER_AREA if columns < width else cv2.INTER_LINEAR
    parallax = cv2.resize(parallax_of(depth), size, interpolation=resample)
    confidence = cv2.resize(confidence, size, interpolation=resample)
    picture = cv2.resize(picture, size, interpolation=resample)
    cell_angle = math.degrees(width / columns / camera.fx)
    parallax, cuts = surfaces(parallax, confidence, np.float32(picture) / 255, cell_angle)
    parallax = np.maximum(parallax, parallax.max() / REACH)
    background = background_of(parallax, cuts, cut_limit(cell_angle), cell_angle)
    return DepthGrid(parallax, cuts, confidence, picture, cell_angle, background)


def background_picture(picture: np.ndarray, grid: DepthGrid) -> np.ndarray:
    """The photograph (H, W, 3) uint8 with the colours of what it hides, where the background shows them."""
    mask = fill_mask(grid.background)
    if not mask.any():
        return picture
    filled = fill_colour(grid.picture, grid.parallax, grid.background, cut_limit(grid.cell_angle))
    size = picture.shape[1], picture.shape[0]
    mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return np.where(mask[..., None], cv2.resize(filled, size, interpolation=cv2.INTER_CUBIC), picture)


def _grid_size(width: int, height: int, most: int) -> tuple[int, int]:
    """(columns, rows) of nearly square cells, multiples of BLOCK, about as fine as pixels at most."""
    shrink = max(1.0, math.sqrt(width * height / most))
    return tuple(max(1, round(side / shrink / BLOCK)) * BLOCK for side in (width, height))
