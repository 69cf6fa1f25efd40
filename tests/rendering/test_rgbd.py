"""Pictures with depth for training, rendered for real from the shared assets."""

import importlib.util
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).parents[2]
DATA = Path(os.environ.get("FOCAL_DEPTH_DATA", PROJECT.parent / "shared"))

WITHOUT_DRACO = ("4.2",)  # wheels of bpy that cannot decode the models' compression

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="needs bpy"),
    pytest.mark.skipif(not (DATA / "assets").exists(), reason="needs the shared assets"),
]


def run(*arguments: object) -> str:
    """What a Python of its own prints: these programs empty Blender's preferences."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(
    importlib.util.find_spec("bpy") is not None and version("bpy").startswith(WITHOUT_DRACO),
    reason="this bpy has no Draco",
)
def test_a_scene_becomes_a_picture_and_its_depth(tmp_path):
    run("-m", "rendering.rgbd", "--output", tmp_path, "--scenes", 1)
    depth = np.load(tmp_path / "depth_0000.npz")["depth"].astype(np.float32)
    assert depth.shape == (448, 640)
    assert np.isfinite(depth).mean() > 0.5 and depth.min() > 0.01
    assert np.percentile(depth, 98) > 2 * np.percentile(depth, 2)  # a phone's scene, from hand to room
    assert (tmp_path / "color_0000.png").stat().st_size > 50_000


def test_training_shows_no_model_of_the_validation_stacks():
    program = (
        "from pathlib import Path; from rendering import scenes; "
        f"trained = set(scenes.training_models(Path({str(DATA)!r}))); "
        "print('MODELS', len(trained), len(trained & {m for group in scenes.MODELS.values() for m in group}))"
    )
    (line,) = (line for line in run("-c", program).splitlines() if line.startswith("MODELS"))
    count, shared = map(int, line.split()[1:])
    assert count > 50 and shared == 0
