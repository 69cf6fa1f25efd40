"""The photographs are read again by themselves, a moment after something was typed.

Two typed distances fill in all others without a button. Only in a window: a script says when to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from .reading import ReadPhotographs
from .timer import Timer

if TYPE_CHECKING:
    from .job_manager import JobManager, Run

REST = 0.5  # seconds without another change, before the reading starts
RETRY = 0.1  # seconds, while another job runs


class _ReadAgain(ReadPhotographs):
    """What it fills in belongs to the step that typed: it makes no undo step of its own."""

    in_place = True
    resumes_after_undo = True


class AutoRead:
    """Reads the photographs of a scene whose settings have changed."""

    def __init__(self, manager: JobManager) -> None:
        self._manager = manager
        self._timer = Timer(self._read)
        self._run: Run | None = None  # the last that was started here

    @property
    def is_scheduled(self) -> bool:
        """Whether a reading is due."""
        return self._timer.is_running

    def schedule(self) -> None:
        """Read what has changed in a moment; each call starts the moment anew."""
        if not bpy.app.background:
            self._timer.start(REST)

    def stop(self) -> None:
        """Let no reading be due any longer."""
        self._timer.stop()
        self._run = None

    def _read(self) -> float | None:
        scenes = (window.scene for window in bpy.context.window_manager.windows)
        scene = next((scene for scene in scenes if scene.focal_depth.changed), None)
        if scene is None:
            return None
        if self._manager.run is not None:
            if self._manager.run is self._run:
                self._manager.cancel()  # what it reads has been overtaken
            return RETRY
        self._run = self._manager.start_unattended(_ReadAgain(), scene)
        return None
