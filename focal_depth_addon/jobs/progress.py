"""What a process is doing, in words."""

import time

from ...backend.contract.messages import (
    ALIGN,
    CHOOSE,
    DEPTH,
    DRAW,
    ENLARGE,
    FUSE,
    MESH,
    READ,
    SPLATS,
    WRITE,
)
from ..translations import translate
from .process import Process

STAGES = {  # as people call them
    CHOOSE: "Looking for the frames of the clip",
    READ: "Reading photographs",
    ALIGN: "Aligning",
    DEPTH: "Predicting depth",
    FUSE: "Fusing the all-in-focus picture",
    ENLARGE: "Enlarging the depth",
    MESH: "Building the mesh",
    DRAW: "Drawing the views",
    SPLATS: "Making splats",
    WRITE: "Saving",
}


def describe_progress(process: Process, label: str) -> tuple[str, float]:
    """Return what a process is doing, and how much of it is done, 0 to 1.

    Parameters
    ----------
    process
        The process.
    label
        What the work as a whole is called.
    """
    progress = process.progress
    done = 0.0 if progress is None else progress.overall
    if process.is_cancelled:
        return translate("Stopping"), done
    if progress is None:
        return translate(label), done
    stage = translate(STAGES.get(progress.stage, label))
    if progress.seconds_left is None:
        return stage, done
    left = progress.seconds_left - (time.monotonic() - process.progress_time)
    if left < 1:
        return stage, done
    return translate("{stage}, {time} left", stage=stage, time=format_duration(left)), done


def format_duration(seconds: float) -> str:
    """Return a duration as rough as anyone can foresee it."""
    if seconds < 90:
        return translate("{seconds} s", seconds=f"{seconds:.0f}")
    return translate("{minutes} min", minutes=f"{seconds / 60:.0f}")
