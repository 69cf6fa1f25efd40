"""`focal-depth batch ROOT... --output DIR`: every focal stack in trees of folders, here or on many machines.

The same command goes on where it stopped.
"""

import argparse
from pathlib import Path

from ..batch.find import find_stacks
from ..batch.report import PAGE, summarise, write_report
from ..batch.run import run_stacks
from ..batch.task import BAD, FAULT, BatchRequest, Outcome
from ..contract.errors import InputError
from ..runtime.cache import package_fingerprint
from ..runtime.progress import Reporter
from ..stack.overrides import add_lens_arguments, overrides_from
from .estimate import add_estimate_arguments, request_from

MOST_NAMED = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `batch` takes."""
    parser.add_argument("roots", nargs="+", type=Path, metavar="ROOT", help="folders that hold focal stacks")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="for the results, index.html and report.csv"
    )
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes here that share the cores (default 1)"
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="of Dask, whose workers see the same folders by the same paths, in place of processes here",
    )
    add_estimate_arguments(parser)
    add_lens_arguments(parser)


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Estimate all stacks, and write a page about them."""
    if options.workers < 1:
        raise InputError("--workers must be 1 or more")
    import distributed  # noqa: F401
    import jinja2  # noqa: F401

    output = options.output.resolve()
    stacks = find_stacks(options.roots, output)
    request = request_from(options, reporter)
    _make(output)
    batch = BatchRequest(request, overrides_from(options), package_fingerprint())
    outcomes = run_stacks(stacks, output, batch, options.scheduler, options.workers, reporter)
    write_report(outcomes, output)
    reporter.result(output / PAGE, f"{output / PAGE}: {summarise(outcomes)}", stacks=len(stacks))
    _raise_faults(outcomes, output)


def _make(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{output} cannot be written ({error.strerror}): choose another output folder"
        ) from None


def _raise_faults(outcomes: list[Outcome], output: Path) -> None:
    """Raises where not all went well, for the exit status: our faults weigh more."""
    for status, kind in ((FAULT, RuntimeError), (BAD, InputError)):
        names = [outcome.name for outcome in outcomes if outcome.status == status]
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            what = "failed" if status == FAULT else "cannot be estimated"
            raise kind(
                f"{len(names)} of {len(outcomes)} stacks {what}: {', '.join(names[:MOST_NAMED])}{more}; "
                f"{output / PAGE} says why"
            )
