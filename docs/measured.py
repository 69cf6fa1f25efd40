"""Write docs/measured.md and its pictures from what `focal-depth evaluate --output DIR` wrote.

python docs/measured.py DIR: a chapter for each data set.
"""

import json
import math
import sys
from pathlib import Path

import cv2
import numpy as np
from focal_depth.research.evaluation import record
from focal_depth.research.evaluation.marked_report import marked_tables
from focal_depth.research.evaluation.methods import FOCAL_UNET, ORACLE
from focal_depth.research.evaluation.methods import heading as method_heading
from matplotlib.figure import Figure

DOCS = Path(__file__).resolve().parent
PEER = "classical, fov"  # the reference of the column "over"
TRAINED_HERE = "paper_depth"  # Won and Jeon's network, as `focal-depth train --network won_jeon` exports it
TRAINED_HERE_HEADING = "Won & Jeon (trained on a fifth of our data)"
TRAINED_HERE_NOTE = f"""*{TRAINED_HERE_HEADING}* is the network of Won and Jeon (ECCV 2022),
trained here on 768 stacks in 10 000 crops: less than a fifth of the stacks and a thirtieth of the crops that
ours has learned from ([RECORD.md](../backend/weights/RECORD.md)). Its figures are not those of its authors'
weights, nor of what it could become with as much training."""
SMALLER = "error", "edges", "MSE", "RMS", "logRMS", "AbsRel", "SqRel", "BadPix", "Bump", "MAE"
LARGER = "delta1", "delta2", "delta3"
HEAD = """# Measured

`make measured` makes this page: three sets of stacks rendered by Cycles, which share no model with what
the networks were trained on, real stacks, and `focal-depth evaluate` over them. *seed-1* was used while
the networks were developed; nothing was chosen on *seed-2*. *hard* has clutter, gloss and bare surfaces, and
its focus misses a third of the scene's range, where true depth lies beyond what any frame shows sharp;
its first six stacks were looked at while the weights were chosen, its last six were not.
[networks.md](networks.md) explains the methods and the measures. *none*, *fov*, *ecc* and *network* are
alignments: none at all, by the thin lens alone, by OpenCV's ECC after that, by our network after that."""
REAL_PICTURE, REAL_HEIGHT, REAL_QUALITY = "measured_real.jpg", 270, 86  # a row's height in pixels
REAL_INTRODUCTION = """Photographs of phones, webcams and cameras, registered as `focal-depth estimate` does.
Nobody knows their depth: what is flat is marked in them, and which of two points is nearer.
*planarity* is the mean absolute residual of the plane, affine in dioptres, that leaves the least of it;
*spread planarity* is the same over what the whole depth map spreads (2nd to 98th percentile), by which a map
without a unit can be compared; *halves* is the mean difference of depth from the even frames and from the
uneven ones, of stacks of six frames and more; *confidence* is the mean on the planes, and *sparsification*
the area between the curves of the mean residual as pixels are taken away by confidence and by the residual
itself: 0 is a confidence that sorts perfectly. Misregistration is measured by phase correlation in patches
of a ninth of the width, where both frames show enough and the correlation's peak can be trusted; *patches*
says how many there were. Planes and pairs are worst first by the last method, misregistration by the median
between neighbours."""
FIELD = """# The field

Published figures of the DDFF 12-Scene test set, as their authors state them; disparity in pixels.
Ours are not among them, since the data set is not available here: `focal-depth submit
ddff-dataset-test.h5 --output DIR` writes our submission, and `focal-depth evaluate` reads the validation
split.

| method | MSE | AbsRel | Bump | delta1 |
| --- | --- | --- | --- | --- |
| DDFF (Hazirbas et al., ACCV 2018) | 9.7e-4 | 0.29 | 0.59 | 61.95 |
| DefocusNet (Maximov et al., CVPR 2020) | 9.1e-4 | | | |
| AiFDepthNet (Wang et al., ICCV 2021) | 8.6e-4 | 0.25 | 0.63 | 68.33 |
| Won and Jeon, ECCV 2022 | 5.7e-4 | 0.17 | | 77.96 |

Not measured, since the data are not available here: DDFF 12-Scene, Mobile Depth, DefocusNet / FoD500,
Learning to Autofocus, 4D light field, FlyingThings3D, Middlebury, ZEDD. Their readers are tested on small
files in their layouts only."""


def main() -> None:
    summary = json.loads((Path(sys.argv[1]) / "summary.json").read_text())
    parts = [HEAD]
    rendered = [part for part in summary if not part["patches"]]
    for part in summary:
        parts.append(f"# {part['data_set']}")
        if part not in rendered:
            parts += _real(part, Path(sys.argv[1]))
            continue
        parts += [
            _methods(part["means"]),
            _stacks(part["scenes"]),
            _misregistration(part["misregistration_px"]),
            _confidence(part["confidence"]),
            _invariance(part["invariance"]),
        ]
    parts += ["![Error against uncertainty](confidence.png)", FIELD]
    _draw_confidence({part["data_set"]: part["confidence"] for part in rendered})
    (DOCS / "measured.md").write_text("\n\n".join(parts) + "\n")


def _real(part: dict, output: Path) -> list[str]:
    """Return the chapter of real stacks; its picture shows those that may be shown, the worst first."""
    parts = [REAL_INTRODUCTION]
    for table in marked_tables(part).values():
        title, *rest = table.title.split(", ", 1)
        rows = [[name, *cells] for name, cells in table.rows.items()]
        parts += [
            f"## {title}",
            *(f"{each.capitalize()}." for each in rest),
            _table(["", *table.columns], rows),
        ]
    methods = list(part["means"])
    folders = {
        name: record.scene_folder(output, part["data_set"], part["split"], name)
        for name in sorted(part["scenes"], key=lambda name: -_planarity(part["scenes"][name][methods[-1]]))
    }
    shown = {name: folder for name, folder in folders.items() if (folder / record.PICTURE).exists()}
    if not shown:
        return parts
    _draw_depth(list(shown.values()), methods)
    columns = ", ".join(["the reference frame", *map(heading, methods)])
    caption = f"From the top: {', '.join(shown)}; from the left: {columns}."
    return [*parts, "## Pictures", caption, f"![Real stacks and their depth]({REAL_PICTURE})"]


def _planarity(values: dict[str, float | None]) -> float:
    return values.get("planarity") or 0.0


def _draw_depth(folders: list[Path], methods: list[str]) -> None:
    names = [record.PICTURE, *(record.picture_name(method, "depth") for method in methods)]
    rows = []
    for folder in folders:
        pictures = [cv2.imread(str(folder / name)) for name in names]
        size = round(REAL_HEIGHT * pictures[0].shape[1] / pictures[0].shape[0]), REAL_HEIGHT
        rows.append(np.hstack([cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in pictures]))
    width = max(row.shape[1] for row in rows)
    rows = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), constant_values=255) for row in rows]
    cv2.imwrite(str(DOCS / REAL_PICTURE), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, REAL_QUALITY])


def _methods(means: dict[str, dict[str, float | None]]) -> str:
    """Return a table with a row for each method and a column for each measure; the best is bold."""
    names = [name for name in (*SMALLER, *LARGER) if any(row[name] is not None for row in means.values())]
    rivals = {method: row for method, row in means.items() if method != ORACLE}
    best = {}
    for name in names:
        values = [row[name] for row in rivals.values() if row[name] is not None]
        best[name] = max(values) if name in LARGER else min(values)
    rows = []
    for method, row in means.items():
        cells = [_bold(row[name], best[name] if method in rivals else None, name) for name in names]
        over = f"{row['error'] / means[PEER]['error']:.2f}"
        rows.append([heading(method), *cells, over, f"{row['seconds']:.1f}"])
    text = (
        "Means over the stacks. *error* and *edges* are thousandths of the focus range, linear in dioptres, "
        "over all pixels and within 8 px of depth edges; the rest is as published for DDFF 12-Scene, in "
        "dioptres; *over* is the error over that of the classical peer aligned by the thin lens; seconds are "
        "those of one stack on one core beside other work."
    )
    notes = [TRAINED_HERE_NOTE] if any(method.startswith(TRAINED_HERE) for method in means) else []
    winners = {name: [method for method, row in rivals.items() if row[name] == best[name]] for name in names}
    table = _table(["method", *names, "over", "seconds"], rows)
    return "\n\n".join(["## Methods", text, *notes, table, _contest(winners)])


def _contest(winners: dict[str, list[str]]) -> str:
    """Say where our network is not first, from {measure: the best methods}."""
    lost = {
        name: methods[0]
        for name, methods in winners.items()
        if not any(method.startswith(FOCAL_UNET) for method in methods)
    }
    if not lost:
        return "Focal Depth is first in every column."
    others = ", ".join(f"{name} ({heading(method)})" for name, method in lost.items())
    why = " Bump counts every bend of the error, so that a map with few edges has less of it." * (
        "Bump" in lost
    )
    return f"Focal Depth is first in every column but {others}.{why}"


def heading(column: str) -> str:
    """Return a column's name in the tables of this page."""
    if column.startswith(TRAINED_HERE):
        return TRAINED_HERE_HEADING + column.removeprefix(TRAINED_HERE)
    return method_heading(column)


def _bold(value: float | None, best: float | None, name: str) -> str:
    if value is None or math.isnan(value):
        return "–"
    text = _thousandths(1000 * value) if name in ("error", "edges") else f"{value:.3g}"
    return f"**{text}**" if value == best else text


def _stacks(scenes: dict[str, dict[str, dict[str, float]]]) -> str:
    methods = [name for name in next(iter(scenes.values())) if name == PEER or not _other_alignment(name)]
    rows = [
        [scene, *(_thousandths(1000 * row[method]["error"]) for method in methods)]
        for scene, row in sorted(scenes.items(), key=lambda each: -each[1][methods[-1]]["error"])
    ]
    text = "The error in thousandths of the focus range; the worst stack of the last column first."
    return "\n\n".join(["## Stacks", text, _table(["stack", *map(heading, methods)], rows)])


def _other_alignment(column: str) -> bool:
    return column.endswith((", none", ", fov", ", ecc"))


def _misregistration(pixels: dict) -> str:
    rows = [
        [name, *(f"{value:.3f}" for value in values.values())]
        for name, values in pixels.items()
        if name != "stacks"
    ]
    text = (
        "Distance between true and estimated positions of a frame's points, in pixels at 480 px picture "
        "width, median over frames."
    )
    return "\n\n".join(["## Alignment", text, _table(["frames", *pixels["all"]], rows)])


def _confidence(confidence: dict) -> str:
    rows = []
    for network, parts in confidence.items():
        for key, name in (("expected", "uncertainty"), ("error", "error")):
            rows.append(
                [f"{heading(network)}, {name}", *(_thousandths(1000 * value) for value in parts[key])]
            )
    text = (
        "All pixels in five equal parts by the network's uncertainty, which is the error it expects; in "
        "thousandths of the focus range."
    )
    names = ["", "least uncertain", "2nd", "3rd", "4th", "most uncertain"]
    return "\n\n".join(["## Uncertainty", text, _table(names, rows)])


def _draw_confidence(tables: dict[str, dict]) -> None:
    figure = Figure(figsize=(6, 4), dpi=110, layout="constrained")
    axes = figure.subplots()
    for name, confidence in tables.items():
        for network, parts in confidence.items():
            uncertainty, error = (1000 * np.array(parts[key]) for key in ("expected", "error"))
            axes.plot(uncertainty, error, "o-", label=f"{heading(network)}, {name}")
    ends = axes.get_xlim()
    axes.plot(ends, ends, "k:", linewidth=1, label="equal")
    axes.set(xlabel="uncertainty (thousandths of the focus range)", ylabel="error")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(DOCS / "confidence.png")


def _invariance(invariance: dict) -> str:
    keys = "error", "reversed_error", "reversed_difference", "halved_error"
    rows = [
        [heading(network), *(_thousandths(1000 * means[key]) for key in keys), f"{means['halved_ratio']:.2f}"]
        for network, means in invariance["networks"].items()
    ]
    names = [
        "network",
        "error",
        "error, frames reversed",
        "difference to that",
        "error, every second frame",
        "ratio",
    ]
    orders = list(invariance["shuffled"].values())
    text = (
        f"Shuffled and without distances, {orders.count('in order')} of {len(orders)} stacks were ordered "
        f"right, {orders.count('reversed')} exactly reversed."
    )
    return "\n\n".join(["## Invariance", _table(names, rows), text])


def _table(names: list[str], rows: list[list[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _thousandths(value: float) -> str:
    return f"{value:.1f}"


if __name__ == "__main__":
    main()
