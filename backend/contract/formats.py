"""Which files are photographs, by their endings, and which of them are one shot."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

# Where a shot is there in several kinds, as many shots have each, the first of these is taken.
KINDS = {
    "EXR": (".exr",),
    "TIFF": (".tif", ".tiff"),
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "HEIC": (".heic", ".heif", ".hif"),
    "WebP": (".webp",),
    "BMP": (".bmp",),
    # By their names: most are TIFF, of which other decoders take the small preview.
    "raw": (".dng", ".nef", ".nrw", ".cr2", ".cr3", ".arw", ".raf", ".rw2", ".orf", ".pef", ".srw"),
}
RAW_EXTENSIONS = KINDS["raw"]
EXTENSIONS = tuple(extension for extensions in KINDS.values() for extension in extensions)
# What phones add to the names of one shot's files: a Pixel's raw and its JPEG, or a photograph with a clip.
PARTS_OF_A_SHOT = re.compile(r"(\.RAW-\d+)?(\.MP)?(\.(COVER|ORIGINAL))?$", re.IGNORECASE)

COMPACT = ("JPEG", "HEIC")  # kinds that gave up detail for size

CLIP_EXTENSIONS = (".mp4", ".mov", ".m4v", ".mkv", ".avi")
# A page of a TIFF or a frame of a clip, from 1.
PART = re.compile(r"(.+\.(?:tiff?|mp4|mov|m4v|mkv|avi))#([1-9][0-9]{0,5})", re.IGNORECASE)


def locate(path: Path) -> tuple[Path, int]:
    """Return the file of a photograph and its page or frame there: FILE.tif#3 is the third of FILE.tif."""
    match = PART.fullmatch(str(path))
    return (Path(match[1]), int(match[2])) if match and not path.exists() else (path, 1)


def is_clip(path: Path) -> bool:
    """Whether a path is that of a clip, by its ending."""
    return path.suffix.lower() in CLIP_EXTENSIONS


def is_clip_frame(path: Path) -> bool:
    """Whether a path is that of a frame of a clip, CLIP.mp4#37 for example."""
    file, _ = locate(path)
    return file != path and is_clip(file)


def is_compact(path: Path) -> bool:
    """Whether a photograph's file gave up detail for size, by its ending: a frame of a clip did."""
    return kind_of(path) in COMPACT or is_clip_frame(path)


def photographs_among(paths: Iterable[Path]) -> list[Path]:
    """List those with a photograph's ending, one of each shot, in the order given."""
    return choose_kinds(path for path in paths if kind_of(path))[0]


def choose_kinds(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Choose one file of each shot, where cameras and people keep it in several kinds.

    The kind that most shots are there in is taken of all, so that the frames of a stack are alike.

    Parameters
    ----------
    paths
        Of files. Those without a photograph's ending are chosen, to be refused where they are read.

    Returns
    -------
    chosen, others : list of Path
        In the order given.
    """
    paths = list(paths)
    kinds = {path: kind_of(path) for path in paths}
    shots: dict[tuple[str, str], set[str]] = {}
    for path, kind in kinds.items():
        if kind:
            shots.setdefault(_shot(path), set()).add(kind)
    usual = Counter(kind for of_shot in shots.values() for kind in of_shot)
    order = {kind: number for number, kind in enumerate(KINDS)}
    best = {
        shot: min(of_shot, key=lambda kind: (-usual[kind], order[kind])) for shot, of_shot in shots.items()
    }
    chosen = [path for path, kind in kinds.items() if kind is None or kind == best[_shot(path)]]
    taken = set(chosen)
    return chosen, [path for path in paths if path not in taken]


def kind_of(path: Path) -> str | None:
    """Return the kind of a photograph, one of `KINDS`, by its ending; None of other files."""
    suffix = path.suffix.lower()
    return next((kind for kind, extensions in KINDS.items() if suffix in extensions), None)


def _shot(path: Path) -> tuple[str, str]:
    """Folder and name of what was taken, whatever it was saved as."""
    stem = PARTS_OF_A_SHOT.sub("", path.name[: -len(path.suffix)] if path.suffix else path.name)
    return str(path.parent), unicodedata.normalize("NFC", stem).casefold()
