"""`focal-depth watch FOLDER --output DIR`: the brackets of a shoot, estimated as their photographs arrive."""

import argparse
import os
import shutil
from pathlib import Path

from ..batch.find import Found
from ..batch.watch import watch
from ..contract.errors import InputError
from ..depth.predictors import check_network
from ..pipeline import estimate
from ..runtime.devices import use
from ..runtime.faults import nobodys_bug
from ..runtime.progress import Reporter
from ..stack import read_stack
from ..stack.overrides import add_lens_arguments, typed_from
from .estimate import add_choices, choices_from

QUIET = 10.0  # seconds: a camera that writes in the background pauses longer than one would think


def add_arguments(parser: argparse.ArgumentParser) -> None:
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
    add_choices(parser)
    add_lens_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    choices, typed = choices_from(options), typed_from(options)
    check_network(choices.network)
    use(options.device)
    if not options.folder.is_dir():
        raise InputError(f"{options.folder} is no folder; give the one in which photographs arrive")
    folder, output = (Path(os.path.realpath(path)) for path in (options.folder, options.output))

    def estimate_one(stack: Found) -> None:
        reporter.stack(stack.name)
        try:
            estimate(read_stack(stack.photographs, typed), output / stack.name, reporter, choices)
        except Exception as error:  # the shoot goes on
            if (said := nobodys_bug(error)) is not None:
                reporter.error(said)
            else:
                reporter.our_fault(error)

    reporter.warning(f"Watching {folder}; end it with Ctrl-C")
    watch(folder, output, options.quiet, estimate_one, lambda name: shutil.rmtree(output / name, True))
