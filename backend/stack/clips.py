"""A clip as a focal stack: which of its frames are taken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contract.errors import InputError
from ..contract.messages import CHOOSE
from ..io.clip_file import decode_clip, read_clip_header
from ..runtime.timings import Progress, no_progress
from .order import THUMBNAIL_SIDE
from .overrides import Overrides
from .seriation import sharpness_profile
from .sweeps import choose_frames, find_sweeps, focus_curve

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

MOST_FRAMES = 3600  # looked through: two minutes at 30 a second
USUAL_COUNT = 24  # frames taken
CURVE_POINTS = 300  # of the description, at most


@dataclass(frozen=True)
class ClipFrames:
    """What is taken of a clip.

    Attributes
    ----------
    clip
        The file.
    numbers
        (T,) of all frames that were compared, from 1.
    times
        (T,) their seconds.
    focus
        (T,) where focus is, 0 to 1: up on one way, down on the way back.
    chosen
        Indices of the frames taken, in the order of time.
    duration
        Seconds of the whole clip.
    remarks
        Sentences for the person who gave it.
    """

    clip: Path
    numbers: np.ndarray
    times: np.ndarray
    focus: np.ndarray
    chosen: tuple[int, ...]
    duration: float
    remarks: tuple[str, ...]

    @property
    def paths(self) -> list[Path]:
        """The frames taken: CLIP.mp4#37 is the thirty-seventh that is shown."""
        return [self.clip.with_name(f"{self.clip.name}#{self.numbers[i]}") for i in self.chosen]

    def describe(self) -> dict[str, Any]:
        """Return the curve of focus and what is taken of it, in JSON's types."""
        shown = np.unique(np.linspace(0, len(self.times) - 1, CURVE_POINTS).astype(int))
        return {
            "file": str(self.clip),
            "duration_s": round(self.duration, 3),
            "taken_s": [round(float(self.times[i]), 3) for i in self.chosen],
            "curve": [[round(float(self.times[i]), 3), round(float(self.focus[i]), 3)] for i in shown],
        }


def choose_clip_frames(clip: Path, overrides: Overrides, progress: Progress = no_progress) -> ClipFrames:
    """Choose the frames of a clip: those of its longest sweep of focus, evenly spaced in focus.

    Parameters
    ----------
    clip
        The file.
    overrides
        How many frames are taken, and between which seconds, where a person typed it.
    progress
        Told how many frames were looked at.

    Raises
    ------
    InputError
        Where the clip cannot be decoded, is too long, or focus does not move in it.
    """
    header = read_clip_header(clip)
    start, end = overrides.start or 0.0, header.times[-1] if overrides.end is None else overrides.end
    within = np.flatnonzero((header.times >= start - 1e-6) & (header.times <= end + 1e-6)) + 1
    _check_count(clip, len(within), len(header.times))
    numbers, profiles = _profiles(clip, int(within[0]), int(within[-1]), progress)
    if len(numbers) < 2:
        raise InputError(f"{clip} is damaged or cut short; copy it from the camera again")
    sweeps = find_sweeps(profiles)
    if not sweeps:
        raise InputError(f"{clip}: focus does not move in it; give a clip through which focus is pulled")
    focus = focus_curve(len(numbers), sweeps)
    chosen = tuple(sorted(choose_frames(focus, sweeps, profiles, overrides.frame_count or USUAL_COUNT)))
    times = header.times[numbers - 1]
    return ClipFrames(
        clip,
        numbers,
        times,
        focus,
        chosen,
        float(header.times[-1]),
        _remarks(clip, times, chosen, len(sweeps)),
    )


def _check_count(clip: Path, count: int, in_all: int) -> None:
    if in_all < 2:
        raise InputError(f"{clip} has only one frame; give a clip through which focus is pulled")
    if count < 2:
        raise InputError(f"{clip} has fewer than two frames between --from and --to; give seconds within it")
    if count > MOST_FRAMES:
        raise InputError(
            f"{clip} has {count} frames, and {MOST_FRAMES} are the most; give the seconds between which "
            "focus is pulled with --from and --to"
        )


def _profiles(clip: Path, first: int, last: int, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the frames that can be decoded, and their sharpness profiles (T, K)."""
    numbers, profiles = [], []
    for number, frame in decode_clip(clip, first, last):
        numbers.append(number)
        profiles.append(sharpness_profile(_grey(frame)).ravel())
        progress(CHOOSE, number - first + 1, last - first + 1)
    return np.array(numbers), np.array(profiles)


def _grey(frame: VideoFrame) -> np.ndarray:
    """(h, w) uint8, as the file lies."""
    from av.video.reformatter import Interpolation

    scale = min(1.0, THUMBNAIL_SIDE / max(frame.width, frame.height))
    width, height = round(frame.width * scale), round(frame.height * scale)
    small = frame.reformat(width=width, height=height, format="gray", interpolation=Interpolation.AREA)
    return small.to_ndarray()


def _remarks(clip: Path, times: np.ndarray, chosen: tuple[int, ...], sweeps: int) -> tuple[str, ...]:
    begun, ended = times[chosen[0]], times[chosen[-1]]
    taken = (
        f"{len(chosen)} frames of {clip.name} were taken, from {begun:.2f} to {ended:.2f} s, evenly in focus."
    )
    if sweeps == 1:
        return (taken,)
    return (taken, f"Focus moves {sweeps} times in it; set the seconds to take one of these times.")
