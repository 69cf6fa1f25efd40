"""The photo set as Gaussian splats: one for each cell of its pictures, flat on the surface that it shows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import InputError
from ..contract.messages import MESH, SPLATS, WRITE
from ..geometry.mesh import MIN_TRIANGLES, MeshArrays
from ..runtime.progress import Reporter
from .photo_set import PhotoSet, build_photo_set
from .viewer_space import transform, viewer_frame

MIN_SPLATS = 2 * MIN_TRIANGLES
MAX_SPLATS = 10_000_000  # some 9 GB of memory
MAX_TRIANGLES = 500_000  # that tell where surfaces are
SPREAD = 2.5  # standard deviations of what a splat stands for: more blurs, with less the holes between show
THICKNESS = 0.05  # of its narrower side
THINNEST = 1e-3  # of its longer side, that one
OPACITY = 0.99
STEEPEST = 8.0  # cells' widths of depth over a cell: beyond, splats no longer follow their surface
INSIDE = -1e-6  # barycentric coordinate: places on a side are in both of its triangles
FEWER = 0.998  # of the cells that were too many
COST = {MESH: 6.0, SPLATS: 4.0, WRITE: 2.0}  # seconds of a million splats


@dataclass(frozen=True)
class Splats:
    """Gaussians, flat along their last axis.

    Attributes
    ----------
    centres
        (N, 3) float32, metres.
    scales
        (N, 3) float32, metres, standard deviations along the axes.
    rotations
        (N, 4) float32, unit quaternions w x y z, from the axes to where they lie.
    colours
        (N, 3) uint8 sRGB.
    opacity
        Of all, 0 to 1.
    """

    centres: np.ndarray
    scales: np.ndarray
    rotations: np.ndarray
    colours: np.ndarray
    opacity: float = OPACITY


@dataclass(frozen=True)
class _Patches:
    """Small flat things: where they are, and two vectors (N, 3) whose squares are their second moments."""

    centres: np.ndarray
    first: np.ndarray
    second: np.ndarray
    colours: np.ndarray


def build_splats(folder: Path, max_splats: int, reporter: Reporter) -> tuple[Splats, np.ndarray]:
    """Build the splats of a result folder's set.

    Parameters
    ----------
    folder
        As `estimate` writes it, with the layers of Retouch.
    max_splats
        At least `MIN_SPLATS`.
    reporter
        Hears of progress, and of layers that are damaged.

    Returns
    -------
    splats : Splats
        In the camera's space.
    frame : ndarray
        (4, 4), from there to the space of viewers.

    Raises
    ------
    InputError
        Where the folder is no result, or nothing of it is left for a mesh.
    """
    if max_splats < MIN_SPLATS:
        raise InputError(f"--splats {max_splats}: a set needs {MIN_SPLATS} or more")
    if max_splats > MAX_SPLATS:
        raise InputError(f"--splats {max_splats}: no viewer shows so many, give {MAX_SPLATS} or less")
    reporter.plan(COST)
    reporter.progress(MESH, 0, 1)
    photo_set = build_photo_set(folder, min(MAX_TRIANGLES, max_splats // 2), reporter)
    reporter.progress(SPLATS, 0, 1)
    splats = split_into_splats(photo_set, max_splats)
    return splats, viewer_frame(photo_set.mesh.ground, photo_set.mesh.pivot)


def split_into_splats(photo_set: PhotoSet, max_splats: int) -> Splats:
    """Return the splats, in the camera's space, of a set of half as many triangles or fewer."""
    bridges = _bridges(photo_set)
    room = max_splats - len(bridges.centres)
    height, width = photo_set.picture.shape[:2]
    density = min(1.0, room / _covered(photo_set.mesh, (height, width)))  # cells a pixel
    while True:
        grid = _grid(height, width, density)
        cells = _cells(photo_set, grid)
        if len(cells.centres) <= room:
            return _to_splats(_join([cells, bridges]))
        density *= FEWER * room / len(cells.centres)


def move_splats(splats: Splats, frame: np.ndarray) -> Splats:
    """Return splats in the space that a frame (4, 4), a rotation and a shift, leads to."""
    w, x, y, z = _to_quaternions(frame[None, :3, :3])[0]
    turn = np.array([[w, -x, -y, -z], [x, w, -z, y], [y, z, w, -x], [z, -y, x, w]])
    return replace(splats, centres=transform(frame, splats.centres), rotations=(splats.rotations @ turn.T))


def _grid(height: int, width: int, density: float) -> tuple[int, int]:
    """Rows and columns of nearly square cells."""
    side = math.sqrt(density)
    return max(1, round(height * side)), max(1, round(width * side))


def _join(patches: Sequence[_Patches]) -> _Patches:
    names = [field.name for field in fields(_Patches)]
    return _Patches(*(np.concatenate([getattr(each, name) for each in patches]) for name in names))


def _covered(mesh: MeshArrays, size: tuple[int, int]) -> float:
    """Pixels of both pictures that the mesh shows."""
    corners = mesh.uvs[mesh.faces].astype(np.float64)
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.abs(_cross(one, other)).sum() / 2 * size[0] * size[1]


def _bridges(photo_set: PhotoSet) -> _Patches:
    """Over the narrow cuts, a patch for each triangle."""
    mesh = photo_set.mesh
    faces = mesh.faces[(mesh.gap > 0) & (mesh.gap <= mesh.cut)]
    corners = mesh.vertices[faces].astype(np.float64)
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    height, width = photo_set.picture.shape[:2]
    u, v = mesh.uvs[faces].mean(1).T
    row = np.clip(((1 - v) * height).astype(int), 0, height - 1)
    column = np.clip((u * width).astype(int), 0, width - 1)
    return _Patches(
        corners.mean(1),
        (one + other) / math.sqrt(72),
        (one - other) / math.sqrt(24),
        photo_set.picture[row, column],
    )


def _cells(photo_set: PhotoSet, grid: tuple[int, int]) -> _Patches:
    """Of a grid (rows, columns), a patch for each cell that surfaces or background cover."""
    mesh = photo_set.mesh
    solid = mesh.gap == 0
    layers = (
        (mesh.faces[solid & ~mesh.background], photo_set.picture),
        (mesh.faces[mesh.background], photo_set.background),
    )
    return _join([_layer(photo_set, faces, picture, grid) for faces, picture in layers])


def _layer(photo_set: PhotoSet, faces: np.ndarray, picture: np.ndarray, grid: tuple[int, int]) -> _Patches:
    """Patches of faces (F, 3) that nowhere lie one before the other."""
    mesh, camera = photo_set.mesh, photo_set.camera
    rows, columns = grid
    corners = (mesh.uvs[faces] * (columns, -rows) + (0, rows)).astype(np.float64)
    face, column, row = _cells_inside(corners, grid)
    step_x, step_y = picture.shape[1] / columns, picture.shape[0] / rows
    rays = camera.rays((column + 0.5) * step_x, (row + 0.5) * step_y).astype(np.float64)
    origin, *others = np.moveaxis(mesh.vertices[faces].astype(np.float64), 1, 0)
    normal = np.cross(others[0] - origin, others[1] - origin)
    towards = (normal[face] * rays).sum(1)
    depth = (normal * origin).sum(1)[face] / towards
    beside, below = (
        _side(rays, depth, normal[face, axis] / towards, axis, step)
        for axis, step in enumerate((step_x / camera.fx, -step_y / camera.fy))
    )
    means = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
    return _Patches(rays * depth[:, None], beside, below, means[row, column])


def _side(rays: np.ndarray, depth: np.ndarray, tilt: np.ndarray, axis: int, step: float) -> np.ndarray:
    """(N, 3) from cells to the next ones, whose rays differ by `step` along an axis; as second moments."""
    slope = np.clip(tilt * step, -STEEPEST * abs(step), STEEPEST * abs(step))
    side = -rays * slope[:, None]
    side[:, axis] += step
    return side * (depth / math.sqrt(12))[:, None]


def _cells_inside(corners: np.ndarray, grid: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(N,) triangle, column and row of the cells, each once, with their middle in triangles (F, 3, 2)."""
    rows, columns = grid
    first = np.maximum(np.ceil(corners.min(1) - 0.5), 0).astype(np.int64)
    last = np.minimum(np.floor(corners.max(1) - 0.5), (columns - 1, rows - 1)).astype(np.int64)
    wide, high = np.maximum(last - first + 1, 0).T
    count = wide * high
    face = np.repeat(np.arange(len(corners)), count)
    place = np.arange(len(face)) - np.repeat(np.cumsum(count) - count, count)
    down, right = np.divmod(place, wide[face])
    column, row = first[face, 0] + right, first[face, 1] + down
    middle = np.stack([column, row], 1) + 0.5
    sides = np.roll(corners, -1, 1) - corners
    area = _cross(sides[:, 0], sides[:, 1])
    inside = np.ones(len(face), bool)
    for side in range(3):
        inside &= _cross(sides[face, side], middle - corners[face, side]) / area[face] >= INSIDE
    face, column, row = face[inside], column[inside], row[inside]
    _, once = np.unique(row * columns + column, return_index=True)
    return face[once], column[once], row[once]


def _to_splats(patches: _Patches) -> Splats:
    """Gaussians with the second moments of patches: their axes are the eigenvectors of these."""
    length = _length(patches.first)
    along = patches.first / length
    normal = np.cross(patches.first, patches.second)
    normal /= np.maximum(_length(normal), np.finfo(np.float64).tiny)
    across = np.cross(normal, along)
    x, y = (patches.second * along).sum(1), (patches.second * across).sum(1)
    half, mixed = (length[:, 0] ** 2 + x**2 - y**2) / 2, x * y
    angle = np.arctan2(mixed, half) / 2
    longer = (length[:, 0] ** 2 + x**2 + y**2) / 2 + np.hypot(half, mixed)
    wide = np.sqrt(longer)
    narrow = np.maximum(length[:, 0] * np.abs(y) / wide, THINNEST * wide)
    turned = np.cos(angle)[:, None] * along + np.sin(angle)[:, None] * across
    axes = np.stack([turned, np.cross(normal, turned), normal], 2)
    scales = SPREAD * np.stack([wide, narrow, THICKNESS * narrow], 1)
    return Splats(
        patches.centres.astype(np.float32),
        scales.astype(np.float32),
        _to_quaternions(axes),
        patches.colours,
    )


def _to_quaternions(rotations: np.ndarray) -> np.ndarray:
    """(N, 4) float32, w x y z, of rotation matrices (N, 3, 3)."""
    m = np.moveaxis(rotations, 0, 2)
    x, y, z = m[0, 0], m[1, 1], m[2, 2]
    wx, wy, wz = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
    xy, xz, yz = m[1, 0] + m[0, 1], m[0, 2] + m[2, 0], m[2, 1] + m[1, 2]
    products = np.array(  # four times q q^T: each row is along q, the one of the largest component best
        [
            [1 + x + y + z, wx, wy, wz],
            [wx, 1 + x - y - z, xy, xz],
            [wy, xy, 1 - x + y - z, yz],
            [wz, xz, yz, 1 - x - y + z],
        ]
    )
    largest = np.argmax(products[range(4), range(4)], 0)
    rows = products[largest, :, np.arange(len(rotations))]
    return (rows / _length(rows)).astype(np.float32)


def _length(vectors: np.ndarray) -> np.ndarray:
    """(N, 1) of (N, 3)."""
    return np.linalg.norm(vectors, axis=1, keepdims=True)


def _cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(N,) of vectors (N, 2) in the picture."""
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
