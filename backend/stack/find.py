"""Which files are the photographs of a stack."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..contract.errors import InputError
from ..contract.formats import choose_kinds, is_clip, kind_of, photographs_among
from ..io.clip_frames import plan_reading
from ..io.png_tiff import count_pages
from ..runtime.timings import Progress, no_progress
from .clips import ClipFrames, choose_clip_frames
from .names import join_names, natural_key
from .overrides import Overrides

MOST_NAMED = 3


class Photographs(NamedTuple):
    """The photographs of a stack, and what was passed over.

    Attributes
    ----------
    paths
        Absolute, in file-name order; FILE.tif#N for a page of a TIFF.
    remarks
        Sentences for the person who gave them.
    passed_over
        Files of the same shots in other kinds.
    of_clip
        What was taken of the clip that was given.
    """

    paths: list[Path]
    remarks: tuple[str, ...]
    passed_over: list[Path]
    of_clip: ClipFrames | None = None

    @property
    def all(self) -> list[Path]:
        """All files that a person may name."""
        return [*self.paths, *self.passed_over]


def find_photographs(
    photographs: Sequence[Path | str], overrides: Overrides, progress: Progress = no_progress
) -> Photographs:
    """Find a stack's photographs, one of each shot, in file-name order whatever theirs was.

    Parameters
    ----------
    photographs
        Files, or one folder that holds them. Where that is a single TIFF of several pages, they are the
        photographs; frames of a single clip are chosen.
    overrides
        What a person types: which part of a clip is taken.
    progress
        Told how many frames of a clip were looked at.

    Raises
    ------
    InputError
        Where there are fewer than two, or folders among files.
    """
    if not photographs:
        raise InputError("no photographs given; name a folder or at least two files")
    paths = [Path(path).absolute() for path in photographs]
    folders = [path for path in paths if path.is_dir()]
    if folders and len(paths) > 1:
        raise InputError(f"{folders[0]} is a folder; give one folder alone, or files")
    if folders:
        paths = [path for path in _visible(folders[0]) if kind_of(path)] or _only_clip(folders[0])
    if not paths:
        raise InputError(
            f"{folders[0]} holds no photographs; put JPEG, PNG, TIFF, WebP, BMP, HEIC, EXR or raw files, or "
            "a clip there"
        )
    if clip := next((path for path in paths if is_clip(path)), None):
        return _find_in_clip(clip, paths, overrides, progress)
    plan_reading(paths)
    chosen, others = choose_kinds(sorted(dict.fromkeys(paths), key=natural_key))
    remarks = _other_kinds(chosen, others)
    if overrides.is_of_clip:
        remarks += ("--frames, --from and --to are for clips, not for photographs: all were taken.",)
    if len(chosen) == 1:
        chosen = expand_pages(chosen)
    elif several := [path.name for path in chosen if _count_pages(path) > 1]:
        remarks += (f"Only the first page was used of {_shortened(several)}.",)
    if len(chosen) < 2:
        raise InputError(
            f"{chosen[0]} is only one photograph; a focal stack needs at least two, focused differently"
        )
    return Photographs(chosen, remarks, others)


def _only_clip(folder: Path) -> list[Path]:
    """The clip in a folder without photographs, if there is just one."""
    clips = [path for path in _visible(folder) if is_clip(path)]
    if len(clips) > 1:
        raise InputError(f"{folder} holds {len(clips)} clips; give one of them")
    return clips


def _find_in_clip(clip: Path, paths: Sequence[Path], overrides: Overrides, progress: Progress) -> Photographs:
    if len(paths) > 1:
        raise InputError(f"{clip} is a clip; give one clip alone, or photographs")
    frames = choose_clip_frames(clip, overrides, progress)
    plan_reading(frames.paths)
    return Photographs(frames.paths, frames.remarks, [], frames)


def expand_pages(paths: Sequence[Path]) -> list[Path]:
    """Return the pages of a single TIFF that has several; other photographs as they are."""
    if len(paths) != 1 or (count := _count_pages(paths[0])) < 2:
        return list(paths)
    return [paths[0].with_name(f"{paths[0].name}#{page}") for page in range(1, count + 1)]


def photographs_in(folder: Path) -> list[Path]:
    """Return the photographs in a folder, in file-name order; hidden files do not count."""
    return sorted(photographs_among(_visible(folder)), key=natural_key)


def _visible(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if not path.name.startswith(".")]


def _other_kinds(chosen: Sequence[Path], others: Sequence[Path]) -> tuple[str, ...]:
    """A sentence on the shots that are there in several kinds, or none."""
    if not others:
        return ()
    taken, left = (Counter(filter(None, map(kind_of, paths))) for paths in (chosen, others))
    return (
        f"{len(others)} photographs are there twice, as {join_names(sorted(set(taken) | set(left)))}: "
        f"{join_names(sorted(taken))} was used, not {_shortened([path.name for path in others])}.",
    )


def _count_pages(path: Path) -> int:
    if kind_of(path) != "TIFF":
        return 1
    try:
        return count_pages(path)
    except (InputError, OSError):  # which reading it will explain
        return 1


def _shortened(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMED:
        return join_names(names)
    return join_names([*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more"])
