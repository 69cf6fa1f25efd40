"""From files to a FocalStack: who says what about each frame, in which order, and what is in doubt."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..contract.errors import InputError
from ..io.photographs import Header, photographs_among, read_file, read_header
from .focal_stack import FocalStack, Frame
from .metadata import Metadata, read_metadata
from .order import (
    FocusSequence,
    alike,
    fill_gaps,
    looks_reversed,
    natural_key,
    sequence_by_names,
    sequence_by_sharpness,
    spread_ties,
    tied_groups,
    trend,
)
from .overrides import Overrides
from .sidecars import Told, read_sidecars

T = TypeVar("T")
SMALLEST_SIDE = 32  # pixels
RELATIVE_DEPTH = (
    "Fewer than two focus distances are known, so depth is relative: type those of two photographs to "
    "get metres."
)


class AllAlike(InputError):
    """No two photographs have different focus distances."""


@dataclass(frozen=True)
class File:
    """A photograph that can be read, and what it says itself."""

    path: Path
    header: Header
    metadata: Metadata


@dataclass(frozen=True)
class Reading:
    """A frame, and what its file says besides."""

    frame: Frame
    metadata: Metadata

    @property
    def distance_step(self) -> float:
        """Relative step of the code its focus distance is stored in; 0 where it is fine."""
        metadata = self.metadata
        return metadata.distance_step if self.frame.distance_source == metadata.distance_source else 0.0


def read_stack(photographs: Sequence[Path], typed: Overrides | None = None) -> FocalStack:
    """The frames far to near, from files or one folder; pixels are looked at only for their order.

    Raises InputError where there are too few photographs, or unreadable ones, or of several sizes, or
    all focused alike.
    """
    typed = typed or Overrides()
    paths = find_photographs(photographs)
    readings = read_frames([open_file(path) for path in paths], typed, paths)
    check_sizes([reading.frame for reading in readings])
    stack = assemble(readings, typed)
    return stack.with_warnings(*_doubt_warnings(readings), *_tie_warnings(stack), *_lens_warnings(stack))


def assemble(readings: Sequence[Reading], typed: Overrides) -> FocalStack:
    """The stack of frames of one size, given in file-name order, with the warnings that concern it whole.

    Raises InputError, AllAlike among them.
    """
    frames = [reading.frame for reading in readings]
    _check_large_enough(frames[0])
    known = np.array([math.nan if frame.dioptres is None else frame.dioptres for frame in frames])
    unknown = int(np.isnan(known).sum())
    if len(frames) - unknown < 2:
        return relative_stack(frames, sequence_of(frames, typed), RELATIVE_DEPTH)
    if unknown == 0:
        sequence = FocusSequence(np.arange(len(frames)), "focus distance")
        warnings = _contradiction(known, typed)
    else:
        sequence = sequence_of(frames, typed)
        warnings = [*sequence.warnings[:1], _interpolated(unknown, len(frames))]
    stack = _metric_stack(readings, known, sequence)
    return stack.with_warnings(*warnings, *_reversal_warnings(stack))


def find_photographs(photographs: Sequence[Path]) -> list[Path]:
    """Absolute paths in file-name order: the files given, or the photographs in the one folder given."""
    if not photographs:
        raise InputError("no photographs given; name a folder or at least two files")
    given = [Path(path).absolute() for path in photographs]
    folders = [path for path in given if path.is_dir()]
    if folders and len(given) > 1:
        raise InputError(f"{folders[0]} is a folder; give one folder alone, or files")
    paths = _in_folder(folders[0]) if folders else given
    if not paths:
        raise InputError(
            f"{folders[0]} holds no photographs; put JPEG, PNG, TIFF, WebP, HEIC, EXR or raw files there"
        )
    paths = sorted(dict.fromkeys(paths), key=natural_key)
    if len(paths) < 2:
        raise InputError(
            f"{paths[0]} is only one photograph; a focal stack needs at least two, focused differently"
        )
    return paths


def _in_folder(folder: Path) -> list[Path]:
    names = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted(photographs_among(names), key=natural_key)


def open_file(path: Path) -> File:
    """Raises InputError where the file is missing, broken or no photograph."""
    data = read_file(path)
    header = read_header(path, data)
    return File(path, header, read_metadata(data, header))


def read_frames(files: Sequence[File], typed: Overrides, paths: Sequence[Path]) -> list[Reading]:
    """What is known of each file's frame; `paths` are all photographs that sidecars and typing may name."""
    told = _tell([file.path for file in files])
    distances = match_names(typed.focus_distances, paths, "--focus-distance")
    return [_reading(file, told[file.path], typed, distances.get(file.path)) for file in files]


def _tell(paths: Sequence[Path]) -> dict[Path, Told]:
    """What sidecars tell, folder by folder."""
    told: dict[Path, Told] = {}
    for folder in dict.fromkeys(path.parent for path in paths):
        here = [path for path in paths if path.parent == folder]
        if not folder.is_dir():
            raise InputError(f"{here[0]} does not exist; check the path")
        rows = read_sidecars(folder, [p.name for p in here], [p.name for p in _in_folder(folder)])
        told.update({path: rows[path.name] for path in here})
    return told


def match_names(said: Mapping[str, T], paths: Sequence[Path], option: str) -> dict[Path, T]:
    """What `option` says of photographs by file name or path, by path."""
    matched: dict[Path, T] = {}
    for name, value in said.items():
        found = [path for path in paths if path.name == name or path == Path(name).absolute()]
        if len(found) != 1:
            raise InputError(
                f"{option} {name} fits {len(found)} photographs; "
                f"name one of them by its file name or path, such as {paths[0].name}"
            )
        matched[found[0]] = value
    return matched


def _reading(file: File, told: Told, typed: Overrides, typed_distance: float | None) -> Reading:
    """One frame: typed beats sidecar beats metadata."""
    header, metadata = file.header, file.metadata
    distance, source = _first_known(
        (typed_distance, "typed"),
        (told.focus_distance, "sidecar"),
        (metadata.focus_distance, metadata.distance_source),
    )
    frame = Frame(
        path=file.path,
        width=header.width,
        height=header.height,
        focus_distance=distance,
        distance_source=source,
        focal_length=typed.focal_length or told.focal_length or metadata.focal_length,
        f_number=typed.f_number or told.f_number or metadata.f_number,
        sensor_width=typed.sensor_width or told.sensor_width or metadata.sensor_width,
        bits_per_channel=header.bits_per_channel,
    )
    _check_focus(frame)
    return Reading(frame, metadata)


def _first_known(*candidates: tuple[float | None, str]) -> tuple[float | None, str]:
    return next((pair for pair in candidates if pair[0] is not None), (None, "unknown"))


def _check_focus(frame: Frame) -> None:
    if frame.dioptres and frame.focal_length and frame.dioptres * frame.focal_length >= 1:
        raise InputError(
            f"{frame.path} is said to be focused at {frame.focus_distance:.3g} m, within its focal "
            f"length of {1000 * frame.focal_length:.3g} mm; correct the distance or the focal length"
        )


def check_sizes(frames: Sequence[Frame]) -> None:
    """Raises InputError unless all are of one size."""
    usual = usual_size(frames)
    for odd in frames:
        if odd.size != usual:
            raise InputError(
                f"{odd.path} is {odd.width} x {odd.height} pixels and others are {usual[0]} x {usual[1]}; "
                "leave it out, or give photographs of one size, held the same way"
            )


def _check_large_enough(frame: Frame) -> None:
    if min(frame.size) < SMALLEST_SIDE:
        raise InputError(
            f"{frame.path} is {frame.width} x {frame.height} pixels, too few to find depth in; give "
            f"photographs of {SMALLEST_SIDE} x {SMALLEST_SIDE} at least"
        )


def usual_size(frames: Sequence[Frame]) -> tuple[int, int]:
    """(width, height) in pixels of most of them."""
    return Counter(frame.size for frame in frames).most_common(1)[0][0]


def sequence_of(frames: Sequence[Frame], typed: Overrides) -> FocusSequence:
    """The order of frames, given in file-name order, whose distances do not tell it."""
    if typed.order != "auto":
        return sequence_by_names(len(frames), typed.order)
    return sequence_by_sharpness([frame.path for frame in frames])


def relative_stack(frames: Sequence[Frame], sequence: FocusSequence, reason: str) -> FocalStack:
    """A stack without a scale, and the `reason` why."""
    return FocalStack(
        frames=tuple(frames[i] for i in sequence.indices),
        order_source=sequence.source,
        dioptres=None,
        warnings=(reason, *sequence.warnings),
    )


def _metric_stack(readings: Sequence[Reading], known: np.ndarray, sequence: FocusSequence) -> FocalStack:
    """Every frame gets a distance and the distances give the order; ties follow the sequence."""
    indices = sequence.indices
    dioptres = fill_gaps(known[indices])
    if alike(dioptres.min(), dioptres.max()):
        raise AllAlike(
            f"{readings[0].frame.path.parent}: all photographs have the same focus distance; choose "
            "photographs focused differently, or type their distances"
        )
    if trend(dioptres) < 0:
        indices, dioptres = indices[::-1], dioptres[::-1]
    by_distance = np.argsort(dioptres, kind="stable")
    dioptres = dioptres[by_distance]
    ordered = [readings[i] for i in indices[by_distance]]
    return FocalStack(
        frames=tuple(
            _with_distance(reading.frame, value) for reading, value in zip(ordered, dioptres, strict=True)
        ),
        order_source=sequence.source,
        dioptres=spread_ties(dioptres, [reading.distance_step for reading in ordered]),
    )


def _with_distance(frame: Frame, dioptres: float) -> Frame:
    if frame.focus_distance is not None:
        return frame
    distance = 1 / float(dioptres) if dioptres else math.inf
    filled = replace(frame, focus_distance=distance, distance_source="interpolated")
    _check_focus(filled)
    return filled


def _contradiction(known: np.ndarray, typed: Overrides) -> list[str]:
    if typed.order == "auto" or alike(known.min(), known.max()):
        return []
    runs = "far-to-near" if trend(known) > 0 else "near-to-far"
    if runs == typed.order:
        return []
    return [f"The focus distances run {runs}, against the order {typed.order}; the distances were believed."]


def _interpolated(unknown: int, count: int) -> str:
    return (
        f"{unknown} of {count} photographs have no focus distance of their own; "
        "theirs were guessed from the others'."
    )


def _doubt_warnings(readings: Sequence[Reading]) -> list[str]:
    return [
        f"{reading.frame.path.name}: {doubt} cannot be and was ignored."
        for reading in readings
        for doubt in reading.metadata.doubts
    ]


def _tie_warnings(stack: FocalStack) -> list[str]:
    if not stack.metric:
        return []
    return [
        f"{listed([stack.frames[i].path.name for i in group])} have the same focus distance "
        f"({stack.frames[group[0]].distance_source}); they were kept in file-name order, a little apart."
        for group in tied_groups(np.array([frame.dioptres for frame in stack.frames]))
    ]


def _lens_warnings(stack: FocalStack) -> list[str]:
    lengths = [frame.focal_length for frame in stack.frames if frame.focal_length]
    if lengths and max(lengths) > 1.02 * min(lengths):
        return [
            f"The focal length changes between photographs, from {1000 * min(lengths):.3g} to "
            f"{1000 * max(lengths):.3g} mm: a focal stack wants the zoom left alone."
        ]
    return []


def _reversal_warnings(stack: FocalStack) -> list[str]:
    """Dioptres where metres belong turn the stack around; some Android cameras write them into EXIF."""
    told_by = {frame.distance_source for frame in stack.frames}
    if "maker note" in told_by or not looks_reversed([frame.path for frame in stack.frames]):
        return []
    return [
        "The focus distances run against what the pictures show, as if they were dioptres, which some "
        "Android cameras write into EXIF; if so, put metres into a focus.csv beside the photographs, or type "
        "them."
    ]


def listed(names: Sequence[str]) -> str:
    """As a sentence lists them."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
