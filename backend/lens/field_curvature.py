"""Field curvature: the surface on which a lens is sharp is no plane.

Off the axis a lens is focused nearer or farther than in the picture's middle, by an offset in dioptres that
depends on the place in the picture and hardly on depth: r2 r^2 + r4 r^4 (third-order aberrations give the
square; Hecht, Optics, 6.3.1). A plane of the scene is affine in dioptres over the picture, so that what
several planes have in common beyond that is the lens. Of one thing alone nothing tells whether it or the
lens is bent: then it has to be as large as the picture.

Places run about the picture's centre in halves of its longer side.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..runtime.chunks import chunks
from ..runtime.parallel import for_each, prefetch

ROWS = 32  # of pictures, in one go
CELLS = 64  # along the longer side: depth is judged cell by cell
BLOCK = 7  # cells a side of what is held out together: a network errs alike over so much
FOLDS = 5
SUMMED, SPARSE = 9, 3  # pixels over which contrast is summed up, and from one sum to the next
WINDOW = 5  # cells a side of the patches from which planes grow
TOLERANCE = 0.035  # normalised dioptres from a plane that still belong to it
NOISE = 0.01  # normalised dioptres: what no confidence falls short of
EDGE = 0.01  # normalised dioptres from the ends of the range, where depth saturates
NOISY_SHARE = 0.05  # of a picture, which is plain, so that its fine contrast is noise
PLAIN, TEXTURED = 0.15, 0.5  # texture that shows no focus, and that shows it well
SMALLEST_PLANE = 0.012  # of the cells
MOST_PLANES = 16
REWEIGHTINGS = 5
ROUNDS = 6  # of finding planes and the curvature they share, by turns
EARNED, SIGNIFICANT = 0.02, 2.5  # share by which the error has to fall, and how many times its spread
ROUND, CENTRED = 0.5, 0.25  # of the bend, that terms may have which no lens has
TELLING = 0.3  # standard error of a plane's own curvature, over the shared one, of planes that have a say
ALIKE = 0.5  # by how much theirs may differ, in parts of the shared one
FEWEST_BLOCKS = 4  # of a plane that has a say
MAJORITY = 0.75  # of cells on such planes
LARGE_SHARE = 0.6  # of the picture, that one plane alone fills
LARGEST_REACH = 1.5  # of r: a square picture's corners are at 1.42
LARGEST = 1.5  # normalised dioptres of a coefficient, while planes are looked for
LARGEST_BEND = (
    0.3  # normalised dioptres at r = 1: measured lenses have a tenth; networks may err alike, by more
)


@dataclass(frozen=True)
class FieldCurvature:
    """What a lens adds to the dioptres at which it is sharp, by the place in the picture.

    Attributes
    ----------
    r2, r4
        The offset is r2 r^2 + r4 r^4, in dioptres, or in normalised ones; r is 1 at half the longer side.
    uncertainty
        Standard error of the offset at r = 1, in the same unit.
    reach
        The largest r at which it was measured; beyond, the offset is held.
    planes
        How many planes of the scene it was measured by.
    """

    r2: float
    r4: float
    uncertainty: float
    reach: float
    planes: int

    def scaled(self, factor: float) -> "FieldCurvature":
        """Return the same in another unit, `factor` of which are one of this."""
        return replace(self, r2=self.r2 * factor, r4=self.r4 * factor, uncertainty=self.uncertainty * factor)

    def offsets(self, size: tuple[int, int]) -> np.ndarray:
        """Return the offset at each pixel of a picture of `size` (width, height), (h, w) float32."""
        x, y = _places(*size)
        square = np.minimum(x**2 + y**2, self.reach**2)
        return (self.r2 * square + self.r4 * square**2).astype(np.float32)


def correct_curvature(normalised: np.ndarray, curvature: FieldCurvature) -> np.ndarray:
    """Take the lens's offset out of depth.

    Beyond the ends of the focus range depth saturates, and no offset is to be seen: values there are not
    moved back into the range, and those close to an end by no more than their distance from it.

    Parameters
    ----------
    normalised
        (h, w) normalised dioptres, as a predictor returns them.
    curvature
        In normalised dioptres.

    Returns
    -------
    ndarray
        (h, w) float32 normalised dioptres. They may leave 0 to 1 by as much as the offset.
    """
    height, width = normalised.shape
    offset = curvature.offsets((width, height))
    least, most = -np.maximum(normalised, 0), np.maximum(1 - normalised, 0)
    return (normalised - np.clip(offset, least, most)).astype(np.float32)


def measure_texture(pictures: np.ndarray) -> np.ndarray:
    """Return how much fine contrast comes and goes with focus, over what stays: 0 on a plain wall.

    Noise is in every frame, and so falls out: the most less the middle, over the least.

    Parameters
    ----------
    pictures
        (N, h, w, 3) floats, sRGB, aligned.

    Returns
    -------
    ndarray
        (h / 3, w / 3) float32, 0 and more, of the middles of squares of 3 x 3 pixels.
    """
    energies = np.stack(list(prefetch(_fine_contrast, pictures)))

    def sort(rows: slice) -> None:
        energies[:, rows].sort(0)

    for_each(sort, list(chunks(energies.shape[1], ROWS)))
    least, most, half = energies[0], energies[-1], len(energies) // 2
    middle = (energies[half] + energies[-1 - half]) / 2 if len(energies) > 2 else least
    return (most - middle) / (least + float(np.quantile(least, NOISY_SHARE)) + 1e-4)


def find_curvature(
    normalised: np.ndarray, uncertainty: np.ndarray, texture: np.ndarray, is_flat: bool = False
) -> FieldCurvature | None:
    """Measure field curvature by what is flat in a scene.

    Planes grow from patches of confident, textured depth, up to the curvature found so far; then planes and
    curvature are fitted together, robustly; and again. The result is taken only where it is earned: where it
    foretells depth in blocks of the picture that it was not fitted to, is alike along the picture's width and
    height, about its centre, and alike for the planes; and, unless the scene is known to be flat, no larger
    than `LARGEST_BEND`.

    Parameters
    ----------
    normalised
        (h, w) depth in normalised dioptres, not corrected.
    uncertainty
        (h, w) its expected absolute error in the same unit.
    texture
        (h, w) as `measure_texture` returns it, of any size with the same shape.
    is_flat
        Whether the scene is known to be flat, so that one thing that is bent shows the lens.

    Returns
    -------
    FieldCurvature or None
        In normalised dioptres; None where it is not earned.
    """
    cells = _cells(normalised, uncertainty, texture)
    planes = _search(cells)
    if not planes.any():
        return None
    points = _Points.of(cells, planes)
    terms = _earned_terms(points)
    if not terms:
        return None
    fit = _fit(points, _radial(points, terms))
    if not (_is_round(points) and _is_centred(points)):
        return None
    offset = _radial(points, terms) @ fit.shared
    own = _own_curvatures(points, offset)
    error = _error(fit, own)
    if np.abs(offset).max() < SIGNIFICANT * error:
        return None
    bend = float(fit.shared.sum())
    if not is_flat and not (abs(bend) < LARGEST_BEND and _is_shared(own, bend, cells.x.size)):
        return None
    r2, r4 = (*fit.shared, 0.0)[:2]
    reach = float(np.sqrt(np.quantile(points.square, 0.99)))
    return FieldCurvature(float(r2), float(r4), error, reach, max(len(own), 1))


@dataclass(frozen=True)
class _Cells:
    """Depth on a coarse grid of cells, (rows, columns) each; where there is none, the weight is 0."""

    x: np.ndarray
    y: np.ndarray
    value: np.ndarray
    weight: np.ndarray

    @property
    def square(self) -> np.ndarray:
        return self.x**2 + self.y**2


@dataclass(frozen=True)
class _Points:
    """Cells that lie on planes, (n,) each, and of which plane and which block of the picture they are."""

    x: np.ndarray
    y: np.ndarray
    value: np.ndarray
    weight: np.ndarray
    plane: np.ndarray
    block: np.ndarray

    @classmethod
    def of(cls, cells: _Cells, planes: np.ndarray) -> "_Points":
        row, column = np.nonzero(planes)
        across = cells.x.shape[1] // BLOCK + 1
        block = row // BLOCK * across + column // BLOCK
        x, y, value, weight, plane = (
            array[row, column] for array in (cells.x, cells.y, cells.value, cells.weight, planes)
        )
        return cls(x, y, value, weight, plane, np.unique(block, return_inverse=True)[1])

    @property
    def square(self) -> np.ndarray:
        return self.x**2 + self.y**2

    @property
    def count(self) -> int:
        """How many planes."""
        return len(np.unique(self.plane))

    def only(self, chosen: np.ndarray) -> "_Points":
        names = self.x, self.y, self.value, self.weight, self.plane, self.block
        return _Points(*(values[chosen] for values in names))


@dataclass(frozen=True)
class _Fit:
    """Planes and what they share: coefficients (k,), their covariance, and the residual at each point."""

    shared: np.ndarray
    covariance: np.ndarray
    residual: np.ndarray


def _places(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """x (1, w) and y (h, 1) of pixels' centres about the picture's, in halves of its longer side."""
    half = max(width, height) / 2
    x = (np.arange(width) + 0.5 - width / 2) / half
    y = (np.arange(height) + 0.5 - height / 2) / half
    return x[None], y[:, None]


def _fine_contrast(picture: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(picture.astype(np.float32, copy=False), cv2.COLOR_RGB2GRAY)
    energy = cv2.boxFilter(cv2.Laplacian(grey, cv2.CV_32F) ** 2, -1, (SUMMED, SUMMED))
    sparse = energy[SPARSE // 2 :: SPARSE, SPARSE // 2 :: SPARSE]
    return np.sqrt(np.maximum(sparse, 0))  # a running sum may end below 0


def _cells(normalised: np.ndarray, uncertainty: np.ndarray, texture: np.ndarray) -> _Cells:
    """Medians of cells, weighed by what is confident and textured there."""
    side = max(1, round(max(normalised.shape) / CELLS))
    rows, columns = (length // side for length in normalised.shape)
    top, left = (
        (length - n * side) // 2 for length, n in zip(normalised.shape, (rows, columns), strict=True)
    )

    def split(values: np.ndarray) -> np.ndarray:
        inside = values[top : top + rows * side, left : left + columns * side]
        return inside.reshape(rows, side, columns, side).transpose(0, 2, 1, 3).reshape(rows, columns, -1)

    if texture.shape != normalised.shape:
        texture = cv2.resize(texture, normalised.shape[::-1], interpolation=cv2.INTER_AREA)
    x, y = (np.broadcast_to(axis, normalised.shape) for axis in _places(*normalised.shape[::-1]))
    x, y = split(x).mean(-1), split(y).mean(-1)
    value, error = np.median(split(normalised), -1), np.median(split(uncertainty), -1)
    detail = np.median(split(texture), -1)
    weight = np.clip(detail / TEXTURED, 0, 1) ** 2 / (NOISE**2 + error.astype(np.float64) ** 2)
    weight[(detail < PLAIN) | (value < EDGE) | (value > 1 - EDGE) | ~np.isfinite(value + weight)] = 0
    return _Cells(x, y, np.where(weight > 0, value, 0).astype(np.float64), weight)


def _search(cells: _Cells) -> np.ndarray:
    """Number the planes in (rows, columns), from 1: they and the curvature they share, by turns."""
    shared, planes = np.zeros(2), np.zeros(cells.x.shape, np.int32)
    for number in range(ROUNDS):
        square = cells.square
        planes = _grow_planes(cells, cells.value - shared[0] * square - shared[1] * square**2)
        if not planes.any():
            break
        points = _Points.of(cells, planes)
        terms = 1 if number < ROUNDS // 2 else 2
        shared[:] = 0
        shared[:terms] = np.clip(_fit(points, _radial(points, terms)).shared, -LARGEST, LARGEST)
    return planes


def _grow_planes(cells: _Cells, value: np.ndarray) -> np.ndarray:
    """Number the planes in (rows, columns), from 1; 0 is none."""
    planes = np.zeros(value.shape, np.int32)
    affine, residual = _local_planes(cells, value)
    open_cells = cells.weight > 0
    seeds = np.where(open_cells, residual, np.inf)
    smallest = SMALLEST_PLANE * value.size
    while np.isfinite(seeds).any() and planes.max() < MOST_PLANES:
        seed = np.unravel_index(np.argmin(seeds), seeds.shape)
        if seeds[seed] > TOLERANCE / 2:
            break
        region = _grow(cells, value, open_cells & (planes == 0), seed, affine[seed])
        seeds[region] = np.inf
        seeds[seed] = np.inf
        if region.sum() >= smallest:
            planes[region] = planes.max() + 1
    return planes


def _grow(cells: _Cells, value: np.ndarray, free: np.ndarray, seed: tuple, affine: np.ndarray) -> np.ndarray:
    """The free cells about a seed that lie on one plane, beginning with an affine function there."""
    region = np.zeros(value.shape, bool)
    bridge = np.ones((3, 3), np.uint8)
    reach = WINDOW
    for _ in range(12):
        inside = free & (np.abs(value - affine[0] - affine[1] * cells.x - affine[2] * cells.y) < TOLERANCE)
        near = np.zeros_like(inside)
        near[max(0, seed[0] - reach) : seed[0] + reach + 1, max(0, seed[1] - reach) : seed[1] + reach + 1] = (
            True
        )
        inside &= near
        labels = cv2.connectedComponents(cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_CLOSE, bridge))[
            1
        ]
        if not labels[seed]:
            return region
        grown = inside & (labels == labels[seed])
        if grown.sum() < 9 or (np.array_equal(grown, region) and near.all()):
            return region
        region = grown
        affine = _robust_plane(cells.x[region], cells.y[region], value[region], cells.weight[region])
        reach = int(reach * 1.6) + 1
    return region


def _robust_plane(x: np.ndarray, y: np.ndarray, value: np.ndarray, weight: np.ndarray) -> np.ndarray:
    design, robust = np.stack([np.ones_like(x), x, y]), np.ones_like(x)
    affine = np.zeros(3)
    for _ in range(3):
        weighted = design * (weight * robust)
        affine = _inverse(weighted @ design.T) @ (weighted @ value)
        robust = 1 / (1 + ((value - affine @ design) / (TOLERANCE / 2)) ** 2)
    return affine


def _local_planes(cells: _Cells, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Affine functions (rows, columns, 3) fitted to the windows about cells, and their mean residual."""
    terms = np.stack([np.ones_like(value), cells.x, cells.y], -1)

    kernel = np.ones((WINDOW, WINDOW))

    def summed(values: np.ndarray) -> np.ndarray:
        flat = values.reshape(*value.shape, -1).transpose(2, 0, 1)
        parts = [cv2.filter2D(each, -1, kernel, borderType=cv2.BORDER_CONSTANT) for each in flat]
        return np.stack(parts, -1).reshape(values.shape)

    weight = cells.weight
    matrix = summed(weight[..., None, None] * terms[..., :, None] * terms[..., None, :])
    right = summed((weight * value)[..., None] * terms)
    count = summed((weight > 0).astype(np.float64))
    matrix = matrix + 1e-9 * np.eye(3) * (1 + matrix[..., :1, :1])
    affine = np.linalg.solve(matrix, right[..., None])[..., 0]
    square = summed(weight * value**2) - (right * affine).sum(-1)
    residual = np.sqrt(np.maximum(square, 0) / np.maximum(summed(weight), 1e-12))
    return affine, np.where(count > WINDOW**2 * 0.6, residual, np.inf)


def _radial(points: _Points, terms: int) -> np.ndarray:
    """(n, terms) r^2 and r^4 of points."""
    return np.stack([points.square, points.square**2], 1)[:, :terms]


def _fit(points: _Points, columns: np.ndarray, weight: np.ndarray | None = None) -> _Fit:
    """Fit planes, each its own, and shared `columns` (n, k); robustly, by weights of Cauchy's.

    Points without weight take no part, and have a residual all the same. The covariance is that of whole
    blocks, each of which errs as one (Liang and Zeger, Biometrika 1986).
    """
    given = points.weight if weight is None else weight
    planes_removed = _planes_removed(points, np.concatenate([columns, points.value[:, None]], 1))
    robust = given
    for _ in range(REWEIGHTINGS):
        _, residual, _ = _least_squares(planes_removed(robust), robust)
        scale = max(1.4826 * float(np.median(np.abs(residual[given > 0]))), NOISE / 4)
        robust = given / (1 + (residual / (2 * scale)) ** 2)
    both = planes_removed(robust)
    shared, residual, inverse = _least_squares(both, robust)
    scores = np.zeros((points.block.max() + 1, columns.shape[1]))
    np.add.at(scores, points.block, robust[:, None] * both[:, :-1] * residual[:, None])
    blocks = len(np.unique(points.block[robust > 0]))
    covariance = inverse @ (scores.T @ scores) @ inverse * (blocks / max(blocks - 1, 1))
    return _Fit(shared, covariance, residual)


def _least_squares(both: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit the last of columns (n, k + 1) by the others: coefficients (k,), residual (n,), inverse (k, k)."""
    design, target = both[:, :-1], both[:, -1]
    inverse = _inverse(design.T @ (weight[:, None] * design))
    shared = inverse @ (design.T @ (weight * target))
    return shared, target - design @ shared, inverse


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Inverses of matrices (..., k, k) of sums of squares; what nothing tells of stays 0."""
    ridge = 1e-9 * np.trace(matrix, axis1=-2, axis2=-1) + 1e-12
    return np.linalg.inv(matrix + ridge[..., None, None] * np.eye(matrix.shape[-1]))


def _planes_removed(points: _Points, columns: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function of weights (n,): columns (n, k) less the planes that are fitted to each by them."""
    count, width = columns.shape
    design = np.stack([np.ones_like(points.x), points.x, points.y], 1)
    products = (design[:, :, None] * np.concatenate([design, columns], 1)[:, None]).reshape(count, -1)
    is_on = np.equal.outer(np.arange(points.plane.max() + 1), points.plane).astype(np.float64)

    def removed(weight: np.ndarray) -> np.ndarray:
        sums = ((is_on * weight) @ products).reshape(len(is_on), 3, 3 + width)
        affine = _inverse(sums[..., :3]) @ sums[..., 3:]
        return columns - (design[:, None] @ affine[points.plane])[:, 0]

    return removed


def _earned_terms(points: _Points) -> int:
    """How many powers of r^2 foretell depth in blocks held out: 0, 1 or 2."""
    if not points.block.any():  # one block, without which nothing is left to foretell it from
        return 0
    errors = [_held_out_error(points, terms) for terms in range(3)]
    terms = next((terms for terms in (1, 2) if _is_less(points, errors[terms], errors[0])), 0)
    return 2 if terms == 1 and _is_less(points, errors[2], errors[1]) else terms


def _held_out_error(points: _Points, terms: int) -> np.ndarray:
    """Absolute residual of each point (n,), as foretold from the blocks of other folds."""
    folds = np.random.default_rng(0).permutation(points.block.max() + 1) % FOLDS
    error = np.empty_like(points.value)
    for fold in range(FOLDS):
        out = folds[points.block] == fold
        fit = _fit(points, _radial(points, terms), np.where(out, 0, points.weight))
        error[out] = np.abs(fit.residual[out])
    return np.minimum(error, 2 * TOLERANCE)


def _is_less(points: _Points, error: np.ndarray, than: np.ndarray) -> bool:
    """Whether the error is smaller by a share worth having, and not by chance from block to block."""
    gains = np.bincount(points.block, points.weight * (than - error))
    spread = np.sqrt(np.sum(gains**2))
    return bool(gains.sum() > max(EARNED * np.sum(points.weight * than), SIGNIFICANT * spread))


def _is_round(points: _Points) -> bool:
    """Whether x^2 and y^2 have one coefficient, which a mug or a fold has not."""
    x, y = points.x, points.y
    fit = _fit(points, np.stack([points.square, x**2 - y**2, 2 * x * y], 1))
    return _is_small(fit, slice(1, 3), ROUND * abs(fit.shared[0]))


def _is_centred(points: _Points) -> bool:
    """Whether the terms of third degree, which a shifted centre brings with r^4, are small."""
    columns = [points.x * points.square, points.y * points.square]
    fit = _fit(points, np.concatenate([np.stack(columns, 1), _radial(points, 2)], 1))
    return _is_small(fit, slice(0, 2), CENTRED * abs(fit.shared[2:].sum()) + 2 * NOISE)


def _is_small(fit: _Fit, which: slice, allowed: float) -> bool:
    """Whether shared coefficients are less than what is allowed, or cannot be told from it."""
    values, errors = np.abs(fit.shared[which]), np.sqrt(np.diag(fit.covariance)[which])
    return bool(np.all((values < allowed) | (values < SIGNIFICANT * errors) & (errors < 2 * allowed)))


def _own_curvatures(points: _Points, offset: np.ndarray) -> np.ndarray:
    """Curvature of each plane that can tell, over the shared `offset` (n,), and its cells: (planes, 3)."""
    own = []
    for plane in np.unique(points.plane):
        here = points.plane == plane
        part = points.only(here)
        fit = _fit(part, offset[here, None])
        error = float(np.sqrt(fit.covariance[0, 0]))
        if error < TELLING and len(np.unique(part.block)) >= FEWEST_BLOCKS:
            own.append((fit.shared[0], error, here.sum()))
    return np.array(own).reshape(-1, 3)


def _is_shared(own: np.ndarray, bend: float, cells: int) -> bool:
    """Whether planes agree, or the only one fills most of a picture of so many cells.

    One thing that bulges towards the camera, as faces and balls do, is never believed.
    """
    share, error, area = own.T
    agreeing = np.abs(share - 1) < np.maximum(ALIKE, 2 * error)
    if area[agreeing].sum() < MAJORITY * area.sum():
        return False
    return agreeing.sum() > 1 or (
        agreeing.sum() == 1 and bend > 0 and area[agreeing][0] > LARGE_SHARE * cells
    )


def _error(fit: _Fit, own: np.ndarray) -> float:
    """Standard error at r = 1: of the common fit, and of planes that do not quite agree."""
    common = float(np.sqrt(fit.covariance.sum()))
    share, _, area = own.T
    among = np.sqrt(np.sum((area * (share - 1)) ** 2)) / max(area.sum(), 1) * abs(fit.shared.sum())
    return float(np.hypot(common, among if len(own) > 1 else 0))
