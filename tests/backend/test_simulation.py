"""The layered renderer against what a lens does; skipped where torch is not installed."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from backend.simulation.bank import read_shards  # noqa: E402
from backend.simulation.layers import (  # noqa: E402
    Layers,
    aperture_kernels,
    focus_positions,
    render,
    simulate,
    visible_dioptres,
)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(7)


def edge_scene() -> Layers:
    """A white sheet near (dioptre 1) before the left half of a black wall far away (dioptre 0)."""
    size = (64, 96)
    colour = torch.zeros(1, 2, 3, *size)
    colour[:, 1] = 1
    coverage = torch.ones(1, 2, 1, *size)
    coverage[:, 1, :, :, 48:] = 0
    dioptres = torch.zeros(1, 2, 1, *size)
    dioptres[:, 1] = 1
    return Layers(colour, coverage, dioptres)


def row(frames, index):
    return frames[0, index, 0, 32, 24:72].numpy()


def test_a_near_blurred_edge_lets_the_far_show_through_and_a_far_one_does_not_bleed(generator):
    positions, blur = torch.tensor([[0.0, 1.0]]), torch.tensor([16.0])
    frames = render(edge_scene(), positions, blur, aperture_kernels(1, generator))
    sharp = row(frames, 1)
    np.testing.assert_allclose(sharp, [1] * 24 + [0] * 24, atol=1e-3)
    soft = row(frames, 0)
    # The sheet's edge spreads by the circle of confusion's radius to either side, and no farther.
    assert soft[24 - 10] == pytest.approx(1, abs=1e-3)
    assert soft[24 + 10] == pytest.approx(0, abs=1e-3)
    assert soft[23:25].mean() == pytest.approx(0.5, abs=0.02)
    assert (np.diff(soft) < 1e-3).all()


def test_light_is_neither_made_nor_lost_by_blur(generator):
    kernels = aperture_kernels(3, generator)
    np.testing.assert_allclose(kernels.sum((-2, -1)), 1, atol=1e-5)


def test_truth_is_what_is_visible():
    visible = visible_dioptres(edge_scene())[0]
    assert (visible[:, :48] == 1).all()
    assert (visible[:, 48:] == 0).all()


def test_focus_runs_from_far_to_near(generator):
    positions = focus_positions(5, 7, generator)
    assert (positions[:, 0] == 0).all()
    np.testing.assert_allclose(positions[:, -1], 1, atol=1e-6)
    assert (positions.diff(dim=1) > 0).all()


def test_a_frame_is_sharpest_where_it_is_focused(generator):
    stacks = simulate(2, (64, 96), 3, None, generator, layer_count=1)
    detail = stacks.frames.diff(dim=-1).abs().mean(2)  # (B, N, H, W-1)
    nearest = (stacks.dioptres[:, None] - stacks.positions[:, :, None, None]).abs().argmin(1)[..., :-1]
    chosen = torch.gather(detail, 1, nearest[:, None]).mean()
    assert chosen > detail.mean()


def test_the_same_seed_gives_the_same_stacks():
    one, two = (simulate(2, (32, 48), 3, None, torch.Generator().manual_seed(5)) for _ in range(2))
    torch.testing.assert_close(one.frames, two.frames, rtol=0, atol=0)


def test_simulate_keeps_what_is_there_and_goes_on(bank, command):
    shard = read_shards(bank)[0]
    assert shard.frames.shape == (32, 5, 64, 80, 3)
    assert shard.frames.dtype == np.uint8
    written = (bank / "shard_0000/frames.npy").stat().st_mtime_ns
    again = command("simulate", "--output", bank, "--stacks", 32, "--frames", 5, "--size", 64, 80)
    assert again.returncode == 0, again.stderr
    assert (bank / "shard_0000/frames.npy").stat().st_mtime_ns == written
