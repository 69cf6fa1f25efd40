"""A folder that is written whole or not at all, by one run at a time.

While a run lasts, DIR.unfinished lies beside DIR. In it are `lock`, which the run keeps locked and the system
releases however the run ends; `new`, in which the result grows; and for a moment `earlier`, the result that
is being replaced, which becomes `gone` once the new one stands in its place. After a run that was killed
these remain, and the next run restores what they hold.
"""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .errors import Cancelled, InputError
from .locks import LocksNotSupported, is_same_file, lock_file, remove_lock

SUFFIX = ".unfinished"  # of the folder beside an output folder
LOCK, NEW, EARLIER, GONE = "lock", "new", "earlier", "gone"
ATTEMPTS = 1000  # to lock what others remove at the same time; each takes some microseconds

_open: set["OutputFolder"] = set()  # of this process
_swap = threading.Lock()  # the swap of two folders is never cut in two by `release_all`


class OutputFolder:
    """An output folder that this run alone writes.

    Attributes
    ----------
    path
        The folder.
    new
        An empty folder; `commit` puts it in the place of `path`.
    """

    def __init__(self, path: Path) -> None:
        """Lock the folder.

        Raises
        ------
        InputError
            Where another run holds it.
        OSError
            Where nothing can be written or locked there.
        """
        self.path = path
        self._beside = _beside(path)
        self.new, self._earlier, self._gone = (self._beside / name for name in (NEW, EARLIER, GONE))
        for part in (self._beside, self.new, self._earlier, self._gone, self._beside / LOCK):
            if part.is_symlink():  # it came with a folder from elsewhere, and leads out of here
                part.unlink()
        self._lock: BinaryIO | None = self._acquire()

    @property
    def is_released(self) -> bool:
        """Whether the folder was given up, by the end of its run or by `release_all`."""
        return self._lock is None

    def prepare(self, owned: Collection[str]) -> None:
        """Restore what a run that was killed left, and make `new`.

        Parameters
        ----------
        owned
            Names of files in a result. What else is in an earlier result belongs to somebody and moves
            along. The folder must be absent, empty or a result.
        """
        if self._earlier.exists():
            if self.path.exists() and not any(self.path.iterdir()):
                self.path.rmdir()
            if self.path.exists():
                self._discard_earlier(owned)
            else:
                self._earlier.rename(self.path)
        for remains in (self.new, self._gone):
            if remains.exists():
                shutil.rmtree(remains)
        self.new.mkdir()

    def commit(self, owned: Collection[str]) -> None:
        """Put `new` in its place and remove an earlier result; `owned` is as in `prepare`."""
        with _swap:
            if self.is_released:
                raise Cancelled
            replaces = self.path.exists()
            try:
                if replaces:
                    self.path.rename(self._earlier)
                self.new.rename(self.path)
            except BaseException:
                if self._earlier.exists() and not self.path.exists():
                    self._earlier.rename(self.path)
                raise
            if replaces:
                self._discard_earlier(owned)
        shutil.rmtree(self._gone, ignore_errors=True)

    def release(self) -> None:
        """Unlock the folder and remove what is unfinished."""
        with _swap:
            if self._lock is None:
                return
            lock, self._lock = self._lock, None
            for remains in (self.new, self._gone):
                _remove(remains)
            remove_lock(lock, self._beside / LOCK)
            with suppress(OSError):  # another run begins, or an earlier result waits
                self._beside.rmdir()

    def _discard_earlier(self, owned: Collection[str]) -> None:
        for entry in self._earlier.iterdir():
            if entry.name not in owned and not (self.path / entry.name).exists():
                entry.rename(self.path / entry.name)
        self._earlier.rename(self._gone)

    def _acquire(self) -> BinaryIO:
        for attempt in range(ATTEMPTS):
            try:
                self._beside.mkdir(parents=True, exist_ok=True)
                file = lock_file(self._beside / LOCK)
            except OSError as error:
                # Of these two, only what lasts means more than that another run just begins or ends.
                if isinstance(error, (FileNotFoundError, FileExistsError)) and attempt < ATTEMPTS - 1:
                    continue
                if isinstance(error, LocksNotSupported):  # nobody else can have locked it
                    with suppress(OSError):
                        (self._beside / LOCK).unlink()
                with suppress(OSError):
                    self._beside.rmdir()
                raise
            if file is None:
                break
            if is_same_file(file, self._beside / LOCK):
                return file
            file.close()  # the run that had it has removed it
        raise InputError(
            f"{self.path} is being written by another run: wait for it to end, or choose another "
            "output folder"
        )


@contextmanager
def open_output(path: Path, check: Callable[[Path], None], owned: Collection[str]) -> Iterator[OutputFolder]:
    """Hold an output folder until the end of the block.

    Parameters
    ----------
    path
        The folder, resolved.
    check
        Raises InputError where somebody's other files are in the way.
    owned
        As in `OutputFolder.prepare`.

    Raises
    ------
    InputError
        From `check`, and where another run, or another thread of this one, holds the folder.
    OSError
        Where nothing can be written or locked there.
    """
    output = OutputFolder(path)
    _open.add(output)
    try:
        check(path)
        output.prepare(owned)
        yield output
    finally:
        output.release()
        _open.discard(output)


def release_all() -> None:
    """Remove every unfinished folder of this process; a write still under way raises Cancelled."""
    for output in list(_open):
        output.release()


def clean_up(path: Path) -> None:
    """Remove what a run that was killed left beside an output folder, unless another run is at work there.

    An earlier result goes back to its place if that is empty, or else waits for the next run.
    """
    beside = _beside(path)
    if not (beside / LOCK).is_file():
        return
    try:
        lock = lock_file(beside / LOCK)
    except OSError:
        return
    if lock is None:
        return
    with contextlib.suppress(OSError):
        if not path.exists():
            (beside / EARLIER).rename(path)
    for name in (NEW, GONE):
        shutil.rmtree(beside / name, ignore_errors=True)
    remove_lock(lock, beside / LOCK)
    with contextlib.suppress(OSError):
        beside.rmdir()


def _beside(path: Path) -> Path:
    return Path(f"{path}{SUFFIX}")


def _remove(folder: Path) -> None:
    for _ in range(50):  # another thread may just be writing into it
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            break
        time.sleep(0.1)
