"""The clip that the listed frames were taken from: between which seconds, and how focus moves through it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpy
from bpy.props import FloatProperty, IntProperty, StringProperty

from ..backend.contract.formats import is_clip_frame, locate
from .compat import RELATIVE_PATH
from .errors import UserError
from .preferences import cache_folder
from .translations import CONTEXT

THUMBNAILS = "thumbnails"  # in the cache folder


class Clip(bpy.types.PropertyGroup):
    """A clip of a pulled focus. Times are in seconds."""

    path: StringProperty(subtype="FILE_PATH", options=RELATIVE_PATH)
    start: FloatProperty(
        name="From",
        description="Take frames from this moment of the clip on",
        unit="TIME_ABSOLUTE",
        min=0,
        precision=2,
    )
    end: FloatProperty(
        name="To",
        description="Take frames up to this moment of the clip. 0 means its end",
        unit="TIME_ABSOLUTE",
        min=0,
        precision=2,
    )
    count: IntProperty(
        name="Frames",
        description="Number of frames to take, evenly spaced in focus",
        translation_context=CONTEXT,
        default=24,
        min=2,
        soft_max=60,
    )
    duration: FloatProperty()
    curve: StringProperty()  # JSON: [second, focus from 0 to 1] of frames
    taken: StringProperty()  # JSON: seconds of the frames taken

    @property
    def file(self) -> str:
        """Absolute path; empty where no clip was read."""
        return bpy.path.abspath(self.path)

    def begin(self, file: str) -> None:
        """Take the whole of another clip."""
        self.path, self.start, self.end, self.count = file, 0, 0, self.bl_rna.properties["count"].default
        self.duration, self.curve, self.taken = 0, "", ""

    def update_from(self, described: Mapping[str, Any]) -> None:
        """Show what the backend says of the clip."""
        if described["file"] != self.file:
            self.begin(described["file"])
        self.duration = described["duration_s"]
        self.end = self.end or self.duration
        self.curve, self.taken = json.dumps(described["curve"]), json.dumps(described["taken_s"])

    def arguments(self) -> list[str]:
        """Return what holds for reading it."""
        arguments = ["--frames", str(self.count), "--from", f"{self.start:g}"]
        arguments += ["--to", f"{self.end:g}"] if self.end else []
        folder = thumbnail_folder(Path(self.file))
        return arguments + (["--thumbnails", str(folder)] if folder else [])


def is_listed(settings) -> bool:
    """Whether frames of the clip are the photographs."""
    clip = settings.clip.file
    return bool(clip and settings.photographs) and str(locate(Path(settings.photographs[0].file))[0]) == clip


def thumbnail_folder(clip: Path) -> Path | None:
    """Return where small pictures of a clip's frames are; None where there is no such place."""
    try:
        written = clip.stat().st_mtime_ns
        name = hashlib.sha256(f"{clip} {written}".encode(errors="replace")).hexdigest()[:16]
        return cache_folder() / THUMBNAILS / name
    except (OSError, UserError):
        return None


def thumbnail_file(photograph: Path) -> Path | None:
    """Return the small picture of a clip's frame, if there is one."""
    if not is_clip_frame(photograph):
        return None
    clip, number = locate(photograph)
    folder = thumbnail_folder(clip)
    file = folder / f"{number}.png" if folder else None
    return file if file and file.is_file() else None
