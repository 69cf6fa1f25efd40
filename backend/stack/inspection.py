"""Photographs inspected before they are a stack: which can be part of it, and how each differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..contract.errors import InputError
from ..runtime.timings import Progress, no_progress
from .assemble import assemble_stack, check_sizes, usual_size
from .checks import check_frames
from .clips import ClipFrames
from .explain import explain_focus
from .find import find_photographs
from .focal_stack import FocalStack, Frame, is_same_size
from .names import match_names, natural_key
from .order import read_thumbnails
from .outsiders import find_outsiders
from .overrides import Overrides
from .records import FrameRecord, Photograph, open_photograph, read_records
from .seriation import sharpness_profiles
from .stack_warnings import reversal_warnings
from .unify import unify


@dataclass(frozen=True)
class Inspection:
    """A stack, the photographs beside it that are not part of it, and notes on each.

    Attributes
    ----------
    stack
        Of the photographs that can be part of one.
    left_out
        The others, in file-name order; of 0 x 0 pixels where a file cannot be read.
    notes
        Sentences on every photograph, by its path.
    reasons
        Sentences on why its focus is believed.
    of_clip
        What was taken of the clip that was given; None where photographs were.
    """

    stack: FocalStack
    left_out: tuple[Frame, ...]
    notes: Mapping[Path, tuple[str, ...]]
    reasons: tuple[str, ...] = ()
    of_clip: ClipFrames | None = None

    @property
    def frames(self) -> list[Frame]:
        """All photographs far to near, those left out where they would stand."""
        frames = list(self.stack.frames)
        for frame in self.left_out:
            frames.insert(_place(frame, frames, self.stack), frame)
        return frames


def inspect_stack(
    photographs: Sequence[Path | str],
    overrides: Overrides | None = None,
    leave_out: Sequence[str] = (),
    progress: Progress = no_progress,
) -> Inspection:
    """Inspect photographs that may become a stack.

    What cannot be part of it is left out: unreadable files, and pictures of another size than most.

    Parameters
    ----------
    photographs
        Files in any order, or one folder.
    overrides
        What a person types, which beats sidecars and metadata.
    leave_out
        File names or paths of photographs that the person leaves out.
    progress
        Told how many frames of a clip were looked at.

    Raises
    ------
    InputError
        Where fewer than two are left, or where a sidecar or an override is at fault.
    """
    overrides = overrides or Overrides()
    found = find_photographs(photographs, overrides, progress)
    readable, faults = _open_all(found.paths)
    readable, shared = unify(readable)
    records = read_records(readable, overrides, found.all)
    unwanted = match_names(dict.fromkeys(leave_out, True), found.all, "--leave-out")
    candidates = [record for record in records if record.frame.path not in unwanted]
    _check_enough(candidates, faults)
    size = usual_size([record.frame for record in candidates])
    members = [record for record in candidates if is_same_size(record.frame.size, size)]
    if len(members) < 2:
        check_sizes([record.frame for record in candidates])  # names two that differ
    outsiders = find_outsiders(members)
    members = [record for record in members if record.frame.path not in outsiders]
    stack = assemble_stack(members, overrides)
    if stack.is_metric:
        profiles = sharpness_profiles(read_thumbnails(stack.frames))
        stack = stack.with_warnings(*reversal_warnings(stack, profiles))
    stack = stack.with_warnings(*found.remarks, *shared)
    notes = check_frames(records, members, stack)
    notes |= {path: (f"{reason[0].upper()}{reason[1:]}",) for path, reason in outsiders.items()}
    notes |= {path: (_without_path(fault, path),) for path, fault in faults.items()}
    outside = [record.frame for record in records if record not in members]
    outside += [Frame(path, width=0, height=0) for path in faults]
    left_out = tuple(sorted(outside, key=lambda frame: natural_key(frame.path)))
    return Inspection(stack, left_out, notes, explain_focus(stack), found.of_clip)


def _open_all(paths: Sequence[Path]) -> tuple[list[Photograph], dict[Path, InputError]]:
    """The photographs that can be read, and why others cannot."""
    photographs, faults = [], {}
    for path in paths:
        try:
            photographs.append(open_photograph(path))
        except InputError as fault:
            faults[path] = fault
    return photographs, faults


def _check_enough(candidates: Sequence[FrameRecord], faults: Mapping[Path, InputError]) -> None:
    if len(candidates) >= 2:
        return
    if faults:
        raise next(iter(faults.values()))
    raise InputError("fewer than two photographs are left; a focal stack needs at least two")


def _without_path(fault: InputError, path: Path) -> str:
    text = str(fault).removeprefix(f"{path} ")
    return f"{text[0].upper()}{text[1:]}."


def _place(frame: Frame, frames: Sequence[Frame], stack: FocalStack) -> int:
    """Where a frame belongs among `frames`: by focus distance, or else behind its neighbour by name."""
    if stack.is_metric and frame.dioptres is not None:
        dioptres = [-1.0 if each.dioptres is None else each.dioptres for each in frames]
        return 1 + max((i for i, value in enumerate(dioptres) if 0 <= value <= frame.dioptres), default=-1)
    own = natural_key(frame.path)
    before = [i for i, each in enumerate(frames) if natural_key(each.path) < own]
    if not before:
        return len(frames) if stack.is_reversed else 0
    neighbour = max(before, key=lambda i: natural_key(frames[i].path))
    return neighbour if stack.is_reversed else neighbour + 1
