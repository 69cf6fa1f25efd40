"""`focal-depth standby`: the start-up of a run, made before anyone asks for it. For the add-on.

It serves one run and ends like any other, so nothing of one run lives on into the next.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from ..contract.errors import Cancelled, InputError
from ..runtime.progress import Reporter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: what to run comes by standard input."""


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """End the process with the status of what it has run."""
    from .main import main

    _load()
    raise SystemExit(main(_wait_for_arguments()))


def _wait_for_arguments() -> list[str]:
    """The arguments of the run.

    Standard input brings one line, a string of JSON: the path of a file that holds {"arguments": [...],
    "stdout": path, "stderr": path}. Outputs go to these from then on, and the file's folder is the current
    one. Raises Cancelled where standard input closes instead, and InputError for any other line.
    """
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        raise Cancelled
    try:
        path = Path(json.loads(line))
        order = json.loads(path.read_bytes())
        arguments = [str(word) for word in order["arguments"]]
        _write_to(order["stdout"], order["stderr"])
        os.chdir(path.parent)
    except (KeyError, OSError, TypeError, ValueError):
        raise InputError(
            "Standard input names no file of arguments: write one line, the path as a string of JSON"
        ) from None
    return arguments


def _load() -> None:
    """What `estimate` imports and opens as it comes to it."""
    import OpenEXR  # noqa: F401
    import pyexiv2  # noqa: F401
    from PIL import Image

    from ..batch import single  # noqa: F401
    from ..runtime.devices import ON_CPU, providers
    from ..runtime.resources import Resources
    from ..runtime.sessions import sessions_for
    from ..stack import read_stack  # noqa: F401
    from ..weights import ALIGNMENT_MODEL, DEPTH_MODEL
    from . import estimate  # noqa: F401

    Image.preinit()
    resources = Resources()
    if providers(resources.device) == [ON_CPU]:  # the memory of a graphics card is not held in vain
        sessions_for(resources).begin_opening(ALIGNMENT_MODEL, DEPTH_MODEL)


def _write_to(stdout: str, stderr: str) -> None:
    for stream, path in ((sys.stdout, stdout), (sys.stderr, stderr)):
        with open(path, "wb") as file:
            stream.flush()
            os.dup2(file.fileno(), stream.fileno())
