"""From paths to scenes, of whatever data set lies there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ....contract.errors import InputError
from . import (
    arrays,
    autofocus,
    ddff,
    defocus_net,
    flying_things,
    light_field,
    middlebury,
    mobile_depth,
    ours,
    zedd,
)
from .scene import Scene

READERS = {
    "ours": ours,
    "ddff": ddff,
    "mobile-depth": mobile_depth,
    "defocus-net": defocus_net,
    "autofocus": autofocus,
    "light-field": light_field,
    "flying-things": flying_things,
    "middlebury": middlebury,
    "zedd": zedd,
    "arrays": arrays,
}
LAYOUTS = tuple(READERS)


def find_scenes(paths: Sequence[Path], layout: str | None = None) -> list[Scene]:
    """The scenes of every data set at `paths`, or of that in one of LAYOUTS; nothing is read but names.

    Raises InputError where a path holds none, and where a file that tells how many scenes there are is
    damaged.
    """
    if layout not in (None, *LAYOUTS):
        raise InputError(f"{layout} is no layout that is known; give one of {', '.join(LAYOUTS)}")
    readers = list(READERS.values()) if layout is None else [READERS[layout]]
    found: dict[tuple, tuple[Path, Scene]] = {}  # by what is read, which two paths may both hold
    for path in paths:
        scenes = [scene for reader in readers for scene in reader.read(path)]
        if not scenes:
            raise _nothing(path) if layout is None else READERS[layout].SOURCE.missing(path)
        for scene in scenes:
            found.setdefault((scene.load.func, *scene.load.args), (path, scene))
    return _told_apart(list(found.values()))


def _nothing(path: Path) -> InputError:
    known = ", ".join(f"{name} ({reader.SOURCE.data_set})" for name, reader in READERS.items())
    return InputError(
        f"{path} holds no data set in a layout that is known; force one to be told how its files lie: {known}"
    )


def _told_apart(found: list[tuple[Path, Scene]]) -> list[Scene]:
    """Names that occur twice in a data set get the path they were found at before them."""
    times = Counter((scene.data_set, scene.name) for _, scene in found)
    return [
        replace(scene, name=f"{path.resolve().as_posix()}/{scene.name}".lstrip("/"))
        if times[scene.data_set, scene.name] > 1
        else scene
        for path, scene in found
    ]
