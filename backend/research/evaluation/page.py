"""A page of results: the tables of every data set, and scenes' pictures, the worst scene first.

A real stack whose pictures may not be shown has none, and is in the tables alone.
"""

import math
from pathlib import Path
from typing import Any

from . import record
from .marked_report import RANGE_MEASURES, marked_tables
from .methods import heading
from .report import ALL_MEASURES, COLUMNS, best_columns

ERRORS = "error", "planarity"  # by which scenes are sorted: with truth, and with marks alone
TEMPLATE, PAGE = "page.html", "index.html"
UNITS = {each.name: each.unit for each in ALL_MEASURES} | dict.fromkeys(RANGE_MEASURES, "of the range")
UNITS["seconds"] = "s"


def write_page(summary: list[dict[str, Any]], output: Path) -> None:
    """Write index.html beside the scenes' pictures.

    Raises
    ------
    ImportError
        Without Jinja2.
    """
    import jinja2

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": _format_number, "heading": heading}
    template = environment.from_string(Path(__file__).with_name(TEMPLATE).read_text(encoding="utf-8"))
    parts = [_part(part, output) for part in summary]
    (output / PAGE).write_text(template.render(parts=parts, units=UNITS), encoding="utf-8")


def _part(part: dict[str, Any], output: Path) -> dict[str, Any]:
    means = part["means"]
    columns = [name for name in COLUMNS if any(not math.isnan(each[name]) for each in means.values())]
    scenes = [_scene(part, name, measures, output) for name, measures in part["scenes"].items()]
    last = list(means)[-1]  # our network, as a rule
    scenes.sort(key=lambda scene: -scene["errors"].get(last, 0.0))
    tables = [table for name, table in marked_tables(part).items() if name != "means"]
    return part | {
        "columns": columns,
        "best": best_columns(means),
        "count": len(scenes),
        "scenes": [scene for scene in scenes if scene["pictures"]],
        "sorted_by": last,
        "tables": tables,
        "error_name": ERRORS[bool(tables)],
    }


def _scene(
    part: dict[str, Any], name: str, measures: dict[str, dict[str, float]], output: Path
) -> dict[str, Any]:
    """Return a scene's pictures, as paths from the page, and errors; no pictures where none were written."""
    folder = record.scene_folder(output, part["data_set"], part["split"], name)
    base = folder.relative_to(output).as_posix()
    errors = {
        column: values[kind] for column, values in measures.items() for kind in ERRORS if kind in values
    }
    if not (folder / record.PICTURE).exists():
        return {"name": name, "pictures": [], "errors": errors}
    pictures = [("photograph", f"{base}/{record.PICTURE}", "")]
    if (folder / record.TRUTH).exists():
        pictures.append(("truth", f"{base}/{record.TRUTH}", ""))
    for column in measures:
        depth, error = (record.picture_name(column, kind) for kind in ("depth", "error"))
        if (folder / depth).exists():
            pictures.append(
                (column, f"{base}/{depth}", f"{base}/{error}" if (folder / error).exists() else "")
            )
    return {"name": name, "pictures": pictures, "errors": errors}


def _format_number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4g}"
