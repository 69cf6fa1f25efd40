"""`focal-depth watch FOLDER --output DIR`: the brackets of a shoot, estimated as their photographs arrive."""

import argparse
import os
import shutil
from pathlib import Path

from ..batch.find import StackFolder
from ..batch.single import estimate_to_folder
from ..batch.watch import watch
from ..contract.errors import InputError
from ..runtime.devices import check_device
from ..runtime.faults import explain_fault
from ..runtime.progress import Reporter
from ..stack import read_stack
from ..stack.overrides import add_lens_arguments, overrides_from
from .estimate import add_estimate_arguments, request_from

QUIET = 10.0  # seconds: a camera that writes in the background pauses longer than one would think


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `watch` takes."""
    parser.add_argument("folder", type=Path, help="where photographs arrive, in folders below it too")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="for the results, a folder a bracket"
    )
    parser.add_argument(
        "--quiet",
        type=float,
        default=QUIET,
        metavar="SECONDS",
        help="a bracket is whole when nothing of it has changed for so long (default %(default)g)",
    )
    add_estimate_arguments(parser)
    add_lens_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Estimate brackets until the command is cancelled."""
    request, overrides = request_from(options, reporter), overrides_from(options)
    check_device(options.device)
    if not options.folder.is_dir():
        raise InputError(f"{options.folder} is no folder; give the one in which photographs arrive")
    folder, output = (Path(os.path.realpath(path)) for path in (options.folder, options.output))

    def estimate_one(stack: StackFolder) -> None:
        reporter.stack(stack.name)
        try:
            frames = read_stack(stack.photographs, overrides)
            estimate_to_folder(frames, output / stack.name, request, reporter)
        except Exception as error:  # the shoot goes on
            if (explanation := explain_fault(error)) is not None:
                reporter.error(explanation)
            else:
                reporter.our_fault(error)

    reporter.warning(f"Watching {folder}; end it with Ctrl-C")
    watch(folder, output, options.quiet, estimate_one, lambda name: shutil.rmtree(output / name, True))
