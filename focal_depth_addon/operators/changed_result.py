"""What follows when a result has changed where it is: the panel, the compositor and the set."""

from pathlib import Path

import bpy

from ..jobs import manager
from ..jobs.operator import JobOperator
from ..scene import photo_set
from ..translations import translate
from .compositing import update_compositing
from .estimate import open_result
from .scene import BuildMesh


class ResultChange(JobOperator):
    """A job that changes the scene's result.

    Attributes
    ----------
    folder
        Of the result.
    """

    folder: Path
    changes_result = True

    def follow_result(self, context: bpy.types.Context, scene: bpy.types.Scene) -> str:
        """Open the result again and update what was built of it; return what people read about it."""
        scene.focal_depth.preview.result = (
            ""  # its range and what was picked in it are of the result as it was
        )
        text = open_result(context, scene, self.folder)
        update_compositing(scene)
        self._update_set(context, scene)
        return text

    def _update_set(self, context: bpy.types.Context, scene: bpy.types.Scene) -> None:
        """Build the mesh again where there is one: in a window as a job of its own, in a script at once."""
        objects = photo_set.find_objects(scene, self.folder)
        if "mesh" in objects:
            job = BuildMesh()
            job.level = scene.focal_depth.level
            if self._run is not None and self._run.is_in_window:
                manager.start_unattended(job, scene, undo_message=translate("Build Mesh"))
            else:
                manager.start(job, scene)
                manager.wait()
                manager.finish(context)
        elif objects:
            photo_set.PhotoSet(scene, self.folder)  # the camera's range
