"""What an estimate takes, as the panel says it and `--max-memory` plans it, against what it does take."""

import itertools
import sys

import pytest
from focal_depth.contract.cost import Load, decoders, peak_memory, plan_for, seconds, stage_seconds
from focal_depth.contract.messages import STAGES
from focal_depth.contract.qualities import FOCAL_UNET, QUALITIES, STANDARD, WON_JEON
from measuring import peak_of
from photographs import PROJECT

SAMPLE = PROJECT / "sample"
LOAD = Load(8, (1080, 720))  # the sample
COUNTS, SIZES, BITS = (2, 8, 40), ((600, 400), (3000, 2000), (6000, 4000)), (8, 16, 32)


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
@pytest.mark.parametrize("quality", [pytest.param("draft", marks=pytest.mark.torture), "standard"])
def test_memory_is_as_expected(tmp_path, quality):
    used = peak_of("estimate", SAMPLE, "--output", tmp_path / "r", "--quality", quality, "--save-aligned")
    assert used == pytest.approx(peak_memory(LOAD, plan_for(LOAD, quality)), rel=0.25)


def cost(load: Load, quality: str) -> tuple[float, float]:
    plan = plan_for(load, quality)
    return peak_memory(load, plan), seconds(load, plan, 2)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("size", SIZES)
def test_finer_takes_more(count, size):
    costs = [cost(Load(count, size), quality) for quality in QUALITIES]
    for one, other in itertools.pairwise(costs):
        assert one[0] <= other[0] and one[1] <= other[1]


@pytest.mark.parametrize("quality", QUALITIES)
def test_more_photographs_take_more(quality):
    costs = [cost(Load(count, SIZES[1]), quality) for count in COUNTS]
    assert costs == sorted(costs) and costs[0] < costs[-1]


@pytest.mark.parametrize("count", COUNTS)
def test_larger_photographs_take_more_at_their_own_size(count):
    costs = [cost(Load(count, size), "full") for size in SIZES]
    assert costs == sorted(costs)


@pytest.mark.parametrize("quality", QUALITIES)
def test_deeper_photographs_take_more(quality):
    memory = [cost(Load(5, SIZES[-1], bits), quality)[0] for bits in BITS]
    assert memory == sorted(memory)


def test_more_threads_take_less_time():
    plan = plan_for(LOAD, STANDARD)
    times = [seconds(LOAD, plan, threads) for threads in (1, 2, 16)]
    assert times == sorted(times, reverse=True)
    assert tuple(stage_seconds(LOAD, plan, 2)) == STAGES


def test_the_authors_network_takes_more_than_ours():
    """Seven times as much a pixel: ours is given larger pictures, so not seven times as much in all."""
    plans = [plan_for(LOAD, STANDARD, predictor) for predictor in (FOCAL_UNET, WON_JEON)]
    small, large = (peak_memory(LOAD, plan) for plan in plans)
    assert large > 3 * small


@pytest.mark.parametrize("predictor", [FOCAL_UNET, WON_JEON])
@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("gigabytes", [0.6, 0.9, 1.5, 3.0])
def test_what_is_planned_fits(gigabytes, quality, predictor):
    for count, size, bits in itertools.product((3, 16), SIZES[:2], BITS):
        load = Load(count, size, bits)
        try:
            plan = plan_for(load, quality, predictor, gigabytes * 1e9)
        except Exception as error:
            assert "give at least" in str(error)
        else:
            assert peak_memory(load, plan) <= gigabytes * 1e9


@pytest.mark.parametrize("gigabytes", [None, 0.9, 1.5])
@pytest.mark.parametrize("threads", [1, 2, 16, 128])
def test_reading_at_once_takes_no_more_than_the_rest(threads, gigabytes):
    load = Load(16, (4243, 2828))
    limit = None if gigabytes is None else gigabytes * 1e9
    plan = plan_for(load, STANDARD, FOCAL_UNET, limit)
    at_once = decoders(load, plan, threads, load.pixels, limit)
    assert 1 <= at_once <= threads
    assert at_once < 16 or threads == 16
    reduced = decoders(load, plan, threads, load.pixels // 16, limit)
    assert at_once <= reduced <= threads


def test_what_decoders_leave_behind_stays_within_a_limit():
    """Measured: 16 that decode 1.5 megapixels each leave 0.2 GB, which stay until the end."""
    load, pixels = Load(10, (6000, 4000)), 1_500_000
    plan = plan_for(load, STANDARD)
    peak = peak_memory(load, plan)
    tight, loose = (decoders(load, plan, 16, pixels, limit * peak) for limit in (1.1, 1.5))
    assert 1 <= tight < loose == decoders(load, plan, 16, pixels, None)
