"""What operators are given: photographs, by a person or a script, and the scene's result."""

import contextlib
import os
from collections.abc import Iterable

import bpy
from bpy.props import CollectionProperty, StringProperty

from ..properties import TYPED, Photograph, Settings
from ..translations import say

# As the backend reads.
PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".exr", ".webp", ".heic", ".heif", ".hif")
RAW = (".dng", ".nef", ".nrw", ".cr2", ".cr3", ".arw", ".raf", ".rw2", ".orf", ".pef", ".srw")
SUFFIXES = PICTURES + RAW
NO_PHOTOGRAPHS = "There are no photographs: add at least two frames of a focus bracket"


class Files:
    """The photographs an operator is given: chosen files, or a whole folder."""

    directory: StringProperty(
        name="Folder", description="Where the photographs are", subtype="DIR_PATH", options={"SKIP_SAVE"}
    )
    files: CollectionProperty(
        name="Files",
        description="Names of photographs in the folder. Without any it is the whole folder",
        type=bpy.types.OperatorFileListElement,
        options={"SKIP_SAVE"},
    )

    def given(self, expanded: bool = False) -> list[str]:
        """Paths, without raw files beside pictures of their names; a folder stands for itself unless it shall
        be `expanded` into its photographs."""
        folder = bpy.path.abspath(self.directory)
        names = [file.name for file in self.files if file.name]
        if expanded and not names and folder:
            with contextlib.suppress(OSError):  # the backend says what is wrong with the folder
                names = [name for name in sorted(os.listdir(folder)) if name.lower().endswith(SUFFIXES)]
        return [os.path.join(folder, name) for name in _once(names)] or [folder] * bool(folder)


class NeedsResult:
    """An operator on the scene's result folder."""

    @classmethod
    def poll(cls, context):
        if not context.scene.focal_depth.result:
            cls.poll_message_set(say("There is no result yet: press Estimate Depth, or open a result"))
            return False
        return super().poll(context)


def lens_arguments(settings: Settings) -> list[str]:
    arguments = ["--order", settings.order]
    for option in ("focal_length", "f_number", "sensor_width"):
        if value := getattr(settings, option):
            arguments += ["--" + option.replace("_", "-"), f"{value:.6g}"]
    return arguments


def listed(settings: Settings) -> list[str]:
    """Paths of the photographs that are not left out."""
    return [photograph.file for photograph in settings.photographs if photograph.used]


def typed_arguments(settings: Settings, metres_per_unit: float) -> list[str]:
    """The distances that were typed into the list, of the photographs that are not left out."""
    return _typed((each for each in settings.photographs if each.used), metres_per_unit)


def reading_arguments(settings: Settings, photographs: list[str], metres_per_unit: float) -> list[str]:
    """The backend's command that reads `photographs`, with all that was typed and chosen in the list."""
    known = [each for each in settings.photographs if each.file in photographs]
    left_out = [word for each in known if not each.used for word in ("--leave-out", each.file)]
    typed = _typed(known, metres_per_unit)
    return ["inspect", *photographs, *left_out, *typed, *lens_arguments(settings)]


def _once(names: list[str]) -> list[str]:
    pictures = {os.path.splitext(name)[0] for name in names if name.lower().endswith(PICTURES)}
    return [
        name for name in names if not name.lower().endswith(RAW) or os.path.splitext(name)[0] not in pictures
    ]


def _typed(photographs: Iterable[Photograph], metres_per_unit: float) -> list[str]:
    typed = (photograph for photograph in photographs if photograph.source == TYPED)
    pairs = (f"{each.file}={each.metres(metres_per_unit)}" for each in typed)
    return [word for pair in pairs for word in ("--focus-distance", pair)]
