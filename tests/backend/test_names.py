"""Public names hold none of the words that docs/glossary.md bans."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from photographs import PROJECT

GLOSSARY = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
LEAD = "Banned in names: "
SOURCES = [
    path for folder in ("backend", "focal_depth_addon") for path in sorted((PROJECT / folder).rglob("*.py"))
]
EXEMPT = {
    "backend/cli/look.py",  # the command's former name, until version 0.3
    "focal_depth_addon/properties.py: Settings.look",  # as .blend files have it
}


def banned_words() -> set[str]:
    (line,) = (line for line in GLOSSARY.splitlines() if line.startswith(LEAD))
    return {word.strip() for word in line.removeprefix(LEAD).rstrip(".").split(",")}


def parts(name: str) -> set[str]:
    """The words of a name in snake_case or CamelCase."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def public_names(tree: ast.Module) -> Iterator[str]:
    """Of classes, functions, methods, constants, fields and of the parameters of what is public."""
    yield from _names_in(tree.body, "")


def _names_in(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if _is_public(node.name):
                yield f"{prefix}{node.name}"
                for argument in _parameters(node.args):
                    yield f"{prefix}{node.name}.{argument}"
            case ast.ClassDef() if _is_public(node.name):
                yield f"{prefix}{node.name}"
                yield from _names_in(node.body, f"{prefix}{node.name}.")
            case ast.Assign():
                for target in node.targets:
                    yield from (f"{prefix}{name}" for name in _assigned(target))
            case ast.AnnAssign():
                yield from (f"{prefix}{name}" for name in _assigned(node.target))
            case ast.If() | ast.Try():
                yield from _names_in(node.body + node.orelse, prefix)


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    yield from (each.arg for each in every if _is_public(each.arg))
    yield from (each.arg for each in (arguments.vararg, arguments.kwarg) if each)


def _assigned(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name) and _is_public(target.id):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _assigned(element)


def _is_public(name: str) -> bool:
    """Also `__init__`, whose parameters are a class's."""
    return not name.startswith("_") or name == "__init__"


def offenders(path: Path, text: str, banned: set[str]) -> list[str]:
    place = path.relative_to(PROJECT).as_posix()
    names = [(place, path.stem), *((f"{place}: {name}", name) for name in public_names(ast.parse(text)))]
    return [where for where, name in names if parts(name.rpartition(".")[2]) & banned and where not in EXEMPT]


def test_no_public_name_holds_a_banned_word():
    banned = banned_words()
    assert {"look", "settled", "found", "doubts"} <= banned
    bad = [each for path in SOURCES for each in offenders(path, path.read_text(encoding="utf-8"), banned)]
    assert bad == [], "\n".join(bad)


def test_what_is_exempt_is_there_still():
    banned = banned_words()
    all_names = set()
    for path in SOURCES:
        place = path.relative_to(PROJECT).as_posix()
        names = public_names(ast.parse(path.read_text(encoding="utf-8")))
        all_names |= {place, *(f"{place}: {name}" for name in names)}
    assert all_names >= EXEMPT
    assert all(parts(re.split(r"[.:/]", each.removesuffix(".py"))[-1]) & banned for each in EXEMPT)


BAD = """
FOUND, fine = 1, 2
if True:
    LOOK_SIZE: int = 3

class Known:
    doubts: int
    x, typed = 1, 2

    def is_settled(self, *told, **rest): ...

    def _seen(self, found): ...

def read(path, /, asked_for, *, MadeUp=None): ...

def outer():
    look = 1

class _Odd:
    found: int
"""


def test_the_names_that_are_found():
    """Else the test above could not fail."""
    expected = ["FOUND", "LOOK_SIZE", "Known", "Known.doubts", "Known.typed", "Known.is_settled"]
    expected += ["Known.is_settled.told", "read.asked_for", "read.MadeUp"]
    path = PROJECT / "backend" / "looking_glass.py"
    bad = offenders(path, BAD, banned_words())
    assert bad == ["backend/looking_glass.py", *(f"backend/looking_glass.py: {name}" for name in expected)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("find_stacks", {"find", "stacks"}),
        ("LookAtDepth", {"look", "at", "depth"}),
        ("FOCAL_DEPTH_OT_show_log", {"focal", "depth", "ot", "show", "log"}),
        ("EXRFile2", {"exr", "file"}),
        ("overlook", {"overlook"}),
    ],
)
def test_names_fall_into_words(name, words):
    assert parts(name) == words
