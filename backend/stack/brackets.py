"""Which photographs of a folder were one bracket: by the camera's own count, capture time and focus."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ..contract.errors import InputError
from ..io.header import read_header
from ..io.photograph_file import JPEG_MAGIC, read_file
from .metadata import read_metadata
from .names import natural_key
from .sidecars import DISTANCES, TABLE

HEAD = 2**20  # bytes: JPEG keeps what it tells of itself in segments of 64 KB at its head
# A pause between brackets. By hand one may refocus for half a minute where five seconds are usual.
LEAST_PAUSE, TIMES_USUAL = 10.0, 8.0  # seconds; of the usual time from shot to shot
STARTS_OVER = 0.5  # of the way that focus has gone: coming back by more begins anew


@dataclass(frozen=True)
class Shot:
    """What a photograph tells of its place among others; None where it tells nothing."""

    path: Path
    size: tuple[int, int] | None = None  # (width, height) in pixels; None where it cannot be read
    camera: str | None = None
    captured: float | None = None  # seconds
    number: int | None = None  # in the camera's own series
    dioptres: float | None = None


def read_shot(path: Path) -> Shot:
    """Read a photograph's first bytes, as far as these tell of its place."""
    try:
        header = read_header(path)
        told = read_metadata(_head(path), header)
    except InputError:  # who estimates it will say what is wrong
        return Shot(path)
    distance = told.focus_distance
    return Shot(
        path,
        (header.width, header.height),
        told.camera,
        told.captured,
        told.shot,
        None if distance is None else 0.0 if math.isinf(distance) else 1 / distance,
    )


def brackets(folder: Path, photographs: Sequence[Path]) -> list[list[Shot]]:
    """The photographs of `folder` by bracket, as they were taken; a folder with distances typed is one."""
    shots = [read_shot(path) for path in sorted(photographs, key=natural_key)]
    if any((folder / name).exists() for name in (TABLE, DISTANCES)):
        return [shots]
    return [part for alike in _alike(shots) for part in divide(alike)]


def divide(shots: Sequence[Shot]) -> list[list[Shot]]:
    """Divide the shots of one camera, given in file-name order, into brackets, as they were taken."""
    return _apart(_as_taken(list(shots)))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return read_file(path)  # which says what is wrong
    return head if head.startswith(JPEG_MAGIC) else read_file(path)


def _alike(shots: Sequence[Shot]) -> list[list[Shot]]:
    """By camera and size. One that cannot be read goes with the one before it, or else with the first."""
    kinds: dict[tuple, list[Shot]] = {}
    readable = [shot for shot in shots if shot.size]
    kind = (readable[0].camera, readable[0].size) if readable else ()
    for shot in shots:
        kind = (shot.camera, shot.size) if shot.size else kind
        kinds.setdefault(kind, []).append(shot)
    return list(kinds.values())


def _as_taken(shots: list[Shot]) -> list[Shot]:
    """By time where it is known of all that can be read, since cameras count from 9999 to 0001."""
    if any(shot.captured is None for shot in shots if shot.size):
        return shots
    times, last = {}, -math.inf
    for shot in shots:
        last = times[shot.path] = last if shot.captured is None else shot.captured
    return sorted(shots, key=lambda shot: times[shot.path])


def _apart(shots: Sequence[Shot]) -> list[list[Shot]]:
    times = [shot.captured for shot in shots if shot.captured is not None]
    steps = [later - earlier for earlier, later in pairwise(times)]
    pause = max(LEAST_PAUSE, TIMES_USUAL * statistics.median(steps)) if steps else math.inf
    parts = [[shots[0]]]
    for shot in shots[1:]:
        if _begins(shot, parts[-1], pause):
            parts.append([])
        parts[-1].append(shot)
    return parts


def _begins(shot: Shot, bracket: Sequence[Shot], pause: float) -> bool:
    """Whether a shot is the first of the next bracket; the camera's own count is the surest sign."""
    before = bracket[-1]
    if shot.number is not None and before.number is not None:
        return shot.number <= before.number
    if shot.captured is not None and before.captured is not None and shot.captured - before.captured > pause:
        return True
    return _starts_over(shot.dioptres, [each.dioptres for each in bracket if each.dioptres is not None])


def _starts_over(dioptres: float | None, so_far: Sequence[float]) -> bool:
    """Whether focus comes back by more than half of the way it went from the bracket's first frame."""
    if dioptres is None or len(so_far) < 2:
        return False
    way = so_far[-1] - so_far[0]
    return (so_far[-1] - dioptres) * math.copysign(1, way) > STARTS_OVER * abs(way) > 0
