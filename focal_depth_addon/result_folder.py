"""Result folders as Blender sees them: where they go, and what they say about themselves."""

import json
from pathlib import Path, PurePath

import bpy

from . import headers
from .errors import UserError
from .translations import say

DEPTH = "depth.exr"
PHOTOGRAPH = "all_in_focus.png"
DESCRIPTION = "result.json"
LENGTHS = "fx", "fy", "sensor_width_mm", "sensor_height_mm", "focal_length_mm"  # of a result's camera
ALIGNED = "aligned"  # where its aligned frames are
MOST_TEXT = 2**24  # bytes of result.json, as backend/limits.py has it
MOST_SIDE = 100_000  # pixels, as there
MOST_METRES = 1e30  # what is farther is "inf"
MOST = 1e9  # of any other number
UNSAVED = "results"  # in the cache folder: the results of files that were not saved
WRITTEN_TAG = "focal_depth_written"  # on an image: when the file it shows was, in nanoseconds


def read_description(folder: Path) -> dict:
    """What result.json says. Raises UserError where `folder` is no result, or is damaged."""
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
        description = _read_text(folder / DESCRIPTION)
        _check_kinds(description)
    except (ArithmeticError, KeyError, OSError, RecursionError, TypeError, ValueError):
        raise _damaged(folder / DESCRIPTION) from None
    for name in (DEPTH, PHOTOGRAPH):
        _check_picture(folder / name)
    return description


def _read_text(path: Path) -> dict:
    if path.stat().st_size > MOST_TEXT:
        raise ValueError
    return json.loads(path.read_text(encoding="utf-8"))


def _check_kinds(description: dict) -> None:
    """Raises KeyError, TypeError or ValueError unless all is there that the add-on reads: a folder may come
    from anywhere."""
    camera, frames, warnings = (description[key] for key in ("camera", "frames", "warnings"))
    near, far = (description["depth"][edge] for edge in ("near", "far"))
    width, height = description["size"]
    _check(isinstance(frames, list) and len(frames) > 1 and isinstance(warnings, list))
    _check(isinstance(description["metric"], bool))
    _check(_is_side(width) and _is_side(height))
    _check(all(_is_number(camera[name]) for name in LENGTHS))
    _check(all(_is_number(camera[name] + MOST) for name in ("cx", "cy")))
    _check(camera["f_number"] is None or _is_number(camera["f_number"]))
    _check(_is_number(near) and _is_distance(far) and near <= float(far))
    _check(all(_is_text(warning) for warning in warnings))
    for frame in frames:
        _check_frame(frame, description["metric"])
    _check(len({frame["file"] for frame in frames}) == len(frames))
    if description["metric"]:
        _check(float(frames[0]["focus_distance_m"]) > float(frames[-1]["focus_distance_m"]))


def _check_frame(frame: dict, metric: bool) -> None:
    """As _check_kinds."""
    distance, seen = frame["focus_distance_m"], frame["relative_fov"]
    _check(_is_text(frame["file"]) and _is_text(frame["source"]))
    _check(_is_distance(distance) or (distance is None and not metric))
    _check(all(_is_side(frame[name]) for name in ("width", "height") if name in frame))
    lens = (frame.get(name) for name in ("focal_length_mm", "f_number", "sensor_width_mm"))
    _check(all(value is None or _is_number(value) for value in (seen, *lens)))
    _check(all(_is_text(note) for note in frame.get("notes", ())))
    if (aligned := frame.get("aligned")) is not None:
        _check(_is_text(aligned) and PurePath(aligned).parent == PurePath(ALIGNED))
        _check(PurePath(aligned).name != "..")


def _check(holds: bool) -> None:
    if not holds:
        raise ValueError


def _is_side(value: object) -> bool:
    return type(value) is int and 0 < value <= MOST_SIDE


def _is_number(value: object) -> bool:
    """Above zero and so far from the ends of Blender's numbers that their products stay within."""
    return type(value) in (int, float) and 1 / MOST < value < 2 * MOST


def _is_distance(value: object) -> bool:
    return value == "inf" or (type(value) in (int, float) and 1 / MOST < value < MOST_METRES)


def _is_text(value: object) -> bool:
    """Text that Blender keeps, which is UTF-8 without a zero; others raise UnicodeEncodeError."""
    return isinstance(value, str) and b"\0" not in value.encode()


def _damaged(path: Path) -> UserError:
    return UserError(say("{file} is damaged: estimate depth again", file=path))


def _check_picture(path: Path) -> None:
    """Raises UserError where Blender had better not read it."""
    try:
        headers.check(path)
    except (OSError, ValueError):
        raise _damaged(path) from None


def load_image(path: Path) -> bpy.types.Image:
    """The image of that file, fresh where it was estimated anew. Raises UserError where it is damaged."""
    _check_picture(path)
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
