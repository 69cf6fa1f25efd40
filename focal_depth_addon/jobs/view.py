"""Where in Blender's windows a job shows: sidebars, and the view in which its result appears."""

import contextlib
from contextlib import AbstractContextManager

import bpy


def redraw_sidebars() -> None:
    """Redraw only the sidebars: the view itself may be costly to draw."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            for region in area.regions:
                if area.type in ("VIEW_3D", "IMAGE_EDITOR") and region.type == "UI":
                    region.tag_redraw()


def redraw_views() -> None:
    """Redraw the 3D views themselves."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


def in_view_of(scene: bpy.types.Scene | None) -> AbstractContextManager:
    """Return the context of a person whose mouse is in the largest 3D view of a window with that scene."""
    windows = [window for window in bpy.context.window_manager.windows if window.scene == scene]
    if not windows:
        return contextlib.nullcontext()
    views = [area for area in windows[0].screen.areas if area.type == "VIEW_3D"]
    if not views:
        return bpy.context.temp_override(window=windows[0])
    area = max(views, key=lambda area: area.width * area.height)
    region = next(region for region in area.regions if region.type == "WINDOW")
    return bpy.context.temp_override(window=windows[0], area=area, region=region)
