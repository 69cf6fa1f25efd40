"""All that touches Blender. Estimating happens in a child process; see child.py."""

from . import operators, preferences, properties, translations, ui
from .jobs import follow, manager, rereading
from .ui import menus, thumbnails

_MODULES = (
    translations,
    preferences,
    manager,
    follow,
    properties,
    rereading,
    thumbnails,
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
