"""What became of all stacks: a page to look at, and a table for programs. Faults come first."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from ..io.result_folder import replacing_file
from . import task
from .task import Outcome

TEMPLATE, PAGE, TABLE = "page.html", "index.html", "report.csv"
FIRST = (task.FAULT, task.BAD, task.TOO_FEW)  # then those with warnings, then the others


def write_report(outcomes: Sequence[Outcome], output: Path) -> None:
    """index.html and report.csv beside the results. Raises ImportError without Jinja2."""
    ordered = sorted(outcomes, key=_urgency)
    with replacing_file(output / TABLE) as partial:
        _write_table(ordered, partial)
    with replacing_file(output / PAGE) as partial:
        partial.write_text(_page(ordered), encoding="utf-8", errors="backslashreplace")


def summarise(outcomes: Sequence[Outcome]) -> str:
    """Return what became of all stacks, in one line."""
    counts = Counter(outcome.status for outcome in outcomes)
    words_for = {
        task.DONE: "estimated",
        task.UNCHANGED: "unchanged and not run again",
        task.TOO_FEW: "single photographs left out",
        task.BAD: "bad",
        task.FAULT: "failed",
    }
    return ", ".join(f"{counts[status]} {words}" for status, words in words_for.items() if counts[status])


def _urgency(outcome: Outcome) -> int:
    if outcome.status in FIRST:
        return FIRST.index(outcome.status)
    return len(FIRST) + (not outcome.warnings)


def _write_table(outcomes: Sequence[Outcome], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Outcome)])
        writer.writeheader()
        writer.writerows(asdict(each) | {"warnings": " ".join(each.warnings)} for each in outcomes)


def _page(outcomes: Sequence[Outcome]) -> str:
    import jinja2

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": "{:.3g}".format}
    template = environment.from_string(Path(__file__).with_name(TEMPLATE).read_text(encoding="utf-8"))
    return template.render(
        outcomes=outcomes,
        summary=summarise(outcomes),
        whole=(task.DONE, task.UNCHANGED),
        thumbnail=task.THUMBNAIL,
    )
