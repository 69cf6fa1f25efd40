"""One picture that stands twice in a stack: a file copied, or a shutter that froze.

Told to be focused differently, it would be in focus at two distances, so all but one are left out.
"""

import hashlib

import numpy as np

from ..contract.errors import InputError
from ..runtime.parallel import prefetch
from ..stack import FocalStack
from ..stack.seriation import profile_distances
from .sharpness import profiles

MOST_NAMED = 5
STRIDE = 8  # rows


def drop_duplicates(photographs: np.ndarray, stack: FocalStack) -> tuple[np.ndarray, FocalStack]:
    """Photographs (N, h, w, 3) and their stack, each picture once; copies are named in its warnings.

    Raises InputError where no two are different.
    """
    groups = _alike(photographs)
    if len(groups) == len(photographs):
        return photographs, stack
    if len(groups) == 1:
        raise InputError(
            f"{stack.frames[0].path.parent}: all photographs are one and the same picture; choose "
            "photographs focused differently"
        )
    deviation = _deviation(photographs, stack.positions)
    copies = np.zeros(len(photographs), bool)
    names = []
    for group in groups:
        kept = min(group, key=lambda index: deviation[index])
        for index in sorted(set(group) - {kept}):
            copies[index] = True
            names.append(f"{stack.frames[index].path.name} (of {stack.frames[kept].path.name})")
    if len(names) > MOST_NAMED:
        names[MOST_NAMED:] = [f"and {len(names) - MOST_NAMED} more"]
    warning = f"Left out as copies of another: {', '.join(names)}."
    return photographs[~copies], stack.without(copies).with_warnings(warning)


def _alike(photographs: np.ndarray) -> list[list[int]]:
    """Numbers of the frames that are the same in every value, group by group."""
    by_rows: dict[bytes, list[list[int]]] = {}  # hardly any two photographs share even some rows
    for index, digest in enumerate(prefetch(_digest_of_some_rows, photographs)):
        groups = by_rows.setdefault(digest, [])
        same = (group for group in groups if np.array_equal(photographs[group[0]], photographs[index]))
        if group := next(same, None):
            group.append(index)
        else:
            groups.append([index])
    return [group for groups in by_rows.values() for group in groups]


def _digest_of_some_rows(photograph: np.ndarray) -> bytes:
    return hashlib.sha256(photograph[::STRIDE].tobytes()).digest()


def _deviation(photographs: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """(N,) how unlike its neighbours' each frame's sharpness is, for the focus that lies between them.

    Neighbours that are the very same picture tell nothing.
    """
    distances = profile_distances(profiles(photographs))
    numbers = np.arange(len(photographs))
    deviation = np.zeros(len(photographs))
    for index in numbers:
        others = numbers[distances[index] > 0]
        before, after = others[others < index][-1:], others[others > index][:1]
        neighbours = np.concatenate([before, after])
        gaps = np.abs(positions[neighbours] - positions[index])
        deviation[index] = np.mean(distances[index, neighbours] / np.maximum(gaps, 1e-6))
    return deviation
