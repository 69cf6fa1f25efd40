"""Make docs/measured.md and docs/confidence.png from what `focal-depth evaluate --json` wrote.

python docs/measured.py seed-1.json seed-2.json: a chapter a file, named as the file is.
"""

import json
import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

DOCS = Path(__file__).resolve().parent


def main() -> None:
    tables = {Path(name).stem: json.loads(Path(name).read_text()) for name in sys.argv[1:]}
    parts = [
        "# Measured",
        "Made by `python docs/measured.py` from `focal-depth evaluate`; see [networks.md](networks.md) for "
        "what the rows and columns are. *seed-1* and *seed-2* are sets of `python -m rendering.validation`; "
        "the first was looked at while the networks were built, on the second nothing was chosen.",
    ]
    for name, summary in tables.items():
        parts += [
            f"# {name}",
            _errors(summary["stacks"]),
            _misregistration(summary["misregistration_px"]),
            _confidence(summary["confidence"]),
            _invariance(summary["invariance"]),
        ]
    parts.append("![Error found against error expected](confidence.png)")
    _draw_confidence({name: summary["confidence"] for name, summary in tables.items()})
    (DOCS / "measured.md").write_text("\n\n".join(parts) + "\n")


def _errors(stacks: dict) -> str:
    methods = list(next(iter(stacks.values())))
    everywhere = np.array([[row[method]["error"] for method in methods] for row in stacks.values()]) * 1000
    at_edges = np.array([[row[method]["edges"] for method in methods] for row in stacks.values()]) * 1000
    rows = [[name, *map(_thousandths, values)] for name, values in zip(stacks, everywhere, strict=True)]
    classical = methods.index("classical")
    for name, values in (("mean", everywhere.mean(0)), ("mean within 8 px of edges", at_edges.mean(0))):
        rows.append([f"**{name}**", *map(_thousandths, values)])
        rows.append(["over the classical peer's", *(f"{value / values[classical]:.2f}" for value in values)])
    headline = "Mean |difference| in thousandths of the focus range, in dioptres; a row a stack."
    return "\n\n".join(["## Depth", headline, _table(["stack", *methods], rows)])


def _misregistration(pixels: dict) -> str:
    rows = [
        [name, *(f"{value:.3f}" for value in values.values())]
        for name, values in pixels.items()
        if name != "stacks"
    ]
    headline = (
        "Pixels at 480 px picture width between where a frame's points are and where alignment puts them, "
        "median over frames."
    )
    return "\n\n".join(["## Alignment", headline, _table(["frames", *pixels["all"]], rows)])


def _confidence(confidence: dict) -> str:
    rows = []
    for network, parts in confidence.items():
        for key, name in (("expected", "expected"), ("error", "found")):
            rows.append([f"{network}, {name}", *(_thousandths(1000 * value) for value in parts[key])])
    headline = "All pixels in five equal parts by the error the network itself expects, from the surest on."
    names = ["", "surest", "2nd", "3rd", "4th", "least sure"]
    return "\n\n".join(["## Confidence", headline, _table(names, rows)])


def _draw_confidence(tables: dict[str, dict]) -> None:
    figure = Figure(figsize=(6, 4), dpi=110, layout="constrained")
    axes = figure.subplots()
    for name, confidence in tables.items():
        for network, parts in confidence.items():
            expected, found = (1000 * np.array(parts[key]) for key in ("expected", "error"))
            axes.plot(expected, found, "o-", label=f"{network}, {name}")
    ends = axes.get_xlim()
    axes.plot(ends, ends, "k:", linewidth=1, label="as expected")
    axes.set(xlabel="error the network expects (thousandths of the range)", ylabel="error found")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(DOCS / "confidence.png")


def _invariance(invariance: dict) -> str:
    keys = "error", "reversed_error", "reversed_difference", "halved_error"
    rows = [
        [network, *(_thousandths(1000 * means[key]) for key in keys), f"{means['halved_ratio']:.2f}"]
        for network, means in invariance["networks"].items()
    ]
    names = [
        "network",
        "error",
        "near and far exchanged",
        "difference to that",
        "every second frame",
        "ratio",
    ]
    orders = list(invariance["shuffled"].values())
    found = (
        f"Shuffled and without distances, {orders.count('in order')} of {len(orders)} stacks were put in "
        f"order, {orders.count('reversed')} exactly reversed."
    )
    return "\n\n".join(["## What should not matter", _table(names, rows), found])


def _table(names: list[str], rows: list[list[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _thousandths(value: float) -> str:
    return f"{value:.1f}"


if __name__ == "__main__":
    main()
