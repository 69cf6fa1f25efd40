"""What all stacks have told together: as numbers for files, and as lines for a person."""

import csv
import json
import math
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .compare import Measured
from .confidence import by_expected_error
from .measures import LARGER, MEASURES
from .methods import ORACLE
from .misregistration import PICTURE_SIDE
from .run import Sets

COLUMN = 12  # characters, within which headings are broken
NOT_MOVED = "not hand-held"
COLUMNS = ("error", "edges", *(each.name for each in MEASURES), "seconds")
LARGER_IS_BETTER = {each.name for each in MEASURES if each.better == LARGER}


def summarise(sets: Sets) -> list[dict]:
    """A dict for each data set and split: "data_set", "split", "scenes" {scene: {column: {measure: value}}},
    "means" {column: {measure: value}}, "misregistration_px", "confidence" and "invariance".

    "error" and "edges" are the mean difference in normalised units, over all valid pixels and within 8 pixels
    of edges; "seconds" is the time of the method itself. A part is empty where nothing tells of it, and a
    mean is NaN where a scene has none.
    """
    return [
        {
            "data_set": data_set,
            "split": split,
            "scenes": {name: scene.measures for name, scene in measured.items()},
            "means": _means([scene.measures for scene in measured.values()]),
            "misregistration_px": _misregistration(measured),
            "confidence": _confidence(list(measured.values())),
            "invariance": _invariance(measured),
        }
        for (data_set, split), measured in sets.items()
    ]


def as_text(summary: list[dict]) -> str:
    """Errors in thousandths, misregistration in pixels."""
    return "\n\n".join(_part_as_text(part) for part in summary)


def write_csv(summary: list[dict], path: Path) -> None:
    """A row a scene and column; what cannot be told is empty."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["data set", "split", "scene", "method", *COLUMNS])
        for part in summary:
            for scene, columns in part["scenes"].items():
                for column, told in columns.items():
                    values = [told.get(name, math.nan) for name in COLUMNS]
                    cells = ["" if math.isnan(value) else repr(value) for value in values]
                    writer.writerow([part["data_set"], part["split"], scene, column, *cells])


def write_json(summary: list[dict], path: Path) -> None:
    """What cannot be told is null."""
    path.write_text(json.dumps(_without_nan(summary), indent=1), encoding="utf-8")


def best(means: dict[str, dict[str, float]]) -> dict[str, str]:
    """{measure: the column that is best in it}, of columns that may win: an oracle knows the truth."""
    found = {}
    for name in COLUMNS:
        told = {column: values.get(name, math.nan) for column, values in means.items() if column != ORACLE}
        told = {column: value for column, value in told.items() if not math.isnan(value)}
        if told:
            found[name] = (max if name in LARGER_IS_BETTER else min)(told, key=told.get)
    return found


def _means(scenes: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    columns = [column for column in scenes[0] if all(column in scene for scene in scenes)]
    return {
        column: {
            name: float(np.mean([scene[column].get(name, math.nan) for scene in scenes])) for name in COLUMNS
        }
        for column in columns
    }


def _without_nan(value):
    if isinstance(value, dict):
        return {name: _without_nan(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _part_as_text(part: dict) -> str:
    parts = (
        [f"{part['data_set']}, {part['split']}: {len(part['scenes'])} scenes"],
        _error_lines(part["scenes"]),
        _measure_lines(part["means"]),
        _misregistration_lines(part["misregistration_px"]),
        _confidence_lines(part["confidence"]),
        _invariance_lines(part["invariance"]),
    )
    return "\n\n".join(filter(None, ("\n".join(lines) for lines in parts)))


def _misregistration(measured: dict[str, Measured]) -> dict[str, dict]:
    """Medians over frames {alignment: pixels} of "all" and of NOT_MOVED; {stack: every frame's}."""
    told = {name: stack for name, stack in measured.items() if stack.misregistration}
    sets = {"all": list(told.values()), NOT_MOVED: [stack for stack in told.values() if not stack.moved]}
    medians = {
        name: {alignment: _median(stacks, alignment) for alignment in stacks[0].misregistration}
        for name, stacks in sets.items()
        if stacks
    }
    return medians | ({"stacks": {n: s.misregistration for n, s in told.items()}} if told else {})


def _median(stacks: list[Measured], alignment: str) -> float:
    return float(np.median(np.concatenate([stack.misregistration[alignment] for stack in stacks])))


def _confidence(stacks: list[Measured]) -> dict[str, dict]:
    """{network: {"expected", "error"}}, each of equal parts of all stacks' pixels, the surest first."""
    networks = dict.fromkeys(network for stack in stacks for network in stack.pixels)
    return {
        network: by_expected_error(np.hstack([s.pixels[network] for s in stacks if network in s.pixels]))
        for network in networks
    }


def _invariance(measured: dict[str, Measured]) -> dict[str, dict]:
    """{"networks": {network: mean errors, "halved_ratio"}, "shuffled": {stack: the order found}}."""
    asked = {name: stack for name, stack in measured.items() if stack.order}
    if not asked:
        return {}
    stacks = list(asked.values())
    networks = {}
    for network, kinds in stacks[0].invariance.items():
        means = {kind: float(np.mean([s.invariance[network][kind] for s in stacks])) for kind in kinds}
        networks[network] = means | {"halved_ratio": means["halved_error"] / means["error"]}
    return {"networks": networks, "shuffled": {name: stack.order for name, stack in asked.items()}}


def _error_lines(scenes: dict[str, dict[str, dict[str, float]]]) -> Iterator[str]:
    """Mean |difference| normalised, times 1000; a column a method."""
    methods = [column for column, told in next(iter(scenes.values())).items() if "error" in told]
    if not methods:
        return
    yield "error in thousandths of the focus range, linear in the inverse of depth"
    rows = {name: [row[method]["error"] for method in methods] for name, row in scenes.items()}
    edges = [[row[method]["edges"] for method in methods] for row in scenes.values()]
    rows |= {"mean": np.mean(list(rows.values()), 0), "mean, within 8 px of edges": np.mean(edges, 0)}
    yield from _table(methods, {name: [f"{1000 * v:.1f}" for v in row] for name, row in rows.items()})


def _measure_lines(means: dict[str, dict[str, float]]) -> Iterator[str]:
    """A row a method; an asterisk marks the best."""
    names = [name for name in COLUMNS[2:] if any(not math.isnan(told[name]) for told in means.values())]
    winners = best(means)
    yield "measures, as their authors define them: means over scenes, in the truth's unit"
    yield from _table(
        names,
        {
            column: [f"{told[name]:.4g}{'*' if winners.get(name) == column else ' '}" for name in names]
            for column, told in means.items()
        },
    )


def _misregistration_lines(pixels: dict[str, dict]) -> Iterator[str]:
    if not pixels:
        return
    yield f"misregistration in pixels at {PICTURE_SIDE} px picture width, median over frames"
    rows = {name: pixels[name] for name in ("all", NOT_MOVED) if name in pixels}
    yield from _table(
        list(pixels["all"]), {name: [f"{v:.3f}" for v in row.values()] for name, row in rows.items()}
    )


def _confidence_lines(confidence: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    if not confidence:
        return
    yield "error by the network's own expected error, in fifths of all pixels from the surest on"
    for network, parts in confidence.items():
        rows = {f"{network}, expected": parts["expected"], f"{network}, found": parts["error"]}
        for name, row in rows.items():
            yield _row(name, [f"{1000 * v:.1f}" for v in row], len(max(rows, key=len)))


def _invariance_lines(invariance: dict[str, dict]) -> Iterator[str]:
    if not invariance:
        return
    for network, means in invariance["networks"].items():
        thousandths = {kind: f"{1000 * value:.1f}" for kind, value in means.items()}
        yield (
            f"{network}, frames reversed: depth differs by {thousandths['reversed_difference']}, "
            f"error {thousandths['reversed_error']} instead of {thousandths['error']}"
        )
        yield (
            f"{network}, every second frame dropped: error {thousandths['halved_error']}, "
            f"{means['halved_ratio']:.2f} times as much"
        )
    orders = Counter(invariance["shuffled"].values())
    yield "stacks without distances, shuffled: " + ", ".join(f"{n} {order}" for order, n in orders.items())


def _table(columns: list[str], rows: dict[str, list[str]]) -> Iterator[str]:
    """Lines of cells, under headings broken so that the columns stay narrow."""
    width = max(len(name) for name in rows)
    headings = [textwrap.wrap(column, COLUMN) for column in columns]
    depth = max(len(heading) for heading in headings)
    padded = [[""] * (depth - len(heading)) + heading for heading in headings]
    yield from (_row("", list(line), width) for line in zip(*padded, strict=True))
    yield from (_row(name, cells, width) for name, cells in rows.items())


def _row(name: str, cells: list[str], width: int) -> str:
    return (f"{name:<{width}}" + "".join(f"  {cell:>{COLUMN}}" for cell in cells)).rstrip()
