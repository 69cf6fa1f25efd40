"""File names of photographs: their natural order, what a person named, and lists of them in sentences."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from ..contract.errors import InputError

T = TypeVar("T")


def natural_key(path: Path) -> tuple[list[tuple[int, int | str]], str]:
    """Return a key for `sorted` that places image_2 before image_10."""
    words = re.split(r"(\d+)", same_name(path.name).casefold())
    return [(0, int(word)) if word.isdecimal() else (1, word) for word in words], str(path)


def same_name(name: str) -> str:
    """Return a file name as every system writes it: some store letters and their accents apart."""
    return unicodedata.normalize("NFC", name)


def match_names(values: Mapping[str, T], paths: Sequence[Path], option: str) -> dict[Path, T]:
    """Return values that a person gave by file name or path, by the path of the photograph.

    Parameters
    ----------
    values
        By file name, or by a path relative to the working folder or absolute.
    paths
        Of all photographs that may be meant, absolute.
    option
        Of the command, to name in an error.

    Raises
    ------
    InputError
        Where a name matches none of the photographs, or several.
    """
    matched: dict[Path, T] = {}
    for name, value in values.items():
        wanted = same_name(name)
        matches = [path for path in paths if same_name(path.name) == wanted or path == Path(name).absolute()]
        if len(matches) != 1:
            raise InputError(
                f"{option} {name} matches {len(matches)} photographs; "
                f"use the file name or the path of one of them, such as {paths[0].name}"
            )
        matched[matches[0]] = value
    return matched


def join_names(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: "a", "a and b", "a, b and c"."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
