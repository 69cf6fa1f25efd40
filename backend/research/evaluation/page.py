"""A page to look at: for every data set its tables, and every scene's pictures, the worst scene first."""

import math
from pathlib import Path

from . import record
from .data.scene import Scene
from .measures import MEASURES
from .report import COLUMNS, best

TEMPLATE, PAGE = "page.html", "index.html"
UNITS = {each.name: each.unit for each in MEASURES} | {"seconds": "s"}


def write_page(summary: list[dict], output: Path) -> None:
    """index.html beside the scenes' pictures. Raises ImportError without Jinja2."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": _number}
    template = environment.from_string(Path(__file__).with_name(TEMPLATE).read_text(encoding="utf-8"))
    parts = [_part(part, output) for part in summary]
    (output / PAGE).write_text(template.render(parts=parts, units=UNITS), encoding="utf-8")


def _part(part: dict, output: Path) -> dict:
    means = part["means"]
    columns = [name for name in COLUMNS if any(not math.isnan(told[name]) for told in means.values())]
    scenes = [_scene(part, name, told, output) for name, told in part["scenes"].items()]
    last = list(means)[-1]  # ours, as a rule
    scenes.sort(key=lambda scene: -scene["errors"].get(last, 0.0))
    return part | {"columns": columns, "best": best(means), "scenes": scenes, "sorted_by": last}


def _scene(part: dict, name: str, told: dict[str, dict[str, float]], output: Path) -> dict:
    """Its pictures, as paths from the page."""
    folder = record.folder_of(output, Scene(part["data_set"], part["split"], name, lambda: None))
    base = folder.relative_to(output).as_posix()
    pictures = [("photograph", f"{base}/{record.PICTURE}", "")]
    if (folder / record.TRUTH).exists():
        pictures.append(("truth", f"{base}/{record.TRUTH}", ""))
    for column in told:
        error = record.picture_of(column, "error")
        has_error = (folder / error).exists()
        pictures.append(
            (column, f"{base}/{record.picture_of(column, 'depth')}", f"{base}/{error}" if has_error else "")
        )
    errors = {column: values["error"] for column, values in told.items() if "error" in values}
    return {"name": name, "pictures": pictures, "errors": errors}


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4g}"
