"""Operators by their names of version 0.1. They go in version 0.3."""

import bpy

from ..jobs.operator import OperatorMixin
from ..translations import translate
from .compositing import FOCAL_DEPTH_OT_depth_merge
from .photographs import FOCAL_DEPTH_OT_reset_lens_value, FOCAL_DEPTH_OT_show_notes
from .preview import FOCAL_DEPTH_OT_preview, FOCAL_DEPTH_OT_preview_window

FORMER_NAMES = {
    "look": FOCAL_DEPTH_OT_preview,
    "look_window": FOCAL_DEPTH_OT_preview_window,
    "tell_notes": FOCAL_DEPTH_OT_show_notes,
    "as_read": FOCAL_DEPTH_OT_reset_lens_value,
    "depth_pass": FOCAL_DEPTH_OT_depth_merge,
}

_reported: set[str] = set()  # former names that were used


class FormerName(OperatorMixin):
    """An operator that calls another one with its own arguments.

    Attributes
    ----------
    former
        Its name, as in `bpy.ops.focal_depth`.
    present
        The operator that it calls.
    """

    former = ""
    present: type[bpy.types.Operator]

    @classmethod
    def poll(cls, context):
        return cls._operator().poll()

    def execute(self, context):
        return self._call("EXEC_DEFAULT")

    def invoke(self, context, event):
        return self._call("INVOKE_DEFAULT")

    @classmethod
    def _operator(cls):
        return getattr(bpy.ops.focal_depth, cls.present.bl_idname.partition(".")[2])

    def _call(self, how: str) -> set[str]:
        if self.former not in _reported:
            _reported.add(self.former)
            names = {"former": f"focal_depth.{self.former}", "present": self.present.bl_idname}
            self.report({"WARNING"}, translate("{former} is now called {present}", **names))
        is_set = self.properties.is_property_set
        arguments = {name: getattr(self, name) for name in _properties(self.present) if is_set(name)}
        try:
            outcome = self._operator()(how, **arguments)
        except RuntimeError as error:
            self.report({"ERROR"}, str(error).strip().removeprefix("Error: "))
            return {"CANCELLED"}
        return {"CANCELLED"} if "RUNNING_MODAL" in outcome else outcome  # that one makes the undo step


def _properties(operator: type[bpy.types.Operator]) -> dict[str, object]:
    return getattr(operator, "__annotations__", {})


def _define(former: str, present: type[bpy.types.Operator]) -> type[bpy.types.Operator]:
    return type(
        f"FOCAL_DEPTH_OT_{former}",
        (FormerName, bpy.types.Operator),
        {
            "__annotations__": _properties(present),
            "__doc__": present.__doc__,
            "bl_idname": f"focal_depth.{former}",
            "bl_label": present.bl_label,
            "bl_options": getattr(present, "bl_options", set()) | {"INTERNAL"},
            "former": former,
            "present": present,
        },
    )


register, unregister = bpy.utils.register_classes_factory(
    [_define(former, present) for former, present in FORMER_NAMES.items()]
)
