"""From the zip to the panel, and back."""

import contextlib
import shutil
from pathlib import Path

from window import SAMPLE, Window


def test_preferences_install_it_without_a_word(installed):
    assert "Traceback" not in installed.console
    assert "focal_depth" not in installed.console


def test_the_panel_is_in_the_sidebar(window):
    window.screenshot("panel")
    assert window.button("bpy.ops.focal_depth.estimate")


def test_uninstalling_leaves_results(screen, installed, tmp_path):
    """Those of a file that was never saved too, also where a person has no folder Documents."""
    resources = shutil.copytree(installed.resources, tmp_path / "blender")
    with contextlib.closing(Window(screen, resources)) as window:
        window.open()
        home = Path(window.run("__import__('os').path.expanduser('~')"))
        window.run(f"bpy.ops.focal_depth.estimate('INVOKE_DEFAULT', True, directory={str(SAMPLE)!r})")
        window.wait_until("idle() and settings().result")
        folder = Path(window.run("str(addon('result_folder').from_stored(settings().result))"))
        package = Path(window.run("addon('result_folder').__file__")).parents[1]
        window.run("""
repos = [repo.module for repo in bpy.context.preferences.extensions.repos]
bpy.ops.extensions.package_uninstall(repo_index=repos.index("user_default"), pkg_id="focal_depth")
""")
        assert not package.exists(), "the extension is gone"
        assert folder.parent == home / "Focal Depth"
        assert (folder / "depth.exr").is_file()
