"""Compositing with the depth pass."""

import bpy


class FOCAL_DEPTH_PT_compositing(bpy.types.Panel):
    bl_label = "Compositing"
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context):
        column = self.layout.column(align=True)
        column.operator("focal_depth.depth_pass", icon="NODE_COMPOSITING")


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_PT_compositing,))
