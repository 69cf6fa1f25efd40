"""A limit of memory: planned for, and kept."""

import json
import subprocess
import sys

import numpy as np
import pytest
from focal_depth.contract.cost import plan
from focal_depth.contract.errors import InputError
from focal_depth.depth.tiling import SMALLEST_TILE, TILE_BUDGET
from photographs import PROJECT, write_photograph

WHOLE, SIZE = (6000, 4000), (960, 640)


def test_without_a_limit_the_size_is_what_was_asked():
    assert plan(10, WHOLE, SIZE, None).size == SIZE


def test_a_large_limit_changes_nothing():
    assert plan(10, WHOLE, SIZE, 8e9) == plan(10, WHOLE, SIZE, None)


def test_less_memory_means_smaller_tiles_and_then_a_smaller_picture():
    limits = [8e9, 2e9, 1.6e9, 1.5e9, 1.4e9]
    plans = [plan(60, WHOLE, (1500, 1000), limit) for limit in limits]
    assert plans[0].tile_budget == TILE_BUDGET
    assert all(each.tile_budget >= 60 * SMALLEST_TILE for each in plans)
    areas = [each.size[0] * each.size[1] for each in plans]
    assert areas == sorted(areas, reverse=True)
    assert areas[-1] < areas[0]


@pytest.mark.parametrize("limit", [0.0, -1.0, 0.1e9, 1.2e9, float("nan")])
def test_too_little_is_said_with_what_is_enough(limit):
    with pytest.raises(InputError, match="give at least") as told:
        plan(40, WHOLE, SIZE, limit)
    enough = float(str(told.value).split()[-1])
    assert plan(40, WHOLE, SIZE, enough * 1e9).size[0] >= 256


MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""  # a process counts what its parent held when it began, so the parent is a small one


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
@pytest.mark.parametrize("gigabytes", [0.55, 0.7])
def test_the_limit_is_kept(tmp_path, gigabytes):
    random = np.random.default_rng(0)
    (tmp_path / "photographs").mkdir()
    for index in range(12):
        pixels = random.integers(0, 256, (1000, 1500, 3), dtype=np.uint8)
        write_photograph(tmp_path / "photographs" / f"{index:02d}.jpg", pixels)
    arguments = ["estimate", tmp_path / "photographs", "--output", tmp_path / "r", "--quality", "full"]
    arguments += ["--max-memory", gigabytes, "--alignment", "none"]
    command = [sys.executable, "-c", MEASURED, sys.executable, "-m", "focal_depth", *map(str, arguments)]
    used = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    kilobyte = 1024 if sys.platform == "linux" else 1
    assert int(used) * kilobyte < gigabytes * 1e9
    warnings = json.loads((tmp_path / "r" / "result.json").read_text())["warnings"]
    assert any("the memory allowed holds no more" in warning for warning in warnings)
