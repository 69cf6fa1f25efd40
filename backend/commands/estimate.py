"""`focal-depth estimate PHOTOS... --output DIR`: the main job."""

import argparse
from pathlib import Path

from ..estimate import estimate
from ..inference import OURS
from ..messages import Reporter
from ..stack import read_stack
from ..stack.options import add_stack_arguments, typed_from


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photographs", nargs="*", type=Path, help="files, or one folder")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the result folder")
    parser.add_argument(
        "--network",
        default=OURS,
        metavar="NAME",
        help='"ours", "paper" (see import-weights), or an imported .onnx file (default ours)',
    )
    parser.add_argument("--save-aligned", action="store_true", help="keep the aligned photographs too")
    add_stack_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    stack = read_stack(options.photographs, typed_from(options))
    estimate(stack, options.output, reporter, options.network, options.save_aligned)
