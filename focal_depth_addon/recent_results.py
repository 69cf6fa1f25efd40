"""The results used last, newest first, so that one opens without running anything."""

import json
import os
from pathlib import Path

from .result_folder import DESCRIPTION

FILE = "recent.json"
MOST = 10


def results(cache: Path) -> list[Path]:
    """Result folders that still exist."""
    return [folder for folder in _noted(cache) if (folder / DESCRIPTION).is_file()]


def note(cache: Path, folder: Path) -> None:
    """Put a result at the head of the list. Raises OSError where that cannot be written."""
    others = [other for other in results(cache) if other != folder]
    unfinished = cache / f"{FILE}.unfinished-{os.getpid()}"
    unfinished.write_text(json.dumps([str(path) for path in (folder, *others)][:MOST]), encoding="utf-8")
    os.replace(unfinished, cache / FILE)


def _noted(cache: Path) -> list[Path]:
    try:
        return [Path(path) for path in json.loads((cache / FILE).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []
