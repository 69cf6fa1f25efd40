"""The backend as a child process: its start, what it says, its end. Nothing in here knows Blender.

The child writes its messages to a file that is read as it grows: unlike a pipe, a file can be read
without waiting on every system, and without a thread.
"""

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

EXTENSION = Path(__file__).resolve().parents[1]
# -P and -s: neither the current folder nor the person's own packages get in the way.
_COMMAND = (sys.executable, "-P", "-s", "-m", "backend")
GRACE = 3.0  # seconds a cancelled child has to remove what it had half written
CANCELLED = 130


class Child:
    """A running `python -m backend ...`, and all it has said so far."""

    def __init__(self, arguments: list[str], scratch: Path, cache: Path) -> None:
        """Start it. `scratch` is an empty folder, removed by `close`; `cache` is one that stays."""
        self.progress: dict | None = None
        self.warnings: list[str] = []
        self.error: str | None = None
        self.result: dict | None = None
        self.cancelled = False
        self._arguments = arguments
        self._scratch = scratch
        self._kept_log = cache / "last_fault.log"
        said, complained = scratch / "messages", scratch / "log"
        with said.open("wb") as stdout, complained.open("wb") as stderr:
            self._process = subprocess.Popen(
                [*_COMMAND, *arguments, "--messages", "--stop-with-stdin"],
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=stderr,
                cwd=scratch,
                env=_environment(cache),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        self._messages = said.open("rb")
        self._unfinished_line = b""

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> bool:
        """Take in what has been said since the last time; True while the child runs."""
        running = self._process.poll() is None
        self._read_messages()
        return running

    def cancel(self) -> None:
        """Ask the child to stop and clean up by closing its standard input; kill one that does not."""
        self.cancelled = self.poll() or self.cancelled
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            self._remove_unfinished()

    def close(self) -> None:
        """Remove the scratch folder of a child that has ended; the log of one that failed is kept."""
        self._messages.close()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        if self._failed():
            os.replace(self._scratch / "log", self._kept_log)
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def fault(self) -> str | None:
        """Why there is no result, in one sentence; None where there is one."""
        if self._failed():
            status = self._process.returncode
            said = self.error or f"The backend ended unexpectedly, with status {status}; the log is"
            return f"{said} {self._kept_log}"
        if self.error is None and self.result is None:
            return "The backend ended without a result"
        return self.error

    def _failed(self) -> bool:
        return not self.cancelled and self._process.returncode not in (0, 2, CANCELLED)

    def _remove_unfinished(self) -> None:
        """A killed child could not remove its half-written output itself."""
        if "--output" in self._arguments:
            output = self._arguments[self._arguments.index("--output") + 1]
            shutil.rmtree(f"{output}.unfinished-{self.pid}", ignore_errors=True)

    def _read_messages(self) -> None:
        *lines, self._unfinished_line = (self._unfinished_line + self._messages.read()).split(b"\n")
        for line in lines:
            if not line.startswith(b"{"):
                continue  # a library's chatter
            message = json.loads(line)
            if message["type"] == "progress":
                self.progress = message
            elif message["type"] == "warning":
                self.warnings.append(message["text"])
            elif message["type"] == "error":
                self.error = message["text"]
            elif message["type"] == "result":
                self.result = message


def _environment(cache: Path) -> dict[str, str]:
    """The child finds the backend in the extension and the libraries in the extension's wheels."""
    path = [str(EXTENSION)]
    wheels = importlib.util.find_spec("onnxruntime")  # finds it without importing it
    if wheels is not None:
        path.append(str(Path(wheels.origin).parents[1]))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONPYCACHEPREFIX": str(cache / "bytecode"),
        "PYTHONUTF8": "1",
    }
