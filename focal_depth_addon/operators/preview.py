"""The preview of a result: what is shown, where, in which colours, and frames played one after another."""

import time
from pathlib import Path

import bpy
from bpy.app.handlers import persistent
from bpy.props import BoolProperty, EnumProperty, IntProperty

from ...backend.contract.files import DEPTH_EXR
from ...backend.contract.schema import Description
from .. import result_folder
from ..errors import UserError
from ..jobs.operator import ExclusiveOperator, JobOperator, OperatorMixin, fail
from ..preview import cache, images
from ..preview.coordinates import ping_pong
from ..preview.settings import SHOWN
from ..scene.photo_set import PhotoSet
from ..translations import translate
from .inputs import NeedsResult

INTERVAL = 0.2  # seconds a frame is shown
OLDER = "An earlier version of Focal Depth wrote this result without it: estimate depth again"
NO_FRAMES = "No frames are shown: choose Aligned or As Photographed first"

_timer: bpy.types.Timer | None = None  # of the frames that are played


class PreviewOperator(NeedsResult, JobOperator):
    """An operator on what `focal-depth preview` makes of the result; a job makes it unless it is cached."""

    label = "Preparing the preview"

    def needed_part(self, scene: bpy.types.Scene) -> str | None:
        """Return what has to be cached, as `images.needed_part` does."""
        raise NotImplementedError

    def present(self, context: bpy.types.Context, scene: bpy.types.Scene) -> str:
        """Do the work, once all is cached; return what people read about it. May raise UserError."""
        raise NotImplementedError

    def execute(self, context):
        return self._present_now(context) if self._is_cached(context.scene) else super().execute(context)

    def invoke(self, context, event):
        if self._is_cached(context.scene):
            return self._present_now(context)
        return super().invoke(context, event)

    def arguments(self, scene, scratch):
        folder = folder_of(scene)
        result_folder.read_description(folder)
        self._output = scratch / "preview"
        return ["preview", str(folder), "--output", str(self._output), "--show", self.needed_part(scene)]

    def conclude(self, context, scene, result):
        result_folder.read_description(folder_of(scene))  # it may be gone by now
        cache.store(folder_of(scene), self._output)
        return self.present(context, scene)

    def _is_cached(self, scene: bpy.types.Scene) -> bool:
        return images.is_cached(folder_of(scene), self.needed_part(scene))

    def _present_now(self, context):
        try:
            self.report({"INFO"}, self.present(context, context.scene))
        except (UserError, OSError) as error:
            return fail(self, error)
        return {"FINISHED"}


class FOCAL_DEPTH_OT_preview(PreviewOperator, bpy.types.Operator):
    """Show a part of the result in an image editor, if one is open, and in the overlay"""

    bl_idname = "focal_depth.preview"
    bl_label = "Preview"
    bl_options = {"UNDO"}

    show: EnumProperty(name="Show", description="Part of the result to show", items=SHOWN, default="DEPTH")

    @classmethod
    def description(cls, context, properties):
        text = next(text for key, _, text in SHOWN if key == properties.show)
        return bpy.app.translations.pgettext_tip(text)

    def needed_part(self, scene):
        return images.needed_part(self.show)

    def present(self, context, scene):
        if images.is_missing(folder_of(scene), self.show):
            raise UserError(OLDER)
        is_new = _use_present_result(scene)
        scene.focal_depth.preview.shown = self.show
        images.show(context, scene, fit=is_new)
        return next(name for key, name, _ in SHOWN if key == self.show)


class FOCAL_DEPTH_OT_reset_range(NeedsResult, ExclusiveOperator, bpy.types.Operator):
    """Set Near and Far to the nearest and farthest distance in the picture"""

    bl_idname = "focal_depth.reset_range"
    bl_label = "Reset Near and Far"
    bl_options = {"UNDO"}

    def execute(self, context):
        scene = context.scene
        try:
            _reset_range(scene, result_folder.read_description(folder_of(scene)))
        except UserError as error:
            return fail(self, error)
        return {"FINISHED"}


class NeedsPreview(OperatorMixin):
    """An operator on the picture that is previewed."""

    @classmethod
    def poll(cls, context):
        if not images.is_shown(context.scene):
            cls.poll_message_set(
                translate("No part of the result is shown yet: choose one first, such as Depth")
            )
            return False
        return True


class FOCAL_DEPTH_OT_preview_window(NeedsPreview, bpy.types.Operator):
    """Show the picture in a new window"""

    bl_idname = "focal_depth.preview_window"
    bl_label = "Open in New Window"

    def execute(self, context):
        if bpy.app.background:
            name = images.update_image(context.scene).name
            return fail(self, translate("Blender runs without a window: use the image {image}", image=name))
        images.open_window(context, context.scene)
        return {"FINISHED"}


class FOCAL_DEPTH_OT_overlay(NeedsPreview, bpy.types.Operator):
    bl_idname = "focal_depth.overlay"
    bl_label = "Overlay"
    bl_description = (
        "Overlay the picture on the view through the photograph's camera, which is added to the scene if it "
        "is not there yet"
    )
    bl_options = {"UNDO"}

    enable: BoolProperty(
        name="Enable",
        description="Show the overlay. If off, it is removed",
        default=True,
        options={"SKIP_SAVE"},
    )

    def execute(self, context):
        scene = context.scene
        if not self.enable:
            if (camera := images.find_camera(scene)) is not None:
                images.remove_overlay(camera, scene)
            return {"FINISHED"}
        try:
            photo_set = PhotoSet(scene, folder_of(scene))
        except UserError as error:
            return fail(self, error)
        images.update_overlay(photo_set.camera.data, scene, images.update_image(scene))
        text = photo_set.match_renders()
        self.report({"INFO"}, text)
        if context.space_data is not None and context.space_data.type == "VIEW_3D":
            context.space_data.region_3d.view_perspective = "CAMERA"
        return {"FINISHED"}


class NeedsFrames(OperatorMixin):
    """An operator on the frames that are previewed."""

    @classmethod
    def poll(cls, context):
        scene = context.scene
        if scene.focal_depth.preview.shown not in images.FRAMES or not images.is_shown(scene):
            cls.poll_message_set(translate(NO_FRAMES))
            return False
        return True


class FOCAL_DEPTH_OT_step(NeedsFrames, bpy.types.Operator):
    """Show the next or previous frame. The first follows the last"""

    bl_idname = "focal_depth.step"
    bl_label = "Step to Frame"

    by: IntProperty(
        name="By",
        description="Number of frames to move towards the nearest focus. Negative moves towards the farthest",
        default=1,
    )

    def execute(self, context):
        preview, count = context.scene.focal_depth.preview, count_frames(context.scene)
        preview.frame = (min(preview.frame, count) - 1 + self.by) % count + 1
        return {"FINISHED"}


class FOCAL_DEPTH_OT_play(NeedsFrames, bpy.types.Operator):
    """Play the frames back and forth to see what moves between them. Press again or ESC to stop"""

    bl_idname = "focal_depth.play"
    bl_label = "Play Frames"

    def execute(self, context):
        return fail(self, "Playing frames needs a window: in a script use focal_depth.step")

    def invoke(self, context, event):
        global _timer
        if is_playing():
            stop_playing()
            return {"FINISHED"}
        self._scene_name = context.scene.name  # a name outlives undo, a reference does not
        self._step = context.scene.focal_depth.preview.frame - 1
        self._due = time.monotonic() + INTERVAL
        _timer = context.window_manager.event_timer_add(INTERVAL, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if not is_playing():  # stopped from outside
            return {"CANCELLED"}
        if event.type == "ESC" and event.value == "PRESS":
            return self._stop()
        if event.type != "TIMER" or time.monotonic() < self._due:  # others have timers too
            return {"PASS_THROUGH"}
        scene = bpy.data.scenes.get(self._scene_name)
        if scene is None or not (count := count_frames(scene)):
            return self._stop()
        self._step += 1
        self._due = time.monotonic() + 0.9 * INTERVAL
        scene.focal_depth.preview.frame = ping_pong(self._step, count) + 1
        return {"PASS_THROUGH"}

    def cancel(self, context):
        """Stop: Blender ends the operator, as another file is opened or the window closes."""
        stop_playing()

    def _stop(self):
        stop_playing()
        return {"FINISHED"}


def is_playing() -> bool:
    """Whether frames are played."""
    return _timer is not None


def stop_playing() -> None:
    """Play no frames any longer."""
    global _timer
    if _timer is not None:
        bpy.context.window_manager.event_timer_remove(_timer)
        _timer = None
        images.redraw()


def count_frames(scene: bpy.types.Scene) -> int:
    """Return how many frames the preview has; 0 where it shows none."""
    preview = scene.focal_depth.preview
    if preview.shown not in images.FRAMES or not images.is_shown(scene):
        return 0
    return len(cache.list_frames(folder_of(scene), images.FRAMES[preview.shown]))


def preview_new_result(context: bpy.types.Context, scene: bpy.types.Scene) -> None:
    """Preview a result that the scene has just got, where image editors show nothing else."""
    _use_present_result(scene)
    scene.focal_depth.preview.shown = "ALL_IN_FOCUS"
    scene.focal_depth.preview.in_view = True
    images.show_in_free_editors(context, scene)


def folder_of(scene: bpy.types.Scene) -> Path:
    """Return the folder of the scene's result."""
    return result_folder.from_stored(scene.focal_depth.result)


def _use_present_result(scene: bpy.types.Scene) -> bool:
    """Let the preview be of the scene's result; return whether it was of another. Raises UserError."""
    settings = scene.focal_depth
    preview = settings.preview
    written = str((folder_of(scene) / DEPTH_EXR).stat().st_mtime_ns)
    if preview.result == settings.result and preview.written in ("", written):  # "" in older files
        preview.written = written
        return False
    description = result_folder.read_description(folder_of(scene))
    preview.result, preview.written, preview.picked = settings.result, written, ""
    _reset_range(scene, description)
    return True


def _reset_range(scene: bpy.types.Scene, description: Description) -> None:
    near, far = (float(description["depth"][edge]) for edge in ("near", "far"))
    scene.focal_depth.preview.set_range(near, far)


@persistent
def _repaint_after_undo(scene: bpy.types.Scene, *_) -> None:
    """Paint anew: undo restores the range, not the file that was painted with it."""
    images.repaint(scene)


_register, _unregister = bpy.utils.register_classes_factory(
    (
        FOCAL_DEPTH_OT_preview,
        FOCAL_DEPTH_OT_reset_range,
        FOCAL_DEPTH_OT_preview_window,
        FOCAL_DEPTH_OT_overlay,
        FOCAL_DEPTH_OT_step,
        FOCAL_DEPTH_OT_play,
    )
)


def register() -> None:
    _register()
    for event in (bpy.app.handlers.undo_post, bpy.app.handlers.redo_post):
        event.append(_repaint_after_undo)


def unregister() -> None:
    stop_playing()
    for event in (bpy.app.handlers.undo_post, bpy.app.handlers.redo_post):
        event.remove(_repaint_after_undo)
    _unregister()
