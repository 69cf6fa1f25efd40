"""All that touches Blender. Estimating happens in a child process; see child.py."""

from . import operators, panel, properties, tasks

_MODULES = (tasks, properties, operators, panel)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
