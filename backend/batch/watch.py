"""Brackets as they arrive: from a tethered camera, a card that is copied, a folder that is synchronised.

A bracket is estimated once nothing of it has changed for a while, and anew when something does. Photographs
that come late or out of order so lead to the results of `batch`.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..contract.errors import InputError
from ..contract.formats import CLIP_EXTENSIONS, EXTENSIONS, is_clip
from .find import StackFolder, find_stacks

INTERVAL = 0.5  # seconds between two polls of the folder: what watches for the system sees no network shares

State = tuple[int, int]  # size in bytes, and when it was last written in nanoseconds


@dataclass
class _Observed:
    state: State
    since: float  # time.monotonic when it was first seen so


class Arrivals:
    """The photographs below a folder, and since when they have been as they are."""

    def __init__(self, folder: Path, output: Path) -> None:
        self._folder, self._output = folder, output
        self._seen: dict[Path, _Observed] = {}

    def poll(self) -> bool:
        """Take in what has come, grown or gone; True where there was any."""
        now, before = time.monotonic(), self._seen
        self._seen = {}
        for path, state in _photographs(self._folder, self._output):
            known = before.get(path)
            self._seen[path] = known if known and known.state == state else _Observed(state, now)
        return {path: seen.state for path, seen in before.items()} != self._states()

    def is_quiet(self, stack: StackFolder, quiet: float) -> bool:
        """Whether nothing of a stack has changed for `quiet` seconds."""
        since = [self._seen[path].since for path in stack.photographs if path in self._seen]
        return len(since) == len(stack.photographs) and time.monotonic() - max(since) >= quiet

    def states(self, stack: StackFolder) -> tuple[tuple[Path, State | None], ...]:
        """What a stack was made of, to be compared later."""
        known = self._states()
        return tuple((path, known.get(path)) for path in stack.photographs)

    def _states(self) -> dict[Path, State]:
        return {path: seen.state for path, seen in self._seen.items()}


def watch(
    folder: Path,
    output: Path,
    quiet: float,
    estimate: Callable[[StackFolder], None],
    discard: Callable[[str], None],
) -> None:
    """Call `estimate` for every clip and every bracket of at least two photographs below `folder`, for ever,
    and `discard` with the name of one whose photographs have turned out to be part of another.
    """
    arrivals = Arrivals(folder, output)
    made: dict[str, tuple] = {}  # by name, what it was made of
    stacks: list[StackFolder] = []
    while True:
        if arrivals.poll():
            stacks = _stacks(folder, output)
            for name in _superseded(made, stacks):
                del made[name]
                discard(name)
        for stack in stacks:
            state = arrivals.states(stack)
            is_whole = len(state) > 1 or is_clip(stack.photographs[0])
            if is_whole and made.get(stack.name) != state and arrivals.is_quiet(stack, quiet):
                made[stack.name] = state
                estimate(stack)
                break  # which took a while: what has come meanwhile may belong to the next
        else:
            time.sleep(INTERVAL)


def _superseded(made: dict[str, tuple], stacks: list[StackFolder]) -> list[str]:
    """Names that no bracket has any more, though their photographs are there."""
    names = {stack.name for stack in stacks}
    there = {path for stack in stacks for path in stack.photographs}
    return [name for name, state in made.items() if name not in names and there & {path for path, _ in state}]


def _stacks(folder: Path, output: Path) -> list[StackFolder]:
    try:
        return find_stacks([folder], output)
    except InputError:  # nothing has come yet
        return []


def _photographs(folder: Path, output: Path) -> list[tuple[Path, State]]:
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if Path(place, name) != output and not name.startswith(".")]
        for name in files:
            path = Path(place, name)
            if path.suffix.lower() in (*EXTENSIONS, *CLIP_EXTENSIONS):
                try:
                    told = path.stat()
                except OSError:  # it has just gone
                    continue
                found.append((path, (told.st_size, told.st_mtime_ns)))
    return found
