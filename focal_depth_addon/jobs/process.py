"""The backend as a child process: its start, what it says, its end. Nothing in here knows Blender.

The child writes its messages to a file that is read as it grows: unlike a pipe, a file can be read
without waiting on every system, and without a thread.
"""

import contextlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

from .scratch import Scratch, locked, release

EXTENSION = Path(__file__).resolve().parents[2]
# -P and -s: neither the current folder nor the person's own packages get in the way.
_COMMAND = (sys.executable, "-P", "-s", "-m", "backend")
COURTESY = 5  # how much the child steps back for Blender, as nice counts
GRACE = 0.2  # seconds a cancelled child has to remove what it had half written
CANCELLED = 130
# No console window, and Blender first; other systems know neither.
_WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(
    subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0
)
ORDER = "order.json"
LOG, KEPT_LOG, BYTECODE = "log", "last_fault.log", "bytecode"  # the last two in the cache folder


class Child:
    """A running `python -m backend ...`, and all it has said so far."""

    def __init__(
        self,
        arguments: list[str],
        scratch: Scratch,
        cache: Path,
        threads: int = 0,
        standby: subprocess.Popen | None = None,
    ) -> None:
        """Start it, or let the one run that waits in `standby`. `scratch` is removed by `close`; `cache` is a
        folder that stays. 0 threads are as many as there are cores."""
        self.progress: dict | None = None  # the last message of that type
        self.progressed = 0.0  # when it came, as time.monotonic has it
        self.warnings: list[str] = []
        self.error: str | None = None
        self.result: dict | None = None
        self.cancelled = False
        self._arguments = arguments
        self._scratch = scratch
        self._cache = cache
        self._patience_ends = 0.0
        said, complained = scratch.folder / "messages", scratch.folder / LOG
        words = [*arguments, "--messages", "--stop-with-stdin"]
        with said.open("wb") as stdout, complained.open("wb") as stderr:
            if standby is None:
                self._process = launch(words, environment(cache, threads), scratch.folder, stdout, stderr)
            else:
                self._process = standby
                self._order({"arguments": words, "stdout": str(said), "stderr": str(complained)})
        self._messages = said.open("rb")
        self._unfinished_line = b""

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> bool:
        """Take in what has been said since the last time; True while the child runs.

        One that was cancelled and does not end in time is killed.
        """
        running = self._process.poll() is None
        if running and self.cancelled and time.monotonic() > self._patience_ends:
            self._process.kill()
            self._process.wait()
            running = False
        self._read_messages()
        return running

    def cancel(self) -> None:
        """Ask the child to stop and clean up, by closing its standard input. Does not wait; see `poll`."""
        if self.cancelled or not self.poll():
            return
        self.cancelled = True
        self._patience_ends = time.monotonic() + GRACE
        self._close_stdin()

    def stop(self) -> None:
        """Cancel the child and wait for its end."""
        self.cancel()
        while self.poll():
            time.sleep(0.01)

    def close(self) -> None:
        """Leave nothing behind of a child that has ended, but the log of one that failed."""
        self._messages.close()
        self._close_stdin()
        if self._failed():
            with contextlib.suppress(OSError):  # a full disk
                self._keep_log()
        self._scratch.remove()
        self._remove_unfinished()

    @property
    def fault(self) -> str | None:
        """Why there is no result, in one sentence; None where there is one."""
        if self._failed():
            return self.error or "The backend ended unexpectedly: try again, or look into the log"
        if self.error is None and self.result is None:
            return "The backend ended without a result: try again"
        return self.error

    @property
    def kept_log(self) -> Path | None:
        """Where `close` keeps the log, if the fault is not the person's."""
        return self._cache / KEPT_LOG if self._failed() else None

    def _order(self, order: dict) -> None:
        """Tell one that waits what to run. A pipe may not hold as much as a file does."""
        file = self._scratch.folder / ORDER
        file.write_text(json.dumps(order), encoding="utf-8")
        with contextlib.suppress(OSError):  # it has died just now, which `poll` sees
            self._process.stdin.write(json.dumps(str(file)).encode() + b"\n")
            self._process.stdin.flush()

    def _failed(self) -> bool:
        return not self.cancelled and self._process.returncode not in (0, 2, CANCELLED)

    def _keep_log(self) -> None:
        """What the child was asked for, how far it came, and what it and its libraries wrote."""
        said = (self._scratch.folder / LOG).read_text(encoding="utf-8", errors="replace")
        stage = "start" if self.progress is None else self.progress["stage"]
        ended = f"Ended with status {self._process.returncode} in stage: {stage}"
        log = f"{shlex.join(self._arguments)}\n{ended}\n\n{said}"
        (self._cache / KEPT_LOG).write_text(log, encoding="utf-8")

    def _remove_unfinished(self) -> None:
        """What a child that was killed could not remove itself; see backend/claim.py. An earlier result that
        stepped aside waits for the next run, which knows what to take from it."""
        if "--output" not in self._arguments:
            return
        output = Path(self._arguments[self._arguments.index("--output") + 1])
        beside = Path(f"{output}.unfinished")
        lock = locked(beside / "lock")
        if lock is None:
            return  # nothing is there, or another run is at work
        with contextlib.suppress(OSError):
            if not output.exists():
                (beside / "earlier").rename(output)
        for name in ("new", "gone"):
            shutil.rmtree(beside / name, ignore_errors=True)
        release(lock, beside / "lock")
        with contextlib.suppress(OSError):
            beside.rmdir()

    def _close_stdin(self) -> None:
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def _read_messages(self) -> None:
        *lines, self._unfinished_line = (self._unfinished_line + self._messages.read()).split(b"\n")
        for line in lines:
            if not line.startswith(b"{"):
                continue  # a library's chatter
            self._take(json.loads(line))

    def _take(self, message: dict) -> None:
        if message["type"] == "progress":
            self.progress, self.progressed = message, time.monotonic()
        elif message["type"] == "warning":
            self.warnings.append(message["text"])
        elif message["type"] == "error":
            self.error = message["text"]
        elif message["type"] == "result":
            self.result = message


def launch(
    arguments: list[str],
    environment: dict[str, str],
    folder: Path,
    stdout: BinaryIO | int = subprocess.DEVNULL,
    stderr: BinaryIO | int = subprocess.DEVNULL,
) -> subprocess.Popen:
    """`python -m backend ...` in a folder, with a pipe to its standard input, and Blender before it."""
    process = subprocess.Popen(
        [*_COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        cwd=folder,
        env=environment,
        creationflags=_WINDOWS_FLAGS,
    )
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + COURTESY)
    return process


def environment(cache: Path, threads: int) -> dict[str, str]:
    """The child finds the backend in the extension and the libraries in the extension's wheels."""
    limits = {"OMP_NUM_THREADS": str(threads), "OPENCV_FOR_THREADS_NUM": str(threads)} if threads else {}
    path = [str(EXTENSION)]
    wheels = importlib.util.find_spec("onnxruntime")  # finds it without importing it
    if wheels is not None:
        path.append(str(Path(wheels.origin).parents[2]))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONPYCACHEPREFIX": str(cache / BYTECODE),
        "PYTHONUTF8": "1",
        **limits,
    }
