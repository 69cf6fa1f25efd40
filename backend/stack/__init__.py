"""Photographs to a FocalStack: metadata, sidecars, what a person types, order, inspection."""

from .assemble import read_stack
from .description import describe, describe_inspection, format_inspection
from .focal_stack import FocalStack, Frame
from .inspection import Inspection, inspect_stack
from .overrides import Overrides

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
