"""The panels in the 3D view's sidebar."""

from . import compositing, estimating, exporting, following, looking, photo_set, photographs

_MODULES = (estimating, photographs, following, looking, photo_set, compositing, exporting)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
