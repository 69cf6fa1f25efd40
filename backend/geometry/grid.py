"""The depth map on a grid of cells, cleaned and cut: what a mesh is made of."""

import functools
import math
from dataclasses import dataclass

import cv2
import numpy as np

from ..runtime.parallel import prefetch
from .background import Background, build_background, fill_colour, fill_mask
from .own_objects import trim_objects
from .pinhole import Pinhole
from .surfaces import MOVE, Cuts, borders, cut_limit, extract_surfaces, median_depth, to_parallax
from .triangulation import BLOCK

REACH = 60  # times the near distance; beyond, up to infinity, a focal stack distinguishes no depths


@dataclass(frozen=True)
class DepthMap:
    """A depth map, and how far it may be trusted.

    Attributes
    ----------
    depth
        (H, W) float32, metres along the optical axis, above 0; infinity is allowed.
    confidence
        (H, W) float32, 0 to 1.
    expected_error
        (H, W) float32, dioptres, within which flat surfaces are made flat; not a number where it is unknown.
    is_metric
        Whether depth is in metres, rather than relative.
    left_out
        (H, W) bool, what is to be no part of a mesh; None for nothing.
    objects
        (H, W) uint8, which of `object_names`, from 1, is to be an object of its own; 0 and None for none.
    object_names
        Of the objects.
    """

    depth: np.ndarray
    confidence: np.ndarray
    expected_error: np.ndarray
    is_metric: bool
    left_out: np.ndarray | None = None
    objects: np.ndarray | None = None
    object_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class DepthGrid:
    """R x C cells that cover the picture.

    Attributes
    ----------
    parallax
        (R, C) float32, degrees; see surfaces.py.
    surface_cuts
        Where neighbouring cells are not connected, but for those about objects.
    confidence
        (R, C) float32, 0 to 1.
    picture
        (R, C, 3) uint8 sRGB.
    cell_angle
        Degrees that the middle cell covers of the view.
    left_out
        (R, C) bool, cells that are no part of a mesh.
    objects
        (R, C) uint8, which object of its own a cell is part of, from 1; 0 for none. They are cut out.
    """

    parallax: np.ndarray
    surface_cuts: Cuts
    confidence: np.ndarray
    picture: np.ndarray
    cell_angle: float
    left_out: np.ndarray
    objects: np.ndarray

    @functools.cached_property
    def cuts(self) -> Cuts:
        """Between surfaces, and about objects."""
        return self.surface_cuts | borders(self.objects)

    @functools.cached_property
    def background(self) -> Background:
        """The layer behind the cuts."""
        limit = cut_limit(self.cell_angle)
        return build_background(self.parallax, self.surface_cuts, limit, self.cell_angle, self.objects > 0)

    @property
    def cut_count(self) -> int:
        """How many pairs of neighbouring cells are cut apart."""
        return int(self.cuts.right.sum() + self.cuts.below.sum())


def build_grid(source: DepthMap, picture: np.ndarray, camera: Pinhole, max_cells: int) -> DepthGrid:
    """Resample a depth map to a grid of about `max_cells` cells or fewer, clean it and cut it.

    Parameters
    ----------
    source
        The depth map.
    picture
        (H, W, 3) uint8 sRGB.
    camera
        Of the picture.
    max_cells
        No exact limit: sides are multiples of a block.
    """
    height, width = source.depth.shape
    size = columns, _ = _grid_size(width, height, max_cells)
    resample = cv2.INTER_AREA if columns < width else cv2.INTER_LINEAR
    error = np.float32(np.degrees(MOVE * median_depth(source.depth))) * source.expected_error
    parallax, confidence, error, picture = prefetch(
        lambda each: cv2.resize(each, size, interpolation=resample),
        (to_parallax(source.depth), source.confidence, error, picture),
    )
    cell_angle = math.degrees(width / columns / camera.fx)
    colours = picture.astype(np.float32) / 255
    parallax, cuts = extract_surfaces(parallax, confidence, error, colours, cell_angle)
    parallax = np.maximum(parallax, parallax.max() / REACH)
    objects = trim_objects(_resample_labels(source.objects, size), cuts)
    left_out = _resample_labels(source.left_out, size) > 0
    return DepthGrid(parallax, cuts, confidence, picture, cell_angle, left_out, objects)


def _resample_labels(labels: np.ndarray | None, size: tuple[int, int]) -> np.ndarray:
    """(R, C) uint8; 0 where there are none."""
    if labels is None:
        return np.zeros(size[::-1], np.uint8)
    return cv2.resize(labels.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)


def paint_background(picture: np.ndarray, grid: DepthGrid, background: Background) -> np.ndarray:
    """Return the photograph, (H, W, 3) uint8, with the colours of what it hides where that shows."""
    mask = fill_mask(background)
    if not mask.any():
        return picture
    filled = fill_colour(grid.picture, grid.parallax, background, cut_limit(grid.cell_angle))
    size = picture.shape[1], picture.shape[0]
    mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return np.where(mask[..., None], cv2.resize(filled, size, interpolation=cv2.INTER_CUBIC), picture)


def _grid_size(width: int, height: int, max_cells: int) -> tuple[int, int]:
    """Columns and rows of nearly square cells, multiples of BLOCK, about as fine as pixels at most."""
    shrink = max(1.0, math.sqrt(width * height / max_cells))
    columns, rows = (max(1, round(side / shrink / BLOCK)) * BLOCK for side in (width, height))
    return columns, rows
