"""From photographs to a result, or to one that exists already."""

import contextlib
from pathlib import Path

import bpy
from bpy.props import StringProperty

from .. import recent_results, result_folder
from ..errors import UserError
from ..jobs import manager
from ..preferences import cache_folder, preferences
from ..properties import Settings
from ..translations import say
from .inputs import NO_PHOTOGRAPHS, Files, lens_arguments, listed, typed_arguments
from .preview import show_new

UNCHANGED = "Nothing has changed since the last run, so nothing was run again"


class FOCAL_DEPTH_OT_estimate(Files, manager.ChildOperator, bpy.types.Operator):
    """Estimate depth and an all-in-focus picture from the photographs. ESC cancels"""

    bl_idname = "focal_depth.estimate"
    bl_label = "Estimate Depth"
    bl_options = {"UNDO"}
    label = "Estimating depth"
    takes_standby = before_estimate = True

    output: StringProperty(
        name="Output",
        description="Folder for the result. Empty: the scene's",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
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
            self._folder = result_folder.default_folder(photographs, cache_folder())
        return [
            "estimate",
            *photographs,
            "--output",
            str(self._folder),
            *choices_arguments(settings),
            *typed,
            *lens_arguments(settings),
        ]

    def conclude(self, context, scene, child):
        if child.result["reused"] == "all":
            manager.tell(manager.Notice(UNCHANGED))
        return _use_result(context, scene, self._folder)


def choices_arguments(settings: Settings) -> list[str]:
    """The backend's arguments that are of no particular photographs."""
    here = preferences()
    return [
        "--save-aligned",  # the photographs of Refocus
        *("--quality", settings.quality, "--alignment", settings.alignment, "--network", settings.network),
        *("--device", here.device),
        *(("--max-memory", f"{here.memory:g}") if here.memory else ()),
    ]


class FOCAL_DEPTH_OT_cancel(bpy.types.Operator):
    """Stop what is running. Nothing half-done stays behind"""

    bl_idname = "focal_depth.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context):
        cls.poll_message_set(say("Nothing is running"))
        return manager.running() is not None

    def execute(self, context):
        manager.running().cancel()  # the operator that waits for the child sees it end, and ends
        return {"FINISHED"}


class FOCAL_DEPTH_OT_open_result(bpy.types.Operator):
    """Use a result folder that exists already"""

    bl_idname = "focal_depth.open_result"
    bl_label = "Open Result"
    bl_options = {"UNDO"}

    directory: StringProperty(
        name="Folder", description="The result folder", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )

    def invoke(self, context, event):
        if self.directory:  # a recent one
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        manager.tell(None)
        try:
            folder = result_folder.from_stored(self.directory)
            self.report({"INFO"}, _use_result(context, context.scene, folder))
        except UserError as error:
            return manager.fail(self, str(error))
        return {"FINISHED"}


def _use_result(context: bpy.types.Context, scene: bpy.types.Scene, folder: Path) -> str:
    """Show a result in the panel, and its picture; returns what to tell the person. Raises UserError."""
    description = result_folder.read_description(folder)
    with contextlib.suppress(OSError):  # a full disk spoils the list, not the result
        recent_results.note(cache_folder(), folder)
    settings = scene.focal_depth
    settings.show_result(result_folder.to_stored(folder), description, scene.unit_settings.scale_length)
    show_new(context, scene)
    return f"{settings.summary} ({folder})"


register, unregister = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_OT_estimate, FOCAL_DEPTH_OT_cancel, FOCAL_DEPTH_OT_open_result)
)
