"""Folders that last as long as one run, and the removal of those whose Blender is gone.

Beside each lies a file that its Blender keeps locked; the system releases it when Blender ends, however it
ends. Nothing in here knows Blender.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from ...backend.contract.locks import LocksNotSupported, is_same_file, lock_file, remove_lock

PREFIX, LOCK = "run-", ".lock"


class Scratch:
    """A new, empty folder in the cache folder.

    Raises
    ------
    OSError
        Where nothing can be written there; `LocksNotSupported` where its file system has no locks.
    """

    def __init__(self, cache: Path) -> None:
        self._lock_path, self._lock = _new_lock(cache)
        self.folder = self._lock_path.with_suffix("")
        try:
            self.folder.mkdir()
        except BaseException:
            remove_lock(self._lock, self._lock_path)
            raise

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        remove_lock(self._lock, self._lock_path)


def remove_abandoned(cache: Path) -> None:
    """Remove what a Blender that crashed left behind.

    Raises
    ------
    LocksNotSupported
        Where the file system cannot say whether a Blender still uses it.
    """
    for folder in {path.with_suffix("") for path in cache.glob(f"{PREFIX}*")}:
        lock_path = folder.with_suffix(LOCK)
        try:
            lock = lock_file(lock_path)
        except LocksNotSupported:
            raise
        except OSError:
            continue  # somebody else's
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            remove_lock(lock, lock_path)


def _new_lock(cache: Path) -> tuple[Path, BinaryIO]:
    while True:
        descriptor, name = tempfile.mkstemp(prefix=PREFIX, suffix=LOCK, dir=cache)
        os.close(descriptor)
        path = Path(name)
        try:
            lock = lock_file(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        if lock is not None:
            if is_same_file(lock, path):
                return path, lock
            lock.close()
        # Another Blender has just removed it as abandoned: it was not locked yet.
