"""Files for augmented reality and the web."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from .. import export, result_folder
from ..errors import UserError
from ..jobs.operator import JobOperator
from .inputs import NeedsResult


class FOCAL_DEPTH_OT_export(NeedsResult, JobOperator, bpy.types.Operator):
    """Write a file of the set for a viewer"""

    bl_idname = "focal_depth.export"
    bl_label = "Export Set"
    label = "Building the mesh"

    preset: EnumProperty(
        name="Preset",
        description="Viewer for which the file is written",
        items=[(key, each.name, each.description) for key, each in export.PRESETS.items()],
        options={"HIDDEN", "SKIP_SAVE"},  # the file browser was opened for one of them
    )
    filepath: StringProperty(
        name="File",
        description="File to write. The preset determines its extension",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    filter_glob: StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    check_existing: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, context, properties):
        return bpy.app.translations.pgettext_tip(export.PRESETS[properties.preset].description)

    def invoke(self, context, event):
        if self.filepath:
            return super().invoke(context, event)
        suffix = export.PRESETS[self.preset].suffix
        folder = result_folder.from_stored(context.scene.focal_depth.result)
        beside = Path(bpy.path.abspath("//")) if bpy.data.is_saved else folder.parent
        self.filepath, self.filter_glob = str(beside / (folder.name + suffix)), f"*{suffix}"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context):
        path = bpy.path.ensure_ext(self.filepath, export.PRESETS[self.preset].suffix)
        has_changed, self.filepath = path != self.filepath, path
        return has_changed

    def execute(self, context):
        if not self.options.is_invoke:
            return super().execute(context)
        # The file browser calls `execute`, and only an operator that Blender invokes may become modal.
        bpy.ops.focal_depth.export("INVOKE_DEFAULT", preset=self.preset, filepath=self.filepath)
        return {"FINISHED"}

    def arguments(self, scene, scratch):
        preset = export.PRESETS[self.preset]
        if not self.filepath:
            raise UserError("Set filepath to the file to write")
        export.require_exporter(preset)
        self._folder = result_folder.from_stored(scene.focal_depth.result)
        result_folder.read_description(self._folder)
        self._arrays, self._texture = scratch / "mesh.npz", scratch / "texture.jpg"
        return [
            "mesh",
            str(self._folder),
            "--output",
            str(self._arrays),
            "--triangles",
            str(preset.triangles),
            "--atlas",
            str(self._texture),
            "--atlas-size",
            str(export.TEXTURE),
        ]

    def conclude(self, context, scene, result):
        preset = export.PRESETS[self.preset]
        path = Path(bpy.path.ensure_ext(bpy.path.abspath(self.filepath), preset.suffix))
        return export.write(preset, scene, self._folder, self._arrays, self._texture, path)


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_OT_export,))
