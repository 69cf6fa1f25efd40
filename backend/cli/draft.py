"""`focal-depth draft RESULT`: a draft of what layers make of a result, again and again. For the add-on.

Each line of standard input is a string of JSON: the path of a file that holds {"layers": the text of a
layers.json, "shown": ["depth", "confidence", "all_in_focus"] or some of them, "near": ..., "far": ...}, of
which near and far are the depths that are brightest and darkest. Where several wait only the last is served.
It ends when standard input closes.
"""

import argparse
import json
import os
import queue
import sys
import threading
from pathlib import Path

from ..contract.errors import InputError
from ..contract.limits import MAX_TEXT_BYTES, read_whole
from ..contract.messages import READ
from ..contract.retouch import parse_layers
from ..retouch.draft import SHOWN, Draft, DraftRequest
from ..runtime.progress import Reporter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `draft` takes."""
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of `estimate`")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder to write into")


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Write depth.bmp, confidence.bmp and all_in_focus.bmp as they are asked for, and report each time."""
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_read_lines, args=(lines,), daemon=True).start()
    reporter.plan({READ: 1})
    draft = Draft(options.result)
    reporter.progress(READ, 1, 1)
    while (line := _last(lines)) is not None:
        request = _parse(line)
        try:
            options.output.mkdir(parents=True, exist_ok=True)
            skipped = draft.write(request, options.output)
        except OSError as error:
            raise InputError(
                f"{options.output} cannot be written ({error.strerror}); choose another folder"
            ) from None
        reporter.result(options.output, f"{options.output}", skipped=skipped)


def _read_lines(lines: "queue.SimpleQueue[bytes | None]") -> None:
    """Read ahead of the work; None is the end.

    Not by `sys.stdin`, whose lock Python would wait for as it ends.
    """
    rest = b""
    while some := os.read(sys.stdin.fileno(), 65536):
        *whole, rest = (rest + some).split(b"\n")
        for line in whole:
            lines.put(line)
    lines.put(None)


def _last(lines: "queue.SimpleQueue[bytes | None]") -> bytes | None:
    """Wait for a line; of several that wait return the last."""
    line = lines.get()
    while line is not None and not lines.empty():
        line = lines.get()
    return line


def _parse(line: bytes) -> DraftRequest:
    try:
        text = read_whole(Path(json.loads(line)), MAX_TEXT_BYTES)
        fields = json.loads(text)
        layers = parse_layers(fields["layers"])
        near, far = (float(fields[end]) for end in ("near", "far"))
        shown = [each for each in SHOWN if each in fields["shown"]]
    except (InputError, KeyError, OSError, TypeError, ValueError):
        raise InputError(
            "Standard input names no file of layers: write one line, the path as a string of JSON"
        ) from None
    if not 0 < near < far:
        raise InputError("Near and far of a draft are no range: give a near above 0, and a far beyond it")
    return DraftRequest(layers, shown, near, far)
