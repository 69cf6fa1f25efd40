"""The operators. Each works from the panel and, with arguments, from a script without a window."""

from . import (
    cache,
    compositing,
    estimate,
    export,
    follow,
    former_names,
    ground,
    photographs,
    picking,
    preview,
    retouch,
    scene,
    turn_round,
)

_MODULES = (
    photographs,
    estimate,
    follow,
    cache,
    preview,
    picking,
    scene,
    ground,
    compositing,
    export,
    turn_round,
    retouch,
    former_names,
)


def register() -> None:
    for module in _MODULES:
        module.register()


def unregister() -> None:
    for module in reversed(_MODULES):
        module.unregister()
