"""Single frames of clips, CLIP.mp4#37 being the thirty-seventh that is shown.

A frame can only be decoded after those before it. Frames that are going to be read are decoded together,
once, into a temporary file from which they are then read in any order.
"""

import os
import tempfile
import threading
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np

from ..contract.errors import InputError
from ..contract.formats import is_clip_frame, locate
from .clip_file import decode_clip, read_clip_header, turn_as_shown


@dataclass
class _Decoded:
    """Frames of a clip: those that are going to be read, and where those decoded lie in a temporary file."""

    planned: frozenset[int] = frozenset()
    places: dict[int, tuple[int, tuple[int, ...], np.dtype]] = field(default_factory=dict)
    file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    lock: threading.Lock = field(default_factory=threading.Lock)


_decoded: dict[tuple[Path, int], _Decoded] = {}  # by clip, and when it was written


def plan_reading(paths: Iterable[Path]) -> None:
    """Make known which frames are going to be read: they are decoded together when the first one is.

    Frames of clips that are not among them are let go.
    """
    planned: dict[tuple[Path, int], set[int]] = {}
    for clip, number in map(locate, filter(is_clip_frame, paths)):
        planned.setdefault(_key(clip), set()).add(number)
    for key in _decoded.keys() - planned:
        del _decoded[key]
    for key, numbers in planned.items():
        _decoded.setdefault(key, _Decoded()).planned = frozenset(numbers)


def read_clip_frame(path: Path) -> np.ndarray:
    """Read a frame of a clip.

    Returns
    -------
    ndarray
        (H, W, 3) sRGB as it is shown: uint8, or uint16 where the clip has more than 8 bits.

    Raises
    ------
    InputError
        Where the clip is damaged or has no such frame.
    """
    clip, number = locate(path)
    check_clip_frame(path)
    decoded = _decoded.setdefault(_key(clip), _Decoded())
    with decoded.lock:
        if number not in decoded.places:
            _decode(clip, decoded, decoded.planned - decoded.places.keys() | {number})
        if number not in decoded.places:
            raise InputError(f"{path} is damaged; leave that frame out")
        place, shape, kind = decoded.places[number]
        pixels = np.empty(shape, kind)
        decoded.file.seek(place)
        decoded.file.readinto(pixels)  # type: ignore[attr-defined]
    return pixels


def check_clip_frame(path: Path) -> None:
    """Refuse a frame that its clip does not have. Raises InputError as `read_clip_header` does besides."""
    clip, number = locate(path)
    if number > (count := len(read_clip_header(clip).times)):
        raise InputError(f"{path} does not exist; the clip has {count} frames")


def _decode(clip: Path, decoded: _Decoded, numbers: Set[int]) -> None:
    """Decode frames that are not in the file yet into it."""
    from .clip_colour import to_pixels  # which loads PyAV

    header = read_clip_header(clip)
    decoded.file.seek(0, os.SEEK_END)
    for number, frame in decode_clip(clip, min(numbers), max(numbers)):
        if number in numbers:
            pixels = turn_as_shown(to_pixels(frame), header)
            decoded.places[number] = decoded.file.tell(), pixels.shape, pixels.dtype
            decoded.file.write(pixels.data)


def _key(clip: Path) -> tuple[Path, int]:
    read_clip_header(clip)  # which explains what is wrong
    return clip, clip.stat().st_mtime_ns
