"""The operators. Each works from the panel and, with arguments, from a script without a window."""

from . import compositing, estimating, exporting, photo_set, photographs

_MODULES = (photographs, estimating, photo_set, compositing, exporting)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
