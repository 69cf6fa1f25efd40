"""Small pictures of photographs for the list. Blender reads each in the background once it is drawn."""

from pathlib import Path

import bpy.utils.previews

from ...backend.contract.formats import locate

_previews: bpy.utils.previews.ImagePreviewCollection  # while the add-on is registered


def photograph_icon(path: str) -> int:
    """Return the number of a photograph's icon, for `icon_value` and `template_icon`."""
    preview = _previews.get(path) or _previews.load(path, str(locate(Path(path))[0]), "IMAGE")
    return preview.icon_id


def register() -> None:
    global _previews
    _previews = bpy.utils.previews.new()


def unregister() -> None:
    global _previews
    bpy.utils.previews.remove(_previews)
    del _previews
