"""`focal-depth splats`: the photo set of a result folder as Gaussian splats."""

import argparse
from pathlib import Path

from ..contract.errors import InputError
from ..contract.messages import WRITE
from ..export.splat_files import to_glb, to_ply
from ..export.splats import build_splats, move_splats
from ..io.result_folder import check_place, write_file
from ..runtime.progress import Reporter

WRITERS = {".ply": to_ply, ".glb": to_glb}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `splats` takes."""
    parser.add_argument("result", type=Path, metavar="RESULT", help="result folder of `estimate`")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE", help="the .ply or .glb to write"
    )
    parser.add_argument(
        "--splats", type=int, default=1_000_000, metavar="N", help="at most so many (default 1000000)"
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Write the file."""
    write_as = WRITERS.get(options.output.suffix.lower())
    if write_as is None:
        raise InputError(f"--output {options.output}: use a name that ends in {' or '.join(WRITERS)}")
    check_place(options.output)
    splats, frame = build_splats(options.result, options.splats, reporter)
    reporter.progress(WRITE, 0, 1)
    write_file(options.output, write_as(move_splats(splats, frame)))
    reporter.result(options.output, f"{options.output}: {len(splats.centres)} splats")
