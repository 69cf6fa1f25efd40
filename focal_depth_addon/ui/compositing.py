"""The compositor's effects and their settings."""

import bpy

from ..compositing import depth_fog, depth_matte, depth_merge, refocus, scene_tree
from ..translations import translate
from .text import draw_sentence

EFFECTS = (
    (depth_merge.KIND, "focal_depth.depth_merge", "NODE_COMPOSITING"),
    (refocus.KIND, "focal_depth.refocus", "CAMERA_DATA"),
    (depth_fog.KIND, "focal_depth.depth_fog", "OUTLINER_DATA_LIGHTPROBE"),
    (depth_matte.KIND, "focal_depth.depth_matte", "IMAGE_ALPHA"),
)


class FOCAL_DEPTH_PT_compositing(bpy.types.Panel):
    bl_label = "Compositing"
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context):
        if scene_tree.find(context.scene, depth_merge.KIND) and not context.scene.render.use_compositing:
            text = translate("Compositing is off, as Holdout needs no nodes. Depth Merge turns it on again")
            draw_sentence(self.layout, text, "INFO")
        for kind, operator, icon in EFFECTS:
            column = self.layout.column(align=True)
            node = scene_tree.find(context.scene, kind)
            row = column.row(align=True)
            row.operator(operator, icon=icon)
            if node is None:
                continue
            row.prop(node, "mute", text="", icon="HIDE_ON" if node.mute else "HIDE_OFF", invert_checkbox=True)
            if kind == refocus.KIND:
                column.prop(context.scene.focal_depth, "links_focus")
            _draw_node(column, node)


def _draw_node(column: bpy.types.UILayout, node: bpy.types.Node) -> None:
    """The group's own settings, and a note about it."""
    for socket in node.inputs:
        if not socket.hide_value and not socket.is_linked:
            column.prop(socket, "default_value", text=translate(socket.name))
    if note := node.node_tree.get(refocus.NOTE_TAG):
        draw_sentence(column, note, "INFO")


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_PT_compositing,))
