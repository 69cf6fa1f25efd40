"""Result folders as Blender has them: where they are written, and what they hold."""

import re
from pathlib import Path

import bpy

from ..backend.contract.errors import InputError
from ..backend.contract.files import ALL_IN_FOCUS_PNG, DEPTH_EXR, RESULT_JSON
from ..backend.contract.headers import check_header
from ..backend.contract.limits import MAX_TEXT_BYTES, read_whole
from ..backend.contract.schema import Description, NewerVersion, parse_description
from .errors import UserError
from .translations import translate

BESIDE = "focal_depth"  # beside a .blend file: its results
WRITTEN_TAG = "focal_depth_written"  # on an image: when the file it shows was written, in nanoseconds


def read_description(folder: Path) -> Description:
    """Read what result.json says of a result, of this version or an earlier one.

    Raises
    ------
    UserError
        Where `folder` is no result, or is damaged.
    """
    names = RESULT_JSON, DEPTH_EXR, ALL_IN_FOCUS_PNG
    if missing := [name for name in names if not (folder / name).is_file()]:
        raise UserError(
            translate(
                "{folder} is not a result folder, it has no {file}: press Estimate Depth first",
                folder=folder,
                file=missing[0],
            )
        )
    path = folder / RESULT_JSON
    try:
        description = parse_description(read_whole(path, MAX_TEXT_BYTES).decode())
    except NewerVersion:
        raise UserError(
            translate("{file} was written by a newer Focal Depth: update this one", file=path)
        ) from None
    except (InputError, OSError, ValueError):
        raise _damaged(path) from None
    for name in (DEPTH_EXR, ALL_IN_FOCUS_PNG):
        _check_picture(folder / name)
    return description


def load_image(path: Path) -> bpy.types.Image:
    """Load an image, or update the one of that file.

    Raises
    ------
    UserError
        Where the file is damaged.
    """
    _check_picture(path)
    return load_own_image(path)


def load_own_image(path: Path) -> bpy.types.Image:
    """Do so with a file that nobody else can have written, and that may be of any kind."""
    image = bpy.data.images.load(str(path), check_existing=True)
    written = str(path.stat().st_mtime_ns)
    if image.get(WRITTEN_TAG) != written:
        image.reload()
        image[WRITTEN_TAG] = written
    return image


def default_folder(photographs: list[str], unsaved: Path) -> Path:
    """Return the folder for a stack's result, which is named after the stack, whatever its order.

    Parameters
    ----------
    photographs
        Paths of photographs, or one path of their folder.
    unsaved
        For results of files that are not saved.
    """
    first = min(map(Path, photographs), key=_natural_key)
    name = first.name if first.is_dir() else f"{first.parent.name}_{first.stem}"
    return default_parent(unsaved) / name


def default_parent(unsaved: Path) -> Path:
    """Return the folder for results: beside the .blend file if there is one, else that of unsaved files."""
    return Path(bpy.path.abspath("//")) / BESIDE if bpy.data.is_saved else unsaved


def to_stored(folder: Path) -> str:
    """Return a path as the .blend file stores it: relative if the folder lies below it, so both can move."""
    folder = folder.resolve()
    if bpy.data.is_saved and folder.is_relative_to(Path(bpy.path.abspath("//")).resolve()):
        return bpy.path.relpath(str(folder))
    return str(folder)


def from_stored(stored: str) -> Path:
    """Return the absolute path that `to_stored` stored."""
    return Path(bpy.path.abspath(stored)).resolve()


def _natural_key(path: Path) -> tuple[list[tuple[int, int | str]], str]:
    """Sort image_2 before image_10."""
    words = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(word)) if word.isdecimal() else (1, word) for word in words], str(path)


def _check_picture(path: Path) -> None:
    """Raise UserError for a picture that Blender must not read."""
    try:
        check_header(path)
    except (OSError, ValueError):
        raise _damaged(path) from None


def _damaged(path: Path) -> UserError:
    return UserError(translate("{file} is damaged: estimate depth again", file=path))
