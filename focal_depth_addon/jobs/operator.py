"""Operators that are jobs, and those that have to wait for one."""

from typing import TYPE_CHECKING

import bpy

from ...backend.contract.errors import Cancelled
from ..errors import UserError, describe_error
from ..translations import translate
from . import manager
from .job import Job
from .job_manager import Notice, Run
from .view import redraw_sidebars

if TYPE_CHECKING:
    OperatorMixin = bpy.types.Operator
else:

    class OperatorMixin:
        """What an operator may inherit beside Blender's own class."""


class ExclusiveOperator(OperatorMixin):
    """An operator that cannot run while a job does."""

    @classmethod
    def poll(cls, context):
        cls.poll_message_set(translate("Wait for the running task to end, or cancel it"))
        return manager.run is None


class JobOperator(ExclusiveOperator, Job):
    """An operator that is a job itself.

    Called from a script, it waits for the end of its process. Invoked in a window, it is modal, so that
    Blender stays usable: an operator alone has Escape for itself, makes an undo step of its own name at its
    end, and reports to Blender's status bar.
    """

    _run: Run | None = None

    def execute(self, context):
        try:
            self._run = manager.start(self, context.scene)
            manager.wait()
        except (UserError, OSError) as error:
            return fail(self, error)
        return self._finish(context)

    def invoke(self, context, event):
        try:
            self._run = manager.start_attended(self, context)
            context.window_manager.modal_handler_add(self)
        except (UserError, OSError) as error:
            return fail(self, error)
        except BaseException:
            manager.stop()
            raise
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if manager.run is not self._run:  # stopped from outside
            return {"CANCELLED"}
        if event.type == "ESC" and event.value == "PRESS":
            manager.cancel()
        if event.type == "TIMER":
            before = manager.status()
            if not manager.poll():
                return self._finish(context)
            if manager.status() != before:
                redraw_sidebars()
        return {"PASS_THROUGH"}

    def cancel(self, context):
        """End the process: Blender ends the operator, as another file is opened or the window closes."""
        if self._run is not None and manager.run is self._run:
            manager.stop()

    def _finish(self, context):
        try:
            outcome = manager.finish(context)
        except Cancelled:
            self.report({"INFO"}, "Cancelled")
            return {"CANCELLED"}
        except (UserError, OSError) as error:
            return fail(self, error)
        for warning in outcome.warnings:
            self.report({"WARNING"}, warning)
        self.report({"INFO"}, outcome.text)
        return {"FINISHED"}


def fail(operator: bpy.types.Operator, error: str | UserError | OSError) -> set[str]:
    """End an operator that cannot go on: a person reads why in the panel, a script has an exception."""
    if isinstance(error, str):
        error = UserError(error)
    text, log = describe_error(error), getattr(error, "log", None)
    manager.notice = Notice(text, True, log, getattr(operator, "label", operator.bl_label))
    if operator.options.is_invoke:
        operator.report({"WARNING"}, text)  # an error would pop up
    else:
        operator.report({"ERROR"}, text if log is None else f"{text} ({log})")
    return {"CANCELLED"}
