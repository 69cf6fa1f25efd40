"""A backend that has loaded all that takes its time, and waits: the next estimate starts at once.

One is started a moment after a run that ended well in a window, and serves one run. It ends with Blender,
with the file, with a run that did not end well, and when nothing has run for a while: its memory is the
person's. While it waits it has no file, so it leaves none.
"""

import subprocess
from pathlib import Path

import bpy

from ..errors import UserError
from ..preferences import cache_folder, preferences
from .process import environment, launch

MOMENT = 2.0  # seconds for Blender to show what the run has brought
PATIENCE = 600.0  # seconds without a run

_process: subprocess.Popen | None = None
_suits: tuple[Path, int] | None = None  # the cache folder and threads of that process


def expect_estimate() -> None:
    """A run has ended well in a window: from a moment later on one waits for the next."""
    _forget_timers()
    bpy.app.timers.register(_start, first_interval=MOMENT)
    bpy.app.timers.register(end, first_interval=PATIENCE)


def taken(cache: Path, threads: int) -> subprocess.Popen | None:
    """The one that waits, the caller's own from now on; None where none waits for such a run."""
    global _process
    if _process is None or _process.poll() is not None or _suits != (cache, threads):
        end()
        return None
    process, _process = _process, None
    _forget_timers()
    return process


def end() -> None:
    """None waits any longer, nor will."""
    _forget_timers()
    kill()


def kill() -> None:
    """All that can be done when Blender ends: it has no timers then."""
    global _process
    if _process is not None:
        _process.kill()
        _process.wait()
        _process.stdin.close()
    _process = None


def _start() -> None:
    global _process, _suits
    if _process is not None:
        return
    try:
        cache = cache_folder()
    except UserError:
        return  # the next run says it
    _suits = cache, preferences().threads
    _process = launch(["standby"], environment(*_suits), cache)


def _forget_timers() -> None:
    for function in (_start, end):
        if bpy.app.timers.is_registered(function):
            bpy.app.timers.unregister(function)
