"""All that touches Blender. Estimating happens in a child process; see child.py."""

from . import (
    following,
    menus,
    operators,
    panels,
    preferences,
    properties,
    rereading,
    tasks,
    thumbnails,
    translations,
)

_MODULES = (
    translations,
    preferences,
    tasks,
    following,
    properties,
    rereading,
    thumbnails,
    operators,
    panels,
    menus,
)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
