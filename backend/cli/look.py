"""`focal-depth look`: what `preview` was called until version 0.1, with its files. It goes in version 0.3."""

import argparse

import numpy as np

from ..contract.schema import Description
from ..io.result_folder import Maps
from ..runtime.progress import Reporter
from . import preview
from .preview import add_arguments

__all__ = ["add_arguments", "run"]

ARRAYS, UNCERTAINTY = "look.npz", "error"  # as version 0.1 named them


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Run `preview`, and say what it is called."""
    reporter.warning("`look` is called `preview` now, and will be gone in version 0.3")
    preview.write(options, reporter, ARRAYS, _make_arrays)


def _make_arrays(maps: Maps, description: Description) -> dict[str, np.ndarray]:
    return preview.sample_depth(maps, description, UNCERTAINTY)
