"""Folders that last as long as one run, and the removal of those whose Blender is gone.

Beside each lies a file that its Blender keeps locked; the system lets go of it when Blender ends, however
it ends. Nothing in here knows Blender.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

PREFIX, LOCK = "run-", ".lock"


class Scratch:
    """A new, empty `folder` in `cache`."""

    def __init__(self, cache: Path) -> None:
        descriptor, name = tempfile.mkstemp(prefix=PREFIX, suffix=LOCK, dir=cache)
        os.close(descriptor)
        self._lock_path = Path(name)
        self._lock = locked(self._lock_path)
        self.folder = self._lock_path.with_suffix("")
        self.folder.mkdir()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            release(self._lock, self._lock_path)


def remove_abandoned(cache: Path) -> None:
    """Remove what a Blender that crashed left behind."""
    for folder in {path.with_suffix("") for path in cache.glob(f"{PREFIX}*")}:
        lock_path = folder.with_suffix(LOCK)
        lock = locked(lock_path)
        if lock is None:
            continue  # a Blender that lives
        shutil.rmtree(folder, ignore_errors=True)
        release(lock, lock_path)


def locked(path: Path) -> BinaryIO | None:
    """The file, open and locked by this process; None where another one has locked it, or owns it."""
    try:
        file = path.open("ab")
    except OSError:
        return None
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def release(lock: BinaryIO, path: Path) -> None:
    """Remove a file that this process has locked, before another can lock it."""
    with contextlib.suppress(OSError):  # Windows removes no open file
        path.unlink()
    lock.close()
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            path.unlink()
