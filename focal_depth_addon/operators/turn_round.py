"""A relative result whose near and far are exchanged is turned round, and with it what was built of it."""

import bpy

from .. import result_folder
from ..jobs import manager
from ..jobs.operator import JobOperator
from ..scene import photo_set
from ..translations import translate
from .compositing import update_compositing
from .estimate import open_result
from .inputs import NeedsResult
from .scene import BuildMesh


class FOCAL_DEPTH_OT_turn_round(NeedsResult, JobOperator, bpy.types.Operator):
    bl_idname = "focal_depth.turn_round"
    bl_label = "Turn Round"
    bl_description = (
        "Exchange near and far of a result without focus distances, where the background came out nearest. "
        "Nothing is estimated again; the set, the compositor and the order of the photographs follow"
    )
    bl_options = {"UNDO"}
    label = "Turning the result round"

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        if context.scene.focal_depth.metric:
            cls.poll_message_set(
                translate("The result is metric: correct the focus distances, and estimate again")
            )
            return False
        return True

    def arguments(self, scene, scratch):
        self._folder = result_folder.from_stored(scene.focal_depth.result)
        result_folder.read_description(self._folder)
        return ["turn", str(self._folder)]

    def conclude(self, context, scene, result):
        settings = scene.focal_depth
        settings.preview.result = ""  # its range and what was picked in it are of the result as it was
        if order := result.details["order"]:
            settings.order = order
        text = open_result(context, scene, self._folder)
        manager.autoread.stop()  # the list is as an estimate in this order has it
        update_compositing(scene)
        self._update_set(context, scene)
        return text

    def _update_set(self, context: bpy.types.Context, scene: bpy.types.Scene) -> None:
        """Build the mesh again where there is one: in a window as a job of its own, in a script at once."""
        objects = photo_set.find_objects(scene, self._folder)
        if "mesh" in objects:
            job = BuildMesh()
            job.level = scene.focal_depth.level
            if self._run is not None and self._run.is_in_window:
                manager.start_unattended(job, scene, undo_message=translate("Build Mesh"))
            else:
                manager.start(job, scene)
                manager.wait()
                manager.finish(context)
        elif objects:
            photo_set.PhotoSet(scene, self._folder)  # the camera's range


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_OT_turn_round,))
