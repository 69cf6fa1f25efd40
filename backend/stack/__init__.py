"""Photographs to a FocalStack."""

from ..io.photographs import one_in, photograph_size, read_photograph, read_pixels, read_working_photograph
from .assemble import read_stack
from .description import describe, describe_survey, inspect_table
from .focal_stack import FocalStack, Frame
from .inspection import Survey, survey
from .overrides import Overrides

__all__ = [
    "FocalStack",
    "Frame",
    "Survey",
    "Overrides",
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
