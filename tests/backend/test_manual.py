"""Documents are right: links lead somewhere, the panel has their names, sources have their messages."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "manual"
BACKEND_OF_ARTISTS = (  # not of commands or training
    "contract",
    "stack",
    "io",
    "registration",
    "depth",
    "fusion",
    "retouch",
    "runtime",
    "pipeline.py",
)
RAISING = {"UserError", "InputError", "poll_message_set"}
OF_COMMANDS = ("--", ".onnx file", "give a number above 0", "such as …")
OF_SCRIPTS = ("The place is outside the picture", "Set filepath", "in a script use focal_depth.step")
IN_BLENDER = """Edit, Preferences, Get Extensions, Add-ons, Install from Disk..., Item, Light, Studio, Add,
Mesh, Monkey, Add Monkey, Size, Location X, Location Z, Rotation X, Shade Smooth, Power, Radius, Strength,
Render Engine, Cycles, F-Stop, Depth of Field"""  # names of Blender's own interface
ELLIPSIS = "…"  # in place of what a sentence is completed with


def documents() -> list[Path]:
    mine = (path for path in ROOT.rglob("*.md") if not path.relative_to(ROOT).parts[0].startswith("."))
    return sorted(path for path in mine if "output" not in path.parts and "build" not in path.parts)


def sentences(paths: list[Path]) -> set[str]:
    """All string literals of those sources, as the manual writes them."""
    literals = {_written(node) for path in paths for node in ast.walk(_parsed(path))}
    return {each for each in literals if each}


def messages(paths: list[Path]) -> set[str]:
    """Sentences of those sources on why a button is grey, and why a task cannot continue."""
    calls = (node for path in paths for node in ast.walk(_parsed(path)) if isinstance(node, ast.Call))
    raising = [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in RAISING]
    firsts = (next(filter(None, map(_written, ast.walk(call))), None) for call in raising)
    return {first for first in firsts if first}


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _written(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{[^{}]*\}", ELLIPSIS, node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_written(part) or ELLIPSIS for part in node.values)
    return None


def sources(*folders: str) -> list[Path]:
    roots = [ROOT / folder for folder in folders]
    return sorted(path for each in roots for path in ([each] if each.is_file() else each.rglob("*.py")))


ADDON = sources("focal_depth_addon")
BACKEND = sources(*(f"backend/{name}" for name in BACKEND_OF_ARTISTS))


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_pictures_are_there(document):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, heading = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings]


def test_every_picture_is_shown_and_they_are_small():
    shown = set(re.findall(r"pictures/([\w.]+)", "".join(page.read_text() for page in MANUAL.glob("*.md"))))
    pictures = {path.name: path.stat().st_size for path in (MANUAL / "pictures").iterdir()}
    assert shown == pictures.keys()
    assert sum(pictures.values()) < 3e6


@pytest.mark.parametrize("page", ["first_project.md", "panel.md", "troubleshooting.md"])
def test_bold_names_are_in_the_interface(page):
    bold = re.findall(r"\*\*([^*]+)\*\*", (MANUAL / page).read_text(encoding="utf-8"))
    parts = {part for name in bold for part in " ".join(name.split()).split(" > ")}
    names = sentences(ADDON) | set(re.split(r",\s", IN_BLENDER))
    of_files = {f"{name} ({suffix})" for name in names for suffix in (".usdz", ".glb")}
    assert parts - names - of_files == set()


def test_troubleshooting_quotes_messages():
    quoted = re.findall(r'"([^"]+)"', (MANUAL / "troubleshooting.md").read_text(encoding="utf-8"))
    sources_text = {_bare(each) for each in sentences(sources("focal_depth_addon", "backend"))}
    assert [each for each in quoted if not any(_bare(each) in one for one in sources_text)] == []


def test_troubleshooting_has_all_messages_for_artists():
    page = _bare((MANUAL / "troubleshooting.md").read_text(encoding="utf-8"))
    for_artists = {each for each in messages(ADDON + BACKEND) if not _of_others(each)}
    assert len(for_artists) > 40
    assert [each for each in sorted(for_artists) if _bare(each) not in page] == []


def _of_others(sentence: str) -> bool:
    return any(word in sentence for word in OF_COMMANDS + OF_SCRIPTS)


def _bare(text: str) -> str:
    """Without what differs in writing only: neighbouring ellipses, quotes within quotes, line ends."""
    return re.sub(rf"{ELLIPSIS}( ?{ELLIPSIS})+", ELLIPSIS, " ".join(text.split()))
