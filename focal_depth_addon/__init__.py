"""All that touches Blender. Estimating happens in a child process; see child.py."""

from . import operators, panels, properties, tasks

_MODULES = (tasks, properties, operators, panels)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
