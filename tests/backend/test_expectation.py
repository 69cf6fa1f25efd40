"""What the panel says estimating will take, against what it does take."""

import importlib.util
import subprocess
import sys

import pytest
from focal_depth import pipeline
from focal_depth.depth import predictors, tiling
from photographs import PROJECT

SAMPLE = PROJECT / "sample"


@pytest.fixture(scope="module")
def expectation():
    """The add-on's module, alone: the add-on itself needs Blender."""
    spec = importlib.util.spec_from_file_location("expectation", PROJECT / "focal_depth_addon/expectation.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_knows_what_the_backend_does(expectation):
    assert expectation.LONGEST == pipeline.QUALITIES
    assert expectation.WORTHWHILE == pipeline.WORTHWHILE
    assert expectation.SMALL == predictors.SMALL
    assert expectation.TILE * 1e6 == tiling.TILE_BUDGET


# A process counts what its parent held when it began, so the parent is a small one.
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
@pytest.mark.parametrize("quality", ["draft", "standard"])
def test_memory_is_as_expected(expectation, tmp_path, quality):
    arguments = ["estimate", SAMPLE, "--output", tmp_path / "r", "--quality", quality, "--save-aligned"]
    command = [sys.executable, "-c", MEASURED, sys.executable, "-m", "focal_depth", *map(str, arguments)]
    used = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    kilobyte = 1024 if sys.platform == "linux" else 1
    assert int(used) * kilobyte / 1e9 == pytest.approx(expectation.memory(8, 1080, 720, quality), rel=0.25)


def test_more_of_anything_takes_more(expectation):
    memory = [expectation.memory(8, 6000, 4000, quality) for quality in pipeline.QUALITIES]
    seconds = [expectation.seconds(8, 6000, 4000, quality, 2) for quality in pipeline.QUALITIES]
    assert memory == sorted(memory)
    assert seconds == sorted(seconds)
