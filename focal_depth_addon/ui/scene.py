"""The set: mesh and camera."""

import bpy

from .. import compat, result_folder
from ..scene import ground, holdout, modifier, photo_set
from ..translations import CONTEXT, translate
from .text import draw_sentence


def describe_ground(origin: bpy.types.Object) -> str:
    """Return what a set stands on, as a sentence."""
    if ground.is_chosen(origin):
        has_plane = ground.has_chosen_plane(origin)
        level = translate("Ground: the camera is taken as level")
        return translate("Ground: picked") if has_plane else level
    if not ground.has_detected(origin):
        return translate("Ground: none found, so the camera is taken as level")
    share = f"{origin.get(ground.CERTAINTY_TAG, 0):.0%}"
    source = origin.get(ground.SOURCE_TAG)
    if source == "lines":
        return translate("Ground: by upright lines in the photograph, {share} certain", share=share)
    if source == "sensor":
        return translate("Ground: by the camera's tilt sensor, {share} certain", share=share)
    return translate("Ground: found in the depth, {share} certain", share=share)


class FOCAL_DEPTH_PT_photo_set(bpy.types.Panel):
    bl_label = "Set"
    bl_translation_context = CONTEXT
    bl_parent_id = "FOCAL_DEPTH_PT_panel"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"

    def draw(self, context):
        settings = context.scene.focal_depth
        objects = {}
        if settings.result:
            folder = result_folder.from_stored(settings.result)
            objects = photo_set.find_objects(context.scene, folder)
        if not objects:
            self.layout.label(text="There is no set yet: press Build Mesh")
        if "mesh" in objects:
            self._draw_modifier(objects["mesh"], objects["origin"].scale.x)
            self._draw_render(objects["mesh"])
            self._draw_ground(objects["origin"])
        if "camera" in objects:
            self._draw_lens(objects["camera"].data.dof)
            self.layout.operator("focal_depth.set_scale", icon="DRIVER_DISTANCE")
            self.layout.operator("focal_depth.remove_set", icon="TRASH")

    def _draw_modifier(self, mesh, scale):
        nodes = modifier.find(mesh)
        if nodes is None:
            return
        column = self._column()
        for name in modifier.inputs(nodes):
            owner, path = compat.modifier_property(nodes, name)
            is_long = name == modifier.LEAST_CONFIDENCE  # a sidebar would cut it off
            column.prop(owner, path, text=translate("Min Confidence") if is_long else translate(name))
        if abs(scale - 1) > 1e-4:  # the modifier has lengths before objects are scaled
            column.label(text=translate("These lengths are scaled {times} times", times=f"{scale:.4g}"))

    def _draw_render(self, mesh):
        is_holdout = holdout.is_enabled(mesh)
        row = self.layout.row(align=True)
        row.operator("focal_depth.holdout", text="Photograph", depress=not is_holdout).enable = False
        row.operator("focal_depth.holdout", text="Holdout", depress=is_holdout).enable = True

    def _draw_ground(self, origin):
        draw_sentence(self.layout, describe_ground(origin), "ORIENTATION_NORMAL")
        row = self.layout.row(align=True)
        row.operator("focal_depth.pick_ground", icon="EYEDROPPER")
        row.operator("focal_depth.level")
        row.operator("focal_depth.reset_ground", text="", icon="LOOP_BACK")
        column = self._column()
        column.prop(origin, "rotation_euler", index=2, text="Rotation")
        column.prop(origin, "location", index=2, text="Height")

    def _draw_lens(self, lens):
        column = self._column()
        column.prop(lens, "use_dof")
        aperture = column.column(align=True)
        aperture.active = lens.use_dof
        aperture.prop(lens, "aperture_fstop")
        if lens.focus_object is not None:
            aperture.prop(lens.focus_object, "location", index=2, text="Focus")

    def _column(self):
        column = self.layout.column(align=True)
        column.use_property_split = True
        column.use_property_decorate = False
        return column


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_PT_photo_set,))
