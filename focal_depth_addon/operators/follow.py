"""The scene follows a shoot, or no longer."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import result_folder
from ..errors import UserError
from ..jobs import manager
from ..jobs.arguments import choice_arguments, lens_arguments
from ..jobs.job import Job
from ..jobs.operator import fail
from ..preferences import unsaved_folder
from ..translations import translate
from .estimate import open_result
from .scene import BuildMesh


class FOCAL_DEPTH_OT_follow(bpy.types.Operator):
    bl_idname = "focal_depth.follow"
    bl_label = "Follow"
    bl_description = (
        "Estimate each focus bracket that arrives in the folder, for example from a tethered camera, and "
        "build the set of the latest one. You can continue to work meanwhile"
    )

    directory: StringProperty(
        name="Folder",
        description="Folder in which the photographs arrive, or one above it. If empty, that of the scene is "
        "used",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )
    enable: BoolProperty(
        name="Enable",
        description="Follow the folder. If off, stop following",
        default=True,
        options={"SKIP_SAVE"},
    )

    def execute(self, context):
        if not self.enable:
            manager.shoot.stop()
            return {"FINISHED"}
        manager.notice = None
        try:
            arguments = self._arguments(context.scene.focal_depth)
            manager.shoot.start(context.scene, arguments, _open_arrival)
        except (UserError, OSError) as error:
            return fail(self, error)
        return {"FINISHED"}

    def _arguments(self, settings) -> list[str]:
        """Return the backend's subcommand and arguments. Raises UserError."""
        if bpy.app.background:
            raise UserError("Following needs a window: in a script run focal-depth watch")
        chosen = self.directory or settings.follow_folder
        if not chosen:
            raise UserError("Choose the folder in which photographs arrive")
        folder = Path(bpy.path.abspath(chosen))
        if not folder.is_dir():
            raise UserError(translate("There is no folder {folder}: choose another", folder=folder))
        stored = settings.output
        output = (
            result_folder.from_stored(stored) if stored else result_folder.default_parent(unsaved_folder())
        )
        return [
            *("watch", str(folder), "--output", str(output / folder.name)),
            *("--quiet", f"{settings.follow_pause:g}"),
            *choice_arguments(settings),
            *lens_arguments(settings),
        ]


def _open_arrival(context: bpy.types.Context, scene: bpy.types.Scene, folder: Path) -> Job:
    """Open a result as the button does; return the job that builds its set. Raises UserError."""
    manager.notice = None
    open_result(context, scene, folder)
    bpy.ops.ed.undo_push(message=translate("Open Result"))
    job = BuildMesh()
    job.level = scene.focal_depth.level
    return job


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_OT_follow,))
