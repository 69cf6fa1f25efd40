"""What is odd about single photographs of a stack, in sentences for the person who took them."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from ..io.photographs import read_thumbnail
from .assemble import Reading, listed
from .focal_stack import FocalStack
from .order import longest_rise, tied_groups

NOTICEABLE_STOPS = 0.5  # of exposure; smaller differences are evened out without a word
NOTICEABLE_CHANGE = 0.02  # of focal length or f-number, which cameras round
# Low frequencies of frames of one stack correlate with their median by 0.92 and more, whatever their focus
# and breathing; those of other scenes by 0.66 at most (18 stacks, real and rendered).
SAME_SCENE = 0.8
GLANCE = (24, 16)  # columns, rows
THUMBNAIL_SIDE = 128  # pixels
FEWEST_IN_LINE = 5  # frames, before one can be out of line with the others
MOST_OUT_OF_LINE = 0.25  # of the frames; more, and the file names are not in the order of focus


def find_oddities(
    readings: Sequence[Reading], members: Sequence[Reading], stack: FocalStack
) -> dict[Path, tuple[str, ...]]:
    """Notes on each reading, in comparison with the `members` of the stack, both in file-name order."""
    checks = [
        _of_pictures(readings, members),
        *_of_values(members),
        _of_ties(stack),
        _of_line(members),
    ]
    found = {reading.frame.path: [check(reading) for check in checks] for reading in readings}
    doubts = {
        reading.frame.path: [f"Its {doubt} cannot be and is ignored." for doubt in reading.metadata.doubts]
        for reading in readings
    }
    return {path: tuple(filter(None, notes + doubts[path])) for path, notes in found.items()}


Check = Callable[[Reading], str | None]


def _of_values(members: Sequence[Reading]) -> list[Check]:
    """What the files say that should be alike throughout a stack."""
    width, height = members[0].frame.size
    return [
        lambda reading: (
            None
            if reading.frame.size == (width, height)
            else f"{reading.frame.width} x {reading.frame.height} pixels, the others {width} x {height}: "
            "it cannot be part of the stack."
        ),
        _of_name(members, lambda reading: reading.metadata.camera, "Taken with {0}, the others with {1}."),
        _of_name(members, lambda reading: reading.metadata.lens, "Taken through {0}, the others {1}."),
        _of_number(
            members,
            lambda reading: reading.frame.focal_length,
            lambda own, usual: (
                f"Focal length {1000 * own:.3g} mm, the others {1000 * usual:.3g} mm: "
                "a focal stack wants the zoom left alone."
            ),
        ),
        _of_number(
            members,
            lambda reading: reading.frame.f_number,
            lambda own, usual: f"Taken at f/{own:.3g}, the others at f/{usual:.3g}.",
        ),
        _of_exposure(members),
    ]


def _of_name(members: Sequence[Reading], told: Callable[[Reading], str | None], sentence: str) -> Check:
    names = Counter(filter(None, map(told, members)))
    if not names:
        return lambda _: None
    usual = names.most_common(1)[0][0]
    return lambda reading: (
        sentence.format(told(reading), usual) if told(reading) not in (None, usual) else None
    )


def _of_number(
    members: Sequence[Reading],
    told: Callable[[Reading], float | None],
    sentence: Callable[[float, float], str],
) -> Check:
    numbers = list(filter(None, map(told, members)))
    if not numbers:
        return lambda _: None
    usual = Counter(numbers).most_common(1)[0][0]

    def check(reading: Reading) -> str | None:
        own = told(reading)
        return sentence(own, usual) if own and abs(own / usual - 1) > NOTICEABLE_CHANGE else None

    return check


def _of_exposure(members: Sequence[Reading]) -> Check:
    known = [each.metadata.exposure for each in members if each.metadata.exposure is not None]
    if not known:
        return lambda _: None
    usual = float(np.median(known))

    def check(reading: Reading) -> str | None:
        own = reading.metadata.exposure
        if own is None or abs(own - usual) < NOTICEABLE_STOPS:
            return None
        return f"Exposed {abs(own - usual):.1f} stops {'brighter' if own > usual else 'darker'} than most."

    return check


def _of_ties(stack: FocalStack) -> Check:
    """Frames of a metric stack that say they have the same focus distance."""
    notes: dict[Path, str] = {}
    if stack.metric:
        paths = [frame.path for frame in stack.frames]
        for group in tied_groups(np.array([frame.dioptres for frame in stack.frames])):
            for i in group:
                others = listed([paths[j].name for j in group if j != i])
                notes[paths[i]] = f"The same focus distance as {others}; kept in file-name order."
    return lambda reading: notes.get(reading.frame.path)


def _of_line(members: Sequence[Reading]) -> Check:
    """Frames whose own focus distance does not fit where they stand among the file names.

    Those outside the longest run through the file names in which focus only rises, or only falls.
    """
    known = [each.frame for each in members if each.frame.dioptres is not None]
    rising = longest_rise([frame.dioptres for frame in known])
    falling = longest_rise([-frame.dioptres for frame in known])
    in_line = max(rising, falling, key=len)
    outside = {known[i].path for i in set(range(len(known))) - set(in_line)}
    if len(known) < FEWEST_IN_LINE or len(outside) > MOST_OUT_OF_LINE * len(known):
        outside = set()
    sentence = "Its focus distance is out of line with the photographs before and after it."
    return lambda reading: sentence if reading.frame.path in outside else None


def _of_pictures(readings: Sequence[Reading], members: Sequence[Reading]) -> Check:
    """Photographs of something else, as a glance tells where the pictures' shape is the same."""
    size = members[0].frame.size
    glances = {each.frame.path: _glance(each.frame.path) for each in readings if each.frame.size == size}
    median = _standardised(np.median([glances[each.frame.path] for each in members], axis=0))
    likeness = {path: float(np.mean(glance * median)) for path, glance in glances.items()}
    sentence = "It shows something else than most of the photographs."
    return lambda reading: sentence if likeness.get(reading.frame.path, 1) < SAME_SCENE else None


def _glance(path: Path) -> np.ndarray:
    """(h, w) of mean 0 and standard deviation 1: what no change of focus or exposure changes much."""
    small = cv2.resize(read_thumbnail(path, THUMBNAIL_SIDE), GLANCE, interpolation=cv2.INTER_AREA)
    return _standardised(cv2.GaussianBlur(small.astype(np.float32), (0, 0), 1))


def _standardised(picture: np.ndarray) -> np.ndarray:
    return (picture - picture.mean()) / max(float(picture.std()), 1e-6)
