"""The box that a person draws in a 3D view, and the points clicked there."""

import bpy
import gpu
from gpu_extras.batch import batch_for_shader

LINE = 1.0, 0.55, 0.1, 1.0  # RGBA
FILL = 1.0, 0.55, 0.1, 0.15
MARK = 4  # pixels from the middle of a point's mark to its sides

_handler = None
_boxes: list[tuple[bpy.types.Region, tuple[float, ...]]] = []  # left, bottom, right, top
_is_drawing = False  # whether the last one is still being drawn


def show(context: bpy.types.Context) -> None:
    """Show what is drawn from now on."""
    global _handler
    hide(context)
    _handler = bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_PIXEL")
    context.window.cursor_modal_set("CROSSHAIR")


def hide(context: bpy.types.Context) -> None:
    """Show nothing any longer."""
    global _handler, _is_drawing
    if _handler is None:
        return
    bpy.types.SpaceView3D.draw_handler_remove(_handler, "WINDOW")
    _handler, _is_drawing = None, False
    for region, _ in _boxes:
        region.tag_redraw()
    _boxes.clear()
    for window in context.window_manager.windows:
        window.cursor_modal_restore()
        window.workspace.status_text_set(None)


def draw(region: bpy.types.Region, one: tuple[int, int], other: tuple[int, int]) -> None:
    """Draw a box between two corners, instead of the one that was being drawn."""
    global _is_drawing
    if _is_drawing:
        _boxes.pop()
    _is_drawing = True
    _add(region, *map(min, zip(one, other, strict=True)), *map(max, zip(one, other, strict=True)))


def mark(region: bpy.types.Region, at: tuple[int, int]) -> None:
    """Mark a point."""
    global _is_drawing
    if _is_drawing:
        _boxes.pop()
    _is_drawing = False
    _add(region, at[0] - MARK, at[1] - MARK, at[0] + MARK, at[1] + MARK)


def region_under(context: bpy.types.Context, event: bpy.types.Event) -> bpy.types.Region | None:
    """Return the 3D view's region under the cursor, unless a sidebar or header lies over it."""
    for area in context.window.screen.areas:
        if area.type != "VIEW_3D":
            continue
        under = [each for each in area.regions if _contains(each, event.mouse_x, event.mouse_y)]
        if [each.type for each in under] == ["WINDOW"]:
            return under[0]
    return None


def _contains(region: bpy.types.Region, x: int, y: int) -> bool:
    return 0 <= x - region.x < region.width > 1 and 0 <= y - region.y < region.height > 1


def _add(region: bpy.types.Region, *box: float) -> None:
    _boxes.append((region, box))
    region.tag_redraw()


def _draw() -> None:
    shader = gpu.shader.from_builtin("UNIFORM_COLOR")
    gpu.state.blend_set("ALPHA")
    for region, (left, bottom, right, top) in _boxes:
        if region != bpy.context.region:
            continue
        corners = [(left, bottom), (right, bottom), (left, top), (right, top)]
        outline = [corners[each] for each in (0, 1, 3, 2, 0)]
        for shape, colour, places in (("TRI_STRIP", FILL, corners), ("LINE_STRIP", LINE, outline)):
            shader.uniform_float("color", colour)
            batch_for_shader(shader, shape, {"pos": places}).draw(shader)
    gpu.state.blend_set("NONE")
