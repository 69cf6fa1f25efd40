"""Photographs that are no frames of the stack: plain ones, composites, other brackets and exposures."""

import contextlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from .brackets import Shot, divide
from .likeness import SAME_SCENE, coarse_picture, likeness
from .names import join_names
from .order import read_thumbnails
from .records import FrameRecord

FEWEST = 3  # photographs of a bracket, and frames that must be left
COARSE = 0.01  # relative step of a focus distance
PLAIN, NOT_PLAIN = 2.0, 8.0  # standard deviation of 0 to 255
TILES = (32, 24)  # across and down
TEXTURE, FEWEST_TILES = 0.01, 10  # of a tile's edges relative to brightness, in some photograph
# A composite is about as sharp as the sharpest in 0.90 of the tiles or more, others in 0.16 fewer; a frame in
# 0.92 or fewer, others in 0.04 fewer (34 stacks, real and rendered; composites of the sharpest pixels).
NEARLY, EVERYWHERE, MORE_THAN_OTHERS = 0.8, 0.88, 0.1
PERHAPS = 0.75  # of the tiles, while it is resampled as the others are
MOST_OF_ONE = 0.6  # of the tiles: a composite is made of several frames
ALIGNED_SIDE = 160  # pixels
LEAST_STOPS = 0.7  # between the exposures of an exposure bracket


def find_outsiders(records: Sequence[FrameRecord]) -> dict[Path, str]:
    """Find photographs that are no frames of the stack that most of them are.

    Parameters
    ----------
    records
        Of one size, in file-name order.

    Returns
    -------
    dict
        A sentence on each, by its path.

    Raises
    ------
    InputError
        Where a photograph is damaged.
    """
    outsiders: dict[Path, str] = {}
    for find in (_other_brackets, _other_exposures, _plain_or_composite):
        within = [record for record in records if record.frame.path not in outsiders]
        found = find(within)
        if len(within) - len(found) >= FEWEST:
            outsiders |= found
    return outsiders


def outsider_warnings(outsiders: dict[Path, str]) -> list[str]:
    """Return one sentence for each reason, naming the photographs that were left out for it."""
    reasons: dict[str, list[str]] = {}
    for path, reason in outsiders.items():
        reasons.setdefault(reason, []).append(path.name)
    return [f"{join_names(names)} left out: {reason}" for reason, names in reasons.items()]


def _other_brackets(records: Sequence[FrameRecord]) -> dict[Path, str]:
    """Those taken before or after a pause, of another view."""
    parts = divide([_shot(record) for record in records])
    if sum(len(part) >= FEWEST for part in parts) < 2:
        return {}
    pictures = {
        record.frame.path: coarse_picture(record.frame.path, record.frame.reading) for record in records
    }
    means = [np.mean([pictures[shot.path] for shot in part], axis=0) for part in parts]
    main = max(range(len(parts)), key=lambda index: len(parts[index]))
    found = {}
    for part, mean in zip(parts, means, strict=True):
        if likeness(mean, means[main]) < SAME_SCENE:
            reason = "taken at another time and of another view, as another bracket; estimate it by itself."
            found |= {shot.path: reason for shot in part}
    return found


def _other_exposures(records: Sequence[FrameRecord]) -> dict[Path, str]:
    """Of an exposure bracket at every focus, those of all exposures but the middle one."""
    exposures = [record.metadata.exposure for record in records]
    if any(exposure is None for exposure in exposures):
        return {}
    stops = np.round(np.array(exposures, float) / LEAST_STOPS)
    levels, counts = np.unique(stops, return_counts=True)
    changes = int((np.diff(stops) != 0).sum())
    if len(levels) < 2 or counts.min() < 2 or counts.max() > 1.5 * counts.min() or 2 * changes < len(stops):
        return {}
    middle = levels[len(levels) // 2]
    reason = "part of an exposure bracket; of each focus the middle exposure was used."
    return {record.frame.path: reason for record, stop in zip(records, stops, strict=True) if stop != middle}


def _plain_or_composite(records: Sequence[FrameRecord]) -> dict[Path, str]:
    """Photographs without a picture, and those that another program made of all of them.

    Looked for where a focus distance is missing or stands twice, as is the case for both; in coarse codes
    distances of frames that differ stand twice, too.
    """
    known = Counter(record.frame.dioptres for record in records if record.distance_step < COARSE)
    if None not in known and known.total() == len(known):
        return {}
    thumbnails = read_thumbnails([record.frame for record in records])
    contrasts = np.array([thumbnail.std() for thumbnail in thumbnails])
    if np.median(contrasts) < NOT_PLAIN:
        return {}
    found = {
        record.frame.path: "it shows nothing, as a frame that is black or white."
        for record, contrast in zip(records, contrasts, strict=True)
        if contrast < PLAIN
    }
    others = [index for index in range(len(records)) if contrasts[index] >= PLAIN]
    composite = _find_composite([thumbnails[index] for index in others])
    if composite is not None:
        found[records[others[composite]].frame.path] = (
            "it is sharp wherever another photograph is, as an all-in-focus picture of another program."
        )
    return found


def _find_composite(thumbnails: Sequence[np.ndarray]) -> int | None:
    """Number of the picture that is nearly everywhere as sharp as the sharpest other, as no other is."""
    if len(thumbnails) <= FEWEST:
        return None
    tiles = _tiles(thumbnails, len(thumbnails) // 2)
    if tiles.shape[1] < FEWEST_TILES:
        return None
    nearly = _nearly_sharpest(tiles)
    likely = int(nearly.argmax())
    if nearly[likely] < PERHAPS:
        return None
    tiles = _tiles(thumbnails, likely)  # now it alone is not resampled
    nearly = _nearly_sharpest(tiles)
    frames = np.delete(tiles, likely, axis=0)
    of_each = np.bincount(frames.argmax(axis=0), minlength=len(frames)) / tiles.shape[1]
    is_composite = (
        nearly[likely] >= max(EVERYWHERE, np.delete(nearly, likely).max() + MORE_THAN_OTHERS)
        and of_each.max() <= MOST_OF_ONE
    )
    return likely if is_composite else None


def _tiles(thumbnails: Sequence[np.ndarray], reference: int) -> np.ndarray:
    """Sharpness (N, M) of the tiles with texture, the pictures aligned with one of them."""
    sharpness = np.stack([_sharpness(picture) for picture in _aligned(thumbnails, reference)])
    sharpest = sharpness.max(axis=0)
    return sharpness[:, (sharpest > np.median(sharpest)) & (sharpest > TEXTURE)]


def _nearly_sharpest(tiles: np.ndarray) -> np.ndarray:
    """Share (N,) of the tiles where a picture is about as sharp as the sharpest of the others."""
    return np.array(
        [
            np.mean(tiles[index] >= NEARLY * np.delete(tiles, index, axis=0).max(axis=0))
            for index in range(len(tiles))
        ]
    )


def _sharpness(grey: np.ndarray) -> np.ndarray:
    """Mean edges of tiles, whatever the exposure; finer than those that show the order."""
    grey = grey.astype(np.float32)
    relative = grey / (cv2.GaussianBlur(grey, (0, 0), 8) + 8)
    edges = np.abs(cv2.Laplacian(cv2.GaussianBlur(relative, (0, 0), 1), cv2.CV_32F))
    return cv2.resize(edges, TILES, interpolation=cv2.INTER_AREA)


def _aligned(thumbnails: Sequence[np.ndarray], reference: int) -> list[np.ndarray]:
    """Pictures as one of them shows them, where they can be aligned by an affinity: lenses breathe."""
    middle = _small(thumbnails[reference])
    scale = thumbnails[0].shape[1] / middle.shape[1]
    aligned = []
    for picture in thumbnails:
        affinity = np.eye(2, 3, dtype=np.float32)
        small = _small(picture)
        with contextlib.suppress(cv2.error):  # too little to align by: as it is
            criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 1e-3)
            _, affinity = cv2.findTransformECC(
                middle, small, affinity, cv2.MOTION_AFFINE, criteria, np.full_like(small, 255), 3
            )
        affinity[:, 2] *= scale
        flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
        size = thumbnails[0].shape[::-1]
        aligned.append(cv2.warpAffine(picture, affinity, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))
    return aligned


def _small(grey: np.ndarray) -> np.ndarray:
    scale = min(1.0, ALIGNED_SIDE / max(grey.shape))
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _shot(record: FrameRecord) -> Shot:
    frame, metadata = record.frame, record.metadata
    return Shot(frame.path, frame.size, metadata.camera, metadata.captured, metadata.shot, None)
