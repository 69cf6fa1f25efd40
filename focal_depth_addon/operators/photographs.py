"""The list of photographs: adding, reading anew, clearing."""

import bpy
from bpy.props import StringProperty

from .. import tasks
from ..errors import UserError
from .given import NO_PHOTOGRAPHS, SUFFIXES, Files, lens_arguments, listed, typed_arguments

PHOTOGRAPHS = ";".join(f"*{suffix}" for suffix in SUFFIXES)


class Inspecting(Files, tasks.ChildOperator):
    """Reads the listed photographs and those given, and lists them with their distances."""

    label = "Reading photographs"

    def arguments(self, scene, scratch):
        settings = scene.focal_depth
        present = listed(settings)
        photographs = list(dict.fromkeys(present + self.given(expanded=bool(present))))
        if not photographs:
            raise UserError(NO_PHOTOGRAPHS)
        typed = typed_arguments(settings, scene.unit_settings.scale_length)
        return ["inspect", *photographs, *typed, *lens_arguments(settings)]

    def conclude(self, context, scene, child):
        stack = child.result["stack"]
        metres_per_unit = scene.unit_settings.scale_length
        scene.focal_depth.show_frames(stack["frames"], stack["warnings"], metres_per_unit)
        scene.focal_depth.forget_result()
        known = "known" if stack["metric"] else "not known: depth will be relative until two are typed in"
        return f"{len(stack['frames'])} photographs, focus distances {known}"


class FOCAL_DEPTH_OT_inspect(Inspecting, bpy.types.Operator):
    """Read the photographs again, with the distances and lens values typed in"""

    bl_idname = "focal_depth.inspect"
    bl_label = "Read Photographs"
    bl_options = {"UNDO"}


class FOCAL_DEPTH_OT_add_photographs(Inspecting, bpy.types.Operator):
    """Add the frames of a focus bracket: choose all its files, or its folder"""

    bl_idname = "focal_depth.add_photographs"
    bl_label = "Add Photographs"
    bl_options = {"UNDO"}

    filter_glob: StringProperty(default=PHOTOGRAPHS, options={"HIDDEN"})

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        if not self.options.is_invoke:
            return super().execute(context)
        # The file browser has called: go on in the background, which only an invoked operator can.
        files = [{"name": file.name} for file in self.files]
        bpy.ops.focal_depth.inspect("INVOKE_DEFAULT", directory=self.directory, files=files)
        return {"FINISHED"}


class FOCAL_DEPTH_OT_clear(bpy.types.Operator):
    """Empty the list of photographs. Files and results stay"""

    bl_idname = "focal_depth.clear"
    bl_label = "Clear Photographs"
    bl_options = {"UNDO"}

    def execute(self, context):
        settings = context.scene.focal_depth
        settings.show_frames([], [], 1)
        settings.forget_result()
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory(
    (FOCAL_DEPTH_OT_inspect, FOCAL_DEPTH_OT_add_photographs, FOCAL_DEPTH_OT_clear)
)
