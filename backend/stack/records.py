"""Photographs as frames: an override beats a sidecar, and a sidecar beats the file's own metadata."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..contract.errors import InputError
from ..contract.formats import is_clip_frame, locate
from ..io.header import Header, read_header
from ..io.photograph_file import read_file
from ..io.reading import AS_FILED, Reading
from .clip_metadata import read_clip_metadata
from .dioptres import SAME_FOCUS, is_same_focus
from .find import photographs_in
from .focal_stack import Frame
from .metadata import Metadata, read_metadata
from .names import match_names
from .overrides import Overrides
from .sidecars import SidecarValues, read_sidecars

FEWEST_COPIES = 3  # of a larger stack, two photographs may well have one focus


@dataclass(frozen=True)
class Photograph:
    """A file that can be read, and what it holds beside its pixels."""

    path: Path
    header: Header
    metadata: Metadata
    reading: Reading = AS_FILED


@dataclass(frozen=True)
class FrameRecord:
    """A frame, and the metadata of its file."""

    frame: Frame
    metadata: Metadata

    @property
    def distance_step(self) -> float:
        """Relative step of the code that the focus distance is stored in; 0 where it is fine."""
        metadata = self.metadata
        return metadata.distance_step if self.frame.distance_source == metadata.distance_source else 0.0


def find_copied_distance(records: Sequence[FrameRecord]) -> float | None:
    """Return the focus distance, in metres, that is written of every photograph and so means nothing.

    Editors copy the metadata of one photograph to all. What a person typed is not written.
    """
    written = [record.frame for record in records if record.frame.distance_source != "typed"]
    known = [frame for frame in written if frame.dioptres is not None]
    if len(known) < min(len(records), FEWEST_COPIES):
        return None
    is_copied = all(is_same_focus(known[0].dioptres or 0.0, frame.dioptres or 0.0) for frame in known)
    return known[0].focus_distance if is_copied else None


def without_written_distance(record: FrameRecord) -> FrameRecord:
    """Return the photograph without its focus distance, unless a person typed it."""
    if record.frame.distance_source == "typed":
        return record
    return replace(record, frame=replace(record.frame, focus_distance=None, distance_source="unknown"))


def open_photograph(path: Path, reading: Reading = AS_FILED) -> Photograph:
    """Read the header and the metadata of a photograph that is read so.

    Raises
    ------
    InputError
        Where the file is missing, damaged or no photograph.
    """
    if is_clip_frame(path):
        header = read_header(path)
        return Photograph(path, header, read_clip_metadata(locate(path)[0]), reading)
    data = read_file(path)
    header = read_header(path, data).read_as(reading)
    return Photograph(path, header, read_metadata(data, header), reading)


def read_records(
    photographs: Sequence[Photograph], overrides: Overrides, paths: Sequence[Path]
) -> list[FrameRecord]:
    """Return each photograph as a frame.

    Parameters
    ----------
    photographs
        In file-name order.
    overrides
        What a person typed.
    paths
        Of all photographs that sidecars and overrides may name, whether they can be read or not.

    Raises
    ------
    InputError
        Where a sidecar or an override is at fault, or a focus distance lies within the focal length.
    """
    sidecars = _read_all_sidecars([photograph.path for photograph in photographs])
    distances = match_names(overrides.focus_distances, paths, "--focus-distance")
    return [
        _record(photograph, sidecars[photograph.path], overrides, distances.get(photograph.path))
        for photograph in photographs
    ]


def check_focus(frame: Frame, focal_length: float | None) -> None:
    """Refuse a focus that no lens of this focal length (in metres) reaches.

    Raises
    ------
    InputError
        Where the focus distance is not beyond the focal length.
    """
    if frame.dioptres and focal_length and frame.dioptres * focal_length >= 1 - SAME_FOCUS:
        raise InputError(
            f"{frame.path} has a focus distance of {frame.focus_distance:.3g} m, which is not beyond its "
            f"focal length of {1000 * focal_length:.3g} mm; correct the distance or the focal length"
        )


def _read_all_sidecars(paths: Sequence[Path]) -> dict[Path, SidecarValues]:
    """Values from the sidecars, folder by folder."""
    values: dict[Path, SidecarValues] = {}
    for folder in dict.fromkeys(path.parent for path in paths):
        here = [path for path in paths if path.parent == folder]
        if not folder.is_dir():
            raise InputError(f"{here[0]} does not exist; check the path")
        rows = read_sidecars(
            folder, [path.name for path in here], [path.name for path in photographs_in(folder)]
        )
        values.update({path: rows[path.name] for path in here})
    return values


def _record(
    photograph: Photograph, sidecar: SidecarValues, overrides: Overrides, distance_override: float | None
) -> FrameRecord:
    header, metadata = photograph.header, photograph.metadata
    distance, source = _first_distance(
        (distance_override, "typed"),
        (sidecar.focus_distance, "sidecar"),
        (metadata.focus_distance, metadata.distance_source),
    )
    frame = Frame(
        path=photograph.path,
        width=header.width,
        height=header.height,
        focus_distance=distance,
        distance_source=source,
        focal_length=overrides.focal_length or sidecar.focal_length or metadata.focal_length,
        f_number=overrides.f_number or sidecar.f_number or metadata.f_number,
        sensor_width=_shown_width(
            overrides.sensor_width or sidecar.sensor_width or metadata.sensor_width, header
        ),
        bits_per_channel=header.bits_per_channel,
        crop=header.crop,
        reading=photograph.reading,
        up=metadata.up if photograph.reading.orientation is None else None,
    )
    check_focus(frame, frame.focal_length)
    return FrameRecord(frame, metadata)


def _shown_width(sensor_width: float | None, header: Header) -> float | None:
    """Metres of the sensor that the picture shows."""
    if sensor_width is None or header.crop is None:
        return sensor_width
    return sensor_width * header.width / header.crop.width


def _first_distance(*candidates: tuple[float | None, str]) -> tuple[float | None, str]:
    return next((pair for pair in candidates if pair[0] is not None), (None, "unknown"))
