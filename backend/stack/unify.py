"""What all photographs of a stack share, where their files say otherwise: orientation, window and white."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np

from ..io.code_range import find_white
from ..io.photographs import brightest_value
from .likeness import SAME_SCENE, coarse_picture, likeness
from .names import join_names
from .records import Photograph, open_photograph


class Unified(NamedTuple):
    """Photographs as one stack has them, and sentences on what was changed."""

    photographs: list[Photograph]
    remarks: tuple[str, ...]


def unify(photographs: Sequence[Photograph]) -> Unified:
    """Let photographs of one stack share what a stack has one of.

    A camera that looks down or up writes any orientation: where the stored pixels agree, most win. EXR files
    whose data windows differ are read as their display window. Values that use a part of their codes alone,
    as of cameras of 10 to 14 bits, are brightened, all alike.

    Parameters
    ----------
    photographs
        In file-name order.

    Raises
    ------
    InputError
        Where one of them is damaged.
    """
    photographs = list(photographs)
    remarks = []
    for share in (_share_orientation, _share_window, _share_white):
        photographs, remark = share(photographs)
        remarks += remark
    return Unified(photographs, tuple(remarks))


def _share_orientation(photographs: list[Photograph]) -> tuple[list[Photograph], list[str]]:
    orientations = Counter(photograph.header.orientation for photograph in photographs)
    stored = {_stored_size(photograph) for photograph in photographs}
    if len(orientations) < 2 or len(stored) > 1:
        return photographs, []
    usual = orientations.most_common(1)[0][0]
    pictures = [coarse_picture(each.path, each.reading) for each in photographs if _is(each, usual)]
    mean = np.mean(pictures, axis=0)
    turned = []
    for index, photograph in enumerate(photographs):
        if _is(photograph, usual):
            continue
        reading = replace(photograph.reading, orientation=usual)
        if likeness(coarse_picture(photograph.path, reading), mean) >= SAME_SCENE:
            photographs[index] = open_photograph(photograph.path, reading)
            turned.append(photograph.path.name)
    if not turned:
        return photographs, []
    return photographs, [
        f"{join_names(turned)} was read in the orientation of the others, with whose pixels it agrees; a "
        "camera that looks down or up cannot tell which way is up."
    ]


def _share_window(photographs: list[Photograph]) -> tuple[list[Photograph], list[str]]:
    wholes = {
        (each.header.crop.width, each.header.crop.height)
        if each.header.crop
        else (each.header.width, each.header.height)
        for each in photographs
    }
    windows = {(each.header.crop, each.header.width, each.header.height) for each in photographs}
    if len(windows) < 2 or len(wholes) > 1:
        return photographs, []
    return [open_photograph(each.path, replace(each.reading, is_whole=True)) for each in photographs], []


def _share_white(photographs: list[Photograph]) -> tuple[list[Photograph], list[str]]:
    if not all(photograph.header.has_codes for photograph in photographs):
        return photographs, []
    first, kind = brightest_value(photographs[0].path)
    others = (brightest_value(photograph.path)[0] for photograph in photographs[1:])
    white = find_white(chain([first], others), kind)
    if white is None:
        return photographs, []
    shared = [replace(each, reading=replace(each.reading, white=white)) for each in photographs]
    return shared, [
        f"No value is above {white:g}, as of a camera that writes fewer bits than its files hold: that was "
        "taken for white in all photographs."
    ]


def _is(photograph: Photograph, orientation: int) -> bool:
    return photograph.header.orientation == orientation


def _stored_size(photograph: Photograph) -> tuple[int, int]:
    header = photograph.header.turned(1)
    return header.width, header.height
