"""A depth map as a mesh: one regular grid of picture positions, unprojected through a pinhole."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Intrinsics:
    """Pinhole camera in pixels; pixel centres at +0.5, so a centred principal point is (W/2, H/2)."""

    fx: float
    fy: float
    cx: float
    cy: float


@dataclass(frozen=True)
class MeshArrays:
    """A mesh in the camera's space as Blender has it: x right, y up, looking down -z."""

    vertices: np.ndarray  # (V, 3) float32, metres
    uvs: np.ndarray  # (V, 2) float32, u right and v up, 0..1 over the picture
    faces: np.ndarray  # (F, 4) int32, counter-clockwise seen from the camera


def grid_mesh(depth: np.ndarray, camera: Intrinsics, max_vertices: int) -> MeshArrays:
    """Mesh of a planar depth map.

    depth: (H, W) float32 metres along the optical axis, positive and finite.
    The grid reaches the picture's outer border, so the mesh covers the whole picture; its cells are
    nearly square and never smaller than a pixel. Unprojection (Hartley & Zisserman, eq. 6.9 inverted):
    x = (u - cx) / fx z, y = (v - cy) / fy z.
    """
    height, width = depth.shape
    columns, rows = grid_size(width, height, max_vertices)
    u = np.linspace(0, width, columns + 1, dtype=np.float32)
    v = np.linspace(0, height, rows + 1, dtype=np.float32)
    z = _sample(depth, u, v)

    vertices = np.empty((rows + 1, columns + 1, 3), np.float32)
    vertices[..., 0] = (u - camera.cx) / camera.fx * z
    vertices[..., 1] = (camera.cy - v[:, None]) / camera.fy * z
    vertices[..., 2] = -z
    uvs = np.empty((rows + 1, columns + 1, 2), np.float32)
    uvs[..., 0] = u / width
    uvs[..., 1] = 1 - v[:, None] / height
    return MeshArrays(vertices.reshape(-1, 3), uvs.reshape(-1, 2), _grid_faces(columns, rows))


def grid_size(width: int, height: int, max_vertices: int) -> tuple[int, int]:
    """(columns, rows): the largest density t <= 1 with (width t + 1) (height t + 1) <= max_vertices."""
    area, sides = width * height, width + height
    density = (math.sqrt(sides**2 + 4 * area * (max_vertices - 1)) - sides) / (2 * area)
    density = min(density, 1.0)
    most = max_vertices // 2 - 1  # of either, where the other is a single cell
    return min(max(1, int(width * density)), most), min(max(1, int(height * density)), most)


def _sample(depth: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """(len(v), len(u)) bilinear samples at picture positions, clamped at the border."""
    top, down = _neighbours(v, depth.shape[0])
    left, right = _neighbours(u, depth.shape[1])
    fraction = np.clip(v - 0.5 - top, 0, 1)[:, None]
    lines = depth[top] * (1 - fraction) + depth[down] * fraction
    fraction = np.clip(u - 0.5 - left, 0, 1)
    return lines[:, left] * (1 - fraction) + lines[:, right] * fraction


def _neighbours(positions: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the pixels whose centres lie at or before, and after, each position."""
    before = np.clip(np.floor(positions - 0.5).astype(np.int32), 0, size - 1)
    return before, np.minimum(before + 1, size - 1)


def _grid_faces(columns: int, rows: int) -> np.ndarray:
    index = np.arange((columns + 1) * (rows + 1), dtype=np.int32).reshape(rows + 1, columns + 1)
    corners = index[1:, :-1], index[1:, 1:], index[:-1, 1:], index[:-1, :-1]
    return np.stack(corners, axis=-1).reshape(-1, 4)
