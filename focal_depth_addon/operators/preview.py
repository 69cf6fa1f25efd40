"""Looking at a result: what is shown, where, in which colours, and frames played one after another."""

import time
from pathlib import Path

import bpy
from bpy.app.handlers import persistent
from bpy.props import BoolProperty, EnumProperty, IntProperty

from .. import result_folder
from ..errors import UserError
from ..jobs.operator import ExclusiveOperator, JobOperator, fail
from ..preview import cache, images
from ..preview.coordinates import ping_pong
from ..preview.settings import SHOWN
from ..translations import say
from .inputs import NeedsResult

INTERVAL = 0.2  # seconds a frame is shown
NO_FRAMES = "No frames are shown: choose Aligned or As Photographed first"

_timer: bpy.types.Timer | None = None  # of the frames that are played


class LooksInto(NeedsResult, JobOperator):
    """An operator on what `focal-depth look` makes of the result; a child makes it where it is not cache."""

    label = "Preparing to look"

    def needs(self, scene: bpy.types.Scene) -> str | None:
        """As images.needed."""
        raise NotImplementedError

    def look(self, context: bpy.types.Context, scene: bpy.types.Scene) -> str:
        """All is there: do the work; returns what to tell the person. Raises UserError."""
        raise NotImplementedError

    def execute(self, context):
        return self._at_once(context) if self._is_kept(context.scene) else super().execute(context)

    def invoke(self, context, event):
        return self._at_once(context) if self._is_kept(context.scene) else super().invoke(context, event)

    def arguments(self, scene, scratch):
        folder = folder_of(scene)
        result_folder.read_description(folder)
        self._made = scratch / "look"
        return ["look", str(folder), "--output", str(self._made), "--show", self.needs(scene)]

    def conclude(self, context, scene, process):
        result_folder.read_description(folder_of(scene))  # it may be gone by now
        cache.keep(folder_of(scene), self._made)
        return self.look(context, scene)

    def _is_kept(self, scene: bpy.types.Scene) -> bool:
        return images.is_kept(folder_of(scene), self.needs(scene))

    def _at_once(self, context):
        try:
            self.report({"INFO"}, self.look(context, context.scene))
        except (UserError, OSError) as error:
            return fail(self, error)
        return {"FINISHED"}


class FOCAL_DEPTH_OT_look(LooksInto, bpy.types.Operator):
    """Show this of the result: in an image editor if one is open, and in the overlay of the 3D view"""

    bl_idname = "focal_depth.look"
    bl_label = "Look"
    bl_options = {"UNDO"}

    show: EnumProperty(name="Show", description="What of the result is shown", items=SHOWN, default="DEPTH")

    @classmethod
    def description(cls, context, properties):
        text = next(text for key, _, text in SHOWN if key == properties.show)
        return bpy.app.translations.pgettext_tip(text)

    def needs(self, scene):
        return images.needed(self.show)

    def look(self, context, scene):
        another = _take_up(scene)
        scene.focal_depth.look.shown = self.show
        images.show(context, scene, fit=another)
        return next(name for key, name, _ in SHOWN if key == self.show)


class FOCAL_DEPTH_OT_reset_range(NeedsResult, ExclusiveOperator, bpy.types.Operator):
    """Colour from the nearest to the farthest thing in the picture again"""

    bl_idname = "focal_depth.reset_range"
    bl_label = "Reset Near and Far"
    bl_options = {"UNDO"}

    def execute(self, context):
        scene = context.scene
        try:
            reset_range(scene.focal_depth.look, result_folder.read_description(folder_of(scene)))
        except UserError as error:
            return fail(self, error)
        return {"FINISHED"}


class Shows:
    """An operator on the picture that is looked at."""

    @classmethod
    def poll(cls, context):
        if not images.is_shown(context.scene):
            cls.poll_message_set(say("Nothing of the result is shown yet: choose Depth, for one, first"))
            return False
        return True


class FOCAL_DEPTH_OT_look_window(Shows, bpy.types.Operator):
    """Show the picture in a new window"""

    bl_idname = "focal_depth.look_window"
    bl_label = "Open in New Window"

    def execute(self, context):
        if bpy.app.background:
            without = say("Blender runs without a window: use the image {image}", image=images.NAME)
            return fail(self, without)
        images.open_window(context, context.scene)
        return {"FINISHED"}


class FOCAL_DEPTH_OT_overlay(Shows, bpy.types.Operator):
    bl_idname = "focal_depth.overlay"
    bl_label = "Overlay"
    bl_description = (
        "Lay what is shown over the view through the photograph's camera. Where the "
        "scene has no such camera yet, it is made"
    )
    bl_options = {"UNDO"}

    enable: BoolProperty(
        name="Enable", description="Off takes the picture away again", default=True, options={"SKIP_SAVE"}
    )

    def execute(self, context):
        scene, look = context.scene, context.scene.focal_depth.look
        if not self.enable:
            if (camera := images.camera_of(scene)) is not None:
                images.remove_overlay(camera, look)
            return {"FINISHED"}
        try:
            photo_set = scene.PhotoSet(scene, folder_of(scene))
        except UserError as error:
            return fail(self, error)
        images.put_overlay(photo_set.camera.data, look, images.image(scene))
        changed = photo_set.look_through()
        self.report({"INFO"}, changed)
        if context.space_data is not None and context.space_data.type == "VIEW_3D":
            context.space_data.region_3d.view_perspective = "CAMERA"
        return {"FINISHED"}


class ShowsFrames:
    """An operator on the frames that are shown."""

    @classmethod
    def poll(cls, context):
        scene = context.scene
        if scene.focal_depth.look.shown not in images.FRAMES or not images.is_shown(scene):
            cls.poll_message_set(say(NO_FRAMES))
            return False
        return True


class FOCAL_DEPTH_OT_step(ShowsFrames, bpy.types.Operator):
    """Show the next frame or the one before; after the last comes the first"""

    bl_idname = "focal_depth.step"
    bl_label = "Step to Frame"

    by: IntProperty(name="By", description="Frames towards the nearest focus; negative: farther", default=1)

    def execute(self, context):
        look, count = context.scene.focal_depth.look, frame_count(context.scene)
        look.frame = (min(look.frame, count) - 1 + self.by) % count + 1
        return {"FINISHED"}


class FOCAL_DEPTH_OT_play(ShowsFrames, bpy.types.Operator):
    """Play the frames, far to near and back, to see what moves between them. Press again or ESC to stop"""

    bl_idname = "focal_depth.play"
    bl_label = "Play Frames"

    def execute(self, context):
        return fail(self, "Frames play in a window only; scripts use focal_depth.step")

    def invoke(self, context, event):
        global _timer
        if playing():
            stop_playing()
            return {"FINISHED"}
        self._scene_name = context.scene.name  # a name outlives undo, a reference does not
        self._step = context.scene.focal_depth.look.frame - 1
        self._due = time.monotonic() + INTERVAL
        _timer = context.window_manager.event_timer_add(INTERVAL, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if not playing():  # stopped from outside
            return {"CANCELLED"}
        if event.type == "ESC" and event.value == "PRESS":
            return self._stop()
        if event.type != "TIMER" or time.monotonic() < self._due:  # others have timers too
            return {"PASS_THROUGH"}
        scene = bpy.data.scenes.get(self._scene_name)
        count = 0 if scene is None else frame_count(scene)
        if not count:
            return self._stop()
        self._step += 1
        self._due = time.monotonic() + 0.9 * INTERVAL
        scene.focal_depth.look.frame = ping_pong(self._step, count) + 1
        return {"PASS_THROUGH"}

    def cancel(self, context):
        """Blender itself ends the operator: another file is opened, or the window closes."""
        stop_playing()

    def _stop(self):
        stop_playing()
        return {"FINISHED"}


def playing() -> bool:
    return _timer is not None


def stop_playing() -> None:
    global _timer
    if _timer is not None:
        bpy.context.window_manager.event_timer_remove(_timer)
        _timer = None
        images.redraw()


def frame_count(scene: bpy.types.Scene) -> int:
    """How many frames there are of what is shown; 0 where it is no frames."""
    look = scene.focal_depth.look
    if look.shown not in images.FRAMES or not images.is_shown(scene):
        return 0
    return len(cache.frames(folder_of(scene), images.FRAMES[look.shown]))


def show_new(context: bpy.types.Context, scene: bpy.types.Scene) -> None:
    """The scene has a new result: show its picture where nothing else is shown."""
    _take_up(scene)
    scene.focal_depth.look.shown = "ALL_IN_FOCUS"
    images.show_unasked(context, scene)


def _take_up(scene: bpy.types.Scene) -> bool:
    """Let the scene's result be what is looked at; returns whether that was another one. Raises UserError."""
    settings = scene.focal_depth
    look = settings.look
    if look.result == settings.result:
        return False
    description = result_folder.read_description(folder_of(scene))
    look.result, look.picked = settings.result, ""
    reset_range(look, description)
    return True


def reset_range(look: bpy.types.PropertyGroup, description: dict) -> None:
    look.span(*(float(description["depth"][edge]) for edge in ("near", "far")))


def folder_of(scene: bpy.types.Scene) -> Path:
    return result_folder.from_stored(scene.focal_depth.result)


@persistent
def _repaint_after_undo(scene: bpy.types.Scene, *_) -> None:
    """Undo brings back numbers, not the file that was painted by them."""
    images.repaint(scene)


_register, _unregister = bpy.utils.register_classes_factory(
    (
        FOCAL_DEPTH_OT_look,
        FOCAL_DEPTH_OT_reset_range,
        FOCAL_DEPTH_OT_look_window,
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
