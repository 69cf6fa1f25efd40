"""The results used last, newest first: any of them opens without an estimate."""

import json
import os
from pathlib import Path

from ..backend.contract.files import RESULT_JSON

FILE = "recent.json"  # in the cache folder
MAX_COUNT = 10


def list_results(cache: Path) -> list[Path]:
    """Return the result folders that still exist, newest first."""
    return [folder for folder in _read(cache) if (folder / RESULT_JSON).is_file()]


def add_result(cache: Path, folder: Path) -> None:
    """Put a result folder first in the list.

    Raises
    ------
    OSError
        Where the list cannot be written.
    """
    others = [other for other in list_results(cache) if other != folder]
    unfinished = cache / f"{FILE}.unfinished-{os.getpid()}"
    paths = [str(path) for path in (folder, *others)][:MAX_COUNT]
    unfinished.write_text(json.dumps(paths), encoding="utf-8")
    os.replace(unfinished, cache / FILE)


def _read(cache: Path) -> list[Path]:
    try:
        return [Path(path) for path in json.loads((cache / FILE).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []
