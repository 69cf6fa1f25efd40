"""`focal-depth inspect PHOTOS...`: what is known of a focal stack before anything is computed."""

import argparse
from pathlib import Path

from ..contract.formats import is_clip_frame
from ..runtime.progress import Reporter
from ..stack import describe_inspection, format_inspection, inspect_stack
from ..stack.overrides import add_stack_arguments, overrides_from
from ..stack.thumbnails import write_thumbnails


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `inspect` takes."""
    parser.add_argument("photographs", nargs="*", type=Path, help="files, one folder, or a clip")
    parser.add_argument(
        "--leave-out",
        action="append",
        default=[],
        metavar="FILE",
        help="list this photograph, but not as part of the stack",
    )
    parser.add_argument(
        "--thumbnails", type=Path, metavar="DIR", help="write a small picture of each frame of a clip there"
    )
    add_stack_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Print a table, or the stack as a message."""
    overrides = overrides_from(options)
    inspection = inspect_stack(options.photographs, overrides, options.leave_out, reporter.progress)
    if options.thumbnails:
        of_clip = [frame for frame in inspection.frames if is_clip_frame(frame.path)]
        write_thumbnails(of_clip, options.thumbnails)
    reporter.result(
        inspection.frames[0].path.parent,
        format_inspection(inspection),
        stack=describe_inspection(inspection),
    )
