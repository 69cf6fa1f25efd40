"""The panel itself, its list of photographs, and the lens that took them."""

import os

import bpy

from ..clip import Clip, is_listed
from ..preview import icons
from ..properties import FROM_BLUR, INTERPOLATED, OVERRIDE, UNKNOWN, Photograph, Settings
from ..translations import translate
from . import estimate, thumbnails
from .text import LINE, draw_sentence
from .wide_picture import draw_wide_picture

SOURCES = {  # of focus distances, by their names in result.json
    OVERRIDE: "Typed",
    "sidecar": "From a text file",
    "maker note": "From the maker note",
    "EXIF": "From EXIF",
    "XMP": "From XMP",
    INTERPOLATED: "Interpolated",
    FROM_BLUR: "Estimated from blur",
    UNKNOWN: "Unknown",
}
LINE_IN_BOX = LINE - 6  # characters
WIDE_SIDEBAR = 420  # pixels, of a sidebar with room for all columns
LENS = ("focal_length", "f_number", "sensor_width")
ROWS = 5, 12  # of the list: when empty, and at most before it scrolls


class FOCAL_DEPTH_UL_photographs(bpy.types.UIList):
    """A photograph a row; in a wide sidebar also with the source of its distance and its field of view."""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index):
        wide = _is_wide(context)
        row = layout.row(align=True)
        row.prop(item, "used", text="")
        columns = row.split(factor=0.32 if wide else 0.5)
        columns.active = item.used
        name = item.name if wide else item.short_name
        columns.label(text=name, icon_value=thumbnails.photograph_icon(item.file))
        if wide:
            columns = columns.split(factor=0.3)
        if item.source == UNKNOWN and index != active_data.active_photograph:
            blank = columns.row()
            blank.alignment = "CENTER"
            blank.label(text="–")
        else:
            _draw_distance(columns, item)
        if wide:
            columns = columns.split(factor=0.65)
            columns.label(text=SOURCES.get(item.source, item.source))
            columns.label(text=_percent(item.relative_fov))
        if item.notes:
            row.operator("focal_depth.show_notes", text="", icon="ERROR", emboss=False).index = index
        else:
            row.label(text="", icon="BLANK1")


class FOCAL_DEPTH_MT_sensors(bpy.types.Menu):
    """Blender's camera presets, and your own"""

    bl_idname = "FOCAL_DEPTH_MT_sensors"
    bl_label = "Sensor"

    def draw(self, context):
        self.path_menu(bpy.utils.preset_paths("camera"), "focal_depth.choose_sensor")


class FOCAL_DEPTH_PT_panel(bpy.types.Panel):
    bl_label = "Focal Depth"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Focal Depth"

    def draw(self, context):
        settings = context.scene.focal_depth
        header, body = self.layout.panel_prop(settings, "shows_photographs")
        header.label(text=_count_photographs(settings))
        if body is not None:
            _draw_list(body, settings)
            if is_listed(settings):
                _draw_clip(context, body, settings.clip)
            if settings.photographs:
                _draw_active(body, settings.photographs[settings.active_photograph], _is_wide(context))
        _draw_hint(self.layout, settings)
        _draw_warnings(self.layout, settings)
        estimate.draw(self.layout, settings)


class FOCAL_DEPTH_PT_options(bpy.types.Panel):
    bl_label = "Lens and Output"
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}

    def draw_header_preset(self, context):
        row = self.layout.row()
        row.emboss = "NONE"
        row.menu("FOCAL_DEPTH_MT_sensors", text="", icon="PRESET")

    def draw(self, context):
        settings = context.scene.focal_depth
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        overrides = [name for name in LENS if getattr(settings, name)]
        for name in LENS:
            row = column.row(align=True)
            value = row.row(align=True)
            value.active = name in overrides  # what was only read is dim
            if getattr(settings, f"shown_{name}"):
                value.prop(settings, f"shown_{name}")
            else:
                label = translate(settings.bl_rna.properties[f"shown_{name}"].name)
                value.prop(settings, f"shown_{name}", text=translate("{label} (unknown)", label=label))
            if name in overrides:
                row.operator("focal_depth.reset_lens_value", text="", icon="LOOP_BACK").value = name
            elif overrides:
                row.label(text="", icon="BLANK1")
        column.prop(settings, "order")
        column.prop(settings, "output")


def _count_photographs(settings: Settings) -> str:
    count, used = len(settings.photographs), sum(each.used for each in settings.photographs)
    of_all = translate("Photographs: {used} of {count}", used=used, count=count)
    return of_all if used < count else translate("Photographs: {count}", count=count)


def _draw_warnings(layout: bpy.types.UILayout, settings: Settings) -> None:
    """Notes on the whole stack: how many, and on request which."""
    warnings = settings.warnings.splitlines()
    if not warnings:
        return
    header, body = layout.panel_prop(settings, "shows_warnings")
    header.label(text=translate("Notes: {count}", count=len(warnings)), icon="INFO")
    for warning in warnings if body is not None else ():
        draw_sentence(body, warning, "DOT")


def _draw_list(layout: bpy.types.UILayout, settings: Settings) -> None:
    count = len(settings.photographs)
    row = layout.row()
    row.template_list(
        "FOCAL_DEPTH_UL_photographs",
        "",
        settings,
        "photographs",
        settings,
        "active_photograph",
        rows=min(max(count, ROWS[0]), ROWS[1]),
    )
    column = row.column(align=True)
    column.operator("focal_depth.add_photographs", text="", icon="ADD")
    column.operator("focal_depth.remove_photograph", text="", icon="REMOVE")
    column.separator()
    column.operator("focal_depth.inspect", text="", icon="FILE_REFRESH")
    column.operator("focal_depth.clear", text="", icon="X")


def _draw_clip(context: bpy.types.Context, layout: bpy.types.UILayout, clip: Clip) -> None:
    """The clip's curve of focus, with what is taken of it."""
    column = layout.column(align=True)
    if clip.curve:
        end = clip.end or clip.duration
        tiles = icons.draw_curve_icons(clip.curve, clip.taken, clip.start, end, clip.duration)
        draw_wide_picture(context, column, tiles)
    row = column.row(align=True)
    row.prop(clip, "start")
    row.prop(clip, "end")
    row = column.row(align=True)
    row.prop(clip, "count")
    row.operator("focal_depth.take_frames", icon="FILE_REFRESH")


def _draw_active(layout: bpy.types.UILayout, photograph: Photograph, wide: bool) -> None:
    """The active photograph, larger and in words."""
    box = layout.box()
    columns = box.split(factor=0.2 if wide else 0.36)
    columns.template_icon(thumbnails.photograph_icon(photograph.file), scale=4.5)
    column = columns.column(align=True)
    column.label(text=photograph.name)
    row = column.row(align=True)
    _draw_distance(row, photograph)
    toggle = row.row(align=True)
    toggle.ui_units_x = 1
    toggle.prop(photograph, "at_infinity", text="∞", toggle=True)
    column.label(text=SOURCES.get(photograph.source, photograph.source))
    if photograph.relative_fov:
        column.label(text=translate("Field of view {share}", share=_percent(photograph.relative_fov)))
    for note in photograph.notes.splitlines():
        draw_sentence(box, note, "ERROR", LINE_IN_BOX)


def _draw_distance(layout: bpy.types.UILayout, photograph: Photograph) -> None:
    row = layout.row(align=True)
    row.active = photograph.used and photograph.source not in (INTERPOLATED, FROM_BLUR)
    if photograph.at_infinity:
        row.label(text="infinity")
    else:
        is_unknown = photograph.source == UNKNOWN
        row.prop(photograph, "focus_distance", text=translate("Unknown") if is_unknown else "")


def _draw_hint(layout: bpy.types.UILayout, settings: Settings) -> None:
    """What to do next, while there is no stack."""
    count = len(settings.photographs)
    if count == 0:
        draw_sentence(layout, "Drop the photographs of a bracket or a clip here, or add their folder", "INFO")
    elif count == 1:
        draw_sentence(
            layout, "A focus bracket needs more than one photograph: drop the others too, or", "INFO"
        )
        folder = os.path.dirname(settings.photographs[0].file)
        adding = layout.operator("focal_depth.add_photographs", text="Add Its Whole Folder")
        adding.directory = folder


def _is_wide(context: bpy.types.Context) -> bool:
    return context.region.width > WIDE_SIDEBAR * context.preferences.system.ui_scale


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share else ""


register, unregister = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_UL_photographs, FOCAL_DEPTH_MT_sensors, FOCAL_DEPTH_PT_panel, FOCAL_DEPTH_PT_options)
)
