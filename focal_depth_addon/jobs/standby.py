"""A backend that has loaded all that takes its time, and waits: the next estimate starts at once.

One is started a moment after a run that ended well in a window, and serves one run. It ends with Blender,
with the file, with a run that did not end well, and when nothing has run for a while: its memory is the
person's. While it waits it has no file, so it leaves none.
"""

import subprocess
from pathlib import Path

from ..errors import UserError
from ..preferences import cache_folder, preferences
from .process import environment, kill, launch
from .timer import Timer

START_DELAY = 2.0  # seconds for Blender to show the result of the run
MAX_WAIT = 600.0  # seconds without a run


class Standby:
    """The process that waits, if one does.

    Attributes
    ----------
    process
        That process, or None.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self._conditions: tuple[Path, int] | None = None  # the cache folder and threads of that process
        self._start_timer = Timer(self.start)
        self._end_timer = Timer(self.end)

    @property
    def is_expecting(self) -> bool:
        """Whether a process will start or end by itself."""
        return self._start_timer.is_running or self._end_timer.is_running

    def expect_estimate(self) -> None:
        """Start a process in a moment: a run has ended well in a window, and an estimate may come next."""
        self._start_timer.start(START_DELAY)
        self._end_timer.start(MAX_WAIT)

    def start(self) -> None:
        """Start a process that waits, unless one does."""
        if self.process is not None:
            return
        try:
            cache = cache_folder()
            self._conditions = cache, preferences().threads
            self.process = launch(["standby"], environment(*self._conditions), cache)
        except (UserError, OSError):
            return  # the next run reports it

    def take(self, cache: Path, threads: int) -> subprocess.Popen | None:
        """Hand the process over to the caller; None where none waits for such a run."""
        if self.process is None or self.process.poll() is not None or self._conditions != (cache, threads):
            self.end()
            return None
        process, self.process = self.process, None
        self._stop_timers()
        return process

    def end(self) -> None:
        """Let no process wait any longer, nor start."""
        self._stop_timers()
        self.kill()

    def kill(self) -> None:
        """End the process. It is all that can be done when Blender ends: it has no timers then."""
        if self.process is not None:
            kill(self.process)
        self.process = None

    def _stop_timers(self) -> None:
        self._start_timer.stop()
        self._end_timer.stop()
