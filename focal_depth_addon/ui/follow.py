"""Following a shoot."""

import bpy

from ..jobs import manager
from ..translations import CONTEXT
from .text import draw_sentence


class FOCAL_DEPTH_PT_following(bpy.types.Panel):
    bl_label = "On Set"
    bl_translation_context = CONTEXT
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_options = {"DEFAULT_CLOSED"}

    def draw_header_preset(self, context):
        if manager.shoot.is_followed_by(context.scene):
            self.layout.label(text="", icon="REC")

    def draw(self, context):
        settings, is_following = context.scene.focal_depth, manager.shoot.is_followed_by(context.scene)
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.enabled = not is_following
        column.prop(settings, "follow_folder")
        column.prop(settings, "follow_pause")
        row = self.layout.row()
        row.scale_y = 1.4
        icon = "RADIOBUT_ON" if is_following else "RADIOBUT_OFF"
        switch = row.operator("focal_depth.follow", icon=icon, depress=is_following)
        switch.enable = not is_following
        if is_following:
            text, done = manager.shoot.status()
            if done is None:
                draw_sentence(self.layout, text, "TIME")
            else:
                self.layout.progress(factor=done, type="BAR", text=text)


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_PT_following,))
