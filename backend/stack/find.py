"""Which files are the photographs of a stack."""

from collections.abc import Sequence
from pathlib import Path

from ..contract.errors import InputError
from ..contract.formats import photographs_among
from .names import natural_key


def find_photographs(photographs: Sequence[Path | str]) -> list[Path]:
    """Return the absolute paths of a stack's photographs, in file-name order whatever theirs was.

    Parameters
    ----------
    photographs
        Files, or one folder that holds them.

    Raises
    ------
    InputError
        Where there are fewer than two, or folders among files.
    """
    if not photographs:
        raise InputError("no photographs given; name a folder or at least two files")
    paths = [Path(path).absolute() for path in photographs]
    folders = [path for path in paths if path.is_dir()]
    if folders and len(paths) > 1:
        raise InputError(f"{folders[0]} is a folder; give one folder alone, or files")
    if folders:
        paths = photographs_in(folders[0])
    if not paths:
        raise InputError(
            f"{folders[0]} holds no photographs; put JPEG, PNG, TIFF, WebP, HEIC, EXR or raw files there"
        )
    paths = sorted(dict.fromkeys(paths), key=natural_key)
    if len(paths) < 2:
        raise InputError(
            f"{paths[0]} is only one photograph; a focal stack needs at least two, focused differently"
        )
    return paths


def photographs_in(folder: Path) -> list[Path]:
    """Return the photographs in a folder, in file-name order; hidden files do not count."""
    visible = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted(photographs_among(visible), key=natural_key)
