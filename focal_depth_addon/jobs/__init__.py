"""The backend's processes: one manager starts, follows, cancels and ends them all.

Nothing else in the add-on starts a process.
"""

import atexit

import bpy
from bpy.app.handlers import persistent

from .job_manager import JobManager

manager = JobManager()


@persistent
def _before_load(*_: object) -> None:
    manager.end_with_file()


@persistent
def _before_save(*_: object) -> None:
    manager.draft.renew()


@persistent
def _before_undo(*_: object) -> None:
    manager.stop_before_undo()


@persistent
def _after_undo(*_: object) -> None:
    manager.draft.ask_again()  # what showed it may be as it was before
    manager.autoread.schedule()  # a step may lie between what was typed and what was then filled in


def _handlers() -> tuple:
    events = bpy.app.handlers
    return (
        (events.load_pre, _before_load),
        (events.save_pre, _before_save),
        (events.undo_pre, _before_undo),
        (events.redo_pre, _before_undo),
        (events.undo_post, _after_undo),
        (events.redo_post, _after_undo),
    )


def register() -> None:
    for functions, function in _handlers():
        functions.append(function)
    atexit.register(manager.end_with_blender)


def unregister() -> None:
    manager.end_with_file()
    atexit.unregister(manager.end_with_blender)
    for functions, function in _handlers():
        functions.remove(function)
