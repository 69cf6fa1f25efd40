"""The photograph's set: mesh and camera."""

import bpy


class FOCAL_DEPTH_PT_photo_set(bpy.types.Panel):
    bl_label = "Set"
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context):
        column = self.layout.column(align=True)
        column.operator("focal_depth.build_mesh", icon="MESH_GRID")


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_PT_photo_set,))
