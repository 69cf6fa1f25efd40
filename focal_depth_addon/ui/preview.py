"""Looking at the result, in the 3D view's sidebar and in the image editor's."""

from math import inf

import bpy

from .. import result_folder
from ..jobs import manager
from ..operators.picking import picking
from ..operators.preview import frame_count, playing
from ..preview import cache, icons, images, units
from ..preview.settings import SHOWN
from ..translations import say
from .estimate import draw_progress

UNIT = 20  # pixels of a row of the interface, before its scale
MARGIN = 2.6  # rows' heights that a sidebar has beside its content


class Looking:
    """What both panels draw."""

    bl_label = "Look"
    bl_region_type = "UI"

    def draw(self, context):
        look = context.scene.focal_depth.look
        shown = look.shown if images.is_shown(context.scene) else None
        column = self.layout.column(align=True)
        rows = column.row(align=True), column.row(align=True), column.row(align=True)
        for row, (key, name, _) in zip((rows[0], rows[1], rows[1], rows[2], rows[2]), SHOWN, strict=True):
            row.operator("focal_depth.look", text=name, depress=key == shown).show = key
        if shown in images.FRAMES:
            self._draw_frames(context.scene, frame_count(context.scene))
        if shown == "DEPTH":
            self._draw_depth(context, look)
        row = self.layout.row(align=True)
        row.operator("focal_depth.pick", icon="EYEDROPPER", depress=picking())
        row.operator("focal_depth.look_window", text="", icon="WINDOW")
        if look.picked and look.result == context.scene.focal_depth.result:
            self.layout.label(text=look.picked, icon="CHECKMARK")
        self._draw_overlay(context.scene)

    def _draw_frames(self, scene, count):
        look = scene.focal_depth.look
        used = [photograph for photograph in scene.focal_depth.photographs if photograph.used]
        column = self.layout.column(align=True)
        row = column.row(align=True)
        row.operator("focal_depth.step", text="", icon="PREV_KEYFRAME").by = -1
        row.prop(look, "frame", text=say("Frame of {count}", count=count))
        row.operator("focal_depth.step", text="", icon="NEXT_KEYFRAME").by = 1
        icon = "PAUSE" if playing() else "PLAY"
        row.operator("focal_depth.play", text="", icon=icon, depress=playing())
        if len(used) == count:
            photograph = used[min(look.frame, count) - 1]
            distance = inf if photograph.at_infinity else photograph.focus_distance
            said = photograph.name
            if distance:
                focus = units.length(scene, distance, 3)
                said = say("{file}, focused at {distance}", file=said, distance=focus)
            column.label(text=said)

    def _draw_depth(self, context, look):
        settings = context.scene.focal_depth
        depth = cache.depth(result_folder.from_stored(settings.result))
        tiles = icons.histogram(depth.histogram, look.near_metres, look.far_metres)
        rows = context.region.width / (UNIT * context.preferences.system.ui_scale) - MARGIN
        column = self.layout.column(align=True)
        row = column.row(align=True)
        for tile in tiles:
            row.template_icon(icon_value=tile, scale=max(rows / len(tiles), 1))
        row = column.row(align=True)
        prefix = "" if settings.metric else "relative_"
        row.prop(look, f"{prefix}near")
        row.prop(look, f"{prefix}far")
        row.operator("focal_depth.reset_range", text="", icon="LOOP_BACK")

    def _draw_overlay(self, scene):
        camera = images.camera_of(scene)
        overlay = camera and images.overlay(camera, scene.focal_depth.look)
        row = self.layout.row(align=True)
        row.operator("focal_depth.overlay", icon="OVERLAY", depress=bool(overlay)).enable = not overlay
        if overlay:
            row.prop(overlay, "alpha", text="Opacity", slider=True)


class FOCAL_DEPTH_PT_look(Looking, bpy.types.Panel):
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"


class FOCAL_DEPTH_PT_look_image(Looking, bpy.types.Panel):
    bl_space_type = "IMAGE_EDITOR"
    bl_category = "Focal Depth"

    def draw(self, context):
        if manager.process is not None:
            draw_progress(self.layout)
        super().draw(context)


_register, _unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_PT_look, FOCAL_DEPTH_PT_look_image))


def register() -> None:
    _register()


def unregister() -> None:
    _unregister()
    icons.forget()
