"""What a command writes while it runs: messages for a program, plain lines for a person."""

import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from ..contract import messages
from ..contract.messages import Done, Error, Message, Progress, RoughDepth, StackStarted, Warning

EARLIEST_ESTIMATE = 0.02  # of a command: before that nothing can be told of its end


class Reporter:
    """Turns stages of known relative cost into progress with time left; subclasses write the messages."""

    def __init__(self) -> None:
        self._shares: dict[str, float] = {}
        self._has_begun = False
        self._started = time.monotonic()

    def write(self, message: Message) -> None:
        """Write one message."""
        raise NotImplementedError

    def plan(self, cost: Mapping[str, float]) -> None:
        """Name the stages to come, in order, with their relative cost.

        The clock starts with the first of them that reports; those before it were spared.
        """
        self._shares, self._has_begun = dict(cost), False

    def progress(self, stage: str, done: int, of: int) -> None:
        """Report that `done` of `of` steps of a stage are done."""
        if not self._has_begun:
            self._begin(stage)
        overall = self._overall(stage, done / max(of, 1))
        elapsed = time.monotonic() - self._started
        seconds_left = round(elapsed * (1 / overall - 1), 1) if overall > EARLIEST_ESTIMATE else None
        self.write(Progress(stage, done, of, round(overall, 4), seconds_left))

    def stack(self, name: str) -> None:
        """Report that what follows is about this stack, of several."""
        self.write(StackStarted(name))

    def rough_depth(self, path: Path) -> None:
        """Report that a rough picture of depth is there to look at."""
        self.write(RoughDepth(str(path)))

    def warning(self, text: str) -> None:
        """Report what a person should know of a result that is whole."""
        self.write(Warning(text))

    def error(self, text: str) -> None:
        """Report why there is no result."""
        self.write(Error(text))

    def our_fault(self, error: Exception) -> None:
        """Report a fault of ours in one sentence; where it happened goes to standard error, that is a log."""
        traceback.print_exception(error)
        self.error(f"{type(error).__name__}: {error} (a fault of Focal Depth; the log has the details)")

    def result(self, path: Path, text: str, **details: object) -> None:
        """Report the end of a command that went well."""
        self.write(Done(str(path), text, details))

    def _begin(self, stage: str) -> None:
        stages = list(self._shares)
        if stage in stages:
            self._shares = {name: self._shares[name] for name in stages[stages.index(stage) :]}
        total = sum(self._shares.values())
        self._shares = {name: share / total for name, share in self._shares.items()}
        self._has_begun, self._started = True, time.monotonic()

    def _overall(self, stage: str, fraction: float) -> float:
        before = 0.0
        for name, share in self._shares.items():
            if name == stage:
                return before + share * fraction
            before += share
        return fraction


class JsonReporter(Reporter):
    """Writes one JSON object a line to standard output; the add-on reads these."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stdout

    def write(self, message: Message) -> None:
        """Write a line, at once."""
        self._stream.write(messages.encode(message) + "\n")
        self._stream.flush()


class TextReporter(Reporter):
    """Writes results to standard output; progress, warnings and errors to standard error."""

    def __init__(self) -> None:
        super().__init__()
        self._is_live = sys.stderr.isatty()
        self._stage = ""

    def write(self, message: Message) -> None:
        """Write a line; progress overwrites itself where a person sees it."""
        match message:
            case Progress():
                self._write_progress(message)
            case StackStarted(name):
                self._line(name)
            case RoughDepth(path):
                self._line(f"rough depth: {path}")
            case Warning(text):
                self._line(f"warning: {text}")
            case Error(text):
                self._line(f"error: {text}")
            case Done(path, text):
                self._line("")
                print(text or path, flush=True)

    def _write_progress(self, progress: Progress) -> None:
        if self._is_live:
            left = "" if progress.seconds_left is None else f", {progress.seconds_left:.0f} s left"
            steps = f"{progress.stage} {progress.done}/{progress.of} ({progress.overall:.0%}{left})"
            sys.stderr.write(f"\r\033[K{steps}")
            sys.stderr.flush()
        elif progress.stage != self._stage:
            sys.stderr.write(f"{progress.stage}\n")
        self._stage = progress.stage

    def _line(self, text: str) -> None:
        sys.stderr.write(("\r\033[K" if self._is_live else "") + text + "\n")
        sys.stderr.flush()


class SilentReporter(Reporter):
    """Writes nothing, for where nobody listens."""

    def write(self, message: Message) -> None:
        """Do nothing."""
