"""A draft of what the layers of retouch make of a result, shown while a person outlines them.

A backend holds the estimate at the size of a preview, and applies the layers to that each time they change;
the preview then shows its pictures instead of the result's, until the layers are applied. That backend is
another one than the jobs'. It ends with a job that changes the result, with the file, with Blender, and with
the switch. What it writes goes with it: nothing of it is in the result folder.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import bpy

from ...backend.contract.messages import Done, Message
from ...backend.contract.retouch import DEPTH_TOOLS, PICTURE_TOOLS, Layer
from .. import result_folder, retouch
from ..errors import UserError
from ..preferences import cache_folder, preferences
from ..preview import images
from ..translations import translate
from .process import Process
from .scratch import Scratch, remove_abandoned
from .timer import Timer

if TYPE_CHECKING:
    from .job_manager import JobManager

INTERVAL = 0.05  # seconds from one comparison of the layers to the next
SOON = 0.01  # seconds from one poll of the backend to the next while it works
LABEL = "Draft"
REQUEST, PICTURES = "request.json", "pictures"  # in the run's folder
FILES = {"DEPTH": "depth.bmp", "CONFIDENCE": "confidence.bmp", "ALL_IN_FOCUS": "all_in_focus.bmp"}


class DraftProcess(Process):
    """`focal-depth draft`, which is asked for pictures again and again.

    Attributes
    ----------
    asked
        What the pictures that it works at show, as `PreviewSettings.shown` has it; empty while it waits.
    pictures
        What it has written last, until that is shown.
    skipped
        A sentence for each layer that those leave out.
    """

    ends_with_stdin = False

    def __init__(self, folder: Path, scratch: Scratch, cache: Path, threads: int) -> None:
        self.asked: list[str] = []
        self.pictures: dict[str, Path] | None = None
        self.skipped: list[str] = []
        self._folder = scratch.folder
        arguments = ["draft", str(folder), "--output", str(scratch.folder / PICTURES)]
        super().__init__(arguments, scratch, cache, threads)

    def ask(self, shown: list[str], fields: dict[str, Any]) -> None:
        """Let it write pictures that show that."""
        self.asked = shown
        file = self._folder / REQUEST
        file.write_text(json.dumps(fields), encoding="utf-8")
        self.send(file)

    @property
    def fault(self) -> str | None:
        """Why it has ended."""
        return self.error or translate("The draft ended unexpectedly: press Outline to show it again")

    def _receive(self, message: Message) -> None:
        match message:
            case Done(path, details=details):
                self.pictures = {shown: Path(path) / FILES[shown] for shown in self.asked}
                self.skipped = [str(sentence) for sentence in cast(list, details["skipped"])]
                self.asked = []
            case _:
                super()._receive(message)


class Draft:
    """The draft of a scene's result, if one is shown.

    Attributes
    ----------
    process
        The backend that makes it, or None.
    """

    def __init__(self, manager: JobManager) -> None:
        self.process: DraftProcess | None = None
        self._manager = manager
        self._timer = Timer(self._poll)
        self._scene_name = ""
        self._result = ""  # as it is stored
        self._size = 0, 0  # of the result
        self._painted: list[Layer] = []  # the layers that the result's picture shows
        self._state: tuple | None = None  # what the draft was asked for; None where it has to be anew
        self._is_paused = False

    def start(self, scene: bpy.types.Scene) -> None:
        """Show drafts of the scene's result from now on, whenever its layers change.

        Raises
        ------
        UserError, OSError
            Where that is impossible.
        """
        if self._scene_name == scene.name and self._is_wanted(scene) and self.process is not None:
            return
        self.stop()
        self._report_skipped([])
        self._result = scene.focal_depth.result
        self._launch()
        self._scene_name = scene.name
        self._timer.start(INTERVAL)

    def stop(self) -> None:
        """Show the result itself, from now on."""
        self._timer.stop()
        self._withdraw()
        self._scene_name = ""

    def pause(self) -> None:
        """Show the result itself, until the layers change again after the job that begins."""
        self._withdraw()
        self._is_paused = True

    def ask_again(self) -> None:
        """Show a new draft soon, where one is shown, even if the layers have not changed."""
        if self.process is not None:
            self._state = None

    def renew(self) -> None:
        """Show the result itself for a moment: a file that is saved then names no picture of the draft."""
        images.hide_draft()
        self.ask_again()

    def end_process(self) -> None:
        """End the backend. It is all that can be done when Blender ends."""
        process, self.process = self.process, None
        if process is not None:
            process.close()

    def _launch(self) -> None:
        folder = result_folder.from_stored(self._result)
        description = result_folder.read_description(folder)
        width, height = description["size"]
        self._size = width, height
        self._painted = _of_picture(retouch.read_layers(folder)) if "retouch" in description else []
        cache = cache_folder()
        remove_abandoned(cache)
        scratch = Scratch(cache)
        try:
            self.process = DraftProcess(folder, scratch, cache, preferences().threads)
        except BaseException:
            scratch.remove()
            raise

    def _withdraw(self) -> None:
        images.hide_draft()
        self.end_process()
        self._state = None
        self._is_paused = False

    def _poll(self) -> float | None:
        scene = bpy.data.scenes.get(self._scene_name)
        try:
            if scene is not None and self._is_wanted(scene):
                return self._follow(scene)
            self.stop()
        except (UserError, OSError) as error:
            self.stop()
            self._manager.report_fault(error, LABEL)
            images.redraw()
        except Exception:
            self.stop()
            raise
        return None

    def _is_wanted(self, scene: bpy.types.Scene) -> bool:
        settings = scene.focal_depth
        return settings.draft and settings.result == self._result and bool(settings.layers)

    def _follow(self, scene: bpy.types.Scene) -> float:
        """Show what has come, and ask for what has changed."""
        process = self.process
        if process is not None:
            if not process.poll():
                raise UserError(process.fault or "", process.log)
            if process.pictures is not None:
                images.show_draft(scene, process.pictures)
                process.pictures = None
                self._report_skipped(process.skipped)
            if process.asked:
                return SOON
        run = self._manager.run
        if run is not None and run.job.changes_result:
            return INTERVAL
        state = _state_of(scene)
        if self._is_paused:
            self._state, self._is_paused = state, False
        is_needed = process is not None or self._state is None or state[0] != self._state[0]
        if is_needed and state != self._state:
            self._ask(scene)
            self._state = state
            return SOON
        return INTERVAL

    def _report_skipped(self, skipped: list[str]) -> None:
        """Say in the panel which layers the draft leaves out; what it said before goes."""
        if skipped:
            self._manager.report_fault(UserError(" ".join(skipped)), LABEL)
        elif self._manager.notice is not None and self._manager.notice.label == LABEL:
            self._manager.notice = None

    def _ask(self, scene: bpy.types.Scene) -> None:
        """Ask for the pictures that are on view and that the layers change."""
        if self.process is None:
            self._launch()
        folder = result_folder.from_stored(self._result)
        layers = retouch.describe_layers(scene.focal_depth, folder, self._size)
        preview, shown = scene.focal_depth.preview, self._shown(scene, layers)
        if self.process is not None and shown:
            fields = {
                "layers": retouch.format_layers(layers),
                "shown": [each.lower() for each in shown],
                "near": preview.near_metres,
                "far": preview.far_metres,
            }
            self.process.ask(shown, fields)
        elif not shown:
            images.hide_draft()

    def _shown(self, scene: bpy.types.Scene, layers: list[Layer]) -> list[str]:
        """What is on view, of what a draft can show; views show what layers make of depth in any case."""
        preview = scene.focal_depth.preview
        shown = [preview.shown] if preview.shown in FILES and images.is_shown(scene) else []
        if "ALL_IN_FOCUS" in shown and _of_picture(layers) == self._painted:
            shown = []  # the result's own is sharper
        is_in_view = preview.in_view or any(layer.shown and layer.tool in DEPTH_TOOLS for layer in layers)
        return [*shown, "DEPTH"] if is_in_view and "DEPTH" not in shown else shown


def _state_of(scene: bpy.types.Scene) -> tuple:
    """The layers, and how the result is previewed, as something that can be compared."""
    preview = scene.focal_depth.preview
    way = preview.shown, preview.in_view, preview.near_metres, preview.far_metres, preview.result
    return retouch.layers_state(scene.focal_depth), way


def _of_picture(layers: list[Layer]) -> list[Layer]:
    """Those that change the all-in-focus picture."""
    return [layer for layer in layers if layer.shown and layer.tool in PICTURE_TOOLS]
