"""The photographs are read again by themselves, a moment after something was typed.

Two typed distances fill in all others without a button. Only in a window: a script says when to read.
"""

import bpy
from bpy.app.handlers import persistent

from . import manager
from .process import Child

REST = 0.5  # seconds without another change, before the reading starts

_reading: Child | None = None  # the last that was started here


def soon() -> None:
    """Read what has changed in a moment; each call starts the moment anew."""
    if bpy.app.background:
        return
    _forget()
    bpy.app.timers.register(_read, first_interval=REST)


def _read() -> float | None:
    global _reading
    for window in bpy.context.window_manager.windows:
        if window.scene.focal_depth.changed:
            if manager.running() is not None:
                if manager.running() is _reading:
                    _reading.cancel()  # what it reads has been overtaken
                return manager.INTERVAL
            with bpy.context.temp_override(window=window, scene=window.scene):
                bpy.ops.focal_depth.inspect("INVOKE_DEFAULT", in_place=True)  # see show_frames
            _reading = manager.running()
            return None
    return None


def _forget() -> None:
    if bpy.app.timers.is_registered(_read):
        bpy.app.timers.unregister(_read)


@persistent
def _after_undo(*_) -> None:
    """A step may lie between the typing and what was then filled in."""
    soon()


def register() -> None:
    for handlers in (bpy.app.handlers.undo_post, bpy.app.handlers.redo_post):
        handlers.append(_after_undo)


def unregister() -> None:
    for handlers in (bpy.app.handlers.undo_post, bpy.app.handlers.redo_post):
        handlers.remove(_after_undo)
    _forget()
