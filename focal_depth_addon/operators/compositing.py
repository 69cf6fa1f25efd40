"""The compositor, wired."""

import bpy

from .. import compositing, result_folder, stage, tasks
from ..errors import UserError
from .given import NeedsResult


class FOCAL_DEPTH_OT_depth_pass(NeedsResult, tasks.Idle, bpy.types.Operator):
    """Set up the compositor so that rendered objects stand between the things in the photograph"""

    bl_idname = "focal_depth.depth_pass"
    bl_label = "Depth Pass"
    bl_options = {"UNDO"}

    def execute(self, context):
        scene = context.scene
        folder = result_folder.from_stored(scene.focal_depth.result)
        try:
            photo_set = stage.PhotoSet(scene, folder)
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        changed = photo_set.look_through()
        photo_set.hide_mesh_from_renders()
        compositing.merge_by_depth(scene, folder)
        self.report({"INFO"}, f"The compositor merges renders with the photograph by depth; {changed}")
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_OT_depth_pass,))
