"""`focal-depth evaluate DATA...`: our network, others and the classical peer on stacks of known depth.

Prints a table of depth errors, how far off the alignments are, whether networks know where they err,
and with --invariance how little they care for the order and the number of frames.
"""

import argparse
import json
from pathlib import Path

from ..errors import InputError
from ..evaluation.aligned import ALIGNMENTS, NETWORK
from ..evaluation.compare import compare, find_stacks
from ..evaluation.report import as_text, summarise
from ..inference import OURS, check_network
from ..messages import Reporter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", nargs="+", type=Path, help="stacks with depth.npz, or folders of them")
    parser.add_argument("--network", action="append", metavar="NAME", help="as in estimate; repeatable")
    parser.add_argument(
        "--alignment",
        action="append",
        choices=ALIGNMENTS,
        help="how the networks' frames are aligned: not at all, by the thin lens alone, by OpenCV's ECC "
        "after that, or by our network (the default); repeatable",
    )
    parser.add_argument(
        "--invariance",
        action="store_true",
        help="measure with frames reversed, with half of them, and the order found without distances too",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there too")


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    networks, alignments = _unique(options.network, OURS), _unique(options.alignment, NETWORK)
    if options.invariance and NETWORK not in alignments:
        raise InputError("--invariance needs frames aligned by our network; add --alignment network")
    for network in networks:
        check_network(network)
    folders = find_stacks(options.data)
    measured = {}
    for done, (name, folder) in enumerate(_named(folders).items()):
        reporter.progress("evaluate", done, len(folders))
        measured[name] = compare(folder, networks, alignments, options.invariance)
    summary = summarise(measured)
    if options.json:
        options.json.write_text(json.dumps(summary, indent=1))
    reporter.result(options.data[0], as_text(summary), **summary)


def _unique(named: list[str] | None, default: str) -> list[str]:
    return list(dict.fromkeys(named or [default]))


def _named(folders: list[Path]) -> dict[str, Path]:
    """Each under its own name where that tells it apart, else under its path."""
    names = {folder.resolve().name: folder for folder in folders}
    return names if len(names) == len(folders) else {str(folder): folder for folder in folders}
