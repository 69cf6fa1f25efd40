"""The extension in a real Blender with a window: BLENDER names the program, FOCAL_DEPTH_ZIP the zip.

Screenshots of every test go to build/window/; they are for looking at.
"""

import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from window import SAMPLE, Screen, Window, children, end_children, write_film

TOOLS = ("Xvfb", "openbox", "xdotool", "import", "convert")  # the last two are ImageMagick's

if "BLENDER" not in os.environ:  # `make test-window` knows how
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def screen():
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.exit(f"Window tests need {', '.join(missing)}: install what .ci/window-root names", 1)
    screen = Screen()
    yield screen
    screen.close()


@dataclass
class Installed:
    """Where the preferences are, and what Blender printed while the extension was installed."""

    resources: Path
    console: str


@pytest.fixture(scope="session")
def installed(screen, tmp_path_factory) -> Installed:
    """The extension, installed from its zip through the Preferences."""
    resources = tmp_path_factory.mktemp("blender")
    zipped = os.environ["FOCAL_DEPTH_ZIP"]
    with contextlib.closing(Window(screen, resources)) as window:
        window.run(f"""
bpy.ops.screen.userpref_show(section="EXTENSIONS")
bpy.ops.extensions.package_install_files(
    filepath={zipped!r}, repo="user_default", enable_on_install=True)
bpy.context.window_manager.extension_search = "Focal"
""")
        window.screenshot("preferences")
        window.run("bpy.ops.wm.save_userpref()")
        return Installed(resources, window.console)


@pytest.fixture(scope="session")
def clip(installed, tmp_path_factory) -> Path:
    """A film of the sample, each photograph for a quarter of a second, by the wheels of the extension."""
    return write_film(installed.resources, tmp_path_factory.mktemp("clips") / "pull.mp4")


@pytest.fixture(scope="session")
def _shared(screen, installed):
    """The Blender of all tests that leave it alive; another one takes its place should it have died."""
    windows = []

    def living() -> Window:
        if not windows or windows[-1].process.poll() is not None:
            windows.append(Window(screen, installed.resources))
        return windows[-1]

    yield living
    for window in windows:
        window.close()


@pytest.fixture
def window(_shared, installed):
    """Blender with a new file, and our panel in the sidebar of its 3D view."""
    shared = _shared()
    yield from _in_new_file(shared, installed)
    shared.run("manager().standby.end()")  # or one may start beside the next test's own window


@pytest.fixture
def own_window(screen, installed):
    """A Blender that the test may end."""
    with contextlib.closing(Window(screen, installed.resources)) as window:
        yield from _in_new_file(window, installed)


def _in_new_file(window: Window, installed: Installed):
    printed_before = len(window.console)
    window.open()
    yield window
    end_children(installed.resources)  # of a test that failed: the next one finds none
    printed = window.console[printed_before:]
    assert "Traceback" not in printed, printed


@pytest.fixture
def traces(installed, tmp_path):
    """traces() -> every process and file that an estimate into tmp_path / "output" should not leave."""
    output = tmp_path / "output"
    output.mkdir()
    own = installed.resources / "extensions" / ".user" / "user_default" / "focal_depth"
    earlier = set(own.glob("run-*"))  # of a Blender that a test has killed

    def found() -> list:
        files = {*own.glob("run-*"), *output.iterdir()} - earlier
        return [*children(installed.resources), *files]

    return found


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Path:
    """The sample at half its size: photographs that take seconds."""
    folder = tmp_path_factory.mktemp("photographs") / "small"
    folder.mkdir()
    for photograph in sorted(SAMPLE.glob("*.jpg")):
        subprocess.run(["convert", photograph, "-resize", "50%", folder / photograph.name], check=True)
    return folder


@pytest.fixture(scope="session")
def untold(tmp_path_factory) -> Path:
    """The sample, tiny, and without a word on how it was taken."""
    folder = tmp_path_factory.mktemp("photographs") / "untold"
    folder.mkdir()
    for photograph in sorted(SAMPLE.glob("*.jpg")):
        subprocess.run(
            ["convert", photograph, "-resize", "20%", "-strip", folder / photograph.name], check=True
        )
    return folder


@pytest.fixture(scope="session")
def estimated(_shared, small, tmp_path_factory) -> Path:
    """A result folder."""
    folder = tmp_path_factory.mktemp("results") / "small"
    window = _shared()
    window.run(
        f"bpy.ops.focal_depth.estimate('INVOKE_DEFAULT', directory={str(small)!r}, output={str(folder)!r})"
    )
    window.wait_until("idle()")
    assert (folder / "result.json").is_file()
    return folder
