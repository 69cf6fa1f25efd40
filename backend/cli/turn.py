"""`focal-depth turn RESULT`: exchange near and far of a relative result, with nothing inferred again."""

import argparse
from pathlib import Path

from ..contract.messages import READ, WRITE
from ..io.turn_round import turn_round
from ..retouch.result import retouch_and_warn
from ..runtime.progress import Reporter
from ..runtime.resources import Resources


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `turn` takes."""
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of `estimate`, relative")


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Turn the result round, and say with which --order an estimate agrees."""
    reporter.plan({READ: 1, WRITE: 4})
    threads = Resources().threads
    order = turn_round(options.result, reporter.progress, threads)
    retouch_and_warn(options.result, reporter, threads)
    remedy = f": estimate with --order {order} from now on" if order else ""
    reporter.result(options.result, f"{options.result} is turned round{remedy}", order=order)
