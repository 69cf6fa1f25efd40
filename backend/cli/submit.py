"""`focal-depth submit TEST.h5 --output DIR`: depth of the test stacks of DDFF 12-Scene, to hand in there.

`focal-depth submit --check DIR` says what is wrong with a submission, whoever made it.
"""

import argparse
from pathlib import Path

from ..contract.errors import InputError
from ..research.evaluation.submission import check_submission, write_submission
from ..runtime.progress import Reporter
from .estimate import add_network_argument, network_from


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `submit` takes."""
    parser.add_argument("test", nargs="?", type=Path, metavar="TEST.h5", help="ddff-dataset-test.h5")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="the submission; the same command goes on after a break"
    )
    add_network_argument(parser)
    parser.add_argument("--check", type=Path, metavar="DIR", help="check a submission and do nothing else")


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Write or check a submission."""
    test, output, folder = options.test, options.output, options.check
    if (folder is None) == (test is None or output is None):
        raise InputError("name TEST.h5 and --output DIR, or --check DIR alone; see focal-depth submit --help")
    if test is not None and output is not None:
        folder, network = output, network_from(options, reporter)
        write_submission(test, folder, network, lambda done, of: reporter.progress("submit", done, of))
    runtimes = check_submission(folder)
    seconds = sum(runtimes.values()) / len(runtimes)
    text = f"{folder} is a whole submission: {len(runtimes)} depth maps, {seconds:.2f} s each"
    reporter.result(folder, text, stacks=len(runtimes), seconds=seconds)
