"""Measures of all stacks together: as numbers for files, and as lines for people."""

import csv
import json
import math
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .all_in_focus import PICTURE_MEASURES
from .compare import SceneMeasures
from .marked_report import MARKED_COLUMNS, marked_means, marked_tables, summarise_marks
from .measures import LARGER, MEASURES
from .methods import ORACLE, heading
from .misregistration import PICTURE_SIDE
from .run import DataSetMeasures
from .uncertainty import error_by_uncertainty

COLUMN = 12  # characters of a column, within which headings are broken
NOT_HAND_HELD = "not hand-held"
ALL_MEASURES = *MEASURES, *PICTURE_MEASURES
COLUMNS = ("error", "edges", *(each.name for each in ALL_MEASURES), *MARKED_COLUMNS, "seconds")
LARGER_IS_BETTER = {each.name for each in ALL_MEASURES if each.better == LARGER} | {"pairs"}
NEITHER_IS_BETTER = {"confidence"}


def summarise(sets: DataSetMeasures) -> list[dict[str, Any]]:
    """Summarise each data set and split.

    Returns
    -------
    list of dict
        "data_set", "split", "scenes" {scene: {column: {measure: value}}}, "means" {column: {measure: value}},
        "misregistration_px", "confidence" and "invariance", and what `summarise_marks` returns. "error" and
        "edges" are the mean absolute difference in normalised dioptres, over all valid pixels and within 8
        pixels of edges; "seconds" is the time of the method itself. A part is empty where nothing was
        measured for it, and a mean is NaN where a scene has none.
    """
    return [
        {
            "data_set": data_set,
            "split": split,
            "scenes": {name: scene.measures for name, scene in measures.items()},
            "means": _means(measures),
            "misregistration_px": _misregistration(measures),
            "confidence": _confidence(list(measures.values())),
            "invariance": _invariance(measures),
            **summarise_marks(measures),
        }
        for (data_set, split), measures in sets.items()
    ]


def format_text(summary: list[dict[str, Any]]) -> str:
    """Format a summary as tables for people: errors in thousandths, misregistration in pixels."""
    return "\n\n".join(_format_part(part) for part in summary)


def write_csv(summary: list[dict[str, Any]], path: Path) -> None:
    """Write a row for each scene and column; a value that there is not is empty."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["data set", "split", "scene", "method", *COLUMNS])
        for part in summary:
            for scene, columns in part["scenes"].items():
                for column, measures in columns.items():
                    values = [measures.get(name, math.nan) for name in COLUMNS]
                    cells = ["" if math.isnan(value) else repr(value) for value in values]
                    writer.writerow([part["data_set"], part["split"], scene, column, *cells])


def write_json(summary: list[dict[str, Any]], path: Path) -> None:
    """Write a summary; a value that there is not is null."""
    path.write_text(json.dumps(_without_nan(summary), indent=1), encoding="utf-8")


def best_columns(means: dict[str, dict[str, float]]) -> dict[str, str]:
    """Return {measure: the column that is best in it}; the oracle, which has the truth, does not count."""
    winners = {}
    for name in COLUMNS:
        if name in NEITHER_IS_BETTER:
            continue
        values = {column: each.get(name, math.nan) for column, each in means.items() if column != ORACLE}
        values = {column: value for column, value in values.items() if not math.isnan(value)}
        if values:
            winners[name] = (max if name in LARGER_IS_BETTER else min)(values, key=values.__getitem__)
    return winners


def _means(measures: dict[str, SceneMeasures]) -> dict[str, dict[str, float]]:
    if any(scene.patches for scene in measures.values()):
        nothing = dict.fromkeys(COLUMNS, math.nan)
        return {column: nothing | values for column, values in marked_means(measures).items()}
    scenes = [scene.measures for scene in measures.values()]
    columns = [column for column in scenes[0] if all(column in scene for scene in scenes)]
    return {
        column: {
            name: float(np.mean([scene[column].get(name, math.nan) for scene in scenes])) for name in COLUMNS
        }
        for column in columns
    }


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _format_part(part: dict[str, Any]) -> str:
    title = [f"{part['data_set']}, {part['split']}: {len(part['scenes'])} scenes"]
    lines_with_truth = (
        _error_lines(part["scenes"]),
        _measure_lines(part["means"]),
        _misregistration_lines(part["misregistration_px"]),
        _confidence_lines(part["confidence"]),
        _invariance_lines(part["invariance"]),
    )
    parts = (title, *(_marked_lines(part) if part["patches"] else lines_with_truth))
    return "\n\n".join(filter(None, ("\n".join(lines) for lines in parts)))


def _marked_lines(part: dict[str, Any]) -> Iterator[list[str]]:
    """Yield the lines of each table of real stacks."""
    for table in marked_tables(part).values():
        yield [table.title, *_table(table.columns, table.rows)]


def _misregistration(measures: dict[str, SceneMeasures]) -> dict[str, dict[str, Any]]:
    """Return medians over frames, {alignment: pixels}, of "all" and NOT_HAND_HELD, and frames of "stacks"."""
    by_stack = {name: stack for name, stack in measures.items() if stack.misregistration}
    stacks = list(by_stack.values())
    sets = {"all": stacks, NOT_HAND_HELD: [stack for stack in stacks if not stack.is_hand_held]}
    medians = {
        name: {alignment: _median(stacks, alignment) for alignment in stacks[0].misregistration}
        for name, stacks in sets.items()
        if stacks
    }
    if not by_stack:
        return medians
    return medians | {"stacks": {name: stack.misregistration for name, stack in by_stack.items()}}


def _median(stacks: list[SceneMeasures], alignment: str) -> float:
    return float(np.median(np.concatenate([stack.misregistration[alignment] for stack in stacks])))


def _confidence(stacks: list[SceneMeasures]) -> dict[str, dict[str, Any]]:
    """Return {network: {"expected", "error"}} of equal parts of all pixels, the least uncertain first."""
    networks = dict.fromkeys(network for stack in stacks for network in stack.pixels)
    return {
        network: error_by_uncertainty(np.hstack([s.pixels[network] for s in stacks if network in s.pixels]))
        for network in networks
    }


def _invariance(measures: dict[str, SceneMeasures]) -> dict[str, dict[str, Any]]:
    """Return {"networks": {network: mean errors, "halved_ratio"}, "shuffled": {stack: order recovered}}."""
    by_stack = {name: stack for name, stack in measures.items() if stack.order}
    if not by_stack:
        return {}
    stacks = list(by_stack.values())
    networks = {}
    for network, kinds in stacks[0].invariance.items():
        means = {kind: float(np.mean([s.invariance[network][kind] for s in stacks])) for kind in kinds}
        networks[network] = means | {"halved_ratio": means["halved_error"] / means["error"]}
    return {"networks": networks, "shuffled": {name: stack.order for name, stack in by_stack.items()}}


def _error_lines(scenes: dict[str, dict[str, dict[str, float]]]) -> Iterator[str]:
    """Yield the mean errors: a row a scene, a column a method."""
    methods = [column for column, values in next(iter(scenes.values())).items() if "error" in values]
    if not methods:
        return
    yield "error in thousandths of the focus range, linear in the inverse of depth"
    rows = {name: [row[method]["error"] for method in methods] for name, row in scenes.items()}
    edges = [[row[method]["edges"] for method in methods] for row in scenes.values()]
    rows |= {"mean": np.mean(list(rows.values()), 0), "mean, within 8 px of edges": np.mean(edges, 0)}
    cells = {name: [f"{1000 * value:.1f}" for value in row] for name, row in rows.items()}
    yield from _table([heading(method) for method in methods], cells)


def _measure_lines(means: dict[str, dict[str, float]]) -> Iterator[str]:
    """Yield the measures: a row a method, a column a measure; an asterisk marks the best."""
    names = [name for name in COLUMNS[2:] if any(not math.isnan(each[name]) for each in means.values())]
    winners = best_columns(means)
    yield "measures, as their authors define them: means over scenes, in the truth's unit"
    rows = {
        heading(column): [
            "–"
            if math.isnan(values[name])
            else f"{values[name]:.4g}{'*' if winners.get(name) == column else ' '}"
            for name in names
        ]
        for column, values in means.items()
    }
    yield from _table(names, rows)


def _misregistration_lines(pixels: dict[str, dict[str, Any]]) -> Iterator[str]:
    if not pixels:
        return
    yield f"misregistration in pixels at {PICTURE_SIDE} px picture width, median over frames"
    rows = {name: pixels[name] for name in ("all", NOT_HAND_HELD) if name in pixels}
    cells = {name: [f"{value:.3f}" for value in row.values()] for name, row in rows.items()}
    yield from _table(list(pixels["all"]), cells)


def _confidence_lines(confidence: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    if not confidence:
        return
    yield "uncertainty and error, in thousandths, of fifths of all pixels, the least uncertain first"
    for network, parts in confidence.items():
        name = heading(network)
        rows = {f"{name}, uncertainty": parts["expected"], f"{name}, error": parts["error"]}
        width = max(map(len, rows))
        for row, values in rows.items():
            yield _row(row, [f"{1000 * value:.1f}" for value in values], width)


def _invariance_lines(invariance: dict[str, dict[str, Any]]) -> Iterator[str]:
    if not invariance:
        return
    for network, means in invariance["networks"].items():
        thousandths = {kind: f"{1000 * value:.1f}" for kind, value in means.items()}
        yield (
            f"{heading(network)}, frames reversed: depth differs by {thousandths['reversed_difference']}, "
            f"error {thousandths['reversed_error']} instead of {thousandths['error']}"
        )
        yield (
            f"{heading(network)}, every second frame left out: error {thousandths['halved_error']}, "
            f"{means['halved_ratio']:.2f} times as much"
        )
    orders = Counter(invariance["shuffled"].values())
    yield "stacks without distances, shuffled: " + ", ".join(f"{n} {order}" for order, n in orders.items())


def _table(columns: list[str], rows: dict[str, list[str]]) -> Iterator[str]:
    """Yield lines of cells, under headings broken so that the columns stay narrow."""
    width = max(len(name) for name in rows)
    broken = [textwrap.wrap(column, COLUMN) for column in columns]
    depth = max(map(len, broken))
    padded = [[""] * (depth - len(lines)) + lines for lines in broken]
    yield from (_row("", list(line), width) for line in zip(*padded, strict=True))
    yield from (_row(name, cells, width) for name, cells in rows.items())


def _row(name: str, cells: list[str], width: int) -> str:
    return (f"{name:<{width}}" + "".join(f"  {cell:>{COLUMN}}" for cell in cells)).rstrip()
