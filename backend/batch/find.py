"""The focal stacks in trees of folders, each with a name of its own."""

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..contract.errors import InputError
from ..contract.files import DEPTH_EXR, RESULT_JSON
from ..contract.formats import is_clip, photographs_among
from ..contract.output_folder import SUFFIX
from ..io.clip_file import read_clip_header
from ..stack.brackets import Shot, brackets
from ..stack.find import expand_pages
from ..stack.names import natural_key

LONGEST_NAME = 100  # bytes: file systems allow 255 for a name and what is added to it


@dataclass(frozen=True)
class StackFolder:
    """The photographs of one bracket, or a clip, and the name of its result."""

    name: str
    photographs: tuple[Path, ...]
    size: tuple[int, int] | None  # (width, height) in pixels; None where no photograph can be read

    @property
    def folder(self) -> Path:
        """Where its photographs are."""
        return self.photographs[0].parent


def find_stacks(roots: Sequence[Path], output: Path) -> list[StackFolder]:
    """Every bracket below the folders `roots`, one of a single photograph too; nothing in `output`.

    Clips are stacks where their folder has no photographs, beside which phones keep what they film meanwhile.

    Raises InputError where a root is no folder, or there are no photographs.
    """
    found: dict[Path, list[StackFolder]] = {}
    for root in map(_absolute, roots):
        if not root.is_dir():
            raise InputError(f"{root} is no folder; give folders that hold focal stacks")
        for folder, photographs in _folders(root, _absolute(output)):
            if folder not in found:
                clips = [[_clip_shot(path)] for path in photographs if is_clip(path)]
                found[folder] = _named(root, folder, clips or brackets(folder, photographs))
    stacks = [stack for folder in found.values() for stack in folder]
    if not stacks:
        raise InputError(
            f"{_absolute(roots[0])} holds no photographs; give folders with JPEG, PNG, TIFF, WebP, BMP, "
            "HEIC, EXR or raw files, or with clips"
        )
    return _distinct(stacks)


def _absolute(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _folders(root: Path, output: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Every folder with photographs, or with clips alone, in the order of names; results are none."""
    for place, folders, files in os.walk(root):
        folder = Path(place)
        if folder == output or {DEPTH_EXR, RESULT_JSON} <= set(files):
            folders.clear()
            continue
        folders[:] = sorted(
            (name for name in folders if not name.startswith(".") and not name.endswith(SUFFIX)),
            key=lambda name: natural_key(Path(name)),
        )
        shown = [folder / name for name in files if not name.startswith(".")]
        if photographs := photographs_among(shown):
            yield folder, expand_pages(photographs)
        elif clips := sorted(filter(is_clip, shown), key=natural_key):
            yield folder, clips


def _clip_shot(clip: Path) -> Shot:
    try:
        header = read_clip_header(clip)
    except InputError:  # which estimating it will explain
        return Shot(clip)
    return Shot(clip, size=(header.width, header.height))


def _named(root: Path, folder: Path, parts: list[list[Shot]]) -> list[StackFolder]:
    """The bracket that begins the folder has its name, others their first photograph's besides: so names
    stay when more are taken.
    """
    base = "+".join(_written(part) for part in (root.name or "root", *folder.relative_to(root).parts))
    first = min((shot.path for part in parts for shot in part), key=natural_key)
    stacks = []
    for part in parts:
        name = base if part[0].path == first else f"{base}@{_written(part[0].path.name)}"
        sizes = Counter(shot.size for shot in part if shot.size)
        size = sizes.most_common(1)[0][0] if sizes else None
        stacks.append(StackFolder(_short(name), tuple(shot.path for shot in part), size))
    return stacks


def _written(name: str) -> str:
    """A part of a name as any file system and any page takes it; no two are written alike."""
    return re.sub(r"[^\w .-]|[ .]$|^ ", lambda found: f"={ord(found[0]):x}=", name)


def _short(name: str) -> str:
    if len(name.encode()) <= LONGEST_NAME:
        return name
    start = name.encode()[: LONGEST_NAME - 17].decode(errors="ignore")
    return f"{start}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _distinct(stacks: list[StackFolder]) -> list[StackFolder]:
    """Roots of one name, and names that some file systems take for one, are told apart by where they lie."""
    alike = Counter(_folded(stack.name) for stack in stacks)
    return [stack if alike[_folded(stack.name)] == 1 else _told_apart(stack) for stack in stacks]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _told_apart(stack: StackFolder) -> StackFolder:
    place = hashlib.sha256(os.fsencode(stack.photographs[0])).hexdigest()[:16]
    return StackFolder(f"{stack.name}~{place}", stack.photographs, stack.size)
