"""The photograph's set: mesh and camera."""

import bpy

from .. import compat, result_folder, scene
from ..scene import holdout, modifier
from ..translations import CONTEXT, say


class FOCAL_DEPTH_PT_photo_set(bpy.types.Panel):
    bl_label = "Set"
    bl_translation_context = CONTEXT
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context):
        settings = context.scene.focal_depth
        row = self.layout.row(align=True)
        row.operator("focal_depth.build_mesh", icon="MESH_GRID").level = settings.level
        row.prop(settings, "level", text="")
        objects = {}
        if settings.result:
            objects = scene.standing(context.scene, result_folder.from_stored(settings.result))
        if "mesh" in objects:
            self._draw_modifier(objects["mesh"], objects["origin"].scale.x)
            self._draw_render(objects["mesh"])
        if "camera" in objects:
            self._draw_lens(objects["camera"].data.dof)
            self.layout.operator("focal_depth.set_scale", icon="DRIVER_DISTANCE")

    def _draw_modifier(self, mesh, scale):
        live = modifier.find(mesh)
        if live is None:
            return
        column = self._column()
        for name in modifier.SHOWN:
            owner, path = compat.modifier_property(live, name)
            column.prop(owner, path, text=say(name))
        if abs(scale - 1) > 1e-4:  # lengths of the mesh itself are told before its objects are scaled
            column.label(text=say("Set Scale: {times} times these lengths", times=f"{scale:.4g}"))

    def _draw_render(self, mesh):
        holds_out = holdout.is_on(mesh)
        row = self.layout.row(align=True)
        row.operator("focal_depth.holdout", text="Photograph", depress=not holds_out).enable = False
        row.operator("focal_depth.holdout", text="Holdout", depress=holds_out).enable = True

    def _draw_lens(self, lens):
        column = self._column()
        column.prop(lens, "use_dof")
        opening = column.column(align=True)
        opening.active = lens.use_dof
        opening.prop(lens, "aperture_fstop")
        if lens.focus_object is not None:
            opening.prop(lens.focus_object, "location", index=2, text="Focus")

    def _column(self):
        column = self.layout.column(align=True)
        column.use_property_split = True
        column.use_property_decorate = False
        return column


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_PT_photo_set,))
