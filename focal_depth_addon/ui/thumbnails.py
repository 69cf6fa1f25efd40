"""Small pictures of photographs for the list. Blender reads each in the background once it is drawn."""

import bpy.utils.previews

_previews: bpy.utils.previews.ImagePreviewCollection | None = None


def icon(path: str) -> int:
    """The icon's number, for `icon_value` and `template_icon`."""
    preview = _previews.get(path) or _previews.load(path, path, "IMAGE")
    return preview.icon_id


def register() -> None:
    global _previews
    _previews = bpy.utils.previews.new()


def unregister() -> None:
    global _previews
    bpy.utils.previews.remove(_previews)
    _previews = None
