"""Text files beside the photographs: focus_distance.txt and focal_length.txt, or focus.csv."""

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..contract.errors import InputError
from ..contract.limits import MAX_TEXT_BYTES, read_whole
from .names import same_name

TABLE, DISTANCES, FOCAL_LENGTH = "focus.csv", "focus_distance.txt", "focal_length.txt"
DISTANCE = "focus_distance_m"
COLUMNS = f"file,{DISTANCE}"
DECIMAL_COMMA = re.compile(r"^([0-9]+),([0-9]+)$")
LONGEST = 100  # characters of a cell, where a sentence quotes it


@dataclass(frozen=True)
class SidecarValues:
    """What the sidecars hold for one photograph; None where they do not mention it.

    Attributes
    ----------
    focus_distance
        Metres, or `math.inf`.
    focal_length, sensor_width
        Metres.
    f_number
        The aperture's.
    """

    focus_distance: float | None = None
    focal_length: float | None = None
    f_number: float | None = None
    sensor_width: float | None = None


def read_sidecars(folder: Path, names: Sequence[str], in_folder: Sequence[str]) -> dict[str, SidecarValues]:
    """Return what the sidecars of a folder hold for photographs, by file name.

    Parameters
    ----------
    folder
        Where focus.csv, or else focus_distance.txt, and focal_length.txt may be.
    names
        Of the photographs to look up, in file-name order.
    in_folder
        Of all photographs there, in file-name order: the numbers of focus_distance.txt belong to them, or to
        `names` where there are as many of those.

    Raises
    ------
    InputError
        Where a sidecar cannot be read, or does not fit the photographs.
    """
    given = {same_name(name): name for name in names}
    there = [same_name(name) for name in in_folder]
    focal_length = _focal_length(folder / FOCAL_LENGTH)
    if (folder / TABLE).exists():
        rows = _table(folder / TABLE, {*given, *there})
        missing = [name for same, name in given.items() if same not in rows]
        if missing:
            raise InputError(
                f"{folder / TABLE} has no line for {missing[0]}; add one (its distance may be left empty)"
            )
    elif (folder / DISTANCES).exists():
        rows = _distances(folder / DISTANCES, list(given), there)
    else:
        rows = {}
    return {
        name: _with_focal_length(rows.get(same, SidecarValues()), focal_length)
        for same, name in given.items()
    }


def _with_focal_length(values: SidecarValues, focal_length: float | None) -> SidecarValues:
    return replace(values, focal_length=values.focal_length or focal_length)


def _distances(path: Path, names: Sequence[str], in_folder: Sequence[str]) -> dict[str, SidecarValues]:
    values = _numbers(path)
    for belong_to in (in_folder, names):
        if len(values) == len(belong_to):
            return {name: SidecarValues(value) for name, value in zip(belong_to, values, strict=True)}
    raise InputError(
        f"{path} should hold one distance for each of {len(in_folder)} photographs but holds "
        f"{len(values)}; write one in each line, in the order of the file names"
    )


def _focal_length(path: Path) -> float | None:
    if not path.exists():
        return None
    values = _numbers(path)
    if len(values) != 1 or math.isinf(values[0]):
        raise InputError(f"{path} must hold one number, the focal length in metres")
    return values[0]


def _table(path: Path, photographs: set[str]) -> dict[str, SidecarValues]:
    lines = [line for line in _text(path).splitlines() if line.strip()]
    reader = csv.DictReader(lines, delimiter=_delimiter(lines))
    fields = [field.strip() for field in _fields(path, reader)]
    if not set(COLUMNS.split(",")) <= set(fields):
        raise InputError(f"{path} lacks the columns {COLUMNS}; write them in its first line")
    reader.fieldnames = fields
    rows: dict[str, SidecarValues] = {}
    for row in _rows(path, reader):
        name = same_name((row["file"] or "").strip())
        if name not in photographs:
            raise InputError(
                f"{path} names {name[:LONGEST] or 'no file'}, which is not there; correct that line"
            )
        if name in rows:
            raise InputError(f"{path} names {name} twice; remove one of the two lines")
        if any(row.get(None, ())):  # such as the second half of 0,7
            raise InputError(
                f"{path} has more values than columns in the line of {name}; write decimals with a point, "
                "as in 0.7"
            )
        focal_length, sensor_width = (
            _cell(path, row, column) for column in ("focal_length_mm", "sensor_width_mm")
        )
        rows[name] = SidecarValues(
            _cell(path, row, DISTANCE),
            focal_length and focal_length / 1000,
            _cell(path, row, "f_number"),
            sensor_width and sensor_width / 1000,
        )
    return rows


def _delimiter(lines: Sequence[str]) -> str:
    """A comma, or what spreadsheets write in its place where decimals have commas."""
    return next((sign for sign in ",;\t" if lines and sign in lines[0]), ",")


def _fields(path: Path, reader: csv.DictReader) -> Sequence[str]:
    try:
        return reader.fieldnames or ()
    except csv.Error:
        raise InputError(f"{path} cannot be read; save it as UTF-8 text") from None


def _rows(path: Path, reader: csv.DictReader) -> Iterator[dict[str | None, Any]]:
    try:
        yield from reader
    except csv.Error:  # such as a cell without an end
        raise InputError(f"{path} cannot be read; save it as UTF-8 text") from None


def _cell(path: Path, row: Mapping[str | None, Any], column: str) -> float | None:
    text = (row.get(column) or "").strip()
    value = _positive(path, text) if text else None
    if value == math.inf and column != DISTANCE:
        raise InputError(f"{path} says '{text[:LONGEST]}' where a number above 0 belongs; correct it")
    return value


def _numbers(path: Path) -> list[float]:
    return [_positive(path, word) for word in _text(path).split()]


def _positive(path: Path, text: str) -> float:
    try:
        value = float(DECIMAL_COMMA.sub(r"\1.\2", text))
    except ValueError:
        value = math.nan
    if not value > 0:
        raise InputError(f"{path} says '{text[:LONGEST]}' where a number above 0 belongs; correct it")
    return value


def _text(path: Path) -> str:
    try:
        return read_whole(path, MAX_TEXT_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path} cannot be read; save it as UTF-8 text") from None
