"""A shoot that is followed: a backend estimates each bracket as its photographs arrive in a folder, and the
scene shows the last one by itself, under the shot's name.

That backend is another one than the jobs', so that people go on working meanwhile; its results wait until
their hands are still. It ends with the file, with Blender, and with the switch.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ...backend.contract.messages import Done, Error, Message, StackStarted, Warning
from ..errors import UserError
from ..preferences import cache_folder, preferences
from ..scene.photo_set import find_objects, set_hidden
from ..translations import translate
from .job import Job
from .process import Process
from .progress import describe_progress
from .scratch import Scratch, remove_abandoned
from .timer import Timer
from .view import in_view_of, redraw_sidebars

if TYPE_CHECKING:
    from .job_manager import JobManager

INTERVAL = 0.25  # seconds from one poll of the backend to the next
LABEL = "Estimating depth"
# Opens the result in that folder; returns the job that builds its set. Raises UserError.
Opening = Callable[[bpy.types.Context, bpy.types.Scene, Path], Job]


class ShootProcess(Process):
    """`focal-depth watch`, and which bracket its messages are about.

    Attributes
    ----------
    open_result
        What is done with each result.
    stack
        Name of the bracket that is being estimated, or empty.
    arrival
        Folder of the last result, until it is opened.
    stack_error
        Why the last bracket has no result, until it is shown.
    """

    def __init__(self, open_result: Opening, *arguments) -> None:
        self.open_result = open_result
        self.stack = ""
        self.arrival: Path | None = None
        self.stack_error: str | None = None
        super().__init__(*arguments)

    def _receive(self, message: Message) -> None:
        match message:
            case StackStarted(name):
                self.stack, self.progress = name, None
            case Done(path):
                self.stack, self.arrival = "", Path(path)
            case Error(text) if self.stack:
                self.stack_error, self.stack = f"{self.stack}: {text}", ""
            case Warning():
                pass  # a bracket's are in its result
            case _:
                super()._receive(message)


class Shoot:
    """The shoot that a scene follows, if one does.

    Attributes
    ----------
    process
        The backend that estimates the brackets, or None.
    """

    def __init__(self, manager: JobManager) -> None:
        self.process: ShootProcess | None = None
        self._manager = manager
        self._timer = Timer(self._poll)
        self._scene_name = ""
        self._shown: list[Path] = []  # results whose sets were built here, the last at the end
        self._is_building = False  # the set of the last

    def is_followed_by(self, scene: bpy.types.Scene) -> bool:
        """Whether the scene follows a shoot."""
        return self.process is not None and scene.name == self._scene_name

    def status(self) -> tuple[str, float | None]:
        """Return what the panel says of the shoot, and how much of a bracket at work is done, 0 to 1."""
        process = self.process
        if process is not None and process.stack:
            text, done = describe_progress(process, LABEL)
            return f"{process.stack}: {text}", done
        if process is not None and process.arrival is not None:
            name = process.arrival.name
            return translate(
                "{name} is ready: it appears in Object Mode, once no other task is running", name=name
            ), None
        if self._shown:
            return translate("{name} is shown. Waiting for photographs", name=self._shown[-1].name), None
        return translate("Waiting for photographs"), None

    def start(self, scene: bpy.types.Scene, arguments: list[str], open_result: Opening) -> None:
        """Let a backend follow a shoot for the scene.

        Parameters
        ----------
        scene
            Where results are shown.
        arguments
            The backend's subcommand and arguments.
        open_result
            What is done with each result.

        Raises
        ------
        UserError, OSError
            Where it cannot start. As after any other error, nothing of it remains then.
        """
        self.stop()
        cache = cache_folder()
        remove_abandoned(cache)
        scratch = Scratch(cache)
        try:
            self.process = ShootProcess(open_result, arguments, scratch, cache, preferences().threads)
        except BaseException:
            scratch.remove()
            raise
        self._scene_name = scene.name
        self._timer.start(INTERVAL)

    def stop(self) -> None:
        """Follow no longer. What is half estimated begins anew when the folder is followed again."""
        self._timer.stop()
        self.end_process()
        self._is_building = False
        self._shown.clear()

    def end_process(self) -> None:
        """End the backend. It is all that can be done when Blender ends."""
        process, self.process = self.process, None
        if process is not None:
            process.end()

    def _poll(self) -> float | None:
        if self.process is None:
            return None
        before = self.status()
        try:
            self._follow(self.process)
        except Exception:
            self.stop()
            raise
        if self.process is None or self.status() != before:
            redraw_sidebars()
        return INTERVAL if self.process is not None else None

    def _follow(self, process: ShootProcess) -> None:
        is_running, scene = process.poll(), bpy.data.scenes.get(self._scene_name)
        if process.stack_error is not None:
            self._manager.report_fault(UserError(process.stack_error), LABEL)
            process.stack_error = None
        if scene is None:
            self.stop()
        elif not is_running:
            self._manager.report_fault(UserError(process.fault or "", process.log), LABEL)
            self.stop()
        elif self._is_still(scene):
            self._show(scene, process)

    def _is_still(self, scene: bpy.types.Scene) -> bool:
        """Whether a window shows the scene, and nothing is under way there that a change would disturb."""
        if self._manager.run is not None:
            return False
        for window in bpy.context.window_manager.windows:
            active = window.view_layer.objects.active
            is_in_object_mode = active is None or active.mode == "OBJECT"
            if window.scene == scene and not window.modal_operators and is_in_object_mode:
                return True
        return False

    def _show(self, scene: bpy.types.Scene, process: ShootProcess) -> None:
        """Open the result that has come, and build its set; then hide the sets before it."""
        if self._is_building:
            self._is_building = False
            self._hide_earlier(scene)
        elif process.arrival is not None:
            folder, process.arrival = process.arrival, None
            try:
                with in_view_of(scene):
                    job = process.open_result(bpy.context, scene, folder)
            except (UserError, OSError) as error:
                self._manager.report_fault(error)
                return
            self._manager.start_unattended(job, scene, undo_message=translate("Build Mesh"))
            if folder in self._shown:
                self._shown.remove(folder)
            self._shown.append(folder)
            self._is_building = True

    def _hide_earlier(self, scene: bpy.types.Scene) -> None:
        """Let the last set stand alone, of those that came here, unless its building came to nothing."""
        if "mesh" not in find_objects(scene, self._shown[-1]):
            return
        for folder in self._shown:
            set_hidden(scene, folder, folder != self._shown[-1])
        bpy.ops.ed.undo_push(message=translate("Follow"))
