"""All that touches Blender. Estimating happens in another process: see jobs/."""

from . import jobs, operators, preferences, properties, result_moves, translations, ui
from .preview import view_picture
from .scene import render_size
from .ui import menus, thumbnails

_MODULES = (
    translations,
    preferences,
    jobs,
    properties,
    thumbnails,
    render_size,
    result_moves,
    view_picture,
    operators,
    ui,
    menus,
)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
