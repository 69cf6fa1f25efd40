"""What a command says while it runs: JSON lines for a program, plain lines for a person."""

import json
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

Progress = Callable[[int, int], None]  # how many steps are behind, of how many


class Reporter:
    """Turns stages of known relative cost into progress with time left; subclasses choose the form."""

    def __init__(self) -> None:
        self._shares: dict[str, float] = {}
        self._started = time.monotonic()

    def plan(self, shares: Mapping[str, float]) -> None:
        """Name the stages to come, in order, with their relative cost; the clock starts here."""
        total = sum(shares.values())
        self._shares = {stage: share / total for stage, share in shares.items()}
        self._started = time.monotonic()

    def progress(self, stage: str, done: int, of: int) -> None:
        """`done` of `of` steps of a stage are behind us."""
        overall = self._overall(stage, done / max(of, 1))
        elapsed = time.monotonic() - self._started
        seconds_left = elapsed * (1 / overall - 1) if overall > 0.02 else None
        self._say_progress(stage, done, of, overall, seconds_left)

    def _overall(self, stage: str, fraction: float) -> float:
        before = 0.0
        for name, share in self._shares.items():
            if name == stage:
                return before + share * fraction
            before += share
        return fraction

    def _say_progress(
        self, stage: str, done: int, of: int, overall: float, seconds_left: float | None
    ) -> None:
        raise NotImplementedError

    def stack(self, name: str) -> None:
        """What comes next is of this one, of several."""
        raise NotImplementedError

    def warning(self, text: str) -> None:
        raise NotImplementedError

    def error(self, text: str) -> None:
        raise NotImplementedError

    def our_fault(self, error: Exception) -> None:
        """One sentence, and on standard error, which goes into a log, where it happened."""
        traceback.print_exception(error)
        self.error(f"{type(error).__name__}: {error} (a fault of Focal Depth; the log has the details)")

    def result(self, path: Path, text: str, **details: object) -> None:
        raise NotImplementedError


class JsonReporter(Reporter):
    """One JSON object a line on standard output; the add-on reads these."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stdout

    def _say(self, kind: str, **fields: object) -> None:
        line = json.dumps({"type": kind, **fields})  # ASCII, whatever encoding the pipe has
        self._stream.write(line + "\n")
        self._stream.flush()

    def _say_progress(self, stage, done, of, overall, seconds_left) -> None:
        left = None if seconds_left is None else round(seconds_left, 1)
        self._say("progress", stage=stage, done=done, of=of, overall=round(overall, 4), seconds_left=left)

    def stack(self, name: str) -> None:
        self._say("stack", name=name)

    def warning(self, text: str) -> None:
        self._say("warning", text=text)

    def error(self, text: str) -> None:
        self._say("error", text=text)

    def result(self, path: Path, text: str, **details: object) -> None:
        self._say("result", path=str(path), text=text, **details)


class TextReporter(Reporter):
    """Results on standard output; progress, warnings and errors on standard error."""

    def __init__(self) -> None:
        super().__init__()
        self._live = sys.stderr.isatty()
        self._stage = ""

    def _say_progress(self, stage, done, of, overall, seconds_left) -> None:
        if self._live:
            left = "" if seconds_left is None else f", {seconds_left:.0f} s left"
            sys.stderr.write(f"\r\033[K{stage} {done}/{of} ({overall:.0%}{left})")
            sys.stderr.flush()
        elif stage != self._stage:
            sys.stderr.write(f"{stage}\n")
        self._stage = stage

    def _line(self, text: str) -> None:
        sys.stderr.write(("\r\033[K" if self._live else "") + text + "\n")
        sys.stderr.flush()

    def stack(self, name: str) -> None:
        self._line(name)

    def warning(self, text: str) -> None:
        self._line(f"warning: {text}")

    def error(self, text: str) -> None:
        self._line(f"error: {text}")

    def result(self, path: Path, text: str, **details: object) -> None:
        self._line("")
        print(text or path, flush=True)


class SilentReporter(Reporter):
    """For library use, where nobody listens."""

    def _say_progress(self, stage, done, of, overall, seconds_left) -> None:
        pass

    def stack(self, name: str) -> None:
        pass

    def warning(self, text: str) -> None:
        pass

    def error(self, text: str) -> None:
        pass

    def result(self, path: Path, text: str, **details: object) -> None:
        pass
