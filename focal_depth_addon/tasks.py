"""The one child process that may run at a time, and operators that wait for it.

Called from a script, such an operator runs its child to the end. Invoked in a window it polls the
child on a timer, so that Blender stays usable; ESC or the panel's Cancel stops it.
"""

import atexit
import shutil
import tempfile
import time
from pathlib import Path

import bpy
from bpy.app.handlers import persistent

from .child import Child
from .errors import UserError

INTERVAL = 0.1  # seconds between two looks at the child

_child: Child | None = None
_timer: bpy.types.Timer | None = None
_label = ""


def running() -> Child | None:
    """The child that is at work, if any."""
    return _child


def status() -> tuple[str, float]:
    """What the running child is doing, in words, and how much is behind it, 0 to 1."""
    progress = _child.progress
    if progress is None:
        return _label, 0.0
    left = progress["seconds_left"]
    return progress["stage"] + ("" if left is None else f", {left:.0f} s left"), progress["overall"]


def stop() -> None:
    """Cancel the child, if any, and take the timer away."""
    if _child is not None:
        _child.cancel()
        _child.close()
    _forget()


def cache_folder() -> Path:
    """Where the extension may write."""
    extension = __package__.rpartition(".")[0]
    return Path(bpy.utils.extension_path_user(extension, create=True))


class Idle:
    """An operator that has to wait while a child is at work."""

    @classmethod
    def poll(cls, context):
        cls.poll_message_set("Wait for the present task to end, or cancel it")
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

    def execute(self, context):
        if not self._start(context):
            return {"CANCELLED"}
        try:
            while _child.poll():
                time.sleep(INTERVAL / 5)
        except KeyboardInterrupt:
            _child.cancel()
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
            return self._end(context)
        if event.type == "TIMER":
            _redraw_panels(context)
            if not _child.poll():
                return self._end(context)
        return {"PASS_THROUGH"}

    def cancel(self, context):
        """Blender itself ends the operator: another file is opened, or the window closes."""
        stop()

    def _start(self, context) -> bool:
        global _child, _label
        _label = self.label
        self._scene_name = context.scene.name  # a name outlives undo, a reference does not
        cache = cache_folder()
        scratch = Path(tempfile.mkdtemp(prefix="run-", dir=cache))
        try:
            _child = Child(self.arguments(context.scene, scratch), scratch, cache)
        except UserError as error:
            shutil.rmtree(scratch)
            self.report({"ERROR"}, str(error))
            return False
        return True

    def _end(self, context):
        child = _child
        _forget()
        _redraw_panels(context)
        try:
            return self._report(context, child)
        finally:
            child.close()

    def _report(self, context, child: Child):
        scene = bpy.data.scenes.get(self._scene_name)
        if child.cancelled or scene is None:
            self.report({"WARNING"}, "Cancelled")
            return {"CANCELLED"}
        if child.fault is not None:
            self.report({"ERROR"}, child.fault)
            return {"CANCELLED"}
        try:
            said = self.conclude(context, scene, child)
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        for warning in child.warnings:
            self.report({"WARNING"}, warning)
        self.report({"INFO"}, said)
        return {"FINISHED"}


def _forget() -> None:
    global _child, _timer
    if _timer is not None:
        bpy.context.window_manager.event_timer_remove(_timer)
    _child = _timer = None


def _redraw_panels(context) -> None:
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


@persistent
def _stop_before_load(*_) -> None:
    stop()


def _stop_at_exit() -> None:
    if _child is not None:
        _child.cancel()
        _child.close()


def register() -> None:
    bpy.app.handlers.load_pre.append(_stop_before_load)
    atexit.register(_stop_at_exit)


def unregister() -> None:
    stop()
    atexit.unregister(_stop_at_exit)
    bpy.app.handlers.load_pre.remove(_stop_before_load)
