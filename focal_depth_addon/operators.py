"""The operators. Each works from the panel and, with arguments, from a script without a window."""

import os
from pathlib import Path

import bpy
from bpy.props import CollectionProperty, StringProperty

from . import compositing, result_folder, stage, tasks
from .errors import UserError
from .properties import TYPED, Settings

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".exr")  # as the backend reads
PHOTOGRAPHS = ";".join(f"*{suffix}" for suffix in SUFFIXES)
NO_PHOTOGRAPHS = "There are no photographs: add at least two frames of a focus bracket"


def _lens_arguments(settings: Settings) -> list[str]:
    arguments = ["--order", settings.order]
    for option in ("focal_length", "f_number", "sensor_width"):
        if value := getattr(settings, option):
            arguments += ["--" + option.replace("_", "-"), f"{value:.6g}"]
    return arguments


def _listed(settings: Settings) -> list[str]:
    return [bpy.path.abspath(photograph.path) for photograph in settings.photographs]


def _typed_arguments(settings: Settings, metres_per_unit: float) -> list[str]:
    """The distances that were typed into the list."""
    typed = (photograph for photograph in settings.photographs if photograph.source == TYPED)
    pairs = (f"{bpy.path.abspath(each.path)}={each.metres(metres_per_unit)}" for each in typed)
    return [word for pair in pairs for word in ("--focus-distance", pair)]


def _use_result(scene: bpy.types.Scene, folder: Path) -> str:
    """Show a result in the panel; returns what to tell the person. Raises UserError."""
    description = result_folder.read_description(folder)
    settings = scene.focal_depth
    settings.show_result(result_folder.to_stored(folder), description, scene.unit_settings.scale_length)
    return f"{settings.summary} ({folder})"


def _show_through_camera(context: bpy.types.Context) -> None:
    """Let the 3D view that was used show the photograph; scripts may have none."""
    view = context.space_data
    if view is not None and view.type == "VIEW_3D":
        view.region_3d.view_perspective = "CAMERA"
        view.shading.color_type = "TEXTURE"


class Files:
    """The photographs an operator is given: chosen files, or a whole folder."""

    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})
    files: CollectionProperty(type=bpy.types.OperatorFileListElement, options={"SKIP_SAVE"})

    def given(self, expanded: bool = False) -> list[str]:
        """Paths; a folder stands for itself unless it shall be `expanded` into its photographs."""
        folder = bpy.path.abspath(self.directory)
        names = [file.name for file in self.files if file.name]
        if expanded and not names and folder:
            names = [name for name in sorted(os.listdir(folder)) if name.lower().endswith(SUFFIXES)]
        return [os.path.join(folder, name) for name in names] or [folder] * bool(folder)


class Inspecting(Files, tasks.ChildOperator):
    """Reads the listed photographs and those given, and lists them with their distances."""

    label = "Reading photographs"

    def arguments(self, scene, scratch):
        settings = scene.focal_depth
        listed = _listed(settings)
        photographs = list(dict.fromkeys(listed + self.given(expanded=bool(listed))))
        if not photographs:
            raise UserError(NO_PHOTOGRAPHS)
        typed = _typed_arguments(settings, scene.unit_settings.scale_length)
        return ["inspect", *photographs, *typed, *_lens_arguments(settings)]

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


class FOCAL_DEPTH_OT_estimate(Files, tasks.ChildOperator, bpy.types.Operator):
    """Estimate depth and an all-in-focus picture from the photographs. ESC cancels"""

    bl_idname = "focal_depth.estimate"
    bl_label = "Estimate Depth"
    bl_options = {"UNDO"}
    label = "Estimating depth"

    output: StringProperty(
        name="Output", description="Folder for the result", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )

    def arguments(self, scene, scratch):
        settings = scene.focal_depth
        given = self.given()  # by a script; these are a stack of their own
        photographs = given or _listed(settings)
        if not photographs:
            raise UserError(NO_PHOTOGRAPHS)
        typed = [] if given else _typed_arguments(settings, scene.unit_settings.scale_length)
        if output := self.output or settings.output:
            self._folder = result_folder.from_stored(output)
        else:
            self._folder = result_folder.default_folder(photographs, tasks.cache_folder())
        return [
            "estimate",
            *photographs,
            "--output",
            str(self._folder),
            *typed,
            *_lens_arguments(settings),
        ]

    def conclude(self, context, scene, child):
        return _use_result(scene, self._folder)


class FOCAL_DEPTH_OT_cancel(bpy.types.Operator):
    """Stop what is running. Nothing half-done stays behind"""

    bl_idname = "focal_depth.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context):
        cls.poll_message_set("Nothing is running")
        return tasks.running() is not None

    def execute(self, context):
        tasks.running().cancel()  # the operator that waits for the child sees it end, and ends
        return {"FINISHED"}


class FOCAL_DEPTH_OT_open_result(bpy.types.Operator):
    """Use a result folder that exists already"""

    bl_idname = "focal_depth.open_result"
    bl_label = "Open Result"
    bl_options = {"UNDO"}

    directory: StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        try:
            self.report({"INFO"}, _use_result(context.scene, result_folder.from_stored(self.directory)))
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class NeedsResult:
    """An operator on the scene's result folder."""

    @classmethod
    def poll(cls, context):
        if not context.scene.focal_depth.result:
            cls.poll_message_set("There is no result yet: press Estimate Depth, or open a result")
            return False
        return super().poll(context)


class FOCAL_DEPTH_OT_build_mesh(NeedsResult, tasks.ChildOperator, bpy.types.Operator):
    """Build a textured mesh of the depth map, and the camera that took the photograph. If they
    exist already, they are updated"""

    bl_idname = "focal_depth.build_mesh"
    bl_label = "Build Mesh"
    bl_options = {"UNDO"}
    label = "Building the mesh"

    def arguments(self, scene, scratch):
        folder = result_folder.from_stored(scene.focal_depth.result)
        result_folder.read_description(folder)
        self._arrays = scratch / "mesh.npz"
        return ["mesh", str(folder), "--output", str(self._arrays)]

    def conclude(self, context, scene, child):
        folder = result_folder.from_stored(scene.focal_depth.result)
        photo_set = stage.PhotoSet(scene, folder)
        mesh = photo_set.build_mesh(self._arrays)
        changed = photo_set.look_through()
        _show_through_camera(context)
        return f"{len(mesh.data.vertices):,} vertices; {changed}"


class FOCAL_DEPTH_OT_depth_pass(NeedsResult, tasks.Idle, bpy.types.Operator):
    """Set up the compositor so that rendered objects stand between the things in the photograph"""

    bl_idname = "focal_depth.depth_pass"
    bl_label = "Depth Pass"
    bl_options = {"UNDO"}

    def execute(self, context):
        scene = context.scene
        folder = result_folder.from_stored(scene.focal_depth.result)
        try:
            photo_set = stage.PhotoSet(scene, folder)
        except UserError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        changed = photo_set.look_through()
        photo_set.hide_mesh_from_renders()
        compositing.merge_by_depth(scene, folder)
        self.report({"INFO"}, f"The compositor merges renders with the photograph by depth; {changed}")
        return {"FINISHED"}


_CLASSES = (
    FOCAL_DEPTH_OT_inspect,
    FOCAL_DEPTH_OT_add_photographs,
    FOCAL_DEPTH_OT_clear,
    FOCAL_DEPTH_OT_estimate,
    FOCAL_DEPTH_OT_cancel,
    FOCAL_DEPTH_OT_open_result,
    FOCAL_DEPTH_OT_build_mesh,
    FOCAL_DEPTH_OT_depth_pass,
)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
