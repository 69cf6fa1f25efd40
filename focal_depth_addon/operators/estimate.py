"""From photographs to a result, or to one that exists already."""

import contextlib
import time
from pathlib import Path

import bpy
from bpy.props import StringProperty

from ...backend.contract.errors import InputError
from ...backend.contract.messages import REUSED_ALL
from ...backend.contract.schema import Description
from .. import expected_cost, recent_results, result_folder, result_moves, retouch
from ..errors import UserError
from ..jobs import manager
from ..jobs.arguments import NO_PHOTOGRAPHS, choice_arguments, distance_arguments, lens_arguments
from ..jobs.job_manager import Notice
from ..jobs.operator import ExclusiveOperator, JobOperator, fail
from ..preferences import cache_folder, unsaved_folder
from ..scene import photo_set
from ..translations import translate
from .inputs import ChosenFiles, NeedsResult
from .preview import preview_new_result

UNCHANGED = "Nothing has changed since the last estimate, so its result was used again"


class FOCAL_DEPTH_OT_estimate(ChosenFiles, JobOperator, bpy.types.Operator):
    """Estimate depth and an all-in-focus picture from the photographs. ESC cancels"""

    bl_idname = "focal_depth.estimate"
    bl_label = "Estimate Depth"
    bl_options = {"UNDO"}
    label = "Estimating depth"
    uses_standby = precedes_estimate = changes_result = True

    output: StringProperty(
        name="Output",
        description="Folder for the result. If empty, that of the scene is used",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )

    def arguments(self, scene, scratch):
        settings = scene.focal_depth
        photographs, distances = self.chosen_paths(), []  # a stack of their own
        self._expected, self._started = None, time.monotonic()
        if not photographs:
            with contextlib.suppress(InputError):  # which the backend says better
                self._expected = expected_cost.expect(settings)
            used = [each for each in settings.photographs if each.used]
            photographs = [each.file for each in used]
            distances = distance_arguments(used, scene.unit_settings.scale_length)
        if not photographs:
            raise UserError(NO_PHOTOGRAPHS)
        if output := self.output or settings.output:
            self._folder = result_folder.from_stored(output)
        else:
            self._folder = result_folder.default_folder(photographs, unsaved_folder())
        return [
            "estimate",
            *photographs,
            "--output",
            str(self._folder),
            "--rough-depth",
            str(scratch / "rough_depth.png"),
            *choice_arguments(settings),
            *distances,
            *lens_arguments(settings),
        ]

    def conclude(self, context, scene, result):
        reused = result.details["reused"]
        if reused == REUSED_ALL:
            manager.notice = Notice(UNCHANGED)
        if not reused and self._expected is not None:
            expected_cost.learn(self._expected, time.monotonic() - self._started)
        return open_result(context, scene, self._folder)


class FOCAL_DEPTH_OT_cancel(bpy.types.Operator):
    """Cancel the running task and remove its unfinished files"""

    bl_idname = "focal_depth.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context):
        cls.poll_message_set(translate("Nothing is running"))
        return manager.run is not None

    def execute(self, context):
        manager.cancel()
        return {"FINISHED"}


class FOCAL_DEPTH_OT_open_result(bpy.types.Operator):
    """Open an existing result folder"""

    bl_idname = "focal_depth.open_result"
    bl_label = "Open Result"
    bl_options = {"UNDO"}

    directory: StringProperty(
        name="Folder", description="Result folder", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )

    def invoke(self, context, event):
        if self.directory:  # a recent one
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        manager.notice = None
        try:
            folder = result_folder.from_stored(self.directory)
            self.report({"INFO"}, open_result(context, context.scene, folder))
        except UserError as error:
            return fail(self, error)
        return {"FINISHED"}


class FOCAL_DEPTH_OT_find_result(NeedsResult, ExclusiveOperator, bpy.types.Operator):
    """Choose where the result folder is now. All that shows the result uses it from there"""

    bl_idname = "focal_depth.find_result"
    bl_label = "Find Result"
    bl_options = {"UNDO"}

    directory: StringProperty(
        name="Folder", description="Result folder", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        former = result_folder.from_stored(context.scene.focal_depth.result)
        present = result_folder.from_stored(self.directory)
        try:
            result_folder.read_description(present)
        except UserError as error:
            return fail(self, error)
        result_moves.relocate(former, present)
        return {"FINISHED"}


def open_result(context: bpy.types.Context, scene: bpy.types.Scene, folder: Path) -> str:
    """Show a result in the panel, and its picture; return what people read about it.

    Raises
    ------
    UserError
        Where the folder is no result, or is damaged.
    """
    description = result_folder.read_description(folder)
    with contextlib.suppress(OSError):  # a full disk spoils the list, not the result
        recent_results.add_result(cache_folder(), folder)
    settings = scene.focal_depth
    is_other = _keep_layers(settings, folder)
    settings.use_result(result_folder.to_stored(folder), description, scene.unit_settings.scale_length)
    if is_other:
        _list_layers(settings, folder, description)
    preview_new_result(context, scene)
    return f"{settings.summary} ({folder})"


def _keep_layers(settings: bpy.types.PropertyGroup, folder: Path) -> bool:
    """Write the layers of the result that was open to its folder; return whether another's are to be listed.

    Raises
    ------
    UserError
        Where that folder is there and cannot be written: what is outlined would be lost.
    """
    stored = settings.layers_of or settings.result
    before = result_folder.from_stored(stored) if stored else None
    if before == folder and settings.layers_of:
        return False
    if settings.layers and before is not None and before.is_dir():
        width, height = result_folder.read_description(before)["size"]
        try:
            renamed = retouch.write_layers(settings, before, (width, height))
            photo_set.rename_own_objects(settings.id_data, before, renamed)
        except OSError as error:
            raise UserError(
                translate(
                    "The layers of Retouch cannot be written to {folder} ({reason}): remove them first",
                    folder=before,
                    reason=error.strerror,
                )
            ) from None
    return True


def _list_layers(settings: bpy.types.PropertyGroup, folder: Path, description: Description) -> None:
    """List the layers of a result that was not open."""
    settings.layers_of = settings.result
    width, height = description["size"]
    try:
        retouch.list_layers(settings, folder, (width, height))
    except UserError as error:  # the result itself is whole
        settings.layers.clear()
        manager.notice = Notice(str(error))


register, unregister = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_OT_estimate, FOCAL_DEPTH_OT_cancel, FOCAL_DEPTH_OT_open_result, FOCAL_DEPTH_OT_find_result)
)
