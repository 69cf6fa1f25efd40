"""Photographs looked over before they are a stack: which can be part of it, and what is odd about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..contract.errors import InputError
from .assemble import (
    AllAlike,
    File,
    Reading,
    assemble,
    check_sizes,
    find_photographs,
    match_names,
    open_file,
    read_frames,
    relative_stack,
    sequence_of,
    usual_size,
)
from .checks import find_oddities
from .focal_stack import FocalStack, Frame
from .order import natural_key
from .overrides import Overrides


@dataclass(frozen=True)
class Survey:
    """A stack, the photographs beside it that are not part of it, and notes on each."""

    stack: FocalStack
    left_out: tuple[Frame, ...]  # in file-name order; 0 x 0 pixels where a file cannot be read
    notes: Mapping[Path, tuple[str, ...]]  # sentences, of every frame

    @property
    def frames(self) -> list[Frame]:
        """All far to near, those left out where they would stand."""
        frames = list(self.stack.frames)
        for frame in self.left_out:
            frames.insert(_place(frame, frames, self.stack), frame)
        return frames


def survey(photographs: Sequence[Path], typed: Overrides | None = None, leave_out: Sequence[str] = ()) -> Survey:
    """Look over files or one folder, without those the person leaves out (by file name or path).

    What cannot be part of the stack is left out too: unreadable files, and pictures of another size than
    most. Raises InputError where that leaves fewer than two, or where sidecars or typing are at fault.
    """
    typed = typed or Overrides()
    paths = find_photographs(photographs)
    files, faults = _opened(paths)
    readings = read_frames(files, typed, paths)
    unwanted = match_names(dict.fromkeys(leave_out, True), paths, "--leave-out")
    candidates = [reading for reading in readings if reading.frame.path not in unwanted]
    _check_enough(candidates, faults)
    size = usual_size([reading.frame for reading in candidates])
    members = [reading for reading in candidates if reading.frame.size == size]
    if len(members) < 2:
        check_sizes([reading.frame for reading in candidates])  # tells which two differ
    stack = _stack(members, typed)
    notes = find_oddities(readings, members, stack) | {
        path: (_without_path(fault, path),) for path, fault in faults.items()
    }
    outside = [reading.frame for reading in readings if reading not in members]
    outside += [Frame(path, width=0, height=0) for path in faults]
    return Survey(stack, tuple(sorted(outside, key=lambda frame: natural_key(frame.path))), notes)


def _opened(paths: Sequence[Path]) -> tuple[list[File], dict[Path, InputError]]:
    """The files that can be read, and why others cannot."""
    files, faults = [], {}
    for path in paths:
        try:
            files.append(open_file(path))
        except InputError as fault:
            faults[path] = fault
    return files, faults


def _check_enough(candidates: Sequence[Reading], faults: Mapping[Path, InputError]) -> None:
    if len(candidates) >= 2:
        return
    if faults:
        raise next(iter(faults.values()))
    raise InputError("fewer than two photographs are left; a focal stack needs at least two")


def _stack(members: Sequence[Reading], typed: Overrides) -> FocalStack:
    """Distances that are all alike tell nothing: the person may type others."""
    try:
        return assemble(members, typed)
    except AllAlike as fault:
        frames = [reading.frame for reading in members]
        return relative_stack(frames, sequence_of(frames, typed), f"{fault}.")


def _without_path(fault: InputError, path: Path) -> str:
    text = str(fault).removeprefix(f"{path} ")
    return f"{text[0].upper()}{text[1:]}."


def _place(frame: Frame, frames: Sequence[Frame], stack: FocalStack) -> int:
    """Where a frame belongs among `frames`: by focus distance, or else behind its neighbour by name."""
    if stack.metric and frame.dioptres is not None:
        known = [-1.0 if each.dioptres is None else each.dioptres for each in frames]
        return 1 + max((i for i, value in enumerate(known) if 0 <= value <= frame.dioptres), default=-1)
    own = natural_key(frame.path)
    before = [i for i, each in enumerate(frames) if natural_key(each.path) < own]
    if not before:
        return len(frames) if stack.reversed else 0
    neighbour = max(before, key=lambda i: natural_key(frames[i].path))
    return neighbour if stack.reversed else neighbour + 1
