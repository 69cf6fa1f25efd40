"""Make docs/measured.md and docs/confidence.png from what `focal-depth evaluate --output DIR` wrote.

python docs/measured.py DIR: a chapter a data set.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

DOCS = Path(__file__).resolve().parent
PEER = "classical, fov"  # what any network is told against
BEST = ", network"  # the alignment whose columns stand for a method in the tables of single stacks
SMALLER = "error", "edges", "MSE", "RMS", "logRMS", "AbsRel", "SqRel", "BadPix", "Bump", "MAE"
LARGER = "delta1", "delta2", "delta3"
HEAD = """# Measured

`make measured` makes this page: two sets of stacks rendered by Cycles, which share no model with what
the networks were trained on, and `focal-depth evaluate` over them. *seed-1* was looked at while the
networks were built; on *seed-2* nothing was chosen. See [networks.md](networks.md) for what is measured
how. *none*, *fov*, *ecc* and *network* are ways to align: not at all, by the thin lens alone, by
OpenCV's ECC after that, by our network."""
FIELD = """# The field

Published figures of the DDFF 12-Scene test set, as their authors state them; disparity in pixels.
Nothing of ours stands beside them, for the data set is not at hand here: `focal-depth submit
ddff-dataset-test.h5 --output DIR` makes our submission, and `focal-depth evaluate` reads the validation
split.

| method | MSE | AbsRel | Bump | delta1 |
| --- | --- | --- | --- | --- |
| DDFF (Hazirbas et al., ACCV 2018) | 9.7e-4 | 0.29 | 0.59 | 61.95 |
| DefocusNet (Maximov et al., CVPR 2020) | 9.1e-4 | | | |
| AiFDepthNet (Wang et al., ICCV 2021) | 8.6e-4 | 0.25 | 0.63 | 68.33 |
| Won and Jeon, ECCV 2022 | 5.7e-4 | 0.17 | | 77.96 |

Not run, for want of the data: DDFF 12-Scene, Mobile Depth, DefocusNet / FoD500, Learning to Autofocus,
4D light field, FlyingThings3D, Middlebury, ZEDD. Their readers are proven on small files made in their
layouts only."""


def main() -> None:
    summary = json.loads((Path(sys.argv[1]) / "summary.json").read_text())
    parts = [HEAD]
    for part in summary:
        parts += [
            f"# {part['data_set']}",
            _methods(part["means"]),
            _stacks(part["scenes"]),
            _misregistration(part["misregistration_px"]),
            _confidence(part["confidence"]),
            _invariance(part["invariance"]),
        ]
    parts += ["![Error found against error expected](confidence.png)", FIELD]
    _draw_confidence({part["data_set"]: part["confidence"] for part in summary})
    (DOCS / "measured.md").write_text("\n\n".join(parts) + "\n")


def _methods(means: dict[str, dict[str, float | None]]) -> str:
    """A row a method, a column a measure; the best is bold."""
    names = [name for name in (*SMALLER, *LARGER) if any(told[name] is not None for told in means.values())]
    rivals = {method: told for method, told in means.items() if "oracle" not in method}
    best = {}
    for name in names:
        values = [told[name] for told in rivals.values() if told[name] is not None]
        best[name] = max(values) if name in LARGER else min(values)
    rows = []
    for method, told in means.items():
        cells = [_bold(told[name], best[name] if method in rivals else None, name) for name in names]
        rows.append([method, *cells, f"{told['error'] / means[PEER]['error']:.2f}", f"{told['seconds']:.1f}"])
    headline = (
        "Means over the stacks. *error* and *edges* are thousandths of the focus range, linear in dioptres, "
        "over all pixels and within 8 px of depth edges; the rest is as published for DDFF 12-Scene, in "
        "dioptres; *over* is the error over the classical peer's; seconds are those of one stack on one core "
        "beside other work."
    )
    lost = {
        name: next(method for method, told in rivals.items() if told[name] == best[name])
        for name in names
        if not any(told[name] == best[name] for method, told in rivals.items() if method.startswith("ours"))
    }
    return "\n\n".join(
        ["## Methods", headline, _table(["method", *names, "over", "seconds"], rows), _contest(lost)]
    )


def _contest(lost: dict[str, str]) -> str:
    """Where ours is not first; {measure: the method that is}."""
    if not lost:
        return "Ours is first in every column."
    told = ", ".join(f"{name} ({method})" for name, method in lost.items())
    why = " Bump counts every bend of the error, so that a map with few edges has less of it." * (
        "Bump" in lost
    )
    return f"Ours is first in every column but {told}.{why}"


def _bold(value: float | None, best: float | None, name: str) -> str:
    if value is None or math.isnan(value):
        return "–"
    shown = _thousandths(1000 * value) if name in ("error", "edges") else f"{value:.3g}"
    return f"**{shown}**" if value == best else shown


def _stacks(scenes: dict[str, dict[str, dict[str, float]]]) -> str:
    methods = [name for name in next(iter(scenes.values())) if name == PEER or not _other_alignment(name)]
    rows = [
        [scene, *(_thousandths(1000 * told[method]["error"]) for method in methods)]
        for scene, told in sorted(scenes.items(), key=lambda each: -each[1][methods[-1]]["error"])
    ]
    headline = "The error in thousandths of the focus range; the worst stack of the last column first."
    return "\n\n".join(["## Stacks", headline, _table(["stack", *methods], rows)])


def _other_alignment(column: str) -> bool:
    return column.endswith((", none", ", fov", ", ecc"))


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
