"""One stack of many, as a worker estimates it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..contract.errors import Cancelled, InputError
from ..contract.files import ALL_IN_FOCUS_PNG, DEPTH_PNG
from ..contract.messages import REUSED_ALL, Message, Warning
from ..io.result_folder import read_description, replacing_file
from ..runtime.cache import package_fingerprint
from ..runtime.devices import check_device
from ..runtime.progress import Reporter
from ..runtime.resources import available_threads
from ..stack import Overrides, read_stack
from .find import StackFolder
from .single import Request, estimate_to_folder

# What became of a stack.
DONE, UNCHANGED, TOO_FEW, BAD, FAULT = "done", "unchanged", "left out", "bad", "fault"
THUMBNAIL, THUMBNAIL_HEIGHT = "thumbnail.jpg", 160  # pixels; the picture and its depth, side by side

_one_at_a_time = threading.Lock()  # the networks, and what Exiv2 holds, are the process's


@dataclass(frozen=True)
class BatchRequest:
    """How all stacks are estimated, and by which version.

    Attributes
    ----------
    request
        How each is estimated; a worker uses the threads it has.
    overrides
        What a person typed for all of them.
    version
        `cache.package_fingerprint` of whoever asks.
    """

    request: Request
    overrides: Overrides
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


class _Listener(Reporter):
    """Ends the work when the worker shall stop, and takes down what people should know of the result."""

    def __init__(self, is_cancelled: Callable[[], bool]) -> None:
        super().__init__()
        self.warnings: list[str] = []
        self._is_cancelled = is_cancelled

    def write(self, message: Message) -> None:
        if self._is_cancelled():
            raise Cancelled
        if isinstance(message, Warning):
            self.warnings.append(message.text)


def run_stack(stack: StackFolder, folder: Path, batch: BatchRequest) -> Outcome:
    """Estimate a stack into `folder`, unless a result there is what is asked for.

    Returns
    -------
    Outcome
        Where the input is at fault too; other errors are raised.
    """
    from distributed import get_worker

    worker = get_worker()
    started = time.monotonic()
    listener = _Listener(_cancellation(worker))
    try:
        with _one_at_a_time:
            reused = _estimate(stack, folder, batch, listener)
    except InputError as error:
        return outcome_of(stack, BAD, sentence=str(error), worker=str(worker.name))
    return outcome_of(
        stack,
        UNCHANGED if reused == REUSED_ALL else DONE,
        seconds=round(time.monotonic() - started, 3),
        worker=str(worker.name),
        warnings=tuple(listener.warnings),
        **_description_fields(folder),
    )


def outcome_of(stack: StackFolder, status: str, **fields: Any) -> Outcome:
    """Return the outcome of a stack."""
    return Outcome(stack.name, status, str(stack.folder), len(stack.photographs), **fields)


def _cancellation(worker: Any) -> Callable[[], bool]:
    """A function that returns whether this worker's task is no longer wanted."""
    from distributed.worker import thread_state  # pyright: ignore[reportPrivateImportUsage]

    key = thread_state.key

    def is_cancelled() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    return is_cancelled


def _estimate(stack: StackFolder, folder: Path, batch: BatchRequest, listener: _Listener) -> str | None:
    if package_fingerprint() != batch.version:
        raise InputError(
            "The worker has another version of Focal Depth than the one that asks: install the same on both"
        )
    resources = replace(batch.request.resources, threads=available_threads())
    check_device(resources.device)
    frames = read_stack(stack.photographs, batch.overrides)
    request = replace(batch.request, resources=resources)
    reused = estimate_to_folder(frames, folder, request, listener)
    if reused != REUSED_ALL or not (folder / THUMBNAIL).is_file():
        _write_thumbnail(folder)
    return reused


def _description_fields(folder: Path) -> dict[str, Any]:
    description = read_description(folder)
    depth = description["depth"]
    return {
        "near": float(depth["near"]),
        "far": float(depth["far"]),
        "unit": "m" if description["metric"] else "relative",
    }


def _write_thumbnail(folder: Path) -> None:
    pictures = []
    for name in (ALL_IN_FOCUS_PNG, DEPTH_PNG):
        picture = cv2.imdecode(np.fromfile(folder / name, np.uint8), cv2.IMREAD_COLOR)
        width = max(1, round(picture.shape[1] * THUMBNAIL_HEIGHT / picture.shape[0]))
        pictures.append(cv2.resize(picture, (width, THUMBNAIL_HEIGHT), interpolation=cv2.INTER_AREA))
    with replacing_file(folder / THUMBNAIL) as partial:
        partial.write_bytes(cv2.imencode(".jpg", np.hstack(pictures))[1].tobytes())
