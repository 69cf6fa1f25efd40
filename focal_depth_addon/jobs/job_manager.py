"""The one owner of the backend's processes."""

import time
from dataclasses import dataclass
from pathlib import Path

import bpy

from ...backend.contract.errors import Cancelled
from ..errors import UserError, describe_error
from ..preferences import cache_folder, preferences
from .autoread import AutoRead
from .job import Job
from .process import Process
from .progress import describe_progress
from .scratch import Scratch, remove_abandoned
from .shoot import Shoot
from .standby import Standby
from .timer import Timer
from .view import in_view_of, redraw_sidebars

INTERVAL = 0.1  # seconds from one poll of a process to the next
STOPPED_BY_UNDO = "Undo stopped what was running: start it again"


@dataclass(frozen=True)
class Notice:
    """What the panel says of the last run.

    Attributes
    ----------
    text
        One sentence.
    is_fault
        Whether something went wrong; it then stays until the same work runs again.
    log
        A file with the details, or None.
    label
        Of the work.
    """

    text: str
    is_fault: bool = False
    log: Path | None = None
    label: str = ""


class JobManager:
    """Runs jobs, one at a time, and owns the other two processes that there may be.

    Attributes
    ----------
    process
        The process of the job that is running, or None.
    notice
        What the panel says of the last run, or None.
    standby
        The process that waits for the next estimate.
    shoot
        The process that follows a shoot.
    autoread
        What reads the photographs again after something was typed.
    """

    def __init__(self) -> None:
        self.process: Process | None = None
        self.notice: Notice | None = None
        self.standby = Standby()
        self.shoot = Shoot(self)
        self.autoread = AutoRead(self)
        self._job = Job()
        self._scene_name = ""  # a name outlives undo, a reference does not
        self._undo_message = ""
        self._is_in_window = False
        self._event_timer: bpy.types.Timer | None = None  # wakes the operator that waits
        self._poll_timer = Timer(self._poll_unattended)  # where none waits

    def start(self, job: Job, scene: bpy.types.Scene) -> Process:
        """Start the process of a job.

        Raises
        ------
        UserError, OSError
            Where it cannot start. As after any other error, nothing of it remains then.
        """
        if self.notice is not None and (not self.notice.is_fault or self.notice.label == job.label):
            self.notice = None
        cache = cache_folder()
        remove_abandoned(cache)
        scratch = Scratch(cache)
        try:
            arguments = job.arguments(scene, scratch.folder)
            threads = preferences().threads
            standby = self.standby.take(cache, threads) if job.uses_standby else None
            self.process = Process(arguments, scratch, cache, threads, standby)
        except BaseException:
            scratch.remove()
            raise
        self._job, self._scene_name = job, scene.name
        return self.process

    def wake(self, context: bpy.types.Context) -> None:
        """Send timer events to the operator that waits for the job."""
        self._event_timer = context.window_manager.event_timer_add(INTERVAL, window=context.window)
        self._is_in_window = True

    def start_unattended(self, job: Job, scene: bpy.types.Scene, undo_message: str = "") -> Process | None:
        """Start a job that no operator waits for.

        Parameters
        ----------
        job
            What nobody asked for just now, so that Escape is not its key: the panel's Cancel stops it.
        scene
            The scene that it is for.
        undo_message
            Of the undo step that it makes; empty makes none.

        Returns
        -------
        Process or None
            None where it cannot start; the notice then says why.
        """
        try:
            process = self.start(job, scene)
        except (UserError, OSError) as error:
            self.report_fault(error, job.label)
            return None
        self._undo_message, self._is_in_window = undo_message, True
        self._poll_timer.start(INTERVAL)
        return process

    def poll(self) -> bool:
        """Read the process's messages; return whether it runs."""
        try:
            return self.process.poll()
        except Exception:
            self.stop()
            raise

    def cancel(self) -> None:
        """Ask the process to stop. Does not wait: what waits for the job sees the end, and ends."""
        try:
            self.process.cancel()
        except Exception:
            self.stop()
            raise

    def wait(self) -> None:
        """Wait for the end of the process; Ctrl+C cancels it."""
        try:
            while self.poll():
                time.sleep(INTERVAL / 5)
        except KeyboardInterrupt:
            self.process.stop()

    def finish(self, context: bpy.types.Context) -> str:
        """Let the job conclude, once its process has ended; return what people read about it.

        Raises
        ------
        Cancelled
            Where it was cancelled.
        UserError, OSError
            Where there is no result, or Blender cannot take it over.
        """
        job, process, scene = self._job, self.process, bpy.data.scenes.get(self._scene_name)
        is_in_window = self._is_in_window
        self._forget()
        redraw_sidebars()
        try:
            text = _conclude(job, context, scene, process)
        except BaseException:
            self.standby.end()
            raise
        finally:
            process.close()
        if is_in_window and job.precedes_estimate:
            self.standby.expect_estimate()
        return text

    def stop(self) -> None:
        """Cancel the process, if any; none waits on standby for another run."""
        self._end_process()
        self.standby.end()

    def stop_before_undo(self) -> None:
        """Stop a job before a step of undo: the photographs that it works on may be others after it."""
        if self.process is None:
            return
        resumes = self._job.resumes_after_undo
        self.stop()
        if not resumes:
            self.notice = Notice(STOPPED_BY_UNDO)

    def end_with_file(self) -> None:
        """End all that belongs to the open file."""
        self.shoot.stop()
        self.autoread.stop()
        self.stop()
        self.notice = None

    def end_with_blender(self) -> None:
        """End every process at Blender's exit, when it has no timers and windows any more."""
        self.standby.kill()
        self.shoot.end_process()
        process, self.process = self.process, None
        if process is not None:
            _end(process)

    def status(self) -> tuple[str, float]:
        """Return what the running job is doing, in words, and how much of it is done, 0 to 1."""
        return describe_progress(self.process, self._job.label)

    def report_fault(self, error: UserError | OSError, label: str = "") -> None:
        """Let the panel say why the work of that label came to nothing."""
        self.notice = Notice(describe_error(error), True, getattr(error, "log", None), label)

    def _poll_unattended(self) -> float | None:
        before = self.status()
        if self.poll():
            if self.status() != before:
                redraw_sidebars()
            return INTERVAL
        undo_message, label = self._undo_message, self._job.label
        try:
            with in_view_of(bpy.data.scenes.get(self._scene_name)):
                self.finish(bpy.context)
                if undo_message:
                    bpy.ops.ed.undo_push(message=undo_message)
        except Cancelled:
            pass
        except (UserError, OSError) as error:
            self.report_fault(error, label)
        return None

    def _end_process(self) -> None:
        process = self.process
        self._forget()
        if process is not None:
            _end(process)

    def _forget(self) -> None:
        if self._event_timer is not None:
            bpy.context.window_manager.event_timer_remove(self._event_timer)
        self._event_timer = self.process = None
        self._poll_timer.stop()
        self._is_in_window, self._job = False, Job()


def _conclude(job: Job, context: bpy.types.Context, scene: bpy.types.Scene | None, process: Process) -> str:
    if process.is_cancelled or scene is None:
        raise Cancelled
    if process.fault is not None:
        raise UserError(process.fault, process.log)
    return job.conclude(context, scene, process)


def _end(process: Process) -> None:
    try:
        process.stop()
    finally:
        process.close()
