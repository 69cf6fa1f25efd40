"""Photographs to a FocalStack: metadata, sidecars, what a person types, order, inspection."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assemble import read_stack
    from .description import describe, describe_inspection, format_inspection
    from .focal_stack import FocalStack, Frame
    from .inspection import Inspection, inspect_stack
    from .overrides import Overrides

# Imported when they are asked for: commands take what a person types before they load what reads photographs.
_PLACES = {
    "FocalStack": "focal_stack",
    "Frame": "focal_stack",
    "Inspection": "inspection",
    "Overrides": "overrides",
    "describe": "description",
    "describe_inspection": "description",
    "format_inspection": "description",
    "inspect_stack": "inspection",
    "read_stack": "assemble",
}

__all__ = [
    "FocalStack",
    "Frame",
    "Inspection",
    "Overrides",
    "describe",
    "describe_inspection",
    "format_inspection",
    "inspect_stack",
    "read_stack",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)
