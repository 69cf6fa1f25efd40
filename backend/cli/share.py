"""`focal-depth share`: one web page that shows a result to anybody with a browser."""

import argparse
import os
from pathlib import Path

from ..contract.errors import InputError
from ..contract.messages import MESH, READ, WRITE
from ..export.photo_set import build_photo_set
from ..export.web_page import GENERATOR, build_page, read_frames, require_viewer
from ..io.result_folder import read_depth, read_description, write_file
from ..runtime.progress import Reporter

PAGE = "index.html"
TRIANGLES = 100_000  # what phones draw with ease
HEAD = 2000  # bytes in which a page says what made it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `share` takes."""
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of `estimate`")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help=f"folder to write {PAGE} into"
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Write the page."""
    require_viewer()
    path = options.output / PAGE
    _check_replaceable(path, options.result)
    description = read_description(options.result)
    reporter.plan({READ: 2, MESH: 6, WRITE: 1})
    frames = read_frames(options.result, description, reporter)
    if len(frames) < 2:
        reporter.warning(
            f"{options.result} holds no aligned frames, so its page does not refocus: estimate depth again "
            "and keep them (--save-aligned of the command)"
        )
    reporter.progress(MESH, 0, 1)
    photo_set = build_photo_set(options.result, TRIANGLES, reporter)
    reporter.progress(WRITE, 0, 1)
    name = os.fsencode(options.result.resolve().name).decode("utf-8", "replace")
    page = build_page(name, photo_set, frames, read_depth(options.result)[0]).encode()
    try:
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); choose another place") from None
    write_file(path, page)
    reporter.result(path, f"{path}: {len(page) / 1e6:.1f} MB, opens in any browser")


def _check_replaceable(path: Path, result: Path) -> None:
    """Somebody's own page is no earlier one of ours, and a page is no part of a result."""
    if path.parent.resolve() == result.resolve():
        raise InputError(f"{path.parent} is the result itself: choose another folder for the output")
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(HEAD)
        if f'<meta name="generator" content="{GENERATOR.rpartition(" ")[0]} '.encode() not in head:
            raise InputError(f"{path} is another page: choose another folder for the output")
