"""`focal-depth inspect PHOTOS...`: what is known of a focal stack before anything is computed."""

import argparse
from pathlib import Path

from ..runtime.progress import Reporter
from ..stack import describe_survey, inspect_table, survey
from ..stack.overrides import add_stack_arguments, overrides_from


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photographs", nargs="*", type=Path, help="files, or one folder")
    parser.add_argument(
        "--leave-out",
        action="append",
        default=[],
        metavar="FILE",
        help="list this photograph, but not as part of the stack",
    )
    add_stack_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    found = survey(options.photographs, overrides_from(options), options.leave_out)
    reporter.result(found.frames[0].path.parent, inspect_table(found), stack=describe_survey(found))
