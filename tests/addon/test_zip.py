"""The extension's zip in the eyes of Blender itself."""

import os
import subprocess
import sys
from pathlib import Path

import bpy
import pytest


@pytest.mark.skipif("FOCAL_DEPTH_ZIP" not in os.environ, reason="FOCAL_DEPTH_ZIP names no zip")
def test_blenders_validator_accepts_the_zip():
    tool = Path(bpy.utils.system_resource("SCRIPTS")) / "addons_core/bl_pkg/cli/blender_ext.py"
    subprocess.run([sys.executable, str(tool), "validate", os.environ["FOCAL_DEPTH_ZIP"]], check=True)
