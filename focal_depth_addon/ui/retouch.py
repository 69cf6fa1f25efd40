"""The layers of retouch, in the 3D view's sidebar and in the image editor's, where they are outlined."""

from typing import TYPE_CHECKING

import bpy

from ...backend.contract import retouch

if TYPE_CHECKING:
    PanelMixin = bpy.types.Panel
else:

    class PanelMixin:
        """What a panel may inherit beside Blender's own class."""


ICONS = {
    retouch.FLATTEN: "MESH_PLANE",
    retouch.FROM_NEIGHBOURS: "SELECT_EXTEND",
    retouch.PUSH: "FULLSCREEN_ENTER",
    retouch.CUT: "SNAP_EDGE",
    retouch.SAME_SURFACE: "AUTOMERGE_ON",
    retouch.TRUST: "CHECKMARK",
    retouch.DISTRUST: "QUESTION",
    retouch.FRAME: "IMAGE_DATA",
    retouch.BACKGROUND: "IMAGE_BACKGROUND",
    retouch.HEAL: "BRUSH_DATA",
    retouch.LEAVE_OUT: "HOLDOUT_ON",
    retouch.OWN_OBJECT: "OBJECT_DATA",
}
ROWS = 3  # of the list, before it scrolls


class FOCAL_DEPTH_UL_layers(bpy.types.UIList):
    """A layer a row: whether it is applied, its tool and its name."""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index):
        row = layout.row(align=True)
        row.prop(item, "shown", text="")
        name = row.row()
        name.active = item.shown
        name.prop(item, "name", text="", emboss=False, icon=ICONS[item.tool])


class RetouchPanel(PanelMixin):
    """What both panels draw."""

    bl_label = "Retouch"
    bl_region_type = "UI"

    @classmethod
    def poll(cls, context):
        return bool(context.scene.focal_depth.result)

    def draw(self, context):
        settings = context.scene.focal_depth
        self.layout.operator_menu_enum("focal_depth.add_layer", "tool", icon="ADD")
        if not settings.layers:
            return
        row = self.layout.row()
        row.template_list(
            "FOCAL_DEPTH_UL_layers", "", settings, "layers", settings, "active_layer", rows=ROWS
        )
        row.column().operator("focal_depth.remove_layer", text="", icon="REMOVE")
        self._draw_layer(settings, settings.layers[settings.active_layer])
        self.layout.prop(settings, "draft")
        self.layout.operator("focal_depth.apply_layers", icon="CHECKMARK")

    def _draw_layer(self, settings, layer):
        column = self.layout.column(align=True)
        column.operator("focal_depth.edit_layer", icon="MOD_MASK")
        column.prop(layer, "tool", text="")
        column.prop(layer, "width")
        if layer.tool == retouch.PUSH:
            column.prop(layer, "amount")
        if layer.tool == retouch.FRAME:
            column.prop_search(layer, "photograph", settings, "photographs", text="")


class FOCAL_DEPTH_PT_retouch(RetouchPanel, bpy.types.Panel):
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_options = {"DEFAULT_CLOSED"}


class FOCAL_DEPTH_PT_retouch_image(RetouchPanel, bpy.types.Panel):
    bl_space_type = "IMAGE_EDITOR"
    bl_category = "Focal Depth"


register, unregister = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_UL_layers, FOCAL_DEPTH_PT_retouch, FOCAL_DEPTH_PT_retouch_image)
)
