"""The panels in the 3D view's sidebar."""

from . import compositing, estimate, export, follow, photographs, preview, retouch, scene

_MODULES = (estimate, photographs, follow, preview, retouch, scene, compositing, export)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
