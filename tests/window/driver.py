"""Inside Blender: does what window.py sends over a socket, and answers. Blender runs it with --python.

A step is one line of JSON, {"source": Python, "in_view": whether it runs as if a person had done it in the
3D view}. Its last expression is the answer; names stay for later steps.
"""

import ast
import contextlib
import ctypes
import inspect
import itertools
import json
import os
import socket
import sys
import time
import traceback
from pathlib import Path

import bpy

PERIOD = 0.02  # seconds from one poll of the socket to the next
PULSE = 0.01
PACKAGE = "bl_ext.user_default.focal_depth"
OURS = "FOCAL_DEPTH_"  # all our classes are called so
CALLED_BY_BLENDER = ("draw", "draw_item", "invoke", "execute", "modal")

connection = socket.socket(socket.AF_UNIX)
received = b""
pulse: list[tuple[float, float]] = []  # when, and how long this thread had been deprived by then


def serve() -> float | None:
    global received
    try:
        arrived = connection.recv(1 << 16, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return PERIOD
    if not arrived:
        return None  # the tests have gone
    *lines, received = (received + arrived).split(b"\n")
    for line in lines:
        answer = json.dumps(step(**json.loads(line)), default=str)
        ctypes.CDLL(None).fflush(None)  # what Blender has printed reaches the console
        connection.sendall(answer.encode() + b"\n")
    return PERIOD


def step(source: str, in_view: bool) -> dict:
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    try:
        with context_of_view() if in_view else contextlib.nullcontext():
            exec(compile(ast.Module(body, []), "<step>", "exec"), names)
            return {"value": last and eval(compile(ast.Expression(last.value), "<step>", "eval"), names)}
    except Exception:
        return {"error": traceback.format_exc()}


def areas(kind: str) -> list[bpy.types.Area]:
    """Of all windows."""
    windows = bpy.context.window_manager.windows
    return [area for window in windows for area in window.screen.areas if area.type == kind]


def main_area() -> bpy.types.Area:
    """The largest of the main window: the 3D view, unless a test made it another."""
    return max(bpy.context.window_manager.windows[0].screen.areas, key=lambda area: area.width * area.height)


def region(area: bpy.types.Area, kind: str = "WINDOW") -> bpy.types.Region:
    return next(each for each in area.regions if each.type == kind)


def context_of_view(kind: str = "WINDOW"):
    """The context of a person whose mouse is in a region of the 3D view."""
    window = bpy.context.window_manager.windows[0]
    view = next((area for area in window.screen.areas if area.type == "VIEW_3D"), None)
    if view is None:
        return bpy.context.temp_override(window=window)
    return bpy.context.temp_override(window=window, area=view, region=region(view, kind))


def draw() -> None:
    """Every window as it is now; twice, as some things are seen only when they have been drawn once."""
    for window in bpy.context.window_manager.windows:
        with bpy.context.temp_override(window=window):
            bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=2)


def addon(name: str):
    """A module of the installed add-on."""
    return sys.modules[f"{PACKAGE}.focal_depth_addon.{name}"]


def settings() -> bpy.types.PropertyGroup:
    return bpy.context.scene.focal_depth


def manager():
    """The add-on's job manager."""
    return addon("jobs").manager


def idle() -> bool:
    return manager().run is None


def stage() -> str | None:
    """What the process says it is doing."""
    process = manager().process
    return process and process.progress and process.progress.stage


def sidebar_is_open() -> bool:
    """Opens it, and our tab; a region knows its tabs once it has been drawn."""
    area = areas("VIEW_3D")[0]
    area.spaces.active.show_region_ui = True
    sidebar = region(area, "UI")
    if sidebar.active_panel_category == "UNSUPPORTED":
        return False
    sidebar.active_panel_category = "Focal Depth"
    return True


def under_mouse() -> str:
    """The call that a press of the button there makes, or the path of the property that it shows."""
    bpy.context.window_manager.clipboard = ""
    with context_of_view("UI"):
        for tell in (bpy.ops.ui.copy_python_command_button, bpy.ops.ui.copy_data_path_button):
            if tell.poll():
                tell()
                break
    return bpy.context.window_manager.clipboard


def start_pulse() -> None:
    """Note from now on when Blender has time for a timer."""
    pulse.clear()
    bpy.app.timers.register(_beat, persistent=True)


def _beat() -> float:
    pulse.append((time.perf_counter(), deprived()))
    return PULSE


def stop_pulse() -> list[tuple[float, float]]:
    """The seconds from each beat to the next, and in how many of them this thread was deprived."""
    bpy.app.timers.unregister(_beat)
    return [(after[0] - before[0], after[1] - before[1]) for before, after in itertools.pairwise(pulse)]


def deprived() -> float:
    """Seconds that this thread was ready to go on while others had the processor, as Linux counts them."""
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) * 1e-9


def time_our_functions() -> dict[str, float]:
    """Of each function of ours that Blender calls, the longest call from now on, in seconds; those in which
    others had the processor are not counted."""
    longest: dict[str, float] = {}
    for base in (bpy.types.Operator, bpy.types.Panel, bpy.types.UIList, bpy.types.Menu):
        for ours in _descendants(base):
            for name in CALLED_BY_BLENDER:
                function = getattr(ours, name, None)
                if ours.__name__.startswith(OURS) and inspect.isfunction(function):
                    setattr(ours, name, _timed(function, f"{ours.__name__}.{name}", longest))
    return longest


def _descendants(base: type) -> set[type]:
    return {base}.union(*(_descendants(each) for each in base.__subclasses__()))


def _timed(function, name: str, longest: dict[str, float]):
    def call(*arguments):
        started = time.perf_counter() - deprived()
        try:
            return function(*arguments)
        finally:
            longest[name] = max(longest.get(name, 0), time.perf_counter() - deprived() - started)

    named = ", ".join(inspect.signature(function).parameters)  # Blender counts them
    return eval(f"lambda {named}: call({named})", {"call": call})


names = globals()
bpy.context.preferences.view.show_splash = False
connection.connect(os.environ["FOCAL_DEPTH_WINDOW"])
bpy.app.timers.register(serve, persistent=True)
