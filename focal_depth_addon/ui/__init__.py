"""The panels in the 3D view's sidebar."""

from . import compositing, estimate, export, follow, photographs, preview, scene

_MODULES = (estimate, photographs, follow, preview, scene, compositing, export)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
