"""Small pictures of photographs for the list. Blender reads each in the background once it is drawn."""

from pathlib import Path

import bpy.utils.previews

from ...backend.contract.formats import is_clip_frame, locate
from ..clip import thumbnail_file

_previews: bpy.utils.previews.ImagePreviewCollection  # while the add-on is registered


def photograph_icon(path: str) -> int:
    """Return the number of a photograph's icon, for `icon_value` and `template_icon`."""
    preview = _previews.get(path) or _load(path)
    return preview.icon_id


def _load(path: str):
    photograph = Path(path)
    if file := thumbnail_file(photograph):
        return _previews.load(path, str(file), "IMAGE")
    kind = "MOVIE" if is_clip_frame(photograph) else "IMAGE"
    return _previews.load(path, str(locate(photograph)[0]), kind)


def register() -> None:
    global _previews
    _previews = bpy.utils.previews.new()


def unregister() -> None:
    global _previews
    bpy.utils.previews.remove(_previews)
    del _previews
