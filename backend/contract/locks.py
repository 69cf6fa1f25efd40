"""File locks that the system releases when their process ends, however it ends."""

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import BinaryIO

# What systems say where another process holds a lock, and where a file system has no locks at all.
_HELD_ELSEWHERE = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
_NOT_SUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}


class LocksNotSupported(OSError):
    """The file system of a path has no locks."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.ENOLCK, "its file system has no locks", str(path))


def lock_file(path: Path) -> BinaryIO | None:
    """Open and lock a file, which is created where it is absent.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    BinaryIO or None
        The open file, locked until it is closed; None where another process, or another opening in this
        one, holds the lock.

    Raises
    ------
    OSError
        Where the file cannot be opened; `LocksNotSupported` where its file system has no locks.
    """
    file = path.open("ab")
    try:
        _lock(file)
    except OSError as error:
        file.close()
        if error.errno in _HELD_ELSEWHERE:
            return None
        if error.errno in _NOT_SUPPORTED:
            raise LocksNotSupported(path) from error
        raise
    return file


def remove_lock(file: BinaryIO, path: Path) -> None:
    """Remove and release a file that this process has locked, before another one can lock it."""
    with contextlib.suppress(OSError):  # Windows removes no open file
        path.unlink()
    file.close()
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            path.unlink()


def is_same_file(file: BinaryIO, path: Path) -> bool:
    """Whether `path` still leads to the open file: whoever held the lock may have removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
