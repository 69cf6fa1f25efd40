"""A folder that is written whole or not at all, by one run at a time.

While a run lasts, DIR.unfinished lies beside DIR. In it are `lock`, which the run keeps locked and the system
lets go of however the run ends; `new`, in which the result grows; and for a moment `earlier`, the result that
steps aside, which becomes `gone` once the new one stands in its place. Of a run that was killed this stays,
and tells the next run what there is to put right.
"""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .errors import Cancelled, InputError

BESIDE = ".unfinished"  # the folder's name, after that of the result
LOCK, NEW, EARLIER, GONE = "lock", "new", "earlier", "gone"
ATTEMPTS = 1000  # to lock what others remove at the same time; each takes some microseconds

_claims: dict[Path, "Claim"] = {}
_swap = threading.Lock()  # the swap of two folders is never cut in two by `release_all`


class Claim:
    """A `folder` that no other run writes, and `new`, an empty folder for what shall stand there."""

    def __init__(self, folder: Path) -> None:
        """Raises InputError where another run has it, and OSError where nothing can be written."""
        self.folder = folder
        self._beside = Path(f"{folder}{BESIDE}")
        self.new, self._earlier, self._gone = (self._beside / name for name in (NEW, EARLIER, GONE))
        for path in (self._beside, self.new, self._earlier, self._gone, self._beside / LOCK):
            if path.is_symlink():  # not ours: it came with a folder from elsewhere, and leads out of here
                path.unlink()
        self._lock: BinaryIO | None = self._locked()

    @property
    def released(self) -> bool:
        return self._lock is None

    def prepare(self, ours: set[str]) -> None:
        """Put right what a run that was killed left, and make `new`. `ours` are names in a result; what else
        is in one is somebody's own and moves along. The folder must be absent, empty or a result."""
        if self._earlier.exists():
            if self.folder.exists() and not any(self.folder.iterdir()):
                self.folder.rmdir()
            if self.folder.exists():
                self._give_up_earlier(ours)
            else:
                self._earlier.rename(self.folder)
        for remains in (self.new, self._gone):
            if remains.exists():
                shutil.rmtree(remains)
        self.new.mkdir()

    def replace(self, ours: set[str]) -> None:
        """Put `new` in its place, and away with an earlier result."""
        with _swap:
            if self.released:
                raise Cancelled
            replaces = self.folder.exists()
            try:
                if replaces:
                    self.folder.rename(self._earlier)
                self.new.rename(self.folder)
            except BaseException:
                if self._earlier.exists() and not self.folder.exists():
                    self._earlier.rename(self.folder)
                raise
            if replaces:
                self._give_up_earlier(ours)
        shutil.rmtree(self._gone, ignore_errors=True)

    def release(self) -> None:
        """Leave nothing unfinished behind."""
        with _swap:
            if self.released:
                return
            lock, self._lock = self._lock, None
            for remains in (self.new, self._gone):
                _remove(remains)
            path = self._beside / LOCK
            with suppress(OSError):  # Windows removes no open file
                path.unlink()
            lock.close()
            if sys.platform == "win32":
                with suppress(OSError):
                    path.unlink()
            with suppress(OSError):  # another run begins, or an earlier result waits
                self._beside.rmdir()

    def _give_up_earlier(self, ours: set[str]) -> None:
        for entry in self._earlier.iterdir():
            if entry.name not in ours and not (self.folder / entry.name).exists():
                entry.rename(self.folder / entry.name)
        self._earlier.rename(self._gone)

    def _locked(self) -> BinaryIO:
        for attempt in range(ATTEMPTS):
            try:
                self._beside.mkdir(parents=True, exist_ok=True)
                file = (self._beside / LOCK).open("ab")
            except OSError as error:
                # Of these two, only what lasts tells more than that another run just begins or ends.
                if isinstance(error, (FileNotFoundError, FileExistsError)) and attempt < ATTEMPTS - 1:
                    continue
                with suppress(OSError):
                    self._beside.rmdir()
                raise
            if not _lock(file):
                file.close()
                break
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), (self._beside / LOCK).stat()):
                    return file
            file.close()  # the run that had it has removed it
        raise InputError(
            f"{self.folder} is being written by another run: wait for it to end, or choose another "
            "output folder"
        )


@contextmanager
def claimed(folder: Path, check: Callable[[Path], None], ours: set[str]) -> Iterator[Claim]:
    """The claim on a folder, until the end of the block; within a block for the same folder it is the same.

    `check` raises InputError where somebody's other files are in the way; `ours` is as in `Claim.prepare`.
    """
    if folder in _claims:
        yield _claims[folder]
        return
    claim = _claims[folder] = Claim(folder)
    try:
        check(folder)
        claim.prepare(ours)
        yield claim
    finally:
        claim.release()
        _claims.pop(folder, None)


def release_all() -> None:
    """Delete every half-written folder of this process; a write still under way raises Cancelled."""
    for claim in list(_claims.values()):
        claim.release()


def _lock(file: BinaryIO) -> bool:
    """False where another process has locked it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove(folder: Path) -> None:
    for _ in range(50):  # another thread may just be writing into it
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            break
        time.sleep(0.1)
