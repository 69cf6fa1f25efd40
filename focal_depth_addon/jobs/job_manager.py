"""The one owner of the backend's processes."""

import time
from dataclasses import dataclass
from pathlib import Path

import bpy

from ...backend.contract.errors import Cancelled
from ..errors import UserError, describe_error
from ..preferences import cache_folder, preferences
from .autoread import AutoRead
from .draft import Draft
from .job import Job
from .process import Process
from .progress import describe_progress
from .scratch import Scratch, remove_abandoned
from .shoot import Shoot
from .standby import Standby
from .timer import Timer
from .view import in_view_of, redraw_sidebars, redraw_views

INTERVAL = 0.1  # seconds from one poll of a process to the next
STOPPED_BY_UNDO = "Undo stopped the running task: start it again"


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
    hides_set
        Name of an object that stands between the set and its camera, or "".
    """

    text: str
    is_fault: bool = False
    log: Path | None = None
    label: str = ""
    hides_set: str = ""


@dataclass(frozen=True)
class Outcome:
    """What people read about a job that went well: a sentence, and the backend's warnings."""

    text: str
    warnings: tuple[str, ...]


@dataclass
class Run:
    """A job, its process, and what waits for it.

    Attributes
    ----------
    job, process
        The two.
    scene_name
        Of the scene that it is for: a name outlives undo, a reference does not.
    undo_message
        Of the undo step that it makes where no operator does; empty makes none.
    event_timer
        What wakes the operator that waits.
    is_in_window
        Whether Blender goes on meanwhile, other than in a script.
    """

    job: Job
    process: Process
    scene_name: str
    undo_message: str = ""
    event_timer: bpy.types.Timer | None = None
    is_in_window: bool = False


class JobManager:
    """Runs jobs, one at a time, and owns the other processes that there may be.

    Attributes
    ----------
    run
        The job that is running, or None.
    notice
        What the panel says of the last run, or None.
    standby
        The process that waits for the next estimate.
    shoot
        The process that follows a shoot.
    draft
        What shows a draft of what the layers of retouch make of a result.
    autoread
        What reads the photographs again after something was typed.
    """

    def __init__(self) -> None:
        self.run: Run | None = None
        self.notice: Notice | None = None
        self.standby = Standby()
        self.shoot = Shoot(self)
        self.draft = Draft(self)
        self.autoread = AutoRead(self)
        self._timer = Timer(self._poll_unattended)  # of a run that no operator waits for

    @property
    def process(self) -> Process | None:
        """The process of the job that is running, or None."""
        return None if self.run is None else self.run.process

    @property
    def rough_depth(self) -> Path | None:
        """File of the running job's rough picture of depth, or None."""
        return None if self.run is None else self.run.process.rough_depth

    def start(self, job: Job, scene: bpy.types.Scene) -> Run:
        """Start the process of a job.

        Raises
        ------
        UserError, OSError
            Where it cannot start. As after any other error, nothing of it remains then.
        """
        if self.notice is not None and (not self.notice.is_fault or self.notice.label == job.label):
            self.notice = None
        if job.changes_result:
            self.draft.pause()
        cache = cache_folder()
        remove_abandoned(cache)
        scratch = Scratch(cache)
        try:
            arguments = job.arguments(scene, scratch.folder)
            threads = preferences().threads
            standby = self.standby.take(cache, threads) if job.uses_standby else None
            process = Process(arguments, scratch, cache, threads, standby)
        except BaseException:
            scratch.remove()
            raise
        self.run = Run(job, process, scene.name)
        return self.run

    def start_attended(self, job: Job, context: bpy.types.Context) -> Run:
        """Start a job in a window, and wake the operator that waits for it. Raises as `start` does."""
        run = self.start(job, context.scene)
        run.event_timer = context.window_manager.event_timer_add(INTERVAL, window=context.window)
        run.is_in_window = True
        return run

    def start_unattended(self, job: Job, scene: bpy.types.Scene, undo_message: str = "") -> Run | None:
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
        Run or None
            None where it cannot start; the notice then says why.
        """
        try:
            run = self.start(job, scene)
        except (UserError, OSError) as error:
            self.report_fault(error, job.label)
            return None
        run.undo_message, run.is_in_window = undo_message, True
        self._timer.start(INTERVAL)
        return run

    def poll(self) -> bool:
        """Read the process's messages; return whether it runs."""
        before = self.rough_depth
        try:
            return self.run is not None and self.run.process.poll()
        except Exception:
            self.stop()
            raise
        finally:
            if self.rough_depth != before:
                redraw_views()

    def cancel(self) -> None:
        """Ask the process to stop. Does not wait: what waits for the job sees the end, and ends."""
        try:
            if self.run is not None:
                self.run.process.cancel()
        except Exception:
            self.stop()
            raise

    def wait(self) -> None:
        """Wait for the end of the process; Ctrl+C cancels it."""
        try:
            while self.poll():
                time.sleep(INTERVAL / 5)
        except KeyboardInterrupt:
            self.cancel()
            while self.poll():
                time.sleep(INTERVAL / 5)

    def finish(self, context: bpy.types.Context) -> Outcome:
        """Let the job conclude, once its process has ended.

        Raises
        ------
        Cancelled
            Where it was cancelled.
        UserError, OSError
            Where there is no result, or Blender cannot take it over.
        """
        run = self._release()
        if run is None:
            raise Cancelled
        redraw_sidebars()
        try:
            text = _conclude(run, context)
        except BaseException:
            self.standby.end()
            raise
        finally:
            run.process.close()
        if run.is_in_window and run.job.precedes_estimate:
            self.standby.expect_estimate()
        return Outcome(text, tuple(run.process.warnings))

    def stop(self) -> None:
        """Cancel the process, if any; none waits on standby for another run."""
        if (run := self._release()) is not None:
            run.process.end()
        self.standby.end()

    def stop_before_undo(self) -> None:
        """Stop a job before a step of undo: the photographs that it works on may be others after it."""
        if self.run is None:
            return
        resumes = self.run.job.resumes_after_undo
        self.stop()
        if not resumes:
            self.notice = Notice(STOPPED_BY_UNDO)

    def end_with_file(self) -> None:
        """End all that belongs to the open file."""
        self.shoot.stop()
        self.draft.stop()
        self.autoread.stop()
        self.stop()
        self.notice = None

    def end_with_blender(self) -> None:
        """End every process at Blender's exit, when it has no timers and windows any more."""
        self.standby.kill()
        self.shoot.end_process()
        self.draft.end_process()
        if self.run is not None:
            self.run.process.end()

    def status(self) -> tuple[str, float]:
        """Return what the running job is doing, in words, and how much of it is done, 0 to 1."""
        return ("", 0.0) if self.run is None else describe_progress(self.run.process, self.run.job.label)

    def report_fault(self, error: UserError | OSError, label: str = "") -> None:
        """Let the panel say why the work of that label came to nothing."""
        self.notice = Notice(describe_error(error), True, getattr(error, "log", None), label)

    def _poll_unattended(self) -> float | None:
        before = self.status()
        if self.poll():
            if self.status() != before:
                redraw_sidebars()
            return INTERVAL
        if (run := self.run) is None:
            return None
        try:
            with in_view_of(bpy.data.scenes.get(run.scene_name)):
                self.finish(bpy.context)
                if run.undo_message:
                    bpy.ops.ed.undo_push(message=run.undo_message)
        except Cancelled:
            pass
        except (UserError, OSError) as error:
            self.report_fault(error, run.job.label)
        return None

    def _release(self) -> Run | None:
        """Take the run out of the manager's hands, with the timers that wait for it."""
        run, self.run = self.run, None
        self._timer.stop()
        if run is not None and run.event_timer is not None:
            bpy.context.window_manager.event_timer_remove(run.event_timer)
        return run


def _conclude(run: Run, context: bpy.types.Context) -> str:
    process, scene = run.process, bpy.data.scenes.get(run.scene_name)
    if process.is_cancelled or scene is None:
        raise Cancelled
    if process.result is None or process.fault is not None:
        raise UserError(process.fault or "", process.log)
    return run.job.conclude(context, scene, process.result)
