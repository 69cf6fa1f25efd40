"""The preview of the result, in the 3D view's sidebar and in the image editor's."""

from math import inf
from typing import TYPE_CHECKING

import bpy

from .. import result_folder
from ..jobs import manager
from ..operators.picking import is_picking
from ..operators.preview import count_frames, is_playing
from ..preview import cache, icons, images
from ..preview.settings import SHOWN
from ..preview.units import format_length
from ..translations import translate
from .estimate import draw_progress
from .wide_picture import draw_wide_picture

ROWS = ("ALL_IN_FOCUS",), ("DEPTH", "CONFIDENCE"), ("FRAME", "SHARPNESS"), ("PHOTOGRAPHED", "ALIGNED")

if TYPE_CHECKING:
    PanelMixin = bpy.types.Panel
else:

    class PanelMixin:
        """What a panel may inherit beside Blender's own class."""


class PreviewPanel(PanelMixin):
    """What both panels draw."""

    bl_label = "Preview"
    bl_region_type = "UI"

    def draw(self, context):
        preview = context.scene.focal_depth.preview
        shown = preview.shown if images.is_shown(context.scene) else None
        column = self.layout.column(align=True)
        names = {key: name for key, name, _ in SHOWN}
        for keys in ROWS:
            row = column.row(align=True)
            for key in keys:
                row.operator("focal_depth.preview", text=names[key], depress=key == shown).show = key
        if shown in images.FRAMES:
            self._draw_frames(context.scene, count_frames(context.scene))
        if shown == "DEPTH":
            self._draw_depth(context, preview)
        row = self.layout.row(align=True)
        row.operator("focal_depth.pick", icon="EYEDROPPER", depress=is_picking())
        row.operator("focal_depth.preview_window", text="", icon="WINDOW")
        if preview.picked and preview.result == context.scene.focal_depth.result:
            self.layout.label(text=preview.picked, icon="CHECKMARK")
        self._draw_overlay(context.scene)

    def _draw_frames(self, scene, count):
        preview = scene.focal_depth.preview
        used = [photograph for photograph in scene.focal_depth.photographs if photograph.used]
        column = self.layout.column(align=True)
        row = column.row(align=True)
        row.operator("focal_depth.step", text="", icon="PREV_KEYFRAME").by = -1
        row.prop(preview, "frame", text=translate("Frame of {count}", count=count))
        row.operator("focal_depth.step", text="", icon="NEXT_KEYFRAME").by = 1
        icon = "PAUSE" if is_playing() else "PLAY"
        row.operator("focal_depth.play", text="", icon=icon, depress=is_playing())
        if len(used) == count:
            photograph = used[min(preview.frame, count) - 1]
            distance = inf if photograph.at_infinity else photograph.focus_distance
            text = photograph.name
            if distance:
                focus = format_length(scene, distance, 3)
                text = translate("{file}, focused at {distance}", file=text, distance=focus)
            column.label(text=text)

    def _draw_depth(self, context, preview):
        settings = context.scene.focal_depth
        depth = cache.read_depth(result_folder.from_stored(settings.result))
        tiles = icons.draw_icons(depth.histogram, preview.near_metres, preview.far_metres)
        column = self.layout.column(align=True)
        draw_wide_picture(context, column, tiles)
        row = column.row(align=True)
        prefix = "" if settings.metric else "relative_"
        ends = row.column(align=True)
        ends.prop(preview, f"{prefix}near")
        ends.prop(preview, f"{prefix}far")
        row.operator("focal_depth.reset_range", text="", icon="LOOP_BACK")

    def _draw_overlay(self, scene):
        camera = images.find_camera(scene)
        overlay = camera and images.find_overlay(camera, scene)
        row = self.layout.row(align=True)
        row.operator("focal_depth.overlay", icon="OVERLAY", depress=bool(overlay)).enable = not overlay
        if overlay:
            row.prop(overlay, "alpha", text="Opacity", slider=True)


class FOCAL_DEPTH_PT_preview(PreviewPanel, bpy.types.Panel):
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"


class FOCAL_DEPTH_PT_preview_image(PreviewPanel, bpy.types.Panel):
    bl_space_type = "IMAGE_EDITOR"
    bl_category = "Focal Depth"

    def draw(self, context):
        if manager.run is not None:
            draw_progress(self.layout)
        super().draw(context)


_register, _unregister = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_PT_preview, FOCAL_DEPTH_PT_preview_image)
)


def register() -> None:
    _register()


def unregister() -> None:
    _unregister()
    icons.release()
