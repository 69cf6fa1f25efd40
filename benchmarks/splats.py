"""A small renderer of Gaussian splats, and what it measures of those of a result folder.

python benchmarks/splats.py RESULT... prints how close their picture from the photograph's camera comes to the
photograph, and how much of what is behind shines through them.
"""

import argparse
import math
from pathlib import Path

import numpy as np
from focal_depth.export.photo_set import build_photo_set
from focal_depth.export.splats import MAX_TRIANGLES, Splats, move_splats, split_into_splats
from focal_depth.geometry.pinhole import Pinhole
from focal_depth.runtime.progress import SilentReporter

LOW_PASS = 0.3  # square pixels, what renderers add to a splat's variance
REACH = 3.0  # standard deviations
FAINTEST, MOST = 1 / 255, 0.99  # opacity at a pixel
ROWS = 64  # rendered at once
SPLATS = 1_000_000
SIDE = 0.15, 0.06  # right and up of the photograph's camera, of the median depth


def render(
    splats: Splats, camera: Pinhole, shape: tuple[int, int], smaller: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Render splats in the camera's space, as 3D Gaussian Splatting does (Kerbl et al. 2023).

    Parameters
    ----------
    splats
        The splats.
    camera
        Of the picture.
    shape
        Rows and columns of the picture.
    smaller
        Whether splats become fainter as the low pass makes them larger (Yu et al. 2024, "Mip-Splatting").

    Returns
    -------
    picture : ndarray
        (H, W, 3) float, 0 to 1, before black.
    through : ndarray
        (H, W) float, share of what is behind all splats.
    """
    place, depth, conic, opacity, reach = _project(splats, camera, smaller)
    picture, through = np.zeros((*shape, 3)), np.ones(shape)
    colours = splats.colours / 255
    for top in range(0, shape[0], ROWS):
        rows = min(ROWS, shape[0] - top)
        near = np.flatnonzero((place[:, 1] + reach > top) & (place[:, 1] - reach < top + rows) & (depth > 0))
        near = near[np.argsort(depth[near], kind="stable")]
        _composite(
            *(each[near] for each in (place - (0, top), conic, opacity, reach, colours)),
            picture[top : top + rows],
            through[top : top + rows],
        )
    return picture, through


def _project(splats: Splats, camera: Pinhole, smaller: bool) -> tuple[np.ndarray, ...]:
    x, y, z = splats.centres.T.astype(np.float64)
    place = np.stack([camera.cx - camera.fx * x / z, camera.cy + camera.fy * y / z], 1)
    zero = np.zeros_like(z)
    jacobian = np.stack(
        [
            np.stack([-camera.fx / z, zero, camera.fx * x / z**2], 1),
            np.stack([zero, camera.fy / z, -camera.fy * y / z**2], 1),
        ],
        1,
    )
    spread = jacobian @ (_matrices(splats.rotations.astype(np.float64)) * splats.scales[:, None])
    variance = spread @ spread.transpose(0, 2, 1)
    sharp = np.maximum(np.linalg.det(variance), 0)
    variance += LOW_PASS * np.eye(2)
    opacity = splats.opacity * (np.sqrt(sharp / np.linalg.det(variance)) if smaller else np.ones(len(z)))
    reach = REACH * np.sqrt(np.linalg.eigvalsh(variance)[:, 1])
    return place, -z, np.linalg.inv(variance), opacity, reach


def _matrices(quaternions: np.ndarray) -> np.ndarray:
    w, x, y, z = quaternions.T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


def _composite(
    place: np.ndarray,
    conic: np.ndarray,
    opacity: np.ndarray,
    reach: np.ndarray,
    colours: np.ndarray,
    picture: np.ndarray,
    through: np.ndarray,
) -> None:
    """Add splats, the nearest first, to a picture."""
    rows, columns = through.shape
    first = np.clip(np.ceil(place - reach[:, None] - 0.5), 0, (columns, rows)).astype(np.int64)
    last = np.clip(np.floor(place + reach[:, None] - 0.5), -1, (columns - 1, rows - 1)).astype(np.int64)
    wide, high = np.maximum(last - first + 1, 0).T
    count = wide * high
    splat = np.repeat(np.arange(len(place)), count)
    down, right = np.divmod(np.arange(len(splat)) - np.repeat(np.cumsum(count) - count, count), wide[splat])
    column, row = first[splat, 0] + right, first[splat, 1] + down
    off = np.stack([column, row], 1) + 0.5 - place[splat]
    form = conic[splat]
    power = form[:, 0, 0] * off[:, 0] ** 2 + form[:, 1, 1] * off[:, 1] ** 2
    power += 2 * form[:, 0, 1] * off[:, 0] * off[:, 1]
    alpha = np.minimum(opacity[splat] * np.exp(-power / 2), MOST)
    seen = alpha >= FAINTEST
    pixel, alpha, splat = (row * columns + column)[seen], alpha[seen], splat[seen]
    order = np.argsort(pixel, kind="stable")
    pixel, alpha, splat = pixel[order], alpha[order], splat[order]
    past = np.cumsum(np.log1p(-alpha))
    before = past - np.log1p(-alpha)
    start = np.flatnonzero(np.diff(pixel, prepend=-1))
    before -= np.repeat(before[start], np.diff(start, append=len(pixel)))
    weight = alpha * np.exp(before)
    for channel in range(3):
        total = np.bincount(pixel, weight * colours[splat, channel], rows * columns)
        picture[..., channel] = total.reshape(rows, columns)
    through[:] = 1 - np.bincount(pixel, weight, rows * columns).reshape(rows, columns)


def psnr(picture: np.ndarray, truth: np.ndarray) -> float:
    """Decibels between pictures of 0 to 1."""
    return -10 * math.log10(np.mean((picture - truth) ** 2))


def from_the_side(splats: Splats, median: float) -> Splats:
    """Splats as a camera sees them from the side, that looks to the same middle of the scene."""
    place = np.array([*SIDE, 0]) * median
    back = np.array([*SIDE, 1]) * median
    back /= np.linalg.norm(back)
    right = np.cross((0, 1, 0), back)
    right /= np.linalg.norm(right)
    frame = np.eye(4)
    frame[:3, :3] = right, np.cross(back, right), back
    frame[:3, 3] = -frame[:3, :3] @ place
    return move_splats(splats, frame)


def measure(folder: Path, count: int) -> None:
    """Print what is measured of a result folder."""
    photo_set = build_photo_set(folder, MAX_TRIANGLES, SilentReporter())
    splats = split_into_splats(photo_set, count)
    truth = photo_set.picture / 255
    print(f"{folder.name}: {len(splats.centres)} splats of {truth.shape[1]} x {truth.shape[0]} pixels")
    for smaller in (False, True):
        picture, through = render(splats, photo_set.camera, truth.shape[:2], smaller)
        kind = "Mip-Splatting" if smaller else "3D Gaussian Splatting"
        print(f"  {kind}: {psnr(picture, truth):.2f} dB, {through.mean():.2%} shines through")
    side = from_the_side(splats, float(np.median(-photo_set.mesh.vertices[:, 2])))
    _, through = render(side, photo_set.camera, truth.shape[:2])
    rows, columns = (np.array(truth.shape[:2]) / 4).astype(int)
    middle = through[rows:-rows, columns:-columns]
    print(f"  from the side: holes are {(middle > 0.5).mean():.3%} of the middle half of the picture's sides")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+", metavar="RESULT")
    parser.add_argument("--splats", type=int, default=SPLATS, metavar="N")
    options = parser.parse_args()
    for result in options.results:
        measure(result, options.splats)
