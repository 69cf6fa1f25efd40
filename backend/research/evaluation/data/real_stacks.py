"""Real stacks, without true depth, in which flat places and pairs of points are marked; see `surfaces`.

They are registered as `focal-depth estimate` does it, and measured at its working size.
"""

from functools import partial
from pathlib import Path

from ..estimate_steps import register_as_estimate
from .scene import DISPARITY, EvaluationStack, Scene
from .surfaces import SOURCE, SURFACES, Surfaces, read_surfaces

__all__ = ["SOURCE", "read"]


def read(path: Path) -> list[Scene]:
    """Return the stacks in a folder with surfaces.json, or the one that is `path` if that file marks it."""
    if (path / SURFACES).exists():
        marked = read_surfaces(path / SURFACES)
        return [_scene(path / name, each) for name, each in marked.items() if (path / name).is_dir()]
    path = path.resolve()
    if path.is_dir() and (path.parent / SURFACES).exists():
        marked = read_surfaces(path.parent / SURFACES)
        return [_scene(path, marked[path.name])] if path.name in marked else []
    return []


def _scene(folder: Path, surfaces: Surfaces) -> Scene:
    return Scene(SOURCE.data_set, "all", folder.name, partial(_load, folder), surfaces)


def _load(folder: Path) -> EvaluationStack:
    registration = register_as_estimate(folder)
    focus = registration.stack.positions.astype(float)
    return EvaluationStack(registration.pictures, focus, DISPARITY, registration=registration)
