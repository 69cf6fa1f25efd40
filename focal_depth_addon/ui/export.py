"""Files for augmented reality and the web."""

import bpy

from ..export import PRESETS
from ..translations import translate


class FOCAL_DEPTH_PT_exporting(bpy.types.Panel):
    bl_label = "AR and Web"
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        column = self.layout.column(align=True)
        for key, preset in PRESETS.items():
            text = f"{translate(preset.name)} ({preset.suffix})"
            column.operator("focal_depth.export", text=text, icon="EXPORT").preset = key


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_PT_exporting,))
