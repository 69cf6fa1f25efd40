"""Which part of the code may import which, by its sources: the directions of the house in the README."""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest
from photographs import PROJECT

BLENDER = {
    "bpy",
    "bmesh",
    "mathutils",
    "gpu",
    "gpu_extras",
    "blf",
    "aud",
    "freestyle",
    "bl_ext",
    "bpy_extras",
}
INTERNET = {"requests", "urllib", "http", "socket", "ssl", "ftplib", "smtplib", "asyncio"}
LIBRARIES = {
    "torch",
    "onnxruntime",
    "onnx",
    "OpenEXR",
    "cv2",
    "PIL",
    "pyexiv2",
    "av",
    "rawpy",
    "pi_heif",
    "simplejpeg",
}
RESEARCH_COMMANDS = {"simulate", "train", "evaluate", "submit", "import_weights"}
TORCH_COMMANDS = {"simulate", "train", "import_weights"}
PUBLIC_NAME = "focal_depth"  # what `backend` is installed as
ROOT_MODULES = {"__init__", "__main__", "pipeline"}


class Import(NamedTuple):
    """An import in a module: both as dotted names from the repository's root, and where it stands."""

    importer: str
    imported: str
    function: str  # "" outside of functions
    is_relative: bool


def module_name(path: str) -> str:
    """`backend.io.result` of `backend/io/result.py`, `backend.io` of its __init__.py."""
    return ".".join(PurePosixPath(path).with_suffix("").parts).removesuffix(".__init__")


def imports(sources: Mapping[str, str]) -> Iterator[Import]:
    """All imports, those inside functions and under TYPE_CHECKING too."""
    modules = frozenset(module_name(path) for path in sources)
    for path, text in sources.items():
        yield from _imports_of(path, text, modules)


@cache
def _imports_of(path: str, text: str, modules: frozenset[str]) -> list[Import]:
    package = PurePosixPath(path).parent.parts
    return list(_imports_below(ast.parse(text), module_name(path), package, modules))


def _imports_below(
    tree: ast.AST, importer: str, package: tuple[str, ...], modules: frozenset[str], function: str = ""
) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, _by_folder(alias.name), function, False)
        elif isinstance(node, ast.ImportFrom):
            base = _by_folder(node.module or "")
            if node.level:
                base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            for alias in node.names:
                full = ".".join(filter(None, [base, alias.name]))
                yield Import(importer, full if full in modules else base, function, node.level > 0)
        inside = node.name if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else function
        yield from _imports_below(node, importer, package, modules, inside)


def _by_folder(name: str) -> str:
    first, dot, rest = name.partition(".")
    return f"{'backend' if first == PUBLIC_NAME else first}{dot}{rest}"


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def top(module: str) -> str:
    return module.partition(".")[0]


def is_command(module: str, names: set[str]) -> bool:
    return module in {f"backend.cli.{name}" for name in names}


def is_guarded_torch(each: Import) -> bool:
    """The choice of a processor asks torch, where it is installed, in one function."""
    return each.importer == "backend.runtime.devices" and each.function == "torch_device"


# Each says of an import whether it runs the wrong way.
RULES: dict[str, Callable[[Import], bool]] = {
    "the add-on takes nothing of the backend but the contract": lambda each: (
        top(each.importer) != "backend"
        and is_within(each.imported, "backend")
        and not is_within(each.imported, "backend.contract")
    ),
    "the add-on does without the backend's libraries": lambda each: (
        top(each.importer) != "backend" and top(each.imported) in LIBRARIES
    ),
    "the backend knows nothing of Blender or the add-on": lambda each: (
        top(each.importer) == "backend" and top(each.imported) in BLENDER | {"focal_depth_addon"}
    ),
    "the contract needs nothing but the standard library": lambda each: (
        is_within(each.importer, "backend.contract")
        and not is_within(each.imported, "backend.contract")
        and top(each.imported) not in sys.stdlib_module_names
    ),
    "what is shipped does without research": lambda each: (
        is_within(each.imported, "backend.research")
        and not is_within(each.importer, "backend.research")
        and not is_command(each.importer, RESEARCH_COMMANDS)
    ),
    "research alone needs torch": lambda each: (
        top(each.imported) == "torch"
        and not is_within(each.importer, "backend.research")
        and not is_command(each.importer, TORCH_COMMANDS)
        and not is_guarded_torch(each)
    ),
    "no step knows of the cache": lambda each: (
        is_within(each.imported, "backend.runtime.cache")
        and top(each.importer) == "backend"
        and not is_within(each.importer, "backend.cli")
        and not is_within(each.importer, "backend.batch")
        and each.importer != "backend"
    ),
    "imports within the package are relative: the extension carries it under another name": lambda each: (
        top(each.imported) in {"backend", "focal_depth_addon"} and not each.is_relative
    ),
    "nothing asks the internet": lambda each: top(each.imported) in INTERNET,
}


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """Every source of the extension by its path from the root."""
    paths = [PROJECT / "__init__.py"]
    for folder in ("backend", "focal_depth_addon"):
        paths += sorted((PROJECT / folder).rglob("*.py"))
    texts = {path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    assert len(texts) > 150
    return texts


def violations(sources: Mapping[str, str], rule: str) -> list[str]:
    return [f"{each.importer} imports {each.imported}" for each in imports(sources) if RULES[rule](each)]


@pytest.mark.parametrize("rule", RULES)
def test_imports_run_one_way(sources, rule):
    assert violations(sources, rule) == []


# A line that breaks each rule, in the module in which it would, and one that does not.
WRONG = [
    (0, "focal_depth_addon/ui/a.py", "from ...backend.io import exr", "from ...backend.contract import cost"),
    (0, "focal_depth_addon/a.py", "from ..backend import pipeline", "from ..backend.contract import errors"),
    (0, "focal_depth_addon/errors.py", "from .. import backend", "from . import jobs"),
    (0, "__init__.py", "from .backend.io.result import Result", "from .focal_depth_addon import register"),
    (1, "focal_depth_addon/errors.py", "def f():\n    import cv2", "import numpy"),
    (2, "backend/io/arrays.py", "import bpy", "import numpy"),
    (2, "backend/geometry/mesh.py", "from mathutils.geometry import tessellate_polygon", "import math"),
    (2, "backend/io/arrays.py", "from ...focal_depth_addon import errors", "from ..contract import errors"),
    (3, "backend/contract/cost.py", "import numpy as np", "import json"),
    (3, "backend/contract/cost.py", "from ..stack import Frame", "from .limits import MAX_SIDE"),
    (4, "backend/pipeline.py", "from .research.networks import depth", "from .io import arrays"),
    (4, "backend/cli/estimate.py", "from ..research import torch_session", "from ..io import arrays"),
    (5, "backend/depth/tiling.py", "def f():\n    from torch import nn", "import torchlike"),
    (5, "backend/runtime/devices.py", "import torch", "def torch_device():\n    import torch"),
    (6, "backend/pipeline.py", "from .runtime import cache", "from .runtime import config"),
    (6, "backend/depth/tiling.py", "from ..runtime.cache import versions", "from ..runtime import timings"),
    (7, "backend/io/arrays.py", "from focal_depth.contract import limits", "from ..contract import limits"),
    (7, "focal_depth_addon/errors.py", "import focal_depth_addon.jobs", "from . import jobs"),
    (8, "backend/io/arrays.py", "from urllib.request import urlopen", "import zipfile"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "path", "wrong", "right"), WRONG)
def test_each_rule_can_fail(sources, number, path, wrong, right):
    rule = list(RULES)[number]
    assert len(violations(sources | {path: wrong}, rule)) == 1
    assert violations(sources | {path: right}, rule) == []


def test_every_rule_is_tried():
    assert {number for number, *_ in WRONG} == set(range(len(RULES)))


def flat_modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")}


def test_every_module_of_the_backend_is_in_a_room(tmp_path):
    assert flat_modules(PROJECT / "backend") == ROOT_MODULES
    (tmp_path / "claim.py").touch()
    assert flat_modules(tmp_path) - ROOT_MODULES == {"claim"}


def test_every_folder_of_the_backend_says_what_it_is_for():
    for folder in {path.parent for path in (PROJECT / "backend").rglob("*.py")}:
        text = (folder / "__init__.py").read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), folder.relative_to(PROJECT)
