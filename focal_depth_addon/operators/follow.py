"""The scene follows a shoot, or no longer."""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import result_folder
from ..errors import UserError
from ..jobs import follow, manager
from ..preferences import cache_folder
from ..translations import say
from .estimate import choices_arguments
from .inputs import lens_arguments


class FOCAL_DEPTH_OT_follow(bpy.types.Operator):
    bl_idname = "focal_depth.follow"
    bl_label = "Follow"
    bl_description = (
        "Estimate each focus bracket that arrives in the folder, from a tethered camera for one, and build "
        "the last one's set, under its name. You can go on working meanwhile"
    )

    directory: StringProperty(
        name="Folder",
        description="Where photographs arrive, in folders below it too. Empty: the scene's",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )
    enable: BoolProperty(
        name="Enable", description="Off follows no longer", default=True, options={"SKIP_SAVE"}
    )

    def execute(self, context):
        if not self.enable:
            follow.stop()
            return {"FINISHED"}
        manager.tell(None)
        try:
            follow.start(context.scene, self._arguments(context.scene.focal_depth))
        except (UserError, OSError) as error:
            return manager.fail(self, manager.told(error))
        return {"FINISHED"}

    def _arguments(self, settings) -> list[str]:
        """The backend's subcommand and arguments. Raises UserError."""
        if bpy.app.background:
            raise UserError("Following needs a window: in a script run focal-depth watch")
        chosen = self.directory or settings.follow_folder
        if not chosen:
            raise UserError("Choose the folder in which photographs arrive")
        folder = Path(bpy.path.abspath(chosen))
        if not folder.is_dir():
            raise UserError(say("There is no folder {folder}: choose another", folder=folder))
        stored = settings.output
        output = result_folder.from_stored(stored) if stored else result_folder.default_place(cache_folder())
        return [
            *("watch", str(folder), "--output", str(output / folder.name)),
            *("--quiet", f"{settings.follow_pause:g}"),
            *choices_arguments(settings),
            *lens_arguments(settings),
        ]


register, unregister = bpy.utils.register_classes_factory((FOCAL_DEPTH_OT_follow,))
