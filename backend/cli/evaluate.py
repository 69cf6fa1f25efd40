"""`focal-depth evaluate DATA...`: methods on stacks of known depth, in one table.

Our network, any other, classical peers and depth maps of other programs; with --output a table as CSV and
JSON and a page with pictures.
"""

import argparse
import tempfile
from pathlib import Path

from ..contract.errors import InputError
from ..research.evaluation.aligned import ALIGNMENTS, NETWORK
from ..research.evaluation.compare import Asked
from ..research.evaluation.data.find import LAYOUTS, find_scenes
from ..research.evaluation.methods import METHODS, ORACLE, check_method
from ..research.evaluation.page import write_page
from ..research.evaluation.peers import PEERS
from ..research.evaluation.report import as_text, summarise, write_csv, write_json
from ..research.evaluation.run import measure_scenes
from ..runtime.progress import Reporter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", nargs="+", type=Path, help="stacks, or data sets of them")
    parser.add_argument("--layout", choices=LAYOUTS, help="of the data, where it is not told by itself")
    parser.add_argument(
        "--method",
        action="append",
        metavar="NAME",
        help="a network as in estimate, a folder with a depth map for every scene, or one of "
        f"{', '.join((ORACLE, *PEERS))}; repeatable (default: ours and all of these)",
    )
    parser.add_argument(
        "--alignment",
        action="append",
        choices=ALIGNMENTS,
        help="how photographs as taken are aligned: not at all, by the thin lens alone, by OpenCV's ECC "
        "after that, or by our network (the default); repeatable",
    )
    parser.add_argument(
        "--invariance",
        action="store_true",
        help="measure with frames reversed, with half of them, and the order found without distances too",
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that share the cores")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="table.csv, summary.json and index.html; the same command goes on after a break",
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    asked = Asked(_unique(options.method, *METHODS), _unique(options.alignment, NETWORK), options.invariance)
    if asked.invariance and NETWORK not in asked.alignments:
        raise InputError("--invariance needs frames aligned by our network; add --alignment network")
    if options.workers < 1:
        raise InputError("--workers must be 1 or more")
    for method in asked.methods:
        check_method(method)
    scenes = find_scenes(options.data, options.layout)
    with tempfile.TemporaryDirectory() as scratch:
        output = options.output or Path(scratch)
        summary = summarise(measure_scenes(scenes, asked, output, options.workers, reporter))
        if options.output:
            write_csv(summary, output / "table.csv")
            write_json(summary, output / "summary.json")
            write_page(summary, output)
    reporter.result(options.output or options.data[0], as_text(summary), sets=len(summary))


def _unique(named: list[str] | None, *default: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(named or default))
