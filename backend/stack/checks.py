"""How single photographs differ from the others of a stack, in sentences for the person who took them."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from .dioptres import find_ties
from .focal_stack import FocalStack, is_same_size
from .likeness import SAME_SCENE, coarse_picture, likeness
from .names import join_names
from .order import longest_rise
from .records import FrameRecord

NOTICEABLE_STOPS = 0.5  # of exposure; smaller differences are evened out without a word
NOTICEABLE_CHANGE = 0.02  # of focal length or f-number, which cameras round
FEWEST_IN_LINE = 5  # frames, before one can be out of line with the others
MOST_OUT_OF_LINE = 0.25  # of the frames; more, and the file names are not in the order of focus

Check = Callable[[FrameRecord], str | None]


def check_frames(
    records: Sequence[FrameRecord], members: Sequence[FrameRecord], stack: FocalStack
) -> dict[Path, tuple[str, ...]]:
    """Return sentences on each photograph, by its path.

    Parameters
    ----------
    records
        Of all photographs, in file-name order.
    members
        Those of them that are part of the stack, with which they are compared.
    stack
        Of the members.

    Raises
    ------
    InputError
        Where a photograph is damaged.
    """
    checks = [
        _check_scene(records, members),
        *_check_values(members),
        _check_ties(stack),
        _check_line(members),
    ]
    notes = {}
    for record in records:
        differences = [check(record) for check in checks]
        implausible = [f"Its {value} is impossible and is ignored." for value in record.metadata.implausible]
        notes[record.frame.path] = tuple(filter(None, differences + implausible))
    return notes


def _check_values(members: Sequence[FrameRecord]) -> list[Check]:
    """What the files hold that should be the same throughout a stack."""
    width, height = members[0].frame.size
    return [
        lambda record: (
            None
            if is_same_size(record.frame.size, (width, height))
            else f"{record.frame.width} x {record.frame.height} pixels, the others {width} x {height}: "
            "it cannot be part of the stack."
        ),
        _check_name(members, lambda record: record.metadata.camera, "Taken with {0}, the others with {1}."),
        _check_name(
            members, lambda record: record.metadata.lens, "Taken with the lens {0}, the others with {1}."
        ),
        _check_number(
            members,
            lambda record: record.frame.focal_length,
            lambda own, usual: (
                f"Focal length {1000 * own:.3g} mm, the others {1000 * usual:.3g} mm: "
                "do not zoom while you take a focal stack."
            ),
        ),
        _check_number(
            members,
            lambda record: record.frame.f_number,
            lambda own, usual: f"Taken at f/{own:.3g}, the others at f/{usual:.3g}.",
        ),
        _check_exposure(members),
    ]


def _check_name(
    members: Sequence[FrameRecord], value: Callable[[FrameRecord], str | None], sentence: str
) -> Check:
    names = Counter(filter(None, map(value, members)))
    if not names:
        return lambda _: None
    usual = names.most_common(1)[0][0]
    return lambda record: (
        sentence.format(value(record), usual) if value(record) not in (None, usual) else None
    )


def _check_number(
    members: Sequence[FrameRecord],
    value: Callable[[FrameRecord], float | None],
    sentence: Callable[[float, float], str],
) -> Check:
    numbers = list(filter(None, map(value, members)))
    if not numbers:
        return lambda _: None
    usual = Counter(numbers).most_common(1)[0][0]

    def check(record: FrameRecord) -> str | None:
        own = value(record)
        return sentence(own, usual) if own and abs(own / usual - 1) > NOTICEABLE_CHANGE else None

    return check


def _check_exposure(members: Sequence[FrameRecord]) -> Check:
    exposures = [each.metadata.exposure for each in members if each.metadata.exposure is not None]
    if not exposures:
        return lambda _: None
    usual = float(np.median(exposures))

    def check(record: FrameRecord) -> str | None:
        own = record.metadata.exposure
        if own is None or abs(own - usual) < NOTICEABLE_STOPS:
            return None
        return f"Exposed {abs(own - usual):.1f} stops {'brighter' if own > usual else 'darker'} than most."

    return check


def _check_ties(stack: FocalStack) -> Check:
    """Frames of a metric stack that have the same focus distance."""
    notes: dict[Path, str] = {}
    if stack.is_metric:
        paths = [frame.path for frame in stack.frames]
        for group in find_ties(np.array([frame.dioptres for frame in stack.frames])):
            for i in group:
                others = join_names([paths[j].name for j in group if j != i])
                notes[paths[i]] = (
                    f"It has the same focus distance as {others}; kept in the order of the file names."
                )
    return lambda record: notes.get(record.frame.path)


def _check_line(members: Sequence[FrameRecord]) -> Check:
    """Frames whose own focus distance does not fit where they stand among the file names.

    Those outside the longest run through the file names in which focus only rises, or only falls.
    """
    frames = [each.frame for each in members if each.frame.dioptres is not None]
    dioptres = [frame.dioptres for frame in frames if frame.dioptres is not None]
    in_line = max(longest_rise(dioptres), longest_rise([-value for value in dioptres]), key=len)
    outside = {frames[i].path for i in set(range(len(frames))) - set(in_line)}
    if len(frames) < FEWEST_IN_LINE or len(outside) > MOST_OUT_OF_LINE * len(frames):
        outside = set()
    sentence = "Its focus distance does not fit between those of the photographs before and after it."
    return lambda record: sentence if record.frame.path in outside else None


def _check_scene(records: Sequence[FrameRecord], members: Sequence[FrameRecord]) -> Check:
    """Photographs of another scene, where the pictures' shape is the same."""
    size = members[0].frame.size
    coarse = {
        each.frame.path: coarse_picture(each.frame.path, each.frame.reading)
        for each in records
        if is_same_size(each.frame.size, size)
    }
    median = np.median([coarse[each.frame.path] for each in members], axis=0)
    alike = {path: likeness(picture, median) for path, picture in coarse.items()}
    sentence = "It does not show the same scene as most of the photographs."
    return lambda record: sentence if alike.get(record.frame.path, 1) < SAME_SCENE else None
