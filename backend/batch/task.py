"""One stack of many, as a worker estimates it."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..contract.errors import Cancelled, InputError
from ..io import results
from ..pipeline import Choices, estimate
from ..runtime.cache import version
from ..runtime.devices import use
from ..runtime.progress import SilentReporter
from ..stack import read_stack
from ..stack.overrides import Typed
from .find import Found

DONE, UNCHANGED, ALONE, BAD, FAULT = "done", "unchanged", "left out", "bad", "fault"
THUMBNAIL, THUMBNAIL_HEIGHT = "thumbnail.jpg", 160  # pixels; the picture and its depth, side by side

_one_at_a_time = threading.Lock()  # the networks, and what Exiv2 holds, are the process's


@dataclass(frozen=True)
class Asked:
    """How all stacks are estimated, and by what."""

    choices: Choices
    typed: Typed
    device: str
    version: str


@dataclass(frozen=True)
class Outcome:
    """What became of a stack. Distances are in `unit`, of the first and the last hundredth of the pixels."""

    name: str
    status: str
    folder: str
    photographs: int
    sentence: str = ""  # why it is not done
    warnings: tuple[str, ...] = ()
    near: float | None = None
    far: float | None = None
    unit: str = ""
    seconds: float | None = None
    worker: str = ""


class _Listener(SilentReporter):
    """Hears whether the worker shall stop, and what was not run again."""

    def __init__(self, cancelled) -> None:
        super().__init__()
        self._cancelled = cancelled
        self.reused: str | None = None

    def _say_progress(self, stage, done, of, overall, seconds_left) -> None:
        if self._cancelled():
            raise Cancelled

    def result(self, path: Path, text: str, **details: object) -> None:
        self.reused = details.get("reused")


def run_stack(stack: Found, folder: Path, asked: Asked) -> Outcome:
    """Estimate a stack into `folder`, unless a result there is what is asked for.

    Returns what became of it where the input is at fault too; other errors are raised.
    """
    from distributed import get_worker

    worker = get_worker()
    started = time.monotonic()
    try:
        with _one_at_a_time:
            reused = _estimate(stack, folder, asked, _cancellation(worker))
    except InputError as error:
        return outcome(stack, BAD, sentence=str(error), worker=str(worker.name))
    return outcome(
        stack,
        UNCHANGED if reused == "all" else DONE,
        seconds=round(time.monotonic() - started, 3),
        worker=str(worker.name),
        **_told(folder),
    )


def outcome(stack: Found, status: str, **told: object) -> Outcome:
    return Outcome(stack.name, status, str(stack.folder), len(stack.photographs), **told)


def _cancellation(worker):
    """A function that tells whether this worker's task is still wanted."""
    from distributed.worker import thread_state

    key = thread_state.key

    def cancelled() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    return cancelled


def _estimate(stack: Found, folder: Path, asked: Asked, cancelled) -> str | None:
    if version() != asked.version:
        raise InputError(
            "The worker has another version of Focal Depth than the one that asks: install the same on both"
        )
    use(asked.device)
    listener = _Listener(cancelled)
    estimate(read_stack(stack.photographs, asked.typed), folder, listener, asked.choices)
    if listener.reused != "all" or not (folder / THUMBNAIL).is_file():
        _write_thumbnail(folder)
    return listener.reused


def _told(folder: Path) -> dict[str, object]:
    description = results.read_description(folder)
    depth = description["depth"]
    return {
        "near": float(depth["near"]),
        "far": float(depth["far"]),
        "unit": "m" if description["metric"] else "relative",
        "warnings": tuple(description["warnings"]),
    }


def _write_thumbnail(folder: Path) -> None:
    pictures = []
    for name in (results.ALL_IN_FOCUS, results.FALSE_COLOUR):
        picture = cv2.imdecode(np.fromfile(folder / name, np.uint8), cv2.IMREAD_COLOR)
        width = max(1, round(picture.shape[1] * THUMBNAIL_HEIGHT / picture.shape[0]))
        pictures.append(cv2.resize(picture, (width, THUMBNAIL_HEIGHT), interpolation=cv2.INTER_AREA))
    with results.whole_file(folder / THUMBNAIL) as unfinished:
        unfinished.write_bytes(cv2.imencode(".jpg", np.hstack(pictures))[1])
