"""`focal-depth standby`: the start-up of a run, made before anyone asks for it. For the add-on."""

import argparse

from ..runtime.progress import Reporter
from .waiting import awaited_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Ends the process with the status of what it has run."""
    from .main import main

    raise SystemExit(main(awaited_arguments()))
