"""The set: mesh and camera, their scale, and how renders show them."""

import bpy
import gpu
import numpy as np
from bpy.props import BoolProperty, EnumProperty, FloatProperty
from mathutils import Vector

from .. import compat, result_folder
from ..errors import UserError
from ..jobs import manager
from ..jobs.job import Job
from ..jobs.job_manager import Notice
from ..jobs.operator import ExclusiveOperator, JobOperator
from ..properties import LEVELS
from ..scene.occluder import find_occluder
from ..scene.photo_set import PhotoSet
from ..translations import CONTEXT, translate
from .inputs import NeedsResult

SOFTWARE_RENDERERS = "llvmpipe", "softpipe", "swiftshader", "basic render"
TRIANGLES = {"preview": 50_000, "full": 500_000, "ar": 100_000}


class BuildMesh(Job):
    """Builds the set of the scene's result.

    Attributes
    ----------
    level
        How fine the mesh is, of `LEVELS`.
    """

    label = "Building the mesh"
    level = "full"

    def arguments(self, scene, scratch):
        folder = result_folder.from_stored(scene.focal_depth.result)
        result_folder.read_description(folder)
        self._arrays = scratch / "mesh.npz"
        triangles = str(TRIANGLES[self.level])
        return ["mesh", str(folder), "--output", str(self._arrays), "--triangles", triangles]

    def conclude(self, context, scene, result):
        photo_set = photo_set_of(scene)
        is_new = not photo_set.has_mesh
        mesh = photo_set.build_mesh(self._arrays)
        changed = photo_set.match_renders()
        scene.focal_depth.preview.in_view = False  # it would lie over the set
        if is_new:  # a rebuild leaves the view where it is
            _show_through_camera(context)
        if occluder := find_occluder(context, photo_set.camera, mesh):
            text = translate("{name} is in the way of the set", name=occluder.name)
            manager.notice = Notice(text, hides_set=occluder.name)
        triangles = translate("{count} triangles", count=f"{len(mesh.data.polygons):,}")
        return f"{triangles}. {changed}"


class FOCAL_DEPTH_OT_build_mesh(NeedsResult, BuildMesh, JobOperator, bpy.types.Operator):
    bl_idname = "focal_depth.build_mesh"
    bl_label = "Build Mesh"
    bl_description = (
        "Build a textured mesh from the depth, and the camera that took the photograph. "
        "If they exist already, update them"
    )
    bl_options = {"UNDO"}

    level: EnumProperty(
        name="Level of Detail",
        description="Number of triangles in the mesh",
        items=LEVELS,
        default="full",
        translation_context=CONTEXT,
    )


class SetOperator(NeedsResult, ExclusiveOperator):
    """An operator on the set of the scene's result."""

    def execute(self, context):
        try:
            text = self.change(context, photo_set_of(context.scene))
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, text)
        return {"FINISHED"}

    def change(self, context: bpy.types.Context, photo_set: PhotoSet) -> str:
        """Change the set; return what people read about it. May raise UserError."""
        raise NotImplementedError


class FOCAL_DEPTH_OT_set_scale(SetOperator, bpy.types.Operator):
    bl_idname = "focal_depth.set_scale"
    bl_label = "Set Scale"
    bl_translation_context = CONTEXT
    bl_description = (
        "Scale the set so that a length in it has its true value. First select the two ends of the length, "
        "as two objects or, in Edit Mode, two vertices; or type a length from Blender's Measure tool"
    )
    bl_options = {"UNDO"}

    measured: FloatProperty(
        name="Measured",
        description="Present length in the set, in the scene's units. 0 means the distance between the two "
        "selected ends",
        unit="LENGTH",
        min=0,
        precision=4,
    )
    length: FloatProperty(
        name="True Length",
        description="Length in reality, in the scene's units",
        unit="LENGTH",
        min=0,
        precision=4,
    )

    def invoke(self, context, event):
        self.measured = self.length = _selected_length(context) or 0
        return context.window_manager.invoke_props_dialog(self)

    def change(self, context, photo_set):
        measured = self.measured or _selected_length(context)
        if not measured:
            raise UserError("Select the two ends of a length first: two objects, or two vertices")
        if not self.length:
            raise UserError("Type the true length")
        photo_set.scale(self.length / measured)
        return translate("The set was scaled {times} times", times=f"{self.length / measured:.4g}")


class FOCAL_DEPTH_OT_holdout(SetOperator, bpy.types.Operator):
    bl_idname = "focal_depth.holdout"
    bl_label = "Holdout"
    bl_description = (
        "Render the scene inside the photograph, without compositing: the mesh hides what is behind it and "
        "receives shadows. In EEVEE, press it again after lights have changed"
    )
    bl_options = {"UNDO"}

    enable: BoolProperty(
        name="Enable",
        description="Use the mesh as a holdout. If off, renders show the mesh",
        default=True,
        options={"SKIP_SAVE"},
    )

    def invoke(self, context, event):
        if self.enable and context.scene.render.engine == compat.EEVEE and _draws_in_software():
            return context.window_manager.invoke_confirm(
                self,
                event,
                title=translate("Holdout"),
                message=translate(
                    "EEVEE renders the light once for this. Without a graphics card that can take "
                    "minutes, in which Blender does not answer"
                ),
            )
        return self.execute(context)

    def change(self, context, photo_set):
        if not self.enable:
            photo_set.show_mesh()
            return "Renders show the mesh"
        photo_set.hold_out()
        changed = photo_set.match_renders()
        text = translate("Renders are inside the photograph, and compositing is off")
        return f"{text}. {changed}"


class FOCAL_DEPTH_OT_hide_occluders(SetOperator, bpy.types.Operator):
    """Hide the objects in the way of the set, in views and renders"""

    bl_idname = "focal_depth.hide_occluders"
    bl_label = "Hide"
    bl_options = {"UNDO"}

    def change(self, context, photo_set):
        mesh, names = photo_set.require_mesh(), []
        while occluder := find_occluder(context, photo_set.camera, mesh):
            occluder.hide_render = True
            occluder.hide_set(True)
            names.append(occluder.name)
        manager.notice = None
        return (
            translate("Hidden: {names}", names=", ".join(names))
            if names
            else "Nothing is in the way of the set"
        )


class FOCAL_DEPTH_OT_remove_set(SetOperator, bpy.types.Operator):
    bl_idname = "focal_depth.remove_set"
    bl_label = "Remove Set"
    bl_description = (
        "Remove the set from the scene, and give the scene the render size, camera and colours back that it "
        "had before. The result is not deleted"
    )
    bl_options = {"UNDO"}

    def change(self, context, photo_set):
        photo_set.remove()
        return "The set was removed, and the scene has its own settings again"


def photo_set_of(scene: bpy.types.Scene) -> PhotoSet:
    """Return the set of a scene's result. Raises UserError where that is gone."""
    return PhotoSet(scene, result_folder.from_stored(scene.focal_depth.result))


def _selected_length(context: bpy.types.Context) -> float | None:
    """Between the two selected objects or vertices, where modifiers show them; None if there are not two."""
    if context.mode != "EDIT_MESH":
        ends = [each.matrix_world.translation for each in context.selected_objects]
    else:
        edited = context.objects_in_mode_unique_data
        bpy.ops.object.mode_set(mode="OBJECT")  # brings the selection to where modifiers show it
        shown = context.evaluated_depsgraph_get()
        ends = [end for each in edited for end in _selected_vertices(each.evaluated_get(shown))]
        bpy.ops.object.mode_set(mode="EDIT")
    return (ends[0] - ends[1]).length if len(ends) == 2 else None


def _selected_vertices(shown: bpy.types.Object) -> list[Vector]:
    is_selected = np.zeros(len(shown.data.vertices), dtype=bool)
    if selection := shown.data.attributes.get(".select_vert"):
        selection.data.foreach_get("value", is_selected)
    return [shown.matrix_world @ shown.data.vertices[index].co for index in np.flatnonzero(is_selected)]


def _show_through_camera(context: bpy.types.Context) -> None:
    """Let the 3D view that was used show the photograph, and CG in its colours; scripts may have none."""
    view = context.space_data
    if view is None or view.type != "VIEW_3D":
        return
    view.region_3d.view_perspective = "CAMERA"
    view.shading.color_type, view.shading.light = "TEXTURE", "FLAT"  # it was lit when it was taken
    if view.shading.type == "SOLID" and not bpy.app.background and not _draws_in_software():
        view.shading.type = "MATERIAL"


def _draws_in_software() -> bool:
    """Whether materials would take seconds to draw."""
    renderer = gpu.platform.renderer_get().lower()
    return any(name in renderer for name in SOFTWARE_RENDERERS)


register, unregister = bpy.utils.register_classes_factory(
    (
        FOCAL_DEPTH_OT_build_mesh,
        FOCAL_DEPTH_OT_set_scale,
        FOCAL_DEPTH_OT_holdout,
        FOCAL_DEPTH_OT_hide_occluders,
        FOCAL_DEPTH_OT_remove_set,
    )
)
