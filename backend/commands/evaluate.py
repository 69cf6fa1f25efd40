"""`focal-depth evaluate DATA...`: depth error of our network, of others, and of the classical peer."""

import argparse
import json
from pathlib import Path

import numpy as np

from ..evaluation.compare import compare, find_stacks
from ..messages import Reporter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", nargs="+", type=Path, help="stacks with depth.npz, or folders of them")
    parser.add_argument("--network", action="append", metavar="NAME", help="as in estimate; repeatable")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there too")


def run(options: argparse.Namespace, reporter: Reporter) -> None:
    folders = find_stacks(options.data)
    table = {}
    for done, folder in enumerate(folders):
        reporter.progress("evaluate", done, len(folders))
        table[_name(folder, options.data)] = compare(folder, options.network or ["ours"])
    if options.json:
        options.json.write_text(json.dumps(table, indent=1))
    reporter.result(options.data[0], _text(table), table=table)


def _name(folder: Path, data: list[Path]) -> str:
    """As short as it can be told apart."""
    return folder.name if len(data) == 1 else str(folder)


def _text(table: dict[str, dict[str, dict[str, float]]]) -> str:
    """Mean |difference| in dioptres over the focus range, times 1000; a column a method."""
    methods = list(next(iter(table.values())))
    width = max(len(name) for name in [*table, "mean, within 8 px of edges"])
    lines = [" " * width + "".join(f"  {method:>12}" for method in methods)]
    rows = {name: [row[method]["error"] for method in methods] for name, row in table.items()}
    rows["mean"] = np.mean(list(rows.values()), 0)
    rows["mean, within 8 px of edges"] = np.mean(
        [[row[method]["edges"] for method in methods] for row in table.values()], 0
    )
    for name, values in rows.items():
        cells = (
            f"  {1000 * value:>{max(12, len(method))}.1f}"
            for value, method in zip(values, methods, strict=False)
        )
        lines.append(f"{name:<{width}}" + "".join(cells))
    return "\n".join(["error in thousandths of the focus range, in dioptres", *lines])
