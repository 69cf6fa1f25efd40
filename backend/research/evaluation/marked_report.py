"""Measures of real stacks together, by what is marked in them: as numbers, and as tables for people."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .compare import SceneMeasures
from .methods import heading
from .misregistration import PICTURE_SIDE

MARKED_COLUMNS = ("planarity", "spread_planarity", "pairs", "halves", "confidence", "sparsification")
# In parts of the focus range, or of the spread.
RANGE_MEASURES = "planarity", "spread_planarity", "halves", "sparsification"
DIGITS = {"seconds": 1, "patches": 0}
PATCH_KINDS = "neighbours", "reference"
PATCH_COLUMNS = {"median": "median", "percentile_90": "90th percentile", "patches": "patches"}
PAIRS = "Marked pairs in order"
REVERSED = f"{PAIRS} where file names run the other way, of stacks without distances"
MEAN = "mean"


@dataclass(frozen=True)
class MarkedTable:
    """A table for people.

    Attributes
    ----------
    title
        A sentence without its full stop.
    columns
        Headings.
    rows
        {name: a cell for each column}.
    """

    title: str
    columns: list[str]
    rows: dict[str, list[str]]


def summarise_marks(measures: dict[str, SceneMeasures]) -> dict[str, Any]:
    """Summarise one set of stacks.

    Returns
    -------
    dict
        "planes" {"stack: plane": {column: residual}} in normalised dioptres, "pairs" {stack: {column: whether
        each is in order}}, "reversed_pairs" the same with file names reversed, and "patches" {stack: as
        `marks.summarise_shifts` has it}; the worst of the last column first. All are empty where nothing is
        marked.
    """
    planes = {
        f"{stack}: {plane}": {column: each.planes[column][plane] for column in each.planes}
        for stack, each in measures.items()
        for plane in next(iter(each.planes.values()), {})
    }
    pairs = {stack: each.pairs for stack, each in measures.items() if any(each.pairs.values())}
    reversed_pairs = {
        stack: each.reversed_pairs for stack, each in measures.items() if any(each.reversed_pairs.values())
    }
    patches = {stack: each.patches for stack, each in measures.items() if each.patches}
    return {
        "planes": dict(sorted(planes.items(), key=lambda row: -_last(row[1]))),
        "pairs": dict(sorted(pairs.items(), key=_share_in_order)),
        "reversed_pairs": dict(sorted(reversed_pairs.items(), key=_share_in_order)),
        "patches": dict(sorted(patches.items(), key=_misregistration_order)),
    }


def marked_means(measures: dict[str, SceneMeasures]) -> dict[str, dict[str, float]]:
    """Average each column's measures over the stacks that have them; planes and pairs each count alike."""
    stacks = list(measures.values())
    columns = [column for column in stacks[0].measures if all(column in each.measures for each in stacks)]
    means = {}
    for column in columns:
        values = {
            name: [each.measures[column][name] for each in stacks if name in each.measures[column]]
            for name in (*MARKED_COLUMNS, "seconds")
        }
        values["planarity"] = [residual for each in stacks for residual in each.planes[column].values()]
        values["pairs"] = [is_right for each in stacks for is_right in each.pairs[column]]
        means[column] = {name: _mean(each) for name, each in values.items()}
    return means


def marked_tables(part: dict[str, Any]) -> dict[str, MarkedTable]:
    """Return the tables of one part of a summary, or of a summary.json: none where nothing is marked.

    Keys are "planes", "pairs", "reversed_pairs", "patches" and "means".
    """
    tables = {
        "planes": _plane_table(part["planes"]) if part["planes"] else None,
        "pairs": _pair_table(part["pairs"], PAIRS) if part["pairs"] else None,
        "reversed_pairs": _pair_table(part["reversed_pairs"], REVERSED) if part["reversed_pairs"] else None,
        "patches": _patch_table(part["patches"]) if part["patches"] else None,
        "means": _mean_table(part["means"]) if part["patches"] else None,
    }
    return {name: table for name, table in tables.items() if table is not None}


def _last(row: dict[str, Any]) -> Any:
    return list(row.values())[-1]


def _share_in_order(row: tuple[str, dict[str, list[bool]]]) -> float:
    return float(np.mean(_last(row[1])))


def _misregistration_order(row: tuple[str, dict[str, Any]]) -> float:
    median = row[1]["neighbours"]["median"]
    return math.inf if math.isnan(median) else -median


def _plane_table(planes: dict[str, dict[str, float]]) -> MarkedTable:
    rows = {name: list(row.values()) for name, row in planes.items()}
    rows |= {f"{MEAN} of {len(planes)}": np.mean(list(rows.values()), 0).tolist()}
    cells = {name: [_format("planarity", value) for value in row] for name, row in rows.items()}
    title = "Planarity: mean absolute residual of a plane, in thousandths of the focus range"
    return MarkedTable(title, [heading(column) for column in next(iter(planes.values()))], cells)


def _pair_table(pairs: dict[str, dict[str, list[bool]]], title: str) -> MarkedTable:
    columns = list(next(iter(pairs.values())))
    total = {column: [is_right for row in pairs.values() for is_right in row[column]] for column in columns}
    cells = {
        stack: [f"{sum(row[column])} of {len(row[column])}" for column in columns]
        for stack, row in (pairs | {"all": total}).items()
    }
    return MarkedTable(title, [heading(column) for column in columns], cells)


def _patch_table(patches: dict[str, dict[str, dict[str, float | None]]]) -> MarkedTable:
    rows = {
        stack: [each[kind][name] for kind in PATCH_KINDS for name in PATCH_COLUMNS]
        for stack, each in patches.items()
    }
    columns = zip(*rows.values(), strict=True)
    rows[MEAN] = [_mean([value for value in column if not _is_missing(value)]) for column in columns]
    names = [f"{kind}, {name}" for kind in PATCH_KINDS for name in PATCH_COLUMNS.values()]
    kinds = [name for _ in PATCH_KINDS for name in PATCH_COLUMNS]
    cells = {
        stack: [_format(kind, value) for kind, value in zip(kinds, row, strict=True)]
        for stack, row in rows.items()
    }
    title = f"Misregistration left between frames, in patches, in pixels at {PICTURE_SIDE} px picture width"
    return MarkedTable(title, names, cells)


def _mean_table(means: dict[str, dict[str, float | None]]) -> MarkedTable:
    cells = {
        heading(column): [_format(name, values[name]) for name in (*MARKED_COLUMNS, "seconds")]
        for column, values in means.items()
    }
    title = "Means, in thousandths of the focus range but for pairs, confidence and seconds"
    return MarkedTable(title, [name.replace("_", " ") for name in (*MARKED_COLUMNS, "seconds")], cells)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else math.nan


def _is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value)


def _format(name: str, value: float | None) -> str:
    """Format a measure for people; a summary.json has null where a number is missing."""
    if value is None or math.isnan(value):
        return "–"
    return f"{1000 * value:.1f}" if name in RANGE_MEASURES else f"{value:.{DIGITS.get(name, 3)}f}"
