"""`focal-depth evaluate DATA...`: measure methods on stacks of known depth or with marks, in one table.

Our network, others, classical peers and depth maps of other programs; with --output a table as CSV and
JSON and a page with pictures.
"""

import argparse
import tempfile
from pathlib import Path

from ..contract.errors import InputError
from ..research.evaluation.alignments import ALIGNMENTS, NETWORK
from ..research.evaluation.compare import EvaluationConfig
from ..research.evaluation.data.find import FORMER_LAYOUT_NAMES, LAYOUTS, find_scenes
from ..research.evaluation.methods import FORMER_METHOD_NAMES, METHODS, ORACLE, check_method
from ..research.evaluation.page import write_page
from ..research.evaluation.peers import PEERS
from ..research.evaluation.report import format_text, summarise, write_csv, write_json
from ..research.evaluation.run import measure_scenes
from ..runtime.progress import Reporter
from .former_names import current_name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `evaluate` takes."""
    parser.add_argument("data", nargs="+", type=Path, help="stacks, or data sets of them")
    parser.add_argument(
        "--layout",
        metavar="NAME",
        help=f"of the data, where it is not recognised: {', '.join(LAYOUTS)}",
    )
    parser.add_argument(
        "--method",
        action="append",
        metavar="NAME",
        help="a network as in estimate, a folder with a depth map for every scene, or one of "
        f"{', '.join((ORACLE, *PEERS))}; repeatable (default: focal_unet and all of these)",
    )
    parser.add_argument(
        "--alignment",
        action="append",
        choices=ALIGNMENTS,
        help="how photographs as taken are aligned: not at all, by the thin lens alone, by OpenCV's ECC "
        "after that, or by our network after that (the default); repeatable. Real stacks are registered "
        "as estimate does it",
    )
    parser.add_argument(
        "--invariance",
        action="store_true",
        help="measure with frames reversed, with half of them, and the order without distances too; of real "
        "stacks without distances the marked pairs with file names reversed",
    )
    parser.add_argument(
        "--all-in-focus",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="other programs' all-in-focus pictures, SCENE.png, measured beside ours where the true one "
        "is known; repeatable",
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that share the cores")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="table.csv, summary.json and index.html; the same command goes on after a break",
    )


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    """Measure, print the table, and write it with a page."""
    config = _config_from(options, reporter)
    layout = options.layout and current_name("--layout", options.layout, FORMER_LAYOUT_NAMES, reporter)
    scenes = find_scenes(options.data, layout)
    with tempfile.TemporaryDirectory() as scratch:
        output = options.output or Path(scratch)
        summary = summarise(measure_scenes(scenes, config, output, options.workers, reporter))
        if options.output:
            write_csv(summary, output / "table.csv")
            write_json(summary, output / "summary.json")
            write_page(summary, output)
    reporter.result(options.output or options.data[0], format_text(summary), sets=len(summary))


def _config_from(options: argparse.Namespace, reporter: Reporter) -> EvaluationConfig:
    """Return what is measured. Raises InputError where that is impossible."""
    methods = [
        current_name("--method", name, FORMER_METHOD_NAMES, reporter) for name in options.method or METHODS
    ]
    alignments = options.alignment or [NETWORK]
    pictures = _unique([str(folder) for folder in options.all_in_focus])
    config = EvaluationConfig(_unique(methods), _unique(alignments), options.invariance, pictures)
    if config.invariance and NETWORK not in config.alignments:
        raise InputError("--invariance needs frames aligned by our network; add --alignment network")
    if options.workers < 1:
        raise InputError("--workers must be 1 or more")
    for method in config.methods:
        check_method(method)
    for folder in options.all_in_focus:
        if not folder.is_dir():
            raise InputError(f"--all-in-focus {folder} is no folder: name one with a picture for every scene")
    return config


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
