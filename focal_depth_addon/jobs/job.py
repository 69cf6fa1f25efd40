"""What a job is: work that a process of the backend does, and what Blender makes of the result."""

from pathlib import Path

import bpy

from ...backend.contract.messages import Done


class Job:
    """Work that a process does. Subclasses say how to start it and what to do with the result.

    Attributes
    ----------
    label
        What the panel calls the work.
    uses_standby
        Whether it loads so much that a process is held ready for it.
    precedes_estimate
        Whether an estimate may well come next.
    resumes_after_undo
        Whether it starts again by itself where undo has stopped it.
    changes_result
        Whether it writes the scene's result anew, so that a draft of it ends.
    """

    label = ""
    uses_standby = False
    precedes_estimate = False
    resumes_after_undo = False
    changes_result = False

    def arguments(self, scene: bpy.types.Scene, scratch: Path) -> list[str]:
        """Return the backend's subcommand and arguments.

        Parameters
        ----------
        scene
            The scene that the work is for.
        scratch
            A folder that lasts until `conclude` is done.

        Raises
        ------
        UserError, OSError
            Where the work cannot begin.
        """
        raise NotImplementedError

    def conclude(self, context: bpy.types.Context, scene: bpy.types.Scene, result: Done) -> str:
        """Take the result over into Blender; return what people read about it.

        Parameters
        ----------
        context
            Where the job was started, or the view in which it shows.
        scene
            As in `arguments`.
        result
            The backend's last message.

        Raises
        ------
        UserError, OSError
            Where that is impossible.
        """
        raise NotImplementedError
