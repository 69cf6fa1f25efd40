"""The layered renderer against what a lens does; skipped where torch is not installed."""

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from focal_depth.research.simulation.apertures import RADII, aperture_kernels  # noqa: E402
from focal_depth.research.simulation.bank import read_shards  # noqa: E402
from focal_depth.research.simulation.layers import Layers, render, visible_dioptres  # noqa: E402
from focal_depth.research.simulation.motion import MAX_SCALE, _phone_motion, random_motion  # noqa: E402
from focal_depth.research.simulation.rgbd import load_rgbd, rgbd_layers  # noqa: E402
from focal_depth.research.simulation.scenes import random_layers  # noqa: E402
from focal_depth.research.simulation.sensor import compress_jpeg  # noqa: E402
from focal_depth.research.simulation.stacks import Material, focus_positions, simulate  # noqa: E402


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
    random = torch.rand(1, 1, 3, 96, 96, generator=generator)
    layers = Layers(random, torch.ones(1, 1, 1, 96, 96), torch.full((1, 1, 1, 96, 96), 0.3))
    positions, blur = torch.tensor([[0.0, 0.3, 1.0]]), torch.tensor([20.0])
    frames = render(layers, positions, blur, aperture_kernels(1, generator))
    means, contrasts = frames.mean((2, 3, 4))[0], frames.std((2, 3, 4))[0]
    np.testing.assert_allclose(means, means[1], rtol=1e-4)
    assert contrasts[2] < contrasts[0] < 0.5 * contrasts[1]


def test_what_lies_behind_is_never_shown_over_what_lies_before(generator):
    layers = random_layers(8, 6, (64, 96), None, generator)
    covered, dioptres = layers.coverage > 0.5, layers.dioptres
    nearest = torch.where(covered, dioptres, -torch.inf).amax(1)[:, 0]
    np.testing.assert_allclose(visible_dioptres(layers), nearest, atol=1e-6)


def test_focusing_does_not_seem_to_move_things(generator):
    kernels = aperture_kernels(32, generator)
    line = torch.arange(kernels.shape[-1]) - kernels.shape[-1] // 2.0
    for axis in (-1, -2):
        off_centre = (kernels.sum(axis) * line).sum(-1)
        np.testing.assert_allclose(off_centre, 0, atol=0.3)


def test_truth_is_what_is_visible():
    visible = visible_dioptres(edge_scene())[0]
    assert (visible[:, :48] == 1).all()
    assert (visible[:, 48:] == 0).all()


def test_focus_runs_from_far_to_near(generator):
    positions = focus_positions(5, 7, generator)
    assert (positions[:, 0] == 0).all()
    np.testing.assert_allclose(positions[:, -1], 1, atol=1e-6)
    assert (positions.diff(dim=1) > 0).all()


def test_steps_of_focus_are_even_where_uneven_ones_are_left_out(generator):
    positions = focus_positions(5, 7, generator, is_uneven=False)
    np.testing.assert_allclose(positions, np.tile(np.linspace(0, 1, 7), (5, 1)), atol=1e-6)


def test_what_is_nearer_moves_more_when_the_hand_moves(generator):
    positions, blur = torch.tensor([[0.0, 1.0]]), torch.tensor([0.0])
    parallax = torch.tensor([[[8.0, 0.0], [0.0, 0.0]]])  # pixels of one focus range in the first frame
    frames = render(edge_scene(), positions, blur, aperture_kernels(1, generator), parallax)
    # The sheet lies half a range nearer than the middle, so its edge moves by half of it to the right.
    np.testing.assert_allclose(row(frames, 0), [1] * 28 + [0] * 20, atol=1e-3)
    np.testing.assert_allclose(row(frames, 1), [1] * 24 + [0] * 24, atol=1e-3)


def test_a_cats_eye_is_smaller_than_the_disc_it_is_cut_from(generator):
    areas = 1 / aperture_kernels(64, generator)[:, -1].amax((-2, -1))
    disc = np.pi * RADII[-1] ** 2
    assert areas.median() == pytest.approx(disc, rel=0.03)  # discs and polygons have one area
    assert areas.max() < 1.05 * disc
    assert areas.min() < 0.8 * disc


def test_a_frame_is_sharpest_where_it_is_focused(generator):
    layers = random_layers(2, 1, (64, 96), None, generator)
    positions = focus_positions(2, 3, generator)
    frames = render(layers, positions, torch.tensor([12.0, 20.0]), aperture_kernels(2, generator))
    detail = frames.diff(dim=-1).abs().mean(2)  # (B, N, H, W-1)
    dioptres = visible_dioptres(layers)
    nearest = (dioptres[:, None] - positions[:, :, None, None]).abs().argmin(1)[..., :-1]
    chosen = torch.gather(detail, 1, nearest[:, None]).mean()
    assert chosen > detail.mean()


def test_the_same_seed_gives_the_same_stacks():
    one, two = (simulate(2, (32, 48), 3, Material(), torch.Generator().manual_seed(5)) for _ in range(2))
    torch.testing.assert_close(one.frames, two.frames, rtol=0, atol=0)


@pytest.fixture
def rgbd(tmp_path):
    """Two pictures of a textured ball before a textured wall; one with depth in millimetres and holes."""
    random = np.random.default_rng(2)
    y, x = np.mgrid[:160, :200]
    metres = np.where((y - 80) ** 2 + (x - 100) ** 2 < 40**2, 1.0, 3.0).astype(np.float32)
    for name in "ab":
        cv2.imwrite(str(tmp_path / f"color_{name}.png"), random.integers(0, 256, (160, 200, 3), np.uint8))
    np.savez(tmp_path / "depth_a.npz", depth=metres)
    metres[:5] = 0
    cv2.imwrite(str(tmp_path / "depth_b.png"), (metres * 1000).astype(np.uint16))
    return load_rgbd(tmp_path, torch.device("cpu"))


def test_pictures_with_depth_are_read_in_metres_and_their_holes_filled(rgbd):
    assert rgbd.colour.shape == (2, 3, 160, 200)
    for dioptres in rgbd.dioptres:
        assert dioptres[0, 80, 100] == pytest.approx(1, abs=0.01)
        assert dioptres[0, 2, 2] == pytest.approx(0, abs=0.01)


def test_layers_of_a_picture_show_the_picture(rgbd, generator):
    layers = rgbd_layers(3, 6, (128, 160), rgbd, generator)
    frames = render(layers, torch.tensor([[0.0, 1.0]] * 3), torch.zeros(3), aperture_kernels(3, generator))
    visible = visible_dioptres(layers)
    assert set(visible.round(decimals=2).unique().tolist()) <= {0.0, 1.0}
    # Without blur every pixel is the picture's own, so the noise has all of its contrast.
    assert (frames[:, 0] == frames[:, 1]).all()
    assert frames.std() == pytest.approx(rgbd.colour.std().item(), rel=0.25)
    # The wall goes on behind the ball, so that a blurred ball has something to let through.
    assert (layers.coverage[:, 0] == 1).all()
    assert (layers.dioptres[:, 0] < 0.5).all()


def test_a_folder_without_depth_is_refused(tmp_path, command):
    cv2.imwrite(str(tmp_path / "color_1.png"), np.zeros((8, 8, 3), np.uint8))
    done = command("simulate", "--output", tmp_path / "bank", "--rgbd", tmp_path)
    assert done.returncode == 2
    assert "color_1.png needs a depth_1" in done.stderr


@pytest.mark.parametrize("quality", [60, 75, 92])
def test_jpeg_is_as_opencv_has_it(quality):
    random = np.random.default_rng(quality)
    picture = cv2.GaussianBlur(random.random((64, 96, 3), np.float32), (0, 0), 2)
    picture = (255 * (picture - picture.min()) / np.ptp(picture)).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    theirs = cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1].astype(np.float32)
    planes = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    compressed = compress_jpeg(planes, torch.tensor([float(quality)]))[0].permute(1, 2, 0).numpy() * 255
    damage = np.abs(theirs - picture).mean()
    assert damage > 0.3
    assert np.abs(compressed - theirs).mean() < 0.3 * damage + 0.4


def test_motion_stays_within_what_lenses_do_and_leaves_the_reference_at_rest(generator):
    positions = torch.linspace(0, 1, 9).expand(400, 9)
    motion = random_motion(positions, 256, generator)
    np.testing.assert_array_equal(motion[:, -1], np.tile([1, 0, 0], (400, 1)))
    assert 0.06 < (motion[..., 0] - 1).abs().max() < MAX_SCALE + 0.03
    assert motion[..., 1:].abs().max() < 2 * 0.05
    at_rest = (motion == motion.new_tensor([1, 0, 0])).all(2).all(1)
    assert 0.1 < at_rest.float().mean() < 0.3


def test_phones_see_more_than_a_thin_lens_when_they_focus_far(generator):
    motion = _phone_motion(torch.linspace(0, 1, 9).expand(400, 9), generator)
    far = motion[:, 0, 0].tolist()
    assert {round(-value, 6) for value in far} == {0.019155, 0.003303, 0.016696, 0.024739}


def test_simulate_keeps_what_is_there_and_goes_on(bank, command):
    shard = read_shards(bank)[0]
    assert shard.frames.shape == (32, 5, 64, 80, 3)
    assert shard.frames.dtype == np.uint8
    written = (bank / "shard_0000/frames.npy").stat().st_mtime_ns
    again = command("simulate", "--output", bank, "--stacks", 32, "--frames", 5, "--size", 64, 80)
    assert again.returncode == 0, again.stderr
    assert (bank / "shard_0000/frames.npy").stat().st_mtime_ns == written
