"""Files of the set for augmented reality, headsets, displays and the web."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from .. import export, result_folder
from ..errors import UserError
from ..jobs.operator import JobOperator
from ..translations import translate
from .inputs import NeedsResult

NO_FILE = "Set filepath to the file to write"
PAGE = "_page"  # what the name of a folder for a web page ends in


class WritesFile(NeedsResult, JobOperator):
    """An operator that asks for a file to write, whose extension is that of what was chosen."""

    filepath: StringProperty(
        name="File",
        description="File to write. The preset determines its extension",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    filter_glob: StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    check_existing: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    @property
    def suffix(self) -> str:
        """Return the extension of the file."""
        raise NotImplementedError

    def invoke(self, context, event):
        if self.filepath:
            return super().invoke(context, event)
        folder = result_folder.from_stored(context.scene.focal_depth.result)
        beside = Path(bpy.path.abspath("//")) if bpy.data.is_saved else folder.parent
        self.filepath, self.filter_glob = (
            str(beside / (folder.name + (self.suffix or PAGE))),
            f"*{self.suffix}",
        )
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context):
        path = bpy.path.ensure_ext(self.filepath, self.suffix)
        has_changed, self.filepath = path != self.filepath, path
        return has_changed

    def execute(self, context):
        if not self.options.is_invoke:
            return super().execute(context)
        # The file browser calls `execute`, and only an operator that Blender invokes may become modal.
        chosen = self.as_keywords(ignore=("filter_glob", "check_existing"))
        getattr(bpy.ops.focal_depth, type(self).bl_idname.partition(".")[2])("INVOKE_DEFAULT", **chosen)
        return {"FINISHED"}

    def path(self) -> Path:
        """Return the file to write. Raises UserError where none is set."""
        if not self.filepath:
            raise UserError(NO_FILE)
        return Path(bpy.path.ensure_ext(bpy.path.abspath(self.filepath), self.suffix))


class FOCAL_DEPTH_OT_export(WritesFile, bpy.types.Operator):
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

    @classmethod
    def description(cls, context, properties):
        return bpy.app.translations.pgettext_tip(export.PRESETS[properties.preset].description)

    @property
    def suffix(self):
        return export.PRESETS[self.preset].suffix

    def arguments(self, scene, scratch):
        preset = export.PRESETS[self.preset]
        self.path()
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
        return export.write(preset, scene, self._folder, self._arrays, self._texture, self.path())


class FOCAL_DEPTH_OT_share(WritesFile, bpy.types.Operator):
    """Write what shows the set outside of Blender"""

    bl_idname = "focal_depth.share"
    bl_label = "Share Set"
    label = "Writing"

    format: EnumProperty(
        name="Format",
        description="What is written",
        items=[(key, each.name, each.description) for key, each in export.FORMATS.items()],
        options={"HIDDEN", "SKIP_SAVE"},
    )
    eye_distance: FloatProperty(
        name="Eye Distance",
        description="Distance between the eyes in the result's metres. At 0 it is a comfortable one",
        min=0,
        soft_max=0.2,
        precision=3,
        options={"SKIP_SAVE"},
    )
    convergence: FloatProperty(
        name="Convergence",
        description="Distance of the screen's plane in the result's metres. At 0 it is chosen by the scene",
        min=0,
        soft_max=100,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context, properties):
        return bpy.app.translations.pgettext_tip(export.FORMATS[properties.format].description)

    @property
    def suffix(self):
        return export.FORMATS[self.format].suffix

    def draw(self, context):
        if export.FORMATS[self.format].has_eyes:
            self.layout.use_property_split = True
            self.layout.prop(self, "eye_distance")
            self.layout.prop(self, "convergence")

    def arguments(self, scene, scratch):
        chosen, path = export.FORMATS[self.format], self.path()
        folder = result_folder.from_stored(scene.focal_depth.result)
        result_folder.read_description(folder)
        stereo = {"--eye-distance": self.eye_distance, "--convergence": self.convergence}
        typed = [word for name, value in stereo.items() if value for word in (name, f"{value:.6g}")]
        return [
            *(chosen.command, str(folder), "--output", str(path), *chosen.options),
            *(typed if chosen.has_eyes else ()),
        ]

    def conclude(self, context, scene, result):
        if (front := result.details.get("disparity_front")) is None:
            return translate("{file} is written", file=result.path)
        return translate(
            "{file}: disparity from {front}% of the width in front of the screen to {behind}% behind it",
            file=result.path,
            front=f"{100 * max(front, 0):.1f}",
            behind=f"{100 * max(result.details['disparity_behind'], 0):.1f}",
        )


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_OT_export, FOCAL_DEPTH_OT_share))
