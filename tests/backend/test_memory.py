"""A limit of memory: planned for, and kept, however many threads there are."""

import json
import sys

import cv2
import numpy as np
import pytest
from focal_depth.contract.cost import MAX_TILE, MIN_TILE, Load, plan_for
from focal_depth.contract.errors import InputError
from focal_depth.contract.qualities import FULL, STANDARD
from measuring import peak_of
from photographs import write_photograph

WHOLE, SIZE = (6000, 4000), (960, 640)


def planned(count: int, max_memory: float | None, size=WHOLE, quality=STANDARD):
    return plan_for(Load(count, size), quality, max_memory=max_memory)


def test_without_a_limit_the_size_is_that_of_the_quality():
    assert planned(10, None).size == SIZE


def test_a_large_limit_changes_nothing():
    assert planned(10, 8e9) == planned(10, None)


def test_less_memory_means_smaller_tiles_and_then_a_smaller_picture():
    limits = [8e9, 2e9, 1.6e9, 1.5e9, 1.4e9]
    plans = [planned(60, limit, (1500, 1000), FULL) for limit in limits]
    assert plans[0].tile == MAX_TILE
    assert all(each.tile >= 60 * MIN_TILE for each in plans)
    areas = [each.pixels for each in plans]
    assert areas == sorted(areas, reverse=True)
    assert areas[-1] < areas[0]


@pytest.mark.parametrize("limit", [0.0, -1.0, 0.1e9, 1.0e9, float("nan")])
def test_too_little_is_said_with_what_is_enough(limit):
    with pytest.raises(InputError, match="give at least") as raised:
        planned(40, limit)
    enough = float(str(raised.value).split()[-1])
    assert max(planned(40, enough * 1e9).size) >= 256


def warnings(result) -> list[str]:
    return json.loads((result / "result.json").read_text())["warnings"]


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
@pytest.mark.parametrize("gigabytes", [0.55, pytest.param(0.7, marks=pytest.mark.torture)])
def test_the_limit_is_kept(tmp_path, gigabytes):
    random = np.random.default_rng(0)
    (tmp_path / "photographs").mkdir()
    for index in range(12):
        pixels = random.integers(0, 256, (1000, 1500, 3), dtype=np.uint8)
        write_photograph(tmp_path / "photographs" / f"{index:02d}.jpg", pixels)
    arguments = ["estimate", tmp_path / "photographs", "--output", tmp_path / "r", "--quality", "full"]
    arguments += ["--max-memory", gigabytes, "--alignment", "none"]
    assert peak_of(*arguments) < gigabytes * 1e9
    assert any("the memory allowed holds no more" in warning for warning in warnings(tmp_path / "r"))


@pytest.fixture(scope="module")
def large_pngs(tmp_path_factory):
    """large_pngs(megapixels) -> a folder of 16 PNGs, smooth and so small files, sharp in different places."""

    def write(megapixels: float):
        folder = tmp_path_factory.mktemp("large")
        width, height = round((1.5e6 * megapixels) ** 0.5), round((megapixels / 1.5e-6) ** 0.5)
        texture = np.random.default_rng(0).integers(40, 200, (160, 240, 3), np.uint8)
        for index in range(16):
            blurred = cv2.GaussianBlur(texture, (0, 0), 1.5)
            part = slice(15 * index, 15 * index + 15)
            blurred[:, part] = texture[:, part]
            large = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_NEAREST)
            write_photograph(folder / f"{index:02d}.png", large)
        return folder

    return write


def stays_within(gigabytes: float, photographs, result, threads: int, quality: str) -> None:
    arguments = ["estimate", photographs, "--output", result, "--quality", quality]
    used = peak_of(*arguments, "--max-memory", gigabytes, threads=threads)
    assert used < gigabytes * 1e9


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
@pytest.mark.torture
@pytest.mark.parametrize("threads", [1, 16])
def test_the_limit_is_kept_however_many_cores_there_are(tmp_path, large_pngs, threads):
    """16 at once, decoded to floats, would take 1.7 GB."""
    stays_within(0.7, large_pngs(6), tmp_path / "r", threads, "draft")


@pytest.mark.torture
@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
@pytest.mark.parametrize("threads", [1, 2, 16])
def test_the_limit_is_kept_with_16_pngs_of_12_megapixels(tmp_path, large_pngs, threads):
    stays_within(1.2, large_pngs(12), tmp_path / "r", threads, "standard")
