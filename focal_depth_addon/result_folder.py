"""Result folders as Blender sees them: where they go, and what they say about themselves."""

import json
from pathlib import Path, PurePath

import bpy

from .errors import UserError
from .translations import say

DEPTH = "depth.exr"
PHOTOGRAPH = "all_in_focus.png"
DESCRIPTION = "result.json"
LENGTHS = "fx", "fy", "sensor_width_mm", "sensor_height_mm", "focal_length_mm"  # of a result's camera
UNSAVED = "results"  # in the cache folder: the results of files that were not saved
WRITTEN_TAG = "focal_depth_written"  # on an image: when the file it shows was, in nanoseconds


def read_description(folder: Path) -> dict:
    """What result.json says. Raises UserError where `folder` is no result."""
    missing = [name for name in (DESCRIPTION, DEPTH, PHOTOGRAPH) if not (folder / name).is_file()]
    if missing:
        raise UserError(
            say(
                "{folder} is not a result folder, it has no {file}: press Estimate Depth first",
                folder=folder,
                file=missing[0],
            )
        )
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        _check_kinds(description)
        return description
    except (KeyError, OSError, RecursionError, TypeError, ValueError):
        damaged = say("{file} is damaged: estimate depth again", file=folder / DESCRIPTION)
        raise UserError(damaged) from None


def _check_kinds(description: dict) -> None:
    """Raises KeyError, TypeError or ValueError unless all is there that the add-on reads: a folder may come
    from anywhere."""
    camera, frames = description["camera"], description["frames"]
    width, height = description["size"]
    near, far = (float(description["depth"][edge]) for edge in ("near", "far"))
    numbers = [width, height, *(camera[name] + 0 for name in LENGTHS)]
    texts = [*description["warnings"], *(frame["file"] for frame in frames)]
    aligned = [PurePath(frame["aligned"]) for frame in frames if "aligned" in frame]
    if not (
        all(0 < number < 1e6 for number in numbers) and 0 < near <= far and camera["cx"] + camera["cy"] > 0
    ):
        raise ValueError
    if not isinstance(description["metric"], bool) or not all(isinstance(text, str) for text in texts):
        raise ValueError
    if any(path.is_absolute() or path.drive or ".." in path.parts for path in aligned):
        raise ValueError


def load_image(path: Path) -> bpy.types.Image:
    """The image of that file, fresh where it was estimated anew."""
    image = bpy.data.images.load(str(path), check_existing=True)
    written = str(path.stat().st_mtime_ns)
    if image.get(WRITTEN_TAG) != written:
        image.reload()
        image[WRITTEN_TAG] = written
    return image


def default_folder(photographs: list[str], cache: Path) -> Path:
    """A folder named after the stack, beside the .blend where there is one."""
    first = Path(photographs[0])
    name = first.name if first.is_dir() else f"{first.parent.name}_{first.stem}"
    return default_place(cache) / name


def default_place(cache: Path) -> Path:
    """Where results go: beside the .blend where there is one."""
    return Path(bpy.path.abspath("//")) / "focal_depth" if bpy.data.is_saved else cache / UNSAVED


def to_stored(folder: Path) -> str:
    """A path as the .blend keeps it: relative where the folder lies below it, so both can be moved."""
    folder = folder.resolve()
    if bpy.data.is_saved and folder.is_relative_to(Path(bpy.path.abspath("//")).resolve()):
        return bpy.path.relpath(str(folder))
    return str(folder)


def from_stored(stored: str) -> Path:
    return Path(bpy.path.abspath(stored)).resolve()
