"""The panel itself: photographs, estimating, and what the result says."""

import textwrap

import bpy

from .. import tasks
from ..properties import TYPED, UNKNOWN, Photograph

AS_IT_IS = (TYPED, UNKNOWN, "interpolated")
WIDE = 420  # pixels, of a sidebar with room for all columns
LINE = 38  # characters in a sidebar of usual width


class FOCAL_DEPTH_UL_photographs(bpy.types.UIList):
    """A photograph a row: name and focus distance, in a wide sidebar also its source and field of view."""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index):
        wide = context.region.width > WIDE * context.preferences.system.ui_scale
        columns = layout.split(factor=0.25 if wide else 0.4)
        columns.label(text=item.name)
        if wide:
            columns = columns.split(factor=0.55)
        distance = columns.row(align=True)
        distance.alert = item.source == UNKNOWN
        if item.at_infinity:
            distance.label(text="infinity")
        else:
            distance.prop(item, "focus_distance", text="")
        toggle = distance.row(align=True)
        toggle.ui_units_x = 1
        toggle.prop(item, "at_infinity", text="∞", toggle=True)
        if wide:
            columns.label(text=_details(item))


class FOCAL_DEPTH_PT_panel(bpy.types.Panel):
    bl_label = "Focal Depth"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Focal Depth"

    def draw(self, context):
        settings = context.scene.focal_depth
        self._draw_photographs(self.layout, settings)
        self._draw_estimate(self.layout, settings)
        self._draw_result(self.layout, settings)

    def _draw_photographs(self, layout, settings):
        layout.label(text="Photographs")
        row = layout.row()
        row.template_list(
            "FOCAL_DEPTH_UL_photographs",
            "",
            settings,
            "photographs",
            settings,
            "active_photograph",
            rows=4,
        )
        column = row.column(align=True)
        column.operator("focal_depth.add_photographs", text="", icon="ADD")
        column.operator("focal_depth.clear", text="", icon="X")
        column.separator()
        column.operator("focal_depth.inspect", text="", icon="FILE_REFRESH")
        if settings.photographs:
            shown = settings.photographs[settings.active_photograph]
            layout.label(text=f"{shown.name}: {_details(shown)}")
        for warning in settings.warnings.splitlines():
            _wrapped(layout, warning, "ERROR")

    def _draw_estimate(self, layout, settings):
        if tasks.running() is None:
            row = layout.row()
            row.scale_y = 1.4
            row.operator("focal_depth.estimate", icon="PLAY")
            return
        text, done = tasks.status()
        row = layout.row(align=True)
        row.progress(factor=done, type="BAR", text=text)
        row.operator("focal_depth.cancel", text="", icon="CANCEL")

    def _draw_result(self, layout, settings):
        row = layout.row(align=True)
        row.label(text="Result")
        row.operator("focal_depth.open_result", text="Open", icon="FILE_FOLDER")
        if settings.summary:
            _wrapped(layout, settings.summary, "CHECKMARK" if settings.metric else "INFO")


class FOCAL_DEPTH_PT_options(bpy.types.Panel):
    bl_label = "Lens and Output"
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        settings = context.scene.focal_depth
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.prop(settings, "order")
        column.prop(settings, "focal_length")
        column.prop(settings, "f_number")
        column.prop(settings, "sensor_width")
        column.prop(settings, "output")


def _details(photograph: Photograph) -> str:
    said = photograph.source if photograph.source in AS_IT_IS else f"from {photograph.source}"
    field_of_view = f", ×{photograph.relative_fov:.3f} wide" if photograph.relative_fov else ""
    return f"focus {said}{field_of_view}"


def _wrapped(layout: bpy.types.UILayout, text: str, icon: str) -> None:
    """A sentence in as many lines as it needs: labels do not wrap by themselves."""
    column = layout.column(align=True)
    for number, line in enumerate(textwrap.wrap(text, width=LINE)):
        column.label(text=line, icon="BLANK1" if number else icon)


register, unregister = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_UL_photographs, FOCAL_DEPTH_PT_panel, FOCAL_DEPTH_PT_options)
)
