"""From photographs to a result, or to one that exists already."""

from pathlib import Path

import bpy
from bpy.props import StringProperty

from .. import result_folder, tasks
from ..errors import UserError
from .given import NO_PHOTOGRAPHS, Files, lens_arguments, listed, typed_arguments


class FOCAL_DEPTH_OT_estimate(Files, tasks.ChildOperator, bpy.types.Operator):
    """Estimate depth and an all-in-focus picture from the photographs. ESC cancels"""

    bl_idname = "focal_depth.estimate"
    bl_label = "Estimate Depth"
    bl_options = {"UNDO"}
    label = "Estimating depth"

    output: StringProperty(
        name="Output", description="Folder for the result", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )

    def arguments(self, scene, scratch):
        settings = scene.focal_depth
        given = self.given()  # by a script; these are a stack of their own
        photographs = given or listed(settings)
        if not photographs:
            raise UserError(NO_PHOTOGRAPHS)
        typed = [] if given else typed_arguments(settings, scene.unit_settings.scale_length)
        if output := self.output or settings.output:
            self._folder = result_folder.from_stored(output)
        else:
            self._folder = result_folder.default_folder(photographs, tasks.cache_folder())
        return [
            "estimate",
            *photographs,
            "--output",
            str(self._folder),
            "--save-aligned",  # the photographs of Refocus
            *typed,
            *lens_arguments(settings),
        ]

    def conclude(self, context, scene, child):
        return _use_result(scene, self._folder)


class FOCAL_DEPTH_OT_cancel(bpy.types.Operator):
    """Stop what is running. Nothing half-done stays behind"""

    bl_idname = "focal_depth.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context):
        cls.poll_message_set("Nothing is running")
        return tasks.running() is not None

    def execute(self, context):
        tasks.running().cancel()  # the operator that waits for the child sees it end, and ends
        return {"FINISHED"}


class FOCAL_DEPTH_OT_open_result(bpy.types.Operator):
    """Use a result folder that exists already"""

    bl_idname = "focal_depth.open_result"
    bl_label = "Open Result"
    bl_options = {"UNDO"}

    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        try:
            self.report({"INFO"}, _use_result(context.scene, result_folder.from_stored(self.directory)))
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


def _use_result(scene: bpy.types.Scene, folder: Path) -> str:
    """Show a result in the panel; returns what to tell the person. Raises UserError."""
    description = result_folder.read_description(folder)
    settings = scene.focal_depth
    settings.show_result(result_folder.to_stored(folder), description, scene.unit_settings.scale_length)
    return f"{settings.summary} ({folder})"


register, unregister = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_OT_estimate, FOCAL_DEPTH_OT_cancel, FOCAL_DEPTH_OT_open_result)
)
