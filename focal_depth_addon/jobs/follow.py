"""A shoot that is followed: a backend estimates each bracket as its photographs arrive in a folder, and the
scene shows the last one by itself, under the shot's name.

That backend is another one than the child of manager.py, so that people go on working meanwhile; what it brings
waits until their hands are still. It ends with the file, with Blender, and with the switch.
"""

import atexit
from pathlib import Path

import bpy
from bpy.app.handlers import persistent

from ..preferences import cache_folder, preferences
from ..translations import say
from . import manager
from .process import Child
from .scratch import Scratch, remove_abandoned

INTERVAL = 0.25  # seconds between two looks at the backend
LABEL = "Estimating depth"


class Watcher(Child):
    """`focal-depth watch`: what it says, with the bracket that it says it of."""

    def __init__(self, *arguments) -> None:
        self.at_work = ""  # the bracket that is being estimated
        self.brought: Path | None = None  # the last result, until it is fetched
        self.complaint: str | None = None  # of the last bracket, until it is fetched
        super().__init__(*arguments)

    def _take(self, message: dict) -> None:
        if message["type"] == "stack":
            self.at_work, self.progress = message["name"], None
        elif message["type"] == "result":
            self.at_work, self.brought = "", Path(message["path"])
        elif message["type"] == "error" and self.at_work:
            self.complaint, self.at_work = f"{self.at_work}: {message['text']}", ""
        elif message["type"] != "warning":  # a bracket's are in its result
            super()._take(message)


_watcher: Watcher | None = None
_scene_name = ""
_shown: list[Path] = []  # results whose sets were put up here, the last at the end
_building = False  # the set of the last is being built


def following(scene: bpy.types.Scene) -> bool:
    return _watcher is not None and scene.name == _scene_name


def status() -> tuple[str, float | None]:
    """What the panel tells of it, and how much of the bracket at work is behind it, 0 to 1."""
    if _watcher.at_work:
        said, done = manager.status_of(_watcher, LABEL)
        return f"{_watcher.at_work}: {said}", done
    if _watcher.brought is not None:
        return say(
            "{name} is ready: it comes in Object Mode, between two steps", name=_watcher.brought.name
        ), None
    if _shown:
        return say("{name} is shown. Waiting for photographs", name=_shown[-1].name), None
    return say("Waiting for photographs"), None


def start(scene: bpy.types.Scene, arguments: list[str]) -> None:
    """Let `python -m backend ...` follow a shoot for the scene. Raises UserError or OSError."""
    global _watcher, _scene_name
    stop()
    cache = cache_folder()
    remove_abandoned(cache)
    scratch = Scratch(cache)
    try:
        _watcher = Watcher(arguments, scratch, cache, preferences().threads)
    except OSError:
        scratch.remove()
        raise
    _scene_name = scene.name
    bpy.app.timers.register(_look, first_interval=INTERVAL)


def stop() -> None:
    """Follow no longer; what is half estimated is lost, and made when the folder is followed again."""
    if bpy.app.timers.is_registered(_look):
        bpy.app.timers.unregister(_look)
    _end()


def _end() -> None:
    global _watcher, _building
    if _watcher is not None:
        _watcher.stop()
        _watcher.close()
    _watcher, _building = None, False
    _shown.clear()


def _look() -> float | None:
    global _building
    before, running = status(), _watcher.poll()
    if (scene := bpy.data.scenes.get(_scene_name)) is None:
        running = False
    if _watcher.complaint is not None:
        manager.tell(manager.Notice(_watcher.complaint, fault=True, task=LABEL))
        _watcher.complaint = None
    if not running:
        if scene is not None:
            manager.tell(manager.Notice(_watcher.fault, fault=True, log=_watcher.kept_log, task=LABEL))
        _end()
    elif (window := _still_window(scene)) is not None:
        if _building:
            _building = False
            _hide_earlier(scene)
        elif _watcher.brought is not None:
            _put_up(scene, window)
    if _watcher is None or status() != before:
        manager.redraw_panels(bpy.context)
    return INTERVAL if _watcher is not None else None


def _still_window(scene: bpy.types.Scene) -> bpy.types.Window | None:
    """A window that shows the scene, where nothing is under way that a change would disturb."""
    for window in bpy.context.window_manager.windows:
        still = manager.running() is None and not window.modal_operators
        active = window.view_layer.objects.active
        if window.scene == scene and still and (active is None or active.mode == "OBJECT"):
            return window
    return None


def _put_up(scene: bpy.types.Scene, window: bpy.types.Window) -> None:
    """Open the result that has come, and build its set as the button does."""
    global _building
    folder, _watcher.brought = _watcher.brought, None
    with _in_view(window):
        if bpy.ops.focal_depth.open_result("INVOKE_DEFAULT", True, directory=str(folder)) != {"FINISHED"}:
            return
        bpy.ops.focal_depth.build_mesh("INVOKE_DEFAULT", level=scene.focal_depth.level)
    if folder in _shown:
        _shown.remove(folder)
    _shown.append(folder)
    _building = True


def _in_view(window: bpy.types.Window):
    """The context of a person whose mouse is in the window's largest 3D view, if it has one."""
    views = [area for area in window.screen.areas if area.type == "VIEW_3D"]
    if not views:
        return bpy.context.temp_override(window=window)
    area = max(views, key=lambda area: area.width * area.height)
    region = next(region for region in area.regions if region.type == "WINDOW")
    return bpy.context.temp_override(window=window, area=area, region=region)


def _hide_earlier(scene: bpy.types.Scene) -> None:
    """The last set stands alone, of those that came here; unless building it failed, or was cancelled."""
    if "mesh" not in scene.standing(scene, _shown[-1]):
        return
    for folder in _shown:
        scene.set_hidden(scene, folder, folder != _shown[-1])
    bpy.ops.ed.undo_push(message=say("Follow"))


@persistent
def _stop_before_load(*_) -> None:
    stop()


def register() -> None:
    bpy.app.handlers.load_pre.append(_stop_before_load)
    atexit.register(_end)


def unregister() -> None:
    stop()
    atexit.unregister(_end)
    bpy.app.handlers.load_pre.remove(_stop_before_load)
