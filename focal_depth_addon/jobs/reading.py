"""The job that reads photographs and lists them with their distances."""

from ..errors import UserError
from ..translations import say
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
        return inspect_arguments(settings, files, scene.unit_settings.scale_length)

    def conclude(self, context, scene, process):
        settings, stack = scene.focal_depth, process.result.details["stack"]
        if settings.changed:  # typed in the meantime: it stays, and is read next
            return "Reading again, with what was typed meanwhile"
        settings.show_frames(
            stack["frames"], stack["warnings"], scene.unit_settings.scale_length, self.in_place
        )
        count = sum(not frame["left_out"] for frame in stack["frames"])
        if stack["metric"]:
            return say("Photographs: {count}, focus distances known", count=count)
        return say(
            "Photographs: {count}, focus distances not known: depth is relative until two are typed in",
            count=count,
        )
