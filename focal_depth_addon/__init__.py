"""All that touches Blender. Estimating happens in a child process; see child.py."""

from . import operators, panels, preferences, properties, rereading, tasks, thumbnails

_MODULES = (preferences, tasks, properties, rereading, thumbnails, operators, panels)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
