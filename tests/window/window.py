"""A screen without a monitor, and Blender's window on it, driven as a person would: see driver.py."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "sample"
PICTURES = HERE.parents[1] / "build" / "window"
WIDTH, HEIGHT = 1600, 1000  # pixels
PATIENCE = 240.0  # seconds for one step; the processor may be shared
HOVER = 0.06  # seconds after which a button knows that the mouse is over it
GLIDE = 0.4  # seconds that panels take to make room for one another, or an edge to be grasped
EDGE = 9  # pixels within the sidebar where its left edge can be grasped
Place = tuple[int, int]  # pixels from the screen's upper left corner


class Screen:
    """An X server that draws into memory, with a window manager."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        size = ("-screen", "0", f"{WIDTH}x{HEIGHT}x24")
        server = ["Xvfb", "-displayfd", str(writing), *size, "+extension", "GLX", "-noreset"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._processes = [subprocess.Popen(server, pass_fds=[writing], **quiet)]
        os.close(writing)
        with open(reading) as chosen:
            self.environment = os.environ | {"DISPLAY": f":{chosen.readline().strip()}"}
        self._processes.append(subprocess.Popen(["openbox"], env=self.environment, **quiet))

    def call(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=PATIENCE
        ).stdout

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait()


class Window:
    """A running Blender, whose preferences are in `resources`."""

    def __init__(self, screen: Screen, resources: Path) -> None:
        self.screen = screen
        self._folder = Path(tempfile.mkdtemp(prefix="focal-depth-window-"))
        self._console = self._folder / "console"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(self._folder / "socket"))
            server.listen()
            server.settimeout(PATIENCE)
            self.process = self._start(resources)
            self._connection, _ = server.accept()
        self._answers = self._connection.makefile("rb")
        self._connection.settimeout(PATIENCE)
        self.version = self.run("'.'.join(map(str, bpy.app.version[:2]))")
        self._pictures = PICTURES / self.version
        self._pictures.mkdir(parents=True, exist_ok=True)

    def _start(self, resources: Path) -> subprocess.Popen:
        environment = self.screen.environment | {
            "BLENDER_USER_RESOURCES": str(resources),
            "FOCAL_DEPTH_WINDOW": str(self._folder / "socket"),
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "HOME": str(self._folder),
            "PYTHONUNBUFFERED": "1",
        }
        command = [os.environ["BLENDER"], "--window-geometry", "0", "0", str(WIDTH), str(HEIGHT)]
        command += ["--python", str(HERE / "driver.py")]
        with self._console.open("wb") as console:
            return subprocess.Popen(command, env=environment, stdout=console, stderr=console)

    def run(self, source: str, in_view: bool = True):
        """Run Python in Blender; returns the value of its last expression, as JSON brings it over.

        What opens a file must not be run `in_view`: no view outlives that.
        """
        self._connection.sendall(json.dumps({"source": source, "in_view": in_view}).encode() + b"\n")
        try:
            answer = json.loads(self._answers.readline() or b'{"error": "Blender has ended"}')
        except TimeoutError:
            self.process.kill()  # the next test has another
            self.process.wait()
            raise AssertionError(f"{source}\nBlender hangs") from None
        if "error" in answer:
            raise AssertionError(f"{source}\n{answer['error']}")
        return answer["value"]

    def open(self, path: Path | None = None) -> None:
        """Open a .blend, or a new file, and our panel in the sidebar."""
        opening = f"open_mainfile(filepath={str(path)!r})" if path else "read_homefile()"
        self.run(f"bpy.ops.wm.{opening}", in_view=False)
        self.wait_until("sidebar_is_open()")

    def wait_until(self, expression: str, timeout: float = PATIENCE):
        """Until a Python expression is true in Blender; returns its value."""
        deadline = time.monotonic() + timeout
        while not (value := self.run(expression)):
            assert time.monotonic() < deadline, f"{expression} is still {value} after {timeout} s"
            time.sleep(0.02)
        return value

    def move(self, place: Place) -> None:
        self.screen.call("xdotool", "mousemove", *map(str, place))
        time.sleep(HOVER)

    def click(self, place: Place) -> None:
        self.move(place)
        self.screen.call("xdotool", "click", "1")

    def key(self, keys: str) -> None:
        """Press keys ("ctrl+z") with the mouse in the main area."""
        self.move(self.middle())
        self.screen.call("xdotool", "key", keys)

    def middle(self) -> Place:
        """A place in the main area, away from its toolbars and its corners."""
        x, y, width, height = self._edges("WINDOW")
        return x + width // 3, y + height * 2 // 3

    def type(self, place: Place, text: str) -> None:
        """Into the field there; away from its ends, where the arrows are."""
        self.move(place)
        self.screen.call("xdotool", "click", "--repeat", "2", "--delay", "50", "1")
        self.screen.call("xdotool", "type", text)
        self.screen.call("xdotool", "key", "Return")

    def button(self, meant: str, across: tuple[float, ...] = (0.4, 0.83, 0.65)) -> Place:
        """Where in the sidebar the button is that makes this call, or the field of this property, as Blender
        itself says under the mouse. It is looked for along lines so far `across` the sidebar, 0 to 1."""
        x, y, width, height = self._edges("UI")
        for share in across:
            for down in range(y + 8, y + height, 12):
                place = (x + int(share * width), down)
                self.move(place)
                if self.run("under_mouse()").startswith(meant):
                    return place
        self.screenshot("no_button")
        raise AssertionError(f"no button in the sidebar is {meant}")

    def widen_sidebar(self, pixels: int) -> None:
        """By its edge, slowly where Blender draws too slowly to notice a quick hand."""
        _, _, before, _ = self._edges("UI")
        for glide in (GLIDE, 5 * GLIDE, 10 * GLIDE):
            self._drag_sidebar(pixels, glide)
            if self.run(f"region(main_area(), 'UI').width > {before}"):
                return
        raise AssertionError("the sidebar is as wide as before")

    def _drag_sidebar(self, pixels: int, glide: float) -> None:
        x, y, _, height = self._edges("UI")
        self.move((x + EDGE, y + height // 2))
        time.sleep(glide)
        self.screen.call("xdotool", "mousedown", "1")
        time.sleep(glide)
        for share in (0.25, 0.5, 0.75, 1):
            self.move((x + EDGE - round(share * pixels), y + height // 2))
        time.sleep(glide)
        self.screen.call("xdotool", "mouseup", "1")
        time.sleep(glide)

    def _edges(self, kind: str) -> tuple[int, int, int, int]:
        """Left, top, width and height of a region of the main area, on the screen."""
        x, y, width, height = self.run(f"""
found = region(main_area(), "{kind}")
found.x, found.y, found.width, found.height
""")
        inside = self.run("bpy.context.window_manager.windows[0].height")
        return x, inside - y - height, width, height

    def screenshot(self, name: str) -> Path:
        path = self._pictures / f"{name}.png"
        self.run("draw()")
        time.sleep(GLIDE)
        self.run("draw()")
        self.screen.call("import", "-window", "root", str(path))
        return path

    def detail(self, screenshot: Path) -> float:
        """The standard deviation of what the middle of the 3D view shows, 0 to 0.5."""
        x, y, width, height = self._edges("WINDOW")
        crop = f"{width // 8}x{height // 8}+{x + width * 7 // 16}+{y + height * 7 // 16}"
        measured = ("-crop", crop, "-colorspace", "gray", "-format", "%[fx:standard_deviation]", "info:")
        return float(self.screen.call("convert", str(screenshot), *measured))

    def drag(self, paths: list[Path], place: Place) -> None:
        """Drag files out of another application, and drop them there."""
        source = subprocess.Popen(
            ["/usr/bin/python3", str(HERE / "drag_source.py"), *map(str, paths)], env=self.screen.environment
        )
        self.screen.call("xdotool", "search", "--sync", "--onlyvisible", "--name", "Drag me")
        self.move((60, 60))
        self.screen.call("xdotool", "mousedown", "1")
        for share in (0.1, 0.3, 0.6, 0.9, 1, 1):
            self.move((round(60 + share * (place[0] - 60)), round(60 + share * (place[1] - 60))))
        time.sleep(0.3)
        self.screen.call("xdotool", "mouseup", "1")
        source.wait(timeout=PATIENCE)

    @property
    def console(self) -> str:
        """What Blender had printed when it answered last."""
        return self._console.read_text(errors="replace")

    def close(self) -> None:
        """Leave nothing behind, however it ended."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._answers.close()
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def children(resources: Path) -> list[int]:
    """The backends that run for a Blender with these preferences, be it alive or dead."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            variables = (process / "environ").read_bytes().split(b"\0")
            if b"backend" in words and f"BLENDER_USER_RESOURCES={resources}".encode() in variables:
                found.append(int(process.name))
    return found


@contextlib.contextmanager
def held(resources: Path):
    """Those backends stand still meanwhile: where a person sees a button at once, a test feels for it."""
    standing = children(resources)
    for child in standing:
        os.kill(child, signal.SIGSTOP)
    yield
    for child in standing:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGCONT)


def end_children(resources: Path) -> None:
    """None of those backends lives on."""
    while found := children(resources):
        for child in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.01)


def write_film(resources: Path, path: Path) -> Path:
    """Write the sample as a clip, each photograph for a quarter of a second, by the extension's wheels."""
    wheels = next((resources / "extensions").glob(".local/lib/python*/site-packages"))
    code = f"""
import sys
sys.path[:0] = [{str(wheels)!r}, {str(HERE.parent / "backend")!r}]
import cv2
from clips import write_clip
stills = [cv2.imread(path)[..., ::-1] for path in {sorted(map(str, SAMPLE.glob("*.jpg")))!r}]
write_clip({str(path)!r}, [still for still in stills for _ in range(6)], rate=24, crf="14")
"""
    subprocess.run(["python3", "-c", code], check=True)
    return path
