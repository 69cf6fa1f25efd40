"""Focal stacks to metric depth: everything that does not touch Blender.

Conventions: metres, dioptres (1/m), float32, row 0 at the top, pixel centres at +0.5. Frames run far to near;
the last one, focused nearest, is the reference frame.

>>> import focal_depth
>>> stack = focal_depth.read_stack(["photographs"])
>>> result = focal_depth.estimate(stack)
>>> result.depth.shape
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from .contract.errors import Cancelled, InputError
    from .depth.predictor import DepthPredictor, Prediction
    from .io.result import Result
    from .io.result_folder import read_depth, read_description
    from .pipeline import estimate
    from .runtime.cache import ResultCache
    from .runtime.config import Config
    from .runtime.resources import Resources
    from .stack import FocalStack, Frame, Overrides, read_stack

# Imported when they are asked for: the add-on imports `contract` alone, without numpy's weight.
_PLACES = {
    "Cancelled": "contract.errors",
    "Config": "runtime.config",
    "DepthPredictor": "depth.predictor",
    "FocalStack": "stack",
    "Frame": "stack",
    "InputError": "contract.errors",
    "Overrides": "stack",
    "Prediction": "depth.predictor",
    "Resources": "runtime.resources",
    "Result": "io.result",
    "ResultCache": "runtime.cache",
    "estimate": "pipeline",
    "read_depth": "io.result_folder",
    "read_description": "io.result_folder",
    "read_stack": "stack",
}

__all__ = [
    "Cancelled",
    "Config",
    "DepthPredictor",
    "FocalStack",
    "Frame",
    "InputError",
    "Overrides",
    "Prediction",
    "Resources",
    "Result",
    "ResultCache",
    "estimate",
    "read_depth",
    "read_description",
    "read_stack",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)
