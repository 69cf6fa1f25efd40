"""A set drawn as a picture, by the processor alone.

Triangles become spans of samples, a band of rows at a time; the nearest one at each sample stays. A sample
belongs to a triangle if its centre does, and an edge that two triangles share is computed alike for both, so
that neither cracks nor overlaps are between them. Four samples make a pixel, each with the colour of its own
surface at the pixel's centre: edges are smooth, and the photograph's own camera shows the photograph.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from ..geometry.mesh import MeshArrays
from ..geometry.pinhole import Pinhole
from ..runtime.chunks import chunks
from ..runtime.parallel import prefetch
from .view import View, Window

FINER = 2  # samples of a pixel, each way
BAND = 32_000  # pixels that are drawn at once; OpenCV samples no more places in a row
FRAGMENTS = 1 << 20  # at once, so that memory is bounded
ONE_SURFACE = 0.02  # of the nearness: samples that differ less lie on one
MIXED = 1e-3  # of the picture's width: pixels about an edge that hold colours of both its sides
RIM = 4  # pixels between the two pictures of a texture, more than bicubic interpolation reaches


@dataclass(frozen=True)
class Scene:
    """A set, ready to be drawn.

    Attributes
    ----------
    mesh, camera
        Of the set.
    size
        Width and height of the photograph.
    texture
        (2 (h + 2 RIM), w, 3) uint8: the photograph at the views' scale, below it the background's picture.
    """

    mesh: MeshArrays
    camera: Pinhole
    size: tuple[int, int]
    texture: np.ndarray


@dataclass(frozen=True)
class Drawing:
    """What a view shows.

    Attributes
    ----------
    picture
        (h, w, 3) uint8 sRGB.
    nearness
        (h, w) float32, 1 / metres from the view.
    filled
        Share of the picture that nothing covered, 0 to 1: it shows what is farther beside it in its row, and
        is black where nothing is.
    """

    picture: np.ndarray
    nearness: np.ndarray
    filled: float


@dataclass(frozen=True)
class _Triangles:
    """Triangles in samples, their corners from top to bottom."""

    x: np.ndarray  # (3, T) float32
    y: np.ndarray  # (3, T) float32
    nearness: np.ndarray  # (3, T) float32
    rows: np.ndarray  # (3, T) int32: the first row of samples below each corner

    def __getitem__(self, some: np.ndarray | slice) -> "_Triangles":
        return _Triangles(self.x[:, some], self.y[:, some], self.nearness[:, some], self.rows[:, some])


class _Samples(NamedTuple):
    """What samples (FINER h, FINER w) of a band show."""

    nearness: np.ndarray
    is_behind: np.ndarray  # of the background
    columns: np.ndarray  # of the sample that is shown, in the same row


def build_texture(picture: np.ndarray, background: np.ndarray, scale: float) -> np.ndarray:
    """Return the texture of a scene, of pictures (H, W, 3) uint8 made smaller by a scale of at most 1."""
    return np.concatenate([_shrink_and_pad(each, scale) for each in (picture, background)])


def _shrink_and_pad(picture: np.ndarray, scale: float) -> np.ndarray:
    height, width = picture.shape[:2]
    size = max(1, round(scale * width)), max(1, round(scale * height))
    small = picture if scale >= 1 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(small, RIM, RIM, 0, 0, cv2.BORDER_REPLICATE)


def draw(scene: Scene, view: View, window: Window, size: tuple[int, int]) -> Drawing:
    """Draw what a view shows.

    Parameters
    ----------
    scene
        The set.
    view
        From where.
    window
        What part of the picture plane.
    size
        Width and height of the picture in pixels.

    Returns
    -------
    Drawing
        Of that size.
    """
    width, height = size
    layers = _project(scene, view, window, size)
    picture = np.empty((height, width, 3), np.uint8)
    nearness = np.empty((height, width), np.float32)

    def draw_band(band: slice) -> int:
        samples = slice(FINER * band.start, FINER * band.stop)
        surface, behind = (_nearest(triangles, samples, FINER * width) for triangles in layers)
        shown = _Samples(np.maximum(surface, behind), behind > surface, _own_columns(surface))
        holes = np.count_nonzero(shown.nearness == 0)
        if holes:
            shown = _fill_holes(shown)
        shown = _widen_gaps(shown, FINER * (1 + round(width * MIXED)))
        picture[band], nearness[band] = _shade(scene, view, window, size, band, shown)
        return holes

    holes = prefetch(draw_band, chunks(height, max(1, BAND // width)))
    return Drawing(picture, nearness, sum(holes) / (FINER**2 * width * height))


def _project(
    scene: Scene, view: View, window: Window, size: tuple[int, int]
) -> tuple[_Triangles, _Triangles]:
    """Surfaces with the bridges over narrow gaps, and the background, where the window shows them."""
    mesh = scene.mesh
    x, y, nearness = view.project(mesh.vertices, scene.camera)
    x = (x - np.float32(window.left)) * np.float32(FINER * size[0] / window.width)
    y = (y - np.float32(window.top)) * np.float32(FINER * size[1] / window.height)
    row = np.ceil(np.clip(y, -1, FINER * size[1] + 1) - np.float32(0.5)).astype(np.int32)
    shown = mesh.gap <= mesh.cut
    return tuple(
        _sort_corners(mesh.faces[shown & (mesh.background == is_background)].T, x, y, nearness, row, size)
        for is_background in (False, True)
    )  # pyright: ignore[reportReturnType]


def _sort_corners(
    faces: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    nearness: np.ndarray,
    row: np.ndarray,
    size: tuple[int, int],
) -> _Triangles:
    """Those of faces (3, T) that cover samples; a row of corners is that of their vertices."""
    a, b, c = faces
    for _ in range(2):  # a sorting network of three
        a, b = np.where(y[a] <= y[b], (a, b), (b, a))
        b, c = np.where(y[b] <= y[c], (b, c), (c, b))
    corners = np.stack([a, b, c])
    across = x[corners]
    covers = (row[a] < row[c]) & (nearness[corners] > 0).all(0)
    covers &= (across.max(0) > 0) & (across.min(0) < FINER * size[0])
    corners = corners[:, covers]
    return _Triangles(x[corners], y[corners], nearness[corners], row[corners])


def _nearest(triangles: _Triangles, samples: slice, width: int) -> np.ndarray:
    """(rows, width) float32: nearness of the nearest triangle at each sample of some rows; 0 without one."""
    nearest = np.zeros((samples.stop - samples.start) * width, np.float32)
    some = np.flatnonzero((triangles.rows[0] < samples.stop) & (triangles.rows[2] > samples.start))
    for place, nearness in _fragments(triangles[some], samples, width):
        _put_nearest(nearest, place, nearness)
    return nearest.reshape(-1, width)


def _fragments(triangles: _Triangles, samples: slice, width: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Samples that triangles cover, as places in the rows' pixels, and how near each is there."""
    row, start, stop, first, last = _spans(triangles, samples, width)
    length = stop - start
    ends = np.cumsum(length, dtype=np.int64)
    slope = (last - first) / np.maximum(length - 1, 1).astype(np.float32)
    cuts = np.searchsorted(ends, np.arange(FRAGMENTS, ends[-1] if len(ends) else 0, FRAGMENTS))
    for part in np.split(np.arange(len(row)), cuts):
        if not len(part):
            continue
        some = slice(part[0], part[-1] + 1)
        count = length[some]
        before = np.cumsum(count) - count
        step = np.arange(count.sum(), dtype=np.int32) - np.repeat(before.astype(np.int32), count)
        place = np.repeat((row[some] - samples.start) * width + start[some], count) + step
        yield place, np.repeat(first[some], count) + np.repeat(slope[some], count) * step.astype(np.float32)


def _spans(triangles: _Triangles, samples: slice, width: int) -> tuple[np.ndarray, ...]:
    """Row, first and one past the last sample of every span, and how near its two ends are."""
    x, y, nearness, rows = triangles.x, triangles.y, triangles.nearness, triangles.rows
    top, bottom = np.maximum(rows[0], samples.start), np.minimum(rows[2], samples.stop)
    count = bottom - top
    of = np.repeat(np.arange(len(count), dtype=np.int32), count)
    row = np.arange(len(of), dtype=np.int32) - np.repeat(
        (np.cumsum(count) - count - top).astype(np.int32), count
    )
    along, (slope_x, slope_y) = _edge_slopes(x, y), _gradient(x, y, nearness)
    centre = row.astype(np.float32) + np.float32(0.5)
    below_top = centre - y[0][of]
    long = x[0][of] + below_top * along[2][of]
    is_lower = row >= rows[1][of]
    upper = x[0][of] + below_top * along[0][of]
    lower = x[1][of] + (centre - y[1][of]) * along[1][of]
    short = np.where(is_lower, lower, upper)
    half = np.float32(0.5)
    start = np.ceil(np.clip(np.minimum(long, short), 0, width) - half).astype(np.int32)
    stop = np.ceil(np.clip(np.maximum(long, short), 0, width) - half).astype(np.int32)
    wide = np.flatnonzero(stop > start)
    of, row, start, stop = of[wide], row[wide], start[wide], stop[wide]
    # Of a needle the gradient says little: no sample of it is nearer or farther than its corners.
    least, most = nearness.min(0)[of], nearness.max(0)[of]
    first = nearness[0][of] + below_top[wide] * slope_y[of] + (start + half - x[0][of]) * slope_x[of]
    last = first + (stop - 1 - start) * slope_x[of]
    ends = (np.clip(each, least, most).astype(np.float32) for each in (first, last))
    return row, start, stop, *ends


def _edge_slopes(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Samples to the right for a row down, of the edges from corner 0 to 1, 1 to 2, and 0 to 2."""
    slopes = []
    for upper, lower in ((0, 1), (1, 2), (0, 2)):
        rise = y[lower] - y[upper]
        slopes.append((x[lower] - x[upper]) / np.where(rise > 0, rise, 1))
    return slopes


def _gradient(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Change of values for a sample to the right and a row down; 0 where a triangle has no area."""
    x, y, values = (np.float64(each[1:]) - each[0] for each in (x, y, values))
    area = x[0] * y[1] - x[1] * y[0]
    inverse = np.where(area != 0, 1 / np.where(area != 0, area, 1), 0)
    right = (values[0] * y[1] - values[1] * y[0]) * inverse
    down = (x[0] * values[1] - x[1] * values[0]) * inverse
    return right.astype(np.float32), down.astype(np.float32)


def _put_nearest(nearest: np.ndarray, place: np.ndarray, nearness: np.ndarray) -> None:
    """Put into nearest[place] what is nearer there; of several at one place one wins, others try again."""
    while len(place):
        is_nearer = nearness > nearest[place]
        place, nearness = place[is_nearer], nearness[is_nearer]
        nearest[place] = nearness


def _own_columns(samples: np.ndarray) -> np.ndarray:
    return np.broadcast_to(np.arange(samples.shape[1]), samples.shape)


def _fill_holes(samples: _Samples) -> _Samples:
    """Show, in holes, the nearest sample of their row, of those to both sides the farther one."""
    nearness, columns, width = samples.nearness, samples.columns, samples.columns.shape[1]
    is_hole = nearness == 0
    left = np.maximum.accumulate(np.where(is_hole, -1, columns), axis=1)
    right = np.minimum.accumulate(np.where(is_hole, width, columns)[:, ::-1], axis=1)[:, ::-1]
    has_left, has_right = left >= 0, right < width
    left, right = np.where(has_left, left, columns), np.where(has_right, right, columns)
    at_left, at_right = (np.take_along_axis(nearness, each, 1) for each in (left, right))
    source = np.where(has_left & (~has_right | (at_left <= at_right)), left, right)
    nearness, is_behind = (np.take_along_axis(each, source, 1) for each in (nearness, samples.is_behind))
    return _Samples(nearness, is_behind, source)


def _widen_gaps(samples: _Samples, reach: int) -> _Samples:
    """Let what is beside an open gap, and as far as what shows in it, show the background's picture too.

    There the photograph's pixels hold some colour of the near surface, which would stay there as its outline.
    """
    if not samples.is_behind.any():
        return samples
    in_gaps = np.where(samples.is_behind, samples.nearness, np.float32(0))
    beside = cv2.dilate(in_gaps, np.ones((1, 2 * reach + 1), np.uint8))
    is_far = samples.nearness <= (1 + ONE_SURFACE) * beside
    return samples._replace(is_behind=samples.is_behind | is_far)


def _shade(
    scene: Scene, view: View, window: Window, size: tuple[int, int], band: slice, samples: _Samples
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of a band and their nearness. A pixel whose samples are of one surface takes one colour."""
    nearness, is_behind, columns = (_by_pixel(each) for each in samples)
    row = np.arange(band.start, band.stop, dtype=np.float32)[:, None] + np.float32(0.5)
    x = (columns // FINER + np.float32(0.5)) * np.float32(window.width / size[0]) + np.float32(window.left)
    y = row * np.float32(window.height / size[1]) + np.float32(window.top)
    mean, least, most = nearness.mean(0), nearness.min(0), nearness.max(0)
    is_mixed = (most - least > ONE_SURFACE * most) | (is_behind != is_behind[0]).any(0)
    is_mixed |= (columns // FINER != columns[0] // FINER).any(0)
    picture = _sample(scene, view, x[0], np.broadcast_to(y, mean.shape), mean, is_behind[0])
    mixed = np.nonzero(is_mixed)
    if len(mixed[0]):
        at = (slice(None), *mixed)
        of_samples = _sample(scene, view, x[at], np.broadcast_to(y, x.shape)[at], nearness[at], is_behind[at])
        picture[mixed] = np.round(of_samples.mean(0, dtype=np.float32)).astype(np.uint8)
    picture[most == 0] = 0
    return picture, mean


def _by_pixel(samples: np.ndarray) -> np.ndarray:
    """(FINER ** 2, h, w) of samples (FINER h, FINER w)."""
    return np.stack([samples[part[0] :: FINER, part[1] :: FINER] for part in np.ndindex(FINER, FINER)])


def _sample(
    scene: Scene, view: View, x: np.ndarray, y: np.ndarray, nearness: np.ndarray, is_behind: np.ndarray
) -> np.ndarray:
    """Colours (h, w, 3) uint8 of places (h, w) in the picture plane."""
    u, v = view.photographed(x, y, nearness, scene.camera)
    half = scene.texture.shape[0] // 2
    height = half - 2 * RIM
    u = np.float32(scene.texture.shape[1] / scene.size[0]) * u - np.float32(0.5)
    v = np.clip(np.float32(height / scene.size[1]) * v - np.float32(0.5), -1, height)
    v += RIM + half * is_behind.astype(np.float32)
    return cv2.remap(scene.texture, u, v, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
