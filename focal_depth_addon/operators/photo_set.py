"""The photograph's set: mesh and camera."""

import bpy

from .. import result_folder, stage, tasks
from .given import NeedsResult


class FOCAL_DEPTH_OT_build_mesh(NeedsResult, tasks.ChildOperator, bpy.types.Operator):
    """Build a textured mesh of the depth map, and the camera that took the photograph. If they
    exist already, they are updated"""

    bl_idname = "focal_depth.build_mesh"
    bl_label = "Build Mesh"
    bl_options = {"UNDO"}
    label = "Building the mesh"

    def arguments(self, scene, scratch):
        folder = result_folder.from_stored(scene.focal_depth.result)
        result_folder.read_description(folder)
        self._arrays = scratch / "mesh.npz"
        return ["mesh", str(folder), "--output", str(self._arrays)]

    def conclude(self, context, scene, child):
        folder = result_folder.from_stored(scene.focal_depth.result)
        photo_set = stage.PhotoSet(scene, folder)
        mesh = photo_set.build_mesh(self._arrays)
        changed = photo_set.look_through()
        _show_through_camera(context)
        return f"{len(mesh.data.vertices):,} vertices; {changed}"


def _show_through_camera(context: bpy.types.Context) -> None:
    """Let the 3D view that was used show the photograph; scripts may have none."""
    view = context.space_data
    if view is not None and view.type == "VIEW_3D":
        view.region_3d.view_perspective = "CAMERA"
        view.shading.color_type = "TEXTURE"


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_OT_build_mesh,))
