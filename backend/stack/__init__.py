"""Photographs to a FocalStack."""

from .assemble import read_stack
from .focal_stack import FocalStack, Frame
from .options import Typed
from .read import one_in, photograph_size, read_photograph, read_pixels, read_working_photograph
from .report import describe, describe_survey, inspect_table
from .survey import Survey, survey

__all__ = [
    "FocalStack",
    "Frame",
    "Survey",
    "Typed",
    "describe",
    "describe_survey",
    "inspect_table",
    "one_in",
    "photograph_size",
    "read_photograph",
    "read_pixels",
    "read_stack",
    "read_working_photograph",
    "survey",
]
