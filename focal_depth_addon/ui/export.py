"""Files for augmented reality, headsets, displays and the web."""

import bpy

from ..export import FORMATS, PRESETS
from ..translations import translate


class FOCAL_DEPTH_PT_exporting(bpy.types.Panel):
    bl_label = "AR, VR and Web"
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        column = self.layout.column(align=True)
        for key, preset in PRESETS.items():
            text = f"{translate(preset.name)} ({preset.suffix})"
            column.operator("focal_depth.export", text=text, icon="EXPORT").preset = key
        self.layout.operator("focal_depth.share", text="Web Page", icon="URL").format = "WEB_PAGE"
        column = self.layout.column(align=True)
        column.label(text="Stereo")
        _draw_buttons(column, "SIDE_BY_SIDE", "OVER_UNDER", "ANAGLYPH")
        column.label(text="Holographic Display")
        _draw_buttons(column, "QUILT", "RGBD")
        column.label(text="Camera Move")
        _draw_buttons(column, "ORBIT", "PUSH_IN")
        column.label(text="Gaussian Splats")
        _draw_buttons(column, "SPLATS_PLY", "SPLATS_GLB")


def _draw_buttons(column: bpy.types.UILayout, *formats: str) -> None:
    row = column.row(align=True)
    for key in formats:
        row.operator("focal_depth.share", text=FORMATS[key].name).format = key


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_PT_exporting,))
