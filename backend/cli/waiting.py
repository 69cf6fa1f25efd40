"""A process that has loaded all that takes its time, and then waits to be told what to run.

It serves one run and ends like any other, so nothing of one run lives on into the next.
"""

import json
import os
import sys
from pathlib import Path

from ..contract.errors import Cancelled, InputError


def awaited_arguments() -> list[str]:
    """Load, and wait; returns the arguments of the run.

    Standard input brings one line, a string of JSON: the path of a file that holds {"arguments": [...],
    "stdout": path, "stderr": path}. Outputs go to these from then on, and the file's folder is the current
    one. Raises Cancelled where standard input closes instead, and InputError for any other line.
    """
    _load()
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

    from ..depth import focal_unet
    from ..runtime import devices
    from . import estimate  # noqa: F401

    Image.preinit()
    if devices.providers() == [devices.ON_CPU]:  # the memory of a graphics card is not held in vain
        focal_unet.open_networks(focal_unet.ALIGNMENT, focal_unet.DEPTH)


def _write_to(stdout: str, stderr: str) -> None:
    for stream, path in ((sys.stdout, stdout), (sys.stderr, stderr)):
        with open(path, "wb") as file:
            stream.flush()
            os.dup2(file.fileno(), stream.fileno())
