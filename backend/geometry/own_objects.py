"""Objects of their own: what a person outlined of the set, to be cut out of it."""

import cv2
import numpy as np

from .surfaces import Cuts, borders

ENOUGH = (
    0.25  # of what was outlined: parts that end at cuts all round and hold as much are all there is to it
)


def trim_objects(objects: np.ndarray, cuts: Cuts) -> np.ndarray:
    """Return objects (R, C), from 1, without what their outlines took in of the surfaces about them.

    Cuts divide what was outlined into parts. A part that ends at cuts all round stays. One that goes on
    outside of the outline does not, but for the largest where the others are small: an object joins what it
    stands on.
    """
    trimmed = np.zeros_like(objects)
    for number in range(1, int(objects.max(initial=0)) + 1):
        inside = objects == number
        if inside.any():
            trimmed[_trim(inside, cuts)] = number
    return trimmed


def _trim(inside: np.ndarray, cuts: Cuts) -> np.ndarray:
    parts = _connected_parts(inside, cuts)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0  # outside
    is_kept = ~_goes_on_outside(parts, cuts)
    if sizes[is_kept].sum() < ENOUGH * sizes.sum():
        is_kept[np.argmax(sizes)] = True
    is_kept[0] = False
    return is_kept[parts]


def _connected_parts(inside: np.ndarray, cuts: Cuts) -> np.ndarray:
    """(R, C) int32: number of the part that a cell belongs to, from 1; 0 outside."""
    rows, columns = inside.shape
    # Every other row and column stands for the links between cells.
    linked = np.zeros((2 * rows - 1, 2 * columns - 1), np.uint8)
    linked[::2, ::2] = inside
    linked[::2, 1::2] = inside[:, 1:] & inside[:, :-1] & ~cuts.right
    linked[1::2, ::2] = inside[1:] & inside[:-1] & ~cuts.below
    return cv2.connectedComponents(linked, connectivity=4)[1][::2, ::2]


def _goes_on_outside(parts: np.ndarray, cuts: Cuts) -> np.ndarray:
    """(P + 1,) bool: whether a part is joined to what is outside of all parts."""
    ends = borders(parts > 0)
    right, below = ends.right & ~cuts.right, ends.below & ~cuts.below
    joined = [
        np.maximum(parts[:, 1:], parts[:, :-1])[right],
        np.maximum(parts[1:], parts[:-1])[below],
    ]
    goes_on = np.zeros(parts.max() + 1, bool)
    goes_on[np.concatenate(joined)] = True
    return goes_on
