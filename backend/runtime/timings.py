"""How long the stages of a run take, and how far they have come."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]  # a stage, how many of its steps are done, of how many
StageProgress = Callable[[int, int], None]  # the same within a stage


def no_progress(stage: str, done: int, of: int) -> None:
    """Report to nobody."""


class Stages:
    """The stages of one run: who listens to them, and how long they took.

    Attributes
    ----------
    seconds
        By stage, those that have ended.
    """

    def __init__(self, progress: Progress = no_progress) -> None:
        self._progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[StageProgress]:
        """Time a block, which reports its steps to what it is given."""
        started = time.monotonic()
        yield lambda done, of: self._progress(name, done, of)
        self.seconds[name] = round(time.monotonic() - started, 3)
