"""The list of photographs: adding, dropping, reading again, removing."""

import contextlib
import os
from pathlib import Path

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from ...backend.contract.formats import CLIP_EXTENSIONS, EXTENSIONS, is_clip
from ..clip import is_listed
from ..jobs.operator import ExclusiveOperator, JobOperator, fail
from ..jobs.reading import ReadPhotographs
from ..translations import translate
from .inputs import ChosenFiles

FILES = ";".join(f"*{extension}" for extension in (*EXTENSIONS, *CLIP_EXTENSIONS))
CATEGORY = "Focal Depth"  # of the sidebar
LENS_VALUES = {"focal_length": "Focal Length", "f_number": "F-Number", "sensor_width": "Sensor Width"}


class FOCAL_DEPTH_OT_inspect(ReadPhotographs, JobOperator, bpy.types.Operator):
    """Read the photographs again, with the distances and lens values that were typed"""

    # What it fills in belongs to the step that typed: it makes no undo step of its own.
    bl_idname = "focal_depth.inspect"
    bl_label = "Read Photographs"

    in_place: BoolProperty(
        name="In Place",
        description="Keep the order of the rows instead of sorting them from far to near",
        options={"SKIP_SAVE"},
    )


class AddingOperator(ChosenFiles, ReadPhotographs, JobOperator):
    """Reads the chosen photographs together with those listed. One alone is listed as it is.

    A clip takes the place of what is listed, and photographs that of a clip's frames.
    """

    bl_options = {"UNDO"}

    def files_to_read(self, settings):
        retained = self.retained(settings)
        return list(dict.fromkeys(retained + self.chosen_paths(expand=bool(retained))))

    def retained(self, settings) -> list[str]:
        """Return the files that stay listed."""
        chosen = any(is_clip(Path(path)) for path in self.chosen_paths())
        return [] if chosen or is_listed(settings) else super().files_to_read(settings)

    def invoke(self, context, event):
        settings = context.scene.focal_depth
        files = self.files_to_read(settings)
        if len(files) == 1 and os.path.isfile(files[0]) and not is_clip(Path(files[0])):
            settings.list_unread(files[0])
            settings.clear_result()
            return {"FINISHED"}
        return super().invoke(context, event)

    def conclude(self, context, scene, result):
        scene.focal_depth.changed = False  # what is added has to be listed, whatever was typed meanwhile
        scene.focal_depth.clear_result()
        return super().conclude(context, scene, result)


class FOCAL_DEPTH_OT_add_photographs(AddingOperator, bpy.types.Operator):
    """Add the photographs of a focus bracket: choose all its files, or its folder, or a clip"""

    bl_idname = "focal_depth.add_photographs"
    bl_label = "Add Photographs"

    filter_glob: StringProperty(default=FILES, options={"HIDDEN"})
    display_type: EnumProperty(  # by the file browser's own number
        items=(("THUMBNAIL", "Thumbnails", "", 3),), default="THUMBNAIL", options={"HIDDEN"}
    )

    def invoke(self, context, event):
        if self.directory:  # chosen already
            return super().invoke(context, event)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        if not self.options.is_invoke:
            return super().execute(context)
        # The file browser calls `execute`, and only an operator that Blender invokes may become modal.
        files = [{"name": file.name} for file in self.files]
        bpy.ops.focal_depth.add_photographs("INVOKE_DEFAULT", directory=self.directory, files=files)
        return {"CANCELLED"}  # nothing has changed yet: no undo step


class FOCAL_DEPTH_OT_drop_photographs(AddingOperator, bpy.types.Operator):
    """Add dropped photographs to the list. Photographs from another folder replace those in the list"""

    bl_idname = "focal_depth.drop_photographs"
    bl_label = "Read as Focus Bracket"  # what a drop offers beside Blender's own "Add Empty Image"

    def retained(self, settings):
        chosen, listed = self.chosen_paths(), super().retained(settings)
        is_same_bracket = chosen and os.path.dirname(chosen[0]) in map(os.path.dirname, listed)
        return listed if is_same_bracket else []

    def invoke(self, context, event):
        _show_panel(context)
        return super().invoke(context, event)

    def conclude(self, context, scene, result):
        if self.options.is_invoke:
            _show_panel(context)  # a sidebar that had never been drawn has its tabs only now
        return super().conclude(context, scene, result)


class FOCAL_DEPTH_FH_photographs(bpy.types.FileHandler):
    bl_idname = "FOCAL_DEPTH_FH_photographs"
    bl_label = FOCAL_DEPTH_OT_drop_photographs.bl_label
    bl_import_operator = FOCAL_DEPTH_OT_drop_photographs.bl_idname
    bl_file_extensions = ";".join((*EXTENSIONS, *CLIP_EXTENSIONS))

    @classmethod
    def poll_drop(cls, context):
        return context.area is not None and context.area.type in ("VIEW_3D", "IMAGE_EDITOR")


class FOCAL_DEPTH_OT_take_frames(ReadPhotographs, JobOperator, bpy.types.Operator):
    """Take frames of the clip anew, between these seconds"""

    bl_idname = "focal_depth.take_frames"
    bl_label = "Take Frames"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context):
        if not is_listed(context.scene.focal_depth):
            cls.poll_message_set(translate("There is no clip: drop one, or add it as you add photographs"))
            return False
        return super().poll(context)

    def files_to_read(self, settings):
        return [settings.clip.file]

    def conclude(self, context, scene, result):
        scene.focal_depth.changed = False
        scene.focal_depth.clear_result()
        return super().conclude(context, scene, result)


class FOCAL_DEPTH_OT_remove_photograph(ExclusiveOperator, bpy.types.Operator):
    """Remove the active photograph from the list. The file is not deleted"""

    bl_idname = "focal_depth.remove_photograph"
    bl_label = "Remove Photograph"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context):
        if not context.scene.focal_depth.photographs:
            cls.poll_message_set(translate("There are no photographs"))
            return False
        return super().poll(context)

    def execute(self, context):
        context.scene.focal_depth.remove_active()
        return {"FINISHED"}


class FOCAL_DEPTH_OT_show_notes(bpy.types.Operator):
    """Show the notes on this photograph below the list"""

    bl_idname = "focal_depth.show_notes"
    bl_label = "Photograph Notes"
    bl_options = {"INTERNAL"}

    index: IntProperty(
        name="Photograph", description="Row in the list, counted from 0", options={"SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context, properties):
        return context.scene.focal_depth.photographs[properties.index].notes

    def execute(self, context):
        settings = context.scene.focal_depth
        settings.active_photograph = max(0, min(self.index, len(settings.photographs) - 1))
        return {"FINISHED"}


class FOCAL_DEPTH_OT_clear(ExclusiveOperator, bpy.types.Operator):
    """Remove all photographs from the list. Files and results are not deleted"""

    bl_idname = "focal_depth.clear"
    bl_label = "Clear Photographs"
    bl_options = {"UNDO"}

    def execute(self, context):
        settings = context.scene.focal_depth
        settings.list_frames([], [], 1)
        settings.clear_result()
        return {"FINISHED"}


class FOCAL_DEPTH_OT_choose_sensor(bpy.types.Operator):
    """Set the sensor width from a camera preset. For upright photographs, use the height of its sensor"""

    bl_idname = "focal_depth.choose_sensor"
    bl_label = "Choose Sensor"
    bl_options = {"UNDO"}

    filepath: StringProperty(
        name="Preset",
        description="File of a camera preset of Blender",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )

    def execute(self, context):
        camera = bpy.data.cameras.new("preset")  # what presets are run on
        try:
            with context.temp_override(camera=camera):
                bpy.utils.execfile(self.filepath)
            width, height = camera.sensor_width, camera.sensor_height
        except Exception:  # whatever is in that file
            return fail(self, translate("{file} is not a camera preset: choose another", file=self.filepath))
        finally:
            bpy.data.cameras.remove(camera)
        settings = context.scene.focal_depth
        settings.sensor_width = min(width, height) if settings.is_upright else max(width, height)
        return {"FINISHED"}


class FOCAL_DEPTH_OT_reset_lens_value(bpy.types.Operator):
    """Use the value in the photographs again"""

    bl_idname = "focal_depth.reset_lens_value"
    bl_label = "Reset Lens Value"
    bl_options = {"UNDO", "INTERNAL"}

    value: EnumProperty(
        name="Value",
        description="Lens value to reset",
        items=[(name, label, "") for name, label in LENS_VALUES.items()],
        options={"SKIP_SAVE"},
    )

    def execute(self, context):
        setattr(context.scene.focal_depth, self.value, 0)
        return {"FINISHED"}


def _show_panel(context) -> None:
    """Open the sidebar where the photographs are listed, on our tab if it has been drawn already."""
    area = context.area
    if area is None or area.type != "VIEW_3D":
        area = next((each for each in context.screen.areas if each.type == "VIEW_3D"), None)
    if area is None:
        return
    area.spaces.active.show_region_ui = True
    sidebar = next(region for region in area.regions if region.type == "UI")
    with contextlib.suppress(AttributeError, TypeError):  # has no tabs yet
        sidebar.active_panel_category = CATEGORY


register, unregister = bpy.utils.register_classes_factory(
    (
        FOCAL_DEPTH_OT_inspect,
        FOCAL_DEPTH_OT_add_photographs,
        FOCAL_DEPTH_OT_drop_photographs,
        FOCAL_DEPTH_FH_photographs,
        FOCAL_DEPTH_OT_take_frames,
        FOCAL_DEPTH_OT_remove_photograph,
        FOCAL_DEPTH_OT_show_notes,
        FOCAL_DEPTH_OT_clear,
        FOCAL_DEPTH_OT_choose_sensor,
        FOCAL_DEPTH_OT_reset_lens_value,
    )
)
