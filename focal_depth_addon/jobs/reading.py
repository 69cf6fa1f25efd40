"""The job that reads photographs and lists them with their distances."""

from pathlib import Path
from typing import Any, cast

from ...backend.contract.formats import is_clip
from ..errors import UserError
from ..translations import translate
from .arguments import NO_PHOTOGRAPHS, inspect_arguments
from .job import Job


class ReadPhotographs(Job):
    """Reads the photographs of the list again, with what was typed. Subclasses may read others too.

    Attributes
    ----------
    in_place
        Whether the rows of the list stay as they are, rather than far to near: someone may be typing.
    """

    label = "Reading photographs"
    precedes_estimate = True
    in_place = False

    def files_to_read(self, settings) -> list[str]:
        """Return the paths to read."""
        return [photograph.file for photograph in settings.photographs]

    def arguments(self, scene, scratch):
        settings = scene.focal_depth
        files = self.files_to_read(settings)
        if not files:
            raise UserError(NO_PHOTOGRAPHS)
        settings.changed = False
        if len(files) == 1 and is_clip(Path(files[0])) and settings.clip.file != files[0]:
            settings.clip.begin(files[0])
        return inspect_arguments(settings, files, scene.unit_settings.scale_length)

    def conclude(self, context, scene, result):
        settings, stack = scene.focal_depth, cast(dict[str, Any], result.details["stack"])
        if settings.changed:  # typed in the meantime: it stays, and is read next
            return "Reading the photographs again, with the values typed meanwhile"
        if "clip" in stack:
            settings.clip.update_from(stack["clip"])
        settings.list_frames(
            stack["frames"], stack["warnings"], scene.unit_settings.scale_length, self.in_place
        )
        count = sum(not frame["left_out"] for frame in stack["frames"])
        if stack["metric"]:
            return translate("Photographs: {count}, focus distances known", count=count)
        return translate(
            "Photographs: {count}, focus distances unknown: depth is relative until you type two of them",
            count=count,
        )
