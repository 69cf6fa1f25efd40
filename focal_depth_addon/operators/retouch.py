"""Layers of retouch: added, outlined over the photograph, applied to the result, removed."""

import bpy
from bpy.props import EnumProperty

from ...backend.contract.retouch import FRAME
from .. import result_folder, retouch
from ..errors import UserError
from ..jobs import manager
from ..jobs.draft import LABEL
from ..jobs.operator import ExclusiveOperator, fail
from ..preview import images
from ..scene import photo_set
from ..translations import CONTEXT, translate
from .changed_result import ResultChange
from .inputs import NeedsResult


class NeedsLayer(NeedsResult):
    """An operator on the active layer."""

    @classmethod
    def poll(cls, context):
        if super().poll(context) and not context.scene.focal_depth.layers:
            cls.poll_message_set(translate("There is no layer yet: add one"))
            return False
        return super().poll(context)


class FOCAL_DEPTH_OT_add_layer(NeedsResult, ExclusiveOperator, bpy.types.Operator):
    bl_idname = "focal_depth.add_layer"
    bl_label = "Add Layer"
    bl_description = (
        "Add a layer, to be outlined in an image editor: Ctrl and a click add a point, Alt and C close the "
        "outline"
    )
    bl_options = {"UNDO"}

    tool: EnumProperty(
        name="Tool",
        description="What becomes of what is outlined",
        items=retouch.TOOLS,
        translation_context=CONTEXT,
        options={"SKIP_SAVE"},
    )

    def execute(self, context):
        settings = context.scene.focal_depth
        try:
            folder, _ = _result_of(context.scene)
            there = {layer.name for layer in retouch.read_layers(folder)}
        except UserError as error:
            return fail(self, error)
        taken = there | {layer.name for layer in settings.layers}
        layer = settings.layers.add()
        layer.tool, layer.name = self.tool, retouch.free_name(retouch.TOOL_NAMES[self.tool], taken)
        layer.mask = retouch.new_mask(layer.name)
        if self.tool == FRAME:
            used = [photograph for photograph in settings.photographs if photograph.used]
            layer.photograph = used[-1].name if used else ""
        settings.active_layer = len(settings.layers) - 1
        _edit(context, layer)
        return {"FINISHED"}


class FOCAL_DEPTH_OT_edit_layer(NeedsLayer, ExclusiveOperator, bpy.types.Operator):
    """Show the active layer's outlines over the photograph, in an image editor"""

    bl_idname = "focal_depth.edit_layer"
    bl_label = "Outline"

    def execute(self, context):
        settings = context.scene.focal_depth
        layer = settings.layers[settings.active_layer]
        if layer.picture:
            return fail(
                self, "This layer is a picture in the result folder: paint it there, or add another layer"
            )
        if layer.mask is None:
            layer.mask = retouch.new_mask(layer.name)
        if not _edit(context, layer):
            return fail(self, "Open an image editor, and press Outline again")
        return {"FINISHED"}


class FOCAL_DEPTH_OT_remove_layer(NeedsLayer, ExclusiveOperator, bpy.types.Operator):
    """Remove the active layer from the list and from the result folder"""

    bl_idname = "focal_depth.remove_layer"
    bl_label = "Remove Layer"
    bl_options = {"UNDO"}

    def execute(self, context):
        settings = context.scene.focal_depth
        try:
            folder, _ = _result_of(context.scene)
            retouch.forget_layer(folder, settings.layers[settings.active_layer].written)
        except (UserError, OSError) as error:
            return fail(self, error)
        settings.layers.remove(settings.active_layer)
        settings.active_layer = max(0, min(settings.active_layer, len(settings.layers) - 1))
        return {"FINISHED"}


class FOCAL_DEPTH_OT_apply_layers(NeedsResult, ResultChange, bpy.types.Operator):
    """Apply the layers to the result: the set, the compositor and the preview follow"""

    bl_idname = "focal_depth.apply_layers"
    bl_label = "Apply"
    bl_options = {"UNDO"}
    label = "Retouching"

    def arguments(self, scene, scratch):
        self.folder, size = _result_of(scene)
        renamed = retouch.write_layers(scene.focal_depth, self.folder, size)
        photo_set.rename_own_objects(scene, self.folder, renamed)
        return ["retouch", str(self.folder)]

    def conclude(self, context, scene, result):
        return self.follow_result(context, scene)


def _result_of(scene: bpy.types.Scene):
    """The result's folder, and its width and height."""
    folder = result_folder.from_stored(scene.focal_depth.result)
    width, height = result_folder.read_description(folder)["size"]
    return folder, (width, height)


def _edit(context: bpy.types.Context, layer: retouch.RetouchLayer) -> bool:
    """Let an image editor show the photograph, or depth, with the layer's mask; whether there is one."""
    scene, preview = context.scene, context.scene.focal_depth.preview
    if preview.shown in images.FRAMES or not images.is_shown(scene):
        preview.shown = "ALL_IN_FOCUS"
    images.show(context, scene, fit=False)
    start_draft(scene)
    return images.edit_mask(context, scene, layer.mask)


def start_draft(scene: bpy.types.Scene) -> None:
    """Show drafts of what the layers make of the result, in a window and where they are wanted."""
    if bpy.app.background or not scene.focal_depth.draft or not scene.focal_depth.layers:
        return
    try:
        manager.draft.start(scene)
    except (UserError, OSError) as error:  # without it people outline as well
        manager.report_fault(error, LABEL)


_register, _unregister = bpy.utils.register_classes_factory(
    (
        FOCAL_DEPTH_OT_add_layer,
        FOCAL_DEPTH_OT_edit_layer,
        FOCAL_DEPTH_OT_remove_layer,
        FOCAL_DEPTH_OT_apply_layers,
    )
)


def register() -> None:
    _register()


def unregister() -> None:
    manager.draft.stop()
    _unregister()
