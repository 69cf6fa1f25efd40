"""`focal-depth inspect PHOTOS...`: what is known of a focal stack before anything is computed."""

import argparse
from pathlib import Path

from ..messages import Reporter
from ..stack import describe, inspect_table, read_stack
from ..stack.options import add_stack_arguments, typed_from


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photographs", nargs="*", type=Path, help="files, or one folder")
    add_stack_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    stack = read_stack(options.photographs, typed_from(options))
    reporter.result(stack.frames[0].path.parent, inspect_table(stack), stack=describe(stack))
