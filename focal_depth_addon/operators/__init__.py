"""The operators. Each works from the panel and, with arguments, from a script without a window."""

from . import cache, compositing, estimating, exporting, following, looking, photo_set, photographs, picking

_MODULES = (photographs, estimating, following, cache, looking, picking, photo_set, compositing, exporting)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
