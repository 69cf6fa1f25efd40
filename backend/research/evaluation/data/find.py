"""Scenes at paths, of whatever data set is there."""

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
    focal_depth,
    light_field,
    middlebury,
    mobile_depth,
    real_stacks,
    zedd,
)
from .scene import Scene

READERS = {
    "focal-depth": focal_depth,
    "ddff": ddff,
    "mobile-depth": mobile_depth,
    "defocus-net": defocus_net,
    "autofocus": autofocus,
    "light-field": light_field,
    "flying-things": flying_things,
    "middlebury": middlebury,
    "zedd": zedd,
    "arrays": arrays,
    "real": real_stacks,
}
LAYOUTS = tuple(READERS)
FORMER_LAYOUT_NAMES = {"ours": "focal-depth"}  # of version 0.1


def find_scenes(paths: Sequence[Path], layout: str | None = None) -> list[Scene]:
    """Find the scenes at paths; nothing is read but names.

    Parameters
    ----------
    paths
        Files or folders.
    layout
        One of LAYOUTS; with None, all are tried.

    Raises
    ------
    InputError
        Where a path holds no scene, or a file with several is damaged.
    """
    if layout not in (None, *LAYOUTS):
        raise InputError(f"{layout} is no known layout; choose one of {', '.join(LAYOUTS)}")
    readers = list(READERS.values()) if layout is None else [READERS[layout]]
    scenes_at: dict[tuple, tuple[Path, Scene]] = {}  # by what is read: two paths may hold the same
    for path in paths:
        scenes = [scene for reader in readers for scene in reader.read(path)]
        if not scenes:
            raise _nothing(path) if layout is None else READERS[layout].SOURCE.missing_error(path)
        for scene in scenes:
            scenes_at.setdefault((scene.load.func, *scene.load.args), (path, scene))
    return _make_names_unique(list(scenes_at.values()))


def _nothing(path: Path) -> InputError:
    layouts = ", ".join(f"{name} ({reader.SOURCE.data_set})" for name, reader in READERS.items())
    return InputError(
        f"{path} holds no data set in a known layout; one named by --layout describes its files: {layouts}"
    )


def _make_names_unique(scenes: list[tuple[Path, Scene]]) -> list[Scene]:
    """Put the path before names that occur twice in a data set."""
    times = Counter((scene.data_set, scene.name) for _, scene in scenes)
    return [
        replace(scene, name=f"{path.resolve().as_posix()}/{scene.name}".lstrip("/"))
        if times[scene.data_set, scene.name] > 1
        else scene
        for path, scene in scenes
    ]
