"""Results that move: beside the .blend file when it is first saved, and found again where people moved them.

The cache folder holds the results of files that are not saved. A list there tells which saved files have used
which of them, so that clearing the cache takes none away.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path

import bpy
from bpy.app.handlers import persistent

from ..backend.contract.files import RESULT_JSON
from . import result_folder
from .errors import UserError
from .preferences import UNSAVED, cache_folder, unsaved_folder
from .scene.photo_set import RESULT_TAG

USERS = "users.json"  # in the cache folder: by result folder, the .blend files that were saved with it


def used_results() -> set[Path]:
    """Return the results that the open file uses."""
    return {result_folder.from_stored(stored) for stored in _references() if stored}


def files_using(result: Path) -> list[Path]:
    """Return the saved .blend files that are known to use a result in the cache folder and still exist."""
    return [Path(file) for file in _read_users().get(str(result), []) if Path(file).is_file()]


def relocate(former: Path, present: Path) -> None:
    """Let all of the open file use a result at its present place."""
    stored = result_folder.to_stored(present)
    for scene in bpy.data.scenes:
        settings = scene.focal_depth
        is_previewed = settings.preview.result == settings.result
        if settings.layers_of and result_folder.from_stored(settings.layers_of) == former:
            settings.layers_of = stored
        if settings.result and result_folder.from_stored(settings.result) == former:
            settings.result = stored
            if is_previewed:
                settings.preview.result = stored
    for owner in (*bpy.data.collections, *bpy.data.node_groups):
        if RESULT_TAG in owner and result_folder.from_stored(owner[RESULT_TAG]) == former:
            owner[RESULT_TAG] = stored
    for image in bpy.data.images:
        path = Path(bpy.path.abspath(image.filepath)).resolve() if image.filepath else None
        if path is not None and path.is_relative_to(former):
            image.filepath = str(present / path.relative_to(former))


def missing_result(scene: bpy.types.Scene) -> Path | None:
    """Return the folder of a scene's result if it is gone."""
    stored = scene.focal_depth.result
    folder = result_folder.from_stored(stored) if stored else None
    return None if folder is None or (folder / RESULT_JSON).is_file() else folder


@persistent
def _bring_along(path: str, *_: object) -> None:
    """Bring results of the unsaved file beside the .blend file that is about to be saved."""
    if not path:  # the startup file
        return
    with contextlib.suppress(UserError):
        unsaved = {folder.resolve() for folder in (unsaved_folder(), cache_folder() / UNSAVED)}
        for former in sorted(used_results()):
            if former.parent in unsaved and (former / RESULT_JSON).is_file():
                _move(former, _free_folder(Path(path).parent / result_folder.BESIDE / former.name))
        _note_users(Path(path))


def _move(former: Path, present: Path) -> None:
    """Move a result, or copy it if other files use it; where that fails it stays where it is."""
    try:
        present.parent.mkdir(parents=True, exist_ok=True)
        unfinished = present.with_name(f"{present.name}.unfinished-{os.getpid()}")
        shutil.copytree(former, unfinished)
        os.replace(unfinished, present)
    except OSError:
        return
    relocate(former, present)
    if not files_using(former):
        shutil.rmtree(former, ignore_errors=True)


def _free_folder(folder: Path) -> Path:
    """The folder, or one of its name with a number that is not there yet."""
    names = chain([folder.name], (f"{folder.name}_{number}" for number in count(2)))
    return next(free for free in map(folder.with_name, names) if not free.exists())


@persistent
def _find_again(*_: object) -> None:
    """Find results that were moved with the .blend file that was opened, or whose names are known."""
    if not bpy.data.is_saved:
        return
    with contextlib.suppress(UserError):
        for former in sorted(used_results()):
            if not (former / RESULT_JSON).is_file():
                beside = Path(bpy.path.abspath("//"))
                places = (beside / result_folder.BESIDE / former.name, beside / former.name)
                if present := next((each for each in places if (each / RESULT_JSON).is_file()), None):
                    relocate(former, present.resolve())
        _note_users(Path(bpy.data.filepath))


def _note_users(file: Path) -> None:
    """Note that a saved file uses results of the cache folder."""
    users, cached = _read_users(), (cache_folder() / UNSAVED).resolve()
    before = json.dumps(users)
    for result in used_results():
        if result.parent == cached:
            users[str(result)] = sorted({*users.get(str(result), []), str(file)})
    if json.dumps(users) != before:
        with contextlib.suppress(OSError):
            (cache_folder() / USERS).write_text(json.dumps(users), encoding="utf-8")


def _read_users() -> dict[str, list[str]]:
    try:
        users = json.loads((cache_folder() / USERS).read_text(encoding="utf-8"))
        return {str(result): list(map(str, files)) for result, files in users.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _references() -> Iterator[str]:
    """Where the open file names results."""
    yield from (scene.focal_depth.result for scene in bpy.data.scenes)
    for owner in (*bpy.data.collections, *bpy.data.node_groups):
        yield owner.get(RESULT_TAG, "")


def _events_that_bring_former_places() -> tuple[list, ...]:
    """Opening a file that was moved, and undoing steps from before it was saved."""
    events = bpy.app.handlers
    return events.load_post, events.undo_post, events.redo_post


def register() -> None:
    bpy.app.handlers.save_pre.append(_bring_along)
    for event in _events_that_bring_former_places():
        event.append(_find_again)


def unregister() -> None:
    for event in _events_that_bring_former_places():
        event.remove(_find_again)
    bpy.app.handlers.save_pre.remove(_bring_along)
