"""A depth map as a mesh: surfaces cut apart at depth jumps, and what lies behind the cuts."""

import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..runtime.parallel import prefetch
from .corners import Corners, build_corners
from .directions import Upright
from .grid import DepthGrid, DepthMap, build_grid, paint_background
from .ground import LINES, SENSOR, find_ground
from .pinhole import Pinhole
from .surfaces import CUT, MOVE, Cuts, borders, cut_limit, median_depth, to_depth
from .triangulation import BLOCK, count_added_triangles, measure_split_errors, triangulate
from .verticals import find_vertical

MAX_CELLS = 1_200_000  # the depth map holds no finer detail than a grid of these
TOLERANCE = 0.02  # of a cell's angle: triangles that deviate less are not split
SLIP = 0.2  # of that angle for every cell that a texture slips
BEHIND = 0.05  # of that angle, at least, between surfaces and background
AT_INFINITY = 0.998  # of the farthest surface's parallax: no background lies farther
MIN_TRIANGLES = 10_000  # what a single block of cells can need

OnBackground = Callable[[np.ndarray], None]  # the background's picture, (H, W, 3) uint8 sRGB


@dataclass(frozen=True)
class MeshArrays:
    """A mesh in the camera's space as Blender has it: x right, y up, looking down -z; metres.

    Faces are surfaces, then bridges, then the background. Bridges stand along view rays, where the camera
    cannot see them, and join both sides of a jump: an open cut is one whose bridges are left out.

    Attributes
    ----------
    vertices
        (V, 3) float32.
    uvs
        (V, 2) float32, u right and v up, 0 to 1 over the picture.
    confidence
        (V,) float32, 0 to 1.
    faces
        (F, 3) int32, counter-clockwise for the camera.
    gap
        (F,) float32, degrees of parallax that a bridge spans; 0 of other faces. See surfaces.py.
    background
        (F,) bool: faces of the background.
    objects
        (F,) uint8: which of `object_names`, from 1, a face is of; 0 is the set.
    object_names
        (K,) str: objects of their own.
    cut
        () float32, degrees: bridges with wider gaps are best left out.
    ground
        (4,) float32, normal and distance of the ground's plane; (0,) where it is unsure.
    ground_certainty
        () float32, 0 to 1.
    ground_source
        () str, what told the ground: "surface", "lines", "sensor" or "".
    pivot
        (3,) float32, a point of the ground, or in the middle of the scene.
    """

    vertices: np.ndarray
    uvs: np.ndarray
    confidence: np.ndarray
    faces: np.ndarray
    gap: np.ndarray
    background: np.ndarray
    objects: np.ndarray
    object_names: np.ndarray
    cut: np.ndarray
    ground: np.ndarray
    ground_certainty: np.ndarray
    ground_source: np.ndarray
    pivot: np.ndarray


@dataclass(frozen=True)
class _Layer:
    """One layer of the mesh on its grid, before it is made into triangles."""

    corners: Corners
    errors: np.ndarray  # (R+1, C+1) float32, degrees
    costs: np.ndarray  # (R+1, C+1) float32, triangles
    cells: np.ndarray  # (R, C) bool: where it is


def build_mesh(
    source: DepthMap,
    picture: np.ndarray,
    camera: Pinhole,
    max_triangles: int,
    sensor: Upright | None = None,
    on_background: OnBackground | None = None,
) -> tuple[MeshArrays, np.ndarray]:
    """Build a mesh of a depth map: surfaces cut apart at depth jumps, and what lies behind the cuts.

    Where depth jumps so often that the triangles do not suffice, the grid is made coarser.

    Parameters
    ----------
    source
        The depth map.
    picture
        (H, W, 3) uint8 sRGB, all in focus.
    camera
        Of the picture.
    max_triangles
        At least `MIN_TRIANGLES`.
    sensor
        What the camera's tilt sensor tells of the way up.
    on_background
        Called with the background's picture on another thread, while the mesh is built.

    Returns
    -------
    mesh : MeshArrays
        In metres.
    background : ndarray
        (H, W, 3) uint8 sRGB: the picture that the mesh's background shows.
    """
    cells = min(MAX_CELLS, 4 * max_triangles)
    size, median = source.depth.shape, median_depth(source.depth)

    def ground_of(grid: DepthGrid) -> dict[str, np.ndarray]:
        of_up = (SENSOR, sensor), (LINES, vertical.result())
        references = [(name, each) for name, each in of_up if each is not None]
        return _ground(grid, camera, size, median, references, source.is_metric)

    with ThreadPoolExecutor(2) as beside:
        vertical = beside.submit(find_vertical, picture, camera)
        while True:
            grid = build_grid(source, picture, camera, cells)
            ground = beside.submit(ground_of, grid)
            painted = beside.submit(paint_background, picture, grid, grid.background)
            layers = _layers(grid)
            budget = max_triangles - 2 * grid.cut_count  # two triangles bridge a cut
            tolerance = _tolerance(layers, budget, grid)
            if tolerance is not None:
                break
            painted.cancel()
            cells //= 2
        delivered = beside.submit(lambda: on_background(painted.result())) if on_background else painted
        mesh = _assemble(grid, layers, tolerance, camera, size, median, ground)
        delivered.result()
        return replace(mesh, object_names=np.array(source.object_names, str)), painted.result()


def _layers(grid: DepthGrid) -> tuple[_Layer, _Layer]:
    """Surfaces and background."""
    wanted = ~grid.left_out
    corners = build_corners(grid.parallax, grid.cuts | borders(wanted))
    layer = grid.background.cells & wanted
    border = borders(layer) | _jumps_behind_objects(grid)
    # Both layers meet where surfaces are cut: one contour for both, and the background behind for certain.
    behind = build_corners(grid.background.parallax, border, corners.contour)
    values = np.minimum(behind.values, corners.farthest() - BEHIND * grid.cell_angle)
    values = np.maximum(values, AT_INFINITY * grid.parallax.min())
    behind = replace(behind, values=values)
    slip = SLIP * grid.cell_angle
    first, second = prefetch(lambda each: _layer(*each, slip), ((corners, wanted), (behind, layer)))
    return first, second


def _jumps_behind_objects(grid: DepthGrid) -> Cuts:
    """Where the background jumps from what is behind an object to what is behind the surface beside it."""
    outline, parallax, limit = borders(grid.objects > 0), grid.background.parallax, cut_limit(grid.cell_angle)
    right = outline.right & (np.abs(np.diff(parallax, axis=1)) > limit)
    below = outline.below & (np.abs(np.diff(parallax, axis=0)) > limit)
    return Cuts(right, below)


def _layer(corners: Corners, cells: np.ndarray, slip: float) -> _Layer:
    forced = cv2.dilate(corners.cut.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    share = _corner_means(cells.astype(np.float32))
    errors = measure_split_errors(np.where(corners.cut, 0, corners.values[0]) * (share > 0), forced, slip)
    return _Layer(corners, errors, count_added_triangles(errors.shape) * share, cells)


def _corner_means(cells: np.ndarray) -> np.ndarray:
    """(R+1, C+1) mean of the cells (R, C) about each corner."""
    padded = np.pad(cells, 1, mode="edge")
    rows = padded[1:] + padded[:-1]
    return (rows[:, 1:] + rows[:, :-1]) / 4


def _tolerance(layers: tuple[_Layer, _Layer], limit: float, grid: DepthGrid) -> float | None:
    """Degrees; None where the corners that must be vertices already cost more triangles than `limit`."""
    base = sum(2 * layer.cells.sum() / BLOCK**2 for layer in layers)
    errors = np.concatenate([layer.errors.ravel() for layer in layers])
    costs = np.concatenate([layer.costs.ravel() for layer in layers])
    finest = TOLERANCE * grid.cell_angle
    errors, costs = errors[errors > finest], costs[errors > finest]
    order = np.argsort(-errors)
    affordable = base + np.cumsum(costs[order]) <= limit
    if affordable.all():
        return finest
    tolerance = float(errors[order[np.argmin(affordable)]])
    return tolerance if tolerance < np.inf else None


def _assemble(
    grid: DepthGrid,
    layers: tuple[_Layer, _Layer],
    tolerance: float,
    camera: Pinhole,
    size: tuple[int, ...],
    median: float,
    ground: Future[dict[str, np.ndarray]],
) -> MeshArrays:
    """All layers' triangles and the bridges, of vertices numbered once, for a picture of `size` (H, W)."""
    count = layers[0].errors.size
    (surface, cells), (behind, _) = (_faces(layer, tolerance) for layer in layers)
    bridges, gap, joined = _bridges(grid, layers[0].corners)
    keys = np.concatenate([surface, bridges, behind + 4 * count])
    used = np.zeros(8 * count, bool)
    used[keys] = True
    vertices = np.flatnonzero(used)
    number = np.empty(8 * count, np.int32)
    number[vertices] = np.arange(len(vertices), dtype=np.int32)
    corner, copy = np.divmod(vertices % (4 * count), 4)
    first_behind = int(used[: 4 * count].sum())
    parallax = np.concatenate(
        [
            layers[0].corners.values.reshape(4, -1)[copy[:first_behind], corner[:first_behind]],
            layers[1].corners.values.reshape(4, -1)[copy[first_behind:], corner[first_behind:]],
        ]
    )
    row, column = np.divmod(corner, grid.parallax.shape[1] + 1)
    down, right = layers[0].corners.contour.reshape(-1, 2)[corner].T
    v = (row + down) / np.float32(grid.parallax.shape[0])
    u = (column + right) / np.float32(grid.parallax.shape[1])
    rays = camera.rays(u * size[1], v * size[0])
    zeros = np.zeros(len(surface), np.float32), np.zeros(len(behind), np.float32)
    faces = number[keys]
    return MeshArrays(
        vertices=rays * to_depth(parallax, median)[:, None],
        uvs=np.stack([u, 1 - v], 1).astype(np.float32),
        confidence=_corner_means(grid.confidence).ravel()[corner],
        faces=faces,
        gap=np.concatenate([zeros[0], gap, zeros[1]]),
        background=np.arange(len(faces)) >= len(faces) - len(behind),
        objects=np.concatenate([grid.objects[cells], joined, np.zeros(len(behind), np.uint8)]),
        object_names=np.empty(0, str),
        cut=np.array(CUT, np.float32),
        **ground.result(),
    )


def _faces(layer: _Layer, tolerance: float) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """(T, 3) vertex keys: four times the corner, and which copy of it; and a cell (row, column) of each.

    A triangle's copy of a corner is that of the cell in the quadrant where the triangle lies.
    """
    corners = triangulate(layer.errors, tolerance)
    rows, columns = np.divmod(corners, layer.errors.shape[1])
    rows_sum, columns_sum = rows.sum(1, keepdims=True), columns.sum(1, keepdims=True)
    cell = rows_sum[:, 0] // 3, columns_sum[:, 0] // 3
    inside = layer.cells[cell]
    corners, rows, columns = corners[inside], rows[inside], columns[inside]
    below = rows_sum[inside] >= 3 * rows
    right = columns_sum[inside] >= 3 * columns
    quadrant = np.where(below, np.where(right, 2, 3), np.where(right, 1, 0))
    keys = 4 * corners + layer.corners.copy.reshape(4, -1)[quadrant, corners]
    return keys, (cell[0][inside], cell[1][inside])


def _bridges(grid: DepthGrid, corners: Corners) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(T, 3) vertex keys of the bridges over all cuts, their gaps, and the objects that they are of."""
    width, gone, apart = grid.parallax.shape[1] + 1, grid.left_out, borders(grid.objects)
    right = grid.cuts.right & ~(gone[:, 1:] | gone[:, :-1] | apart.right)
    below = grid.cuts.below & ~(gone[1:] | gone[:-1] | apart.below)
    rows, columns = np.nonzero(right)
    upper = rows * width + columns + 1
    upright = _quads(corners, (upper, 3, 2), (upper + width, 0, 1))
    rows, columns = np.nonzero(below)
    left = (rows + 1) * width + columns
    level = _quads(corners, (left + 1, 0, 3), (left, 1, 2))
    gap = np.concatenate(
        [
            np.abs(np.diff(grid.parallax, axis=1))[right],
            np.abs(np.diff(grid.parallax, axis=0))[below],
        ]
    )
    joined = np.concatenate([grid.objects[:, 1:][right], grid.objects[1:][below]])
    quads = np.concatenate([upright, level])
    faces = quads[:, [[0, 2, 3], [0, 3, 1]]].reshape(-1, 3)
    # Where a cut ends, its two sides are one.
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return faces[whole], np.repeat(gap, 2)[whole], np.repeat(joined, 2)[whole]


def _quads(corners: Corners, *ends: tuple[np.ndarray, int, int]) -> np.ndarray:
    """(K, 4) vertex keys: at either end of a cut, the copies of the cells on both sides of it."""
    copy = corners.copy.reshape(4, -1)
    return np.stack([4 * end + copy[side, end] for end, one, other in ends for side in (one, other)], 1)


def _ground(
    grid: DepthGrid,
    camera: Pinhole,
    size: tuple[int, ...],
    median: float,
    references: list[tuple[str, Upright]],
    is_metric: bool,
) -> dict[str, np.ndarray]:
    """What MeshArrays has of the ground, by its names."""
    rows, columns = grid.parallax.shape
    v, u = (np.arange(rows) + 0.5) * size[0] / rows, (np.arange(columns) + 0.5) * size[1] / columns
    middle = camera.rays(size[1] / 2, size[0] / 2) * median
    rays, at_one_metre = camera.rays(u[None], v[:, None]), math.degrees(MOVE * median)
    ground = find_ground(grid.parallax, grid.confidence, rays, at_one_metre, references, is_metric)
    if ground is None:
        plane, certainty, source, pivot = np.empty(0, np.float32), 0.0, "", middle
    else:
        plane = np.append(ground.normal, ground.distance).astype(np.float32)
        certainty, source, pivot = ground.certainty, ground.source, ground.foot(middle)
    return {
        "ground": plane,
        "ground_certainty": np.array(certainty, np.float32),
        "ground_source": np.array(source),
        "pivot": pivot.astype(np.float32),
    }
