"""The one child process that may run at a time, and operators that wait for it.

Called from a script, such an operator runs its child to the end. Invoked in a window it polls the
child on a timer, so that Blender stays usable; ESC or the panel's Cancel stops it.
"""

import atexit
import time
from dataclasses import dataclass
from pathlib import Path

import bpy
from bpy.app.handlers import persistent

from ..errors import UserError
from ..preferences import cache_folder, preferences
from ..translations import say
from . import standby
from .process import Child
from .scratch import Scratch, remove_abandoned

INTERVAL = 0.1  # seconds between two looks at the child
STAGES = {  # of the backend, as people call them
    "read": "Reading photographs",
    "align": "Aligning",
    "depth": "Inferring depth",
    "fuse": "Fusing the sharpest",
    "enlarge": "Bringing depth to full size",
    "write": "Saving",
}
STOPPED_BY_UNDO = "Undo stopped what was running: start it again"


@dataclass(frozen=True)
class Notice:
    """What the panel says of the last run, until the next one; a fault stays until its task is run again."""

    text: str
    fault: bool = False
    log: Path | None = None
    task: str = ""


_child: Child | None = None
_timer: bpy.types.Timer | None = None
_label = ""
_resumes = False
_notice: Notice | None = None


def running() -> Child | None:
    """The child that is at work, if any."""
    return _child


def status() -> tuple[str, float]:
    """What the running child is doing, in words, and how much is behind it, 0 to 1."""
    return status_of(_child, _label)


def status_of(child: Child, label: str) -> tuple[str, float]:
    """The same of any child, whose work as a whole is called `label`."""
    progress = child.progress
    done = 0.0 if progress is None else progress["overall"]
    if child.cancelled:
        return say("Stopping"), done
    if progress is None:
        return say(label), done
    stage = say(STAGES.get(progress["stage"], label))
    if progress["seconds_left"] is None:
        return stage, done
    left = progress["seconds_left"] - (time.monotonic() - child.progressed)
    return (stage if left < 1 else say("{stage}, {time} left", stage=stage, time=in_words(left))), done


def notice() -> Notice | None:
    return _notice


def tell(new: Notice | None) -> None:
    """Say something in the panel."""
    global _notice
    _notice = new


def fail(operator: bpy.types.Operator, text: str, log: Path | None = None) -> set[str]:
    """An operator cannot go on: a person reads why in the panel, a script has an exception."""
    tell(Notice(text, fault=True, log=log, task=getattr(operator, "label", operator.bl_label)))
    if operator.options.is_invoke:
        operator.report({"WARNING"}, text)  # an error would pop up
    else:
        operator.report({"ERROR"}, text if log is None else f"{text} ({log})")
    return {"CANCELLED"}


def stop() -> None:
    """Cancel the child, if any, and take the timer away; nothing waits for another run."""
    if _child is not None:
        _child.stop()
        _child.close()
    _forget()
    standby.end()


class Idle:
    """An operator that has to wait while a child is at work."""

    @classmethod
    def poll(cls, context):
        cls.poll_message_set(say("Wait for the present task to end, or cancel it"))
        return _child is None


class ChildOperator(Idle):
    """An operator whose work a child does. Subclasses say how to start and what to do with the end."""

    def arguments(self, scene: bpy.types.Scene, scratch: Path) -> list[str]:
        """The backend's subcommand and arguments; `scratch` is a folder that lasts until `conclude` is
        done. Raises UserError."""
        raise NotImplementedError

    def conclude(self, context: bpy.types.Context, scene: bpy.types.Scene, child: Child) -> str:
        """Take the result over into Blender; returns what to tell the person. Raises UserError."""
        raise NotImplementedError

    label = ""  # what the panel calls the work
    resumes = False  # whether it starts again by itself where undo has stopped it
    takes_standby = False  # whether it loads so much that one is kept for it
    before_estimate = False  # whether an estimate may well come next

    def execute(self, context):
        if not self._start(context):
            return {"CANCELLED"}
        try:
            while _child.poll():
                time.sleep(INTERVAL / 5)
        except KeyboardInterrupt:
            _child.stop()
        return self._end(context)

    def invoke(self, context, event):
        global _timer
        if not self._start(context):
            return {"CANCELLED"}
        _timer = context.window_manager.event_timer_add(INTERVAL, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if _child is None:  # stopped from outside
            return {"CANCELLED"}
        if event.type == "ESC" and event.value == "PRESS":
            _child.cancel()
        if event.type == "TIMER":
            before = status()
            if not _child.poll():
                return self._end(context)
            if status() != before:
                redraw_panels(context)
        return {"PASS_THROUGH"}

    def cancel(self, context):
        """Blender itself ends the operator: another file is opened, or the window closes."""
        stop()

    def _start(self, context) -> bool:
        global _child, _label, _resumes
        _label, _resumes = self.label, self.resumes
        self._scene_name = context.scene.name  # a name outlives undo, a reference does not
        if _notice is not None and (not _notice.fault or _notice.task == self.label):
            tell(None)
        try:
            cache = cache_folder()
            remove_abandoned(cache)
            scratch = Scratch(cache)
        except (UserError, OSError) as error:
            fail(self, told(error))
            return False
        try:
            arguments = self.arguments(context.scene, scratch.folder)
            threads = preferences().threads
            waiting = standby.taken(cache, threads) if self.takes_standby else None
            _child = Child(arguments, scratch, cache, threads, waiting)
        except (UserError, OSError) as error:
            scratch.remove()
            fail(self, told(error))
            return False
        return True

    def _end(self, context):
        child, in_window = _child, _timer is not None
        _forget()
        redraw_panels(context)
        try:
            ended = self._report(context, child)
        finally:
            child.close()
        if ended != {"FINISHED"}:
            standby.end()
        elif in_window and self.before_estimate:
            standby.expect_estimate()
        return ended

    def _report(self, context, child: Child):
        scene = bpy.data.scenes.get(self._scene_name)
        if child.cancelled or scene is None:
            self.report({"INFO"}, "Cancelled")
            return {"CANCELLED"}
        if child.fault is not None:
            return fail(self, child.fault, child.kept_log)
        try:
            said = self.conclude(context, scene, child)
        except (UserError, OSError) as error:
            return fail(self, told(error))
        for warning in child.warnings:
            self.report({"WARNING"}, warning)
        self.report({"INFO"}, said)
        return {"FINISHED"}


def told(error: UserError | OSError) -> str:
    """What a person is told of it: a full disk, or a folder that vanished, is nobody's bug."""
    if isinstance(error, UserError):
        return str(error)
    return say(
        "{file} cannot be read or written ({reason}): look at the disk and its permissions",
        file=error.filename or say("A file"),
        reason=error.strerror or error,
    )


def in_words(seconds: float) -> str:
    """As rough as anyone can tell beforehand."""
    if seconds < 90:
        return say("{seconds} s", seconds=f"{seconds:.0f}")
    return say("{minutes} min", minutes=f"{seconds / 60:.0f}")


def _forget() -> None:
    global _child, _timer
    if _timer is not None:
        bpy.context.window_manager.event_timer_remove(_timer)
    _child = _timer = None


def redraw_panels(context) -> None:
    """Only the sidebars: the view itself may be costly to draw."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            for region in area.regions:
                if area.type in ("VIEW_3D", "IMAGE_EDITOR") and region.type == "UI":
                    region.tag_redraw()


@persistent
def _stop_before_load(*_) -> None:
    stop()
    tell(None)


@persistent
def _stop_before_undo(*_) -> None:
    """The photographs that are worked on may be others after it."""
    if _child is not None:
        stop()
        if not _resumes:
            tell(Notice(STOPPED_BY_UNDO))


def _handlers() -> tuple:
    handlers = bpy.app.handlers
    return (
        (handlers.load_pre, _stop_before_load),
        (handlers.undo_pre, _stop_before_undo),
        (handlers.redo_pre, _stop_before_undo),
    )


def _stop_at_exit() -> None:
    standby.kill()
    if _child is not None:
        _child.stop()
        _child.close()


def register() -> None:
    for handlers, function in _handlers():
        handlers.append(function)
    atexit.register(_stop_at_exit)


def unregister() -> None:
    stop()
    atexit.unregister(_stop_at_exit)
    for handlers, function in _handlers():
        handlers.remove(function)
