"""`focal-depth retouch RESULT`: apply what was painted over a result, with nothing inferred again."""

import argparse
from pathlib import Path

from ..contract.messages import READ, WRITE
from ..retouch.result import retouch_result
from ..runtime.progress import Reporter
from ..runtime.resources import Resources


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `retouch` takes."""
    parser.add_argument(
        "result", type=Path, metavar="RESULT", help="result folder of `estimate`, with retouch/layers.json"
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Apply the layers, and say which could not be."""
    reporter.plan({READ: 1, WRITE: 4})
    for text in retouch_result(options.result, reporter.progress, Resources().threads):
        reporter.warning(text)
    reporter.result(options.result, f"{options.result} shows its layers")
