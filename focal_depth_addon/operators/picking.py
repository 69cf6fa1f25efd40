"""Picking distances under the cursor, in image editors and 3D views."""

import blf
import bpy
import gpu
from bpy.props import FloatVectorProperty
from gpu_extras.batch import batch_for_shader

from ..errors import UserError
from ..jobs.operator import fail
from ..preview import images
from ..preview.probe import Probe, Reading
from ..translations import translate
from .preview import PreviewOperator, folder_of

HELP = "Click: copy the distance    ESC or right click: end"
OFFSET, PADDING, TEXT_SIZE = 18, 6, 13  # pixels of a screen of usual density
DARK, BRIGHT = (0.05, 0.05, 0.05, 0.85), (1.0, 1.0, 1.0, 1.0)

_handlers: list[tuple[type, object]] = []  # that draw the label, while a person picks
_label: "Label | None" = None


class Label:
    """A text beside the cursor.

    Parameters
    ----------
    text
        The text.
    region
        Where it is drawn.
    at
        Pixels of the cursor from the region's lower left.
    right
        Pixels from the left at which the free part of the region ends.
    """

    def __init__(self, text: str, region: bpy.types.Region, at: tuple[int, int], right: int) -> None:
        self._text, self._region, self._at, self._right = text, region.as_pointer(), at, right

    def tag_redraw(self) -> None:
        """Redraw the label's region only: a 3D view of a large scene may be slow."""
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                for region in area.regions:
                    if region.as_pointer() == self._region:
                        region.tag_redraw()

    def draw(self) -> None:
        """Draw the label, if its region is the one that is drawn."""
        region = bpy.context.region
        if region.as_pointer() != self._region:
            return
        scale = bpy.context.preferences.system.ui_scale
        padding = PADDING * scale
        blf.size(0, TEXT_SIZE * scale)
        width, height = blf.dimensions(0, self._text)
        x, y = (position + OFFSET * scale for position in self._at)
        if x + width + padding > self._right:
            x = max(self._at[0] - OFFSET * scale - width, padding)
        if y + height + padding > region.height:
            y = self._at[1] - OFFSET * scale - height
        _rectangle(x - padding, y - padding, x + width + padding, y + height + padding)
        blf.color(0, *BRIGHT)
        blf.position(0, x, y, 0)
        blf.draw(0, self._text)


class FOCAL_DEPTH_OT_pick(PreviewOperator, bpy.types.Operator):
    bl_idname = "focal_depth.pick"
    bl_label = "Pick Distance"
    bl_description = (
        "Read distances under the cursor, in the scene's units, in image editors and 3D views. Click to "
        "copy one, press ESC or the right mouse button to end"
    )

    place: FloatVectorProperty(
        name="Place",
        description="For scripts: place in the picture, 0 to 1 of its width and height, from the top left",
        size=2,
        min=0,
        max=1,
        default=(0.5, 0.5),
        options={"SKIP_SAVE"},
    )

    def needed_part(self, scene):
        return "depth"

    def present(self, context, scene):
        if self.options.is_invoke:
            return "Reading distances under the cursor"
        reading = Probe(scene).at(tuple(self.place))
        if reading is None:
            raise UserError("The place is outside the picture: use values from 0 to less than 1")
        return _record(scene, reading)

    def invoke(self, context, event):
        if is_picking():
            stop_picking()
            return {"FINISHED"}
        self._picks = False
        ended = super().invoke(context, event)
        if ended != {"FINISHED"}:
            return ended
        context.window_manager.modal_handler_add(self)
        return self._begin(context)

    def modal(self, context, event):
        if not self._picks:
            ended = super().modal(context, event)
            return self._begin(context) if ended == {"FINISHED"} else ended
        if not is_picking():  # stopped from outside
            return {"CANCELLED"}
        if event.type in ("ESC", "RIGHTMOUSE") and event.value == "PRESS":
            return self._end_picking()
        if event.type not in ("MOUSEMOVE", "LEFTMOUSE"):
            return {"PASS_THROUGH"}
        try:
            reading = self._read(context, event)
        except UserError as error:
            stop_picking()
            return fail(self, error)
        if event.type == "MOUSEMOVE" or reading is None or self._is_over_sidebar:
            return {"PASS_THROUGH"}
        if event.value == "PRESS":
            self.report({"INFO"}, _record(context.scene, reading))
        return {"RUNNING_MODAL"}

    def cancel(self, context):
        """Stop: Blender ends the operator, as another file is opened or the window closes."""
        stop_picking()
        super().cancel(context)

    def _begin(self, context):
        self._picks = True
        start_picking(context)
        return {"RUNNING_MODAL"}

    def _end_picking(self):
        stop_picking()
        return {"FINISHED"}

    def _read(self, context, event) -> Reading | None:
        """The distance under the cursor, which the label then shows. Raises UserError."""
        area, region, self._is_over_sidebar = _under_cursor(context.window, event.mouse_x, event.mouse_y)
        if area is None or region is None:
            _set_label(None)
            return None
        at = event.mouse_x - region.x, event.mouse_y - region.y
        reading = read_distance(context.scene, area.spaces.active, region, at)
        text = reading and reading.format(context.scene)
        _set_label(Label(text, region, at, _free_width(area, region)) if text else None)
        return reading


def read_distance(
    scene: bpy.types.Scene, space: bpy.types.Space, region: bpy.types.Region, at: tuple[int, int]
) -> Reading | None:
    """Read a distance in an image editor that shows the preview, or in a 3D view.

    Parameters
    ----------
    scene
        Whose result it is.
    space, region
        Of the editor.
    at
        Pixels from the region's lower left.

    Returns
    -------
    Reading or None
        None where there is no distance.

    Raises
    ------
    UserError
        Where the result has changed.
    """
    if not images.is_cached(folder_of(scene), "depth"):
        raise UserError("The result has changed: press Pick Distance again")
    if space.type == "VIEW_3D":
        return Probe(scene).under(space, region, region.data, at)
    if not images.is_preview(space.image, scene):
        return None
    x, y = region.view2d.region_to_view(*at)
    return Probe(scene).at((x, 1 - y))


def is_picking() -> bool:
    """Whether a person picks distances."""
    return bool(_handlers)


def start_picking(context: bpy.types.Context) -> None:
    """Show the distance beside the cursor from now on."""
    for space in (bpy.types.SpaceImageEditor, bpy.types.SpaceView3D):
        _handlers.append((space, space.draw_handler_add(_draw_label, (), "WINDOW", "POST_PIXEL")))
    context.workspace.status_text_set(translate(HELP))
    images.redraw()
    context.window.cursor_modal_set("EYEDROPPER")


def stop_picking() -> None:
    """Show no distance any longer."""
    if not is_picking():
        return
    _set_label(None)
    while _handlers:
        space, handler = _handlers.pop()
        space.draw_handler_remove(handler, "WINDOW")
    for window in bpy.context.window_manager.windows:
        window.cursor_modal_restore()
        window.workspace.status_text_set(None)
    images.redraw()


def _set_label(label: Label | None) -> None:
    """Replace the label that is there."""
    global _label
    for each in (_label, label):
        if each is not None:
            each.tag_redraw()
    _label = label


def _draw_label() -> None:
    if _label is not None:
        _label.draw()


def _record(scene: bpy.types.Scene, reading: Reading) -> str:
    """Store a distance in the scene and in the clipboard; return it as text."""
    text = reading.format(scene)
    scene.focal_depth.preview.picked = bpy.context.window_manager.clipboard = text
    return text


def _under_cursor(
    window: bpy.types.Window, x: int, y: int
) -> tuple[bpy.types.Area | None, bpy.types.Region | None, bool]:
    """Area and region under the cursor, and whether a sidebar or header, even a clear one, lies between."""
    for area in window.screen.areas:
        if area.type in ("IMAGE_EDITOR", "VIEW_3D"):
            under = [region for region in area.regions if _contains(region, x, y)]
            if main := [region for region in under if region.type == "WINDOW"]:
                return area, main[0], len(under) > len(main)
    return None, None, False


def _free_width(area: bpy.types.Area, region: bpy.types.Region) -> int:
    """Pixels of the region's width without a sidebar over them."""
    sidebars = (each for each in area.regions if each.type == "UI" and each.width > 1)
    return min((each.x - region.x for each in sidebars if each.x > region.x), default=region.width)


def _contains(region: bpy.types.Region, x: int, y: int) -> bool:
    shown = region.width > 1 and region.height > 1
    return shown and 0 <= x - region.x < region.width and 0 <= y - region.y < region.height


def _rectangle(left: float, bottom: float, right: float, top: float) -> None:
    shader = gpu.shader.from_builtin("UNIFORM_COLOR")
    corners = [(left, bottom), (right, bottom), (right, top), (left, top)]
    batch = batch_for_shader(shader, "TRI_FAN", {"pos": corners})
    gpu.state.blend_set("ALPHA")
    shader.uniform_float("color", DARK)
    batch.draw(shader)
    gpu.state.blend_set("NONE")


_register, _unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_OT_pick,))


def register() -> None:
    _register()


def unregister() -> None:
    stop_picking()
    _unregister()
