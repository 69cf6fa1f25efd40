"""The extension, installed from its zip into clean preferences of the bpy wheel that runs the tests.

FOCAL_DEPTH_ZIP names the zip; without it the newest one in dist/ for this system is taken.
"""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SYSTEM = {"linux": "linux_x64", "win32": "windows_x64", "darwin": "macos_arm64"}[sys.platform]

if importlib.util.find_spec("bpy") is None:  # another environment's tests
    collect_ignore_glob = ["test_*.py"]
else:
    RESOURCES = tempfile.mkdtemp(prefix="focal-depth-blender-")
    os.environ["BLENDER_USER_RESOURCES"] = RESOURCES  # before bpy is imported
    os.environ["LIBGL_ALWAYS_SOFTWARE"] = "1"


def _zip() -> Path:
    if named := os.environ.get("FOCAL_DEPTH_ZIP"):
        return Path(named)
    built = (HERE.parents[1] / "dist").glob(f"focal_depth-*-{SYSTEM}.zip")
    newest = max(built, key=lambda path: path.stat().st_mtime, default=None)
    assert newest, "there is no zip in dist/: run build_extension.py first"
    return newest


@pytest.fixture(scope="session", autouse=True)
def addon():
    """The installed and enabled add-on's package name."""
    import bpy

    bpy.ops.extensions.package_install_files(
        filepath=str(_zip()), repo="user_default", enable_on_install=True
    )
    yield "bl_ext.user_default.focal_depth"
    # What stays registered when the interpreter ends hangs or crashes Blender.
    bpy.ops.preferences.addon_disable(module="bl_ext.user_default.focal_depth")
    shutil.rmtree(RESOURCES, ignore_errors=True)


@pytest.fixture
def disabled(addon):
    """disabled() -> a context without the add-on, whose wheels stay: to unpack them again takes long."""
    import addon_utils

    @contextlib.contextmanager
    def without():
        addon_utils.disable(addon, default_set=True, refresh_handled=True)
        try:
            yield
        finally:
            addon_utils.enable(addon, default_set=True, refresh_handled=True)

    return without


@pytest.fixture
def module(addon):
    """module("jobs.process") -> that module of the installed add-on."""
    return lambda name: sys.modules[f"{addon}.focal_depth_addon.{name}"]


@pytest.fixture
def manager(module):
    """The add-on's job manager."""
    return module("jobs").manager


@pytest.fixture(scope="session")
def compiled(tmp_path_factory) -> Path:
    """Where the modules of the backend that earlier tests compiled wait for the next one."""
    return tmp_path_factory.mktemp("compiled") / "bytecode"


@pytest.fixture
def cache(module, manager, scene, compiled, tmp_path):
    """A cache folder of the test's own, chosen in the preferences."""
    preferences = module("preferences").preferences()
    preferences.cache_folder = str(tmp_path / "cache")
    folder = module("preferences").cache_folder()
    bytecode = folder / module("jobs.process").BYTECODE
    if compiled.exists():
        compiled.rename(bytecode)
    yield folder
    manager.stop()
    if bytecode.exists():
        bytecode.rename(compiled)
    manager.notice = None
    for name in ("cache_folder", "quality", "threads"):
        preferences.property_unset(name)


@pytest.fixture
def remains(cache):
    """remains() -> the processes that this one has begun and that are still there, and the files of runs."""

    def collect() -> list:
        threads = Path("/proc/self/task")  # only Linux says so
        lists = [thread / "children" for thread in threads.iterdir()] if threads.is_dir() else []
        return [pid for each in lists for pid in each.read_text().split()] + list(cache.glob("run-*"))

    return collect


@pytest.fixture
def scene():
    """A new, empty scene of metres."""
    import bpy

    bpy.ops.wm.read_homefile(use_empty=True)
    return bpy.context.scene


@pytest.fixture(scope="session")
def wheels(addon) -> dict[str, str]:
    """The environment of a process of its own that finds the extension and its wheels."""
    extensions = Path(os.environ.get("BLENDER_USER_RESOURCES", "")) / "extensions"
    unpacked = next(extensions.glob(".local/lib/python*/site-packages"))
    path = [str(extensions / "user_default" / "focal_depth"), str(unpacked)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(path)}


@pytest.fixture(scope="session")
def outside(wheels):
    """Runs outside.py with the extension's wheels, in a process of its own as the backend is."""

    def run(*arguments) -> None:
        command = [sys.executable, str(HERE / "outside.py"), *map(str, arguments)]
        subprocess.run(command, env=wheels, check=True)

    return run


@pytest.fixture(scope="session")
def result(addon, outside, tmp_path_factory) -> Path:
    """A result folder: a wall with a box standing out of it, photographed off-axis."""
    folder = tmp_path_factory.mktemp("results") / "wall"
    outside("result", folder)
    return folder


@pytest.fixture(scope="session")
def photographs(addon, outside, tmp_path_factory) -> Path:
    """A folder with five photographs and their distances: a near square before a far wall."""
    folder = tmp_path_factory.mktemp("photographs") / "bracket"
    outside("photographs", folder)
    return folder
