"""The backend as a child process: its start, its messages, its end. Nothing in here knows Blender.

The process writes its messages to a file that is read as it grows: unlike a pipe, a file can be read
without waiting on every system, and without a thread.
"""

import contextlib
import importlib.util
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

from ...backend.contract.messages import (
    CANCELLED,
    DONE,
    INPUT_AT_FAULT,
    Done,
    Error,
    Message,
    Progress,
    RoughDepth,
    Warning,
    decode,
)
from ...backend.contract.output_folder import clean_up
from .scratch import Scratch

EXTENSION = Path(__file__).resolve().parents[2]
# -P and -s: neither the current folder nor the person's own packages get in the way.
_COMMAND = (sys.executable, "-P", "-s", "-m", "backend")
COURTESY = 5  # by how much it is less urgent than Blender, as nice counts
GRACE = 0.2  # seconds a cancelled process has to remove what it had half written
# No console window, and Blender first; other systems know neither.
_WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(
    subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0
)
ORDER = "order.json"
LOG, LAST_LOG, BYTECODE = "log", "last_fault.log", "bytecode"  # the last two in the cache folder


class Process:
    """A running `python -m backend ...`, and its messages so far.

    Parameters
    ----------
    arguments
        The backend's subcommand and its arguments.
    scratch
        A folder of this run; `close` removes it.
    cache
        A folder that stays.
    threads
        Processor threads it may use; 0 is one for every core.
    standby
        A process that waits for its arguments, and runs them instead of a new one.

    Attributes
    ----------
    ends_with_stdin
        Whether it reads nothing, and is cancelled when its standard input closes.
    progress
        The last message of that type, or None.
    progress_time
        When that came, as `time.monotonic` counts.
    rough_depth
        File of the rough picture of depth, once there is one.
    warnings, error, result
        What the messages said.
    is_cancelled
        Whether it was asked to stop.

    Raises
    ------
    OSError
        Where it cannot be started; then nothing runs, `standby` neither.
    """

    ends_with_stdin = True

    def __init__(
        self,
        arguments: list[str],
        scratch: Scratch,
        cache: Path,
        threads: int = 0,
        standby: subprocess.Popen | None = None,
    ) -> None:
        self.progress: Progress | None = None
        self.progress_time = 0.0
        self.rough_depth: Path | None = None
        self.warnings: list[str] = []
        self.error: str | None = None
        self.result: Done | None = None
        self.is_cancelled = False
        self._arguments = arguments
        self._scratch = scratch
        self._cache = cache
        self._grace_ends = 0.0
        self._unfinished_line = b""
        messages, log = scratch.folder / "messages", scratch.folder / LOG
        words = [*arguments, "--messages", *(["--stop-with-stdin"] if self.ends_with_stdin else [])]
        with contextlib.ExitStack() as undo:
            if standby is not None:
                undo.callback(kill, standby)
            with messages.open("wb") as stdout, log.open("wb") as stderr:
                if standby is None:
                    self._process = launch(words, environment(cache, threads), scratch.folder, stdout, stderr)
                    undo.callback(kill, self._process)
                else:
                    self._process = standby
                    self._order({"arguments": words, "stdout": str(messages), "stderr": str(log)})
            self._messages = messages.open("rb")
            undo.pop_all()

    @property
    def pid(self) -> int:
        """The system's number of the process."""
        return self._process.pid

    def poll(self) -> bool:
        """Read the messages that have come since the last time; return whether the process runs.

        One that was cancelled and does not end in time is killed.
        """
        running = self._process.poll() is None
        if running and self.is_cancelled and time.monotonic() > self._grace_ends:
            self._process.kill()
            self._process.wait()
            running = False
        self._read_messages()
        return running

    def cancel(self) -> None:
        """Ask the process to stop and clean up, by closing its standard input. Does not wait; see `poll`."""
        if self.is_cancelled or not self.poll():
            return
        self.is_cancelled = True
        self._grace_ends = time.monotonic() + GRACE
        _close_stdin(self._process)

    def stop(self) -> None:
        """Cancel the process and wait for its end."""
        self.cancel()
        while self.poll():
            time.sleep(0.01)

    def end(self) -> None:
        """Stop the process, and leave nothing behind."""
        try:
            self.stop()
        finally:
            self.close()

    def close(self) -> None:
        """Leave nothing behind of the process, which ends, but the log of one that failed."""
        self._messages.close()
        _close_stdin(self._process)
        if self._process.poll() is None:
            self.is_cancelled = True
            kill(self._process)
        if self._has_failed():
            with contextlib.suppress(OSError):  # a full disk
                self._write_log()
        self._scratch.remove()
        if "--output" in self._arguments:
            clean_up(Path(self._arguments[self._arguments.index("--output") + 1]))

    def send(self, file: Path) -> None:
        """Write the path of a file to its standard input, as a line."""
        stdin, line = self._process.stdin, json.dumps(str(file)).encode() + b"\n"
        with contextlib.suppress(OSError):  # it has died just now, which `poll` sees
            if stdin is not None:
                stdin.write(line)
                stdin.flush()

    @property
    def fault(self) -> str | None:
        """Why there is no result, in one sentence; None where there is one."""
        if self._has_failed():
            return self.error or "The task ended unexpectedly: try again, or read the log"
        if self.error is None and self.result is None:
            return "The task ended without a result: try again"
        return self.error

    @property
    def log(self) -> Path | None:
        """Where `close` writes the log, if the input is not at fault."""
        return self._cache / LAST_LOG if self._has_failed() else None

    def _order(self, order: dict) -> None:
        """Tell one that waits what to run. A pipe may not hold as much as a file does."""
        file = self._scratch.folder / ORDER
        file.write_text(json.dumps(order), encoding="utf-8")
        self.send(file)

    def _has_failed(self) -> bool:
        return not self.is_cancelled and self._process.returncode not in (DONE, INPUT_AT_FAULT, CANCELLED)

    def _write_log(self) -> None:
        """The arguments, how far the process came, and what it and its libraries wrote."""
        written = (self._scratch.folder / LOG).read_text(encoding="utf-8", errors="replace")
        stage = "start" if self.progress is None else self.progress.stage
        ended = f"Ended with status {self._process.returncode} in stage: {stage}"
        log = f"{shlex.join(self._arguments)}\n{ended}\n\n{written}"
        (self._cache / LAST_LOG).write_text(log, encoding="utf-8")

    def _read_messages(self) -> None:
        *lines, self._unfinished_line = (self._unfinished_line + self._messages.read()).split(b"\n")
        for line in lines:
            if (message := decode(line)) is not None:
                self._receive(message)

    def _receive(self, message: Message) -> None:
        match message:
            case Progress():
                self.progress, self.progress_time = message, time.monotonic()
            case RoughDepth(path):
                self.rough_depth = Path(path)
            case Warning(text):
                self.warnings.append(text)
            case Error(text):
                self.error = text
            case Done():
                self.result = message


def launch(
    arguments: list[str],
    environment: dict[str, str],
    folder: Path,
    stdout: BinaryIO | int = subprocess.DEVNULL,
    stderr: BinaryIO | int = subprocess.DEVNULL,
) -> subprocess.Popen:
    """Start `python -m backend ...` in a folder, with a pipe to its standard input, behind Blender."""
    process = subprocess.Popen(
        [*_COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        cwd=folder,
        env=environment,
        creationflags=_WINDOWS_FLAGS,
    )
    try:
        _step_back(process.pid)
    except BaseException:
        kill(process)
        raise
    return process


def _step_back(pid: int) -> None:
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0) + COURTESY)


def kill(process: subprocess.Popen) -> None:
    """End a process at once."""
    process.kill()
    process.wait()
    _close_stdin(process)


def _close_stdin(process: subprocess.Popen) -> None:
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()


def environment(cache: Path, threads: int) -> dict[str, str]:
    """Return the environment in which Python finds the backend, and the libraries in its wheels."""
    limits = {"OMP_NUM_THREADS": str(threads), "OPENCV_FOR_THREADS_NUM": str(threads)} if threads else {}
    path = [str(EXTENSION)]
    wheels = importlib.util.find_spec("onnxruntime")  # finds it without importing it
    if wheels is not None and wheels.origin is not None:
        path.append(str(Path(wheels.origin).parents[1]))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONPYCACHEPREFIX": str(cache / BYTECODE),
        "PYTHONUTF8": "1",
        **limits,
    }
