"""`focal-depth look`: what `preview` was called until version 0.1, with its files. It goes in version 0.3."""

import argparse

from ..runtime.progress import Reporter
from . import preview
from .preview import add_arguments

__all__ = ["add_arguments", "run"]

ARRAYS, UNCERTAINTY = "look.npz", "error"  # as version 0.1 named them


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Run `preview`, and say what it is called."""
    reporter.warning("`look` is called `preview` now, and will be gone in version 0.3")
    preview.write(options, reporter, ARRAYS, UNCERTAINTY)
