"""Each ingredient of the simulated camera does what its name says; skipped where torch is not installed."""

from dataclasses import fields, replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from focal_depth.cli.simulate import draw_frame_count  # noqa: E402
from focal_depth.contract.errors import InputError  # noqa: E402
from focal_depth.lens.focus_from_blur import measure_focus_positions  # noqa: E402
from focal_depth.lens.patch_spectra import measure_spectra  # noqa: E402
from focal_depth.research.simulation.apertures import RADII, SIGNED_RADII, aperture_kernels  # noqa: E402
from focal_depth.research.simulation.geometry import (  # noqa: E402
    at_rest,
    move_frames,
    residual_geometry,
)
from focal_depth.research.simulation.ingredients import INGREDIENTS, check_ingredients  # noqa: E402
from focal_depth.research.simulation.layers import Gloss, Layers, render, visible_dioptres  # noqa: E402
from focal_depth.research.simulation.lens import ideal_lens, random_lens  # noqa: E402
from focal_depth.research.simulation.materials import vary_materials  # noqa: E402
from focal_depth.research.simulation.physical import (  # noqa: E402
    PhysicalCamera,
    photograph_physically,
)
from focal_depth.research.simulation.processing import (  # noqa: E402
    demosaic,
    develop,
    random_processing,
    smooth_spline,
)
from focal_depth.research.simulation.scenes import random_layers  # noqa: E402
from focal_depth.research.simulation.stacks import (  # noqa: E402
    TRUTH_REACH,
    Material,
    focus_on,
    photograph,
    simulate,
)
from focal_depth.research.simulation.textures import fractal_noise  # noqa: E402

EVERYTHING = frozenset(INGREDIENTS)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(7)


def wall(height, width, dioptres, generator):
    """A wall of noise, all of it at one depth."""
    colour = torch.rand(1, 1, 3, height, width, generator=generator)
    return Layers(colour, torch.ones(1, 1, 1, height, width), torch.full((1, 1, 1, height, width), dioptres))


def moments(kernel):
    """Variance of a kernel (K, K) along x and along y."""
    line = torch.arange(kernel.shape[-1]) - kernel.shape[-1] // 2.0
    return [float((kernel.sum(axis) * line**2).sum()) for axis in (0, 1)]


# Lens


def test_blur_before_and_behind_the_focus_differs_by_spherical_aberration(generator):
    kernels = aperture_kernels(1, generator, spherical=torch.tensor([0.8]))[0]
    assert len(kernels) == len(SIGNED_RADII) == 2 * len(RADII) - 1
    before, behind = kernels[SIGNED_RADII.index(-14.2)], kernels[SIGNED_RADII.index(14.2)]
    middle = kernels.shape[-1] // 2
    assert behind[middle, middle] < 0.5 * before[middle, middle]
    assert sum(moments(behind)) > 1.2 * sum(moments(before))  # a ring reaches farther than a soft spot
    np.testing.assert_allclose(kernels.sum((-2, -1)), 1, atol=1e-5)


def test_astigmatism_draws_blur_out_along_the_radius_and_across_it_on_either_side(generator):
    lens = replace(
        ideal_lens(torch.tensor([20.0])),
        centre=torch.tensor([[0.5, 0.0]]),
        astigmatism=torch.tensor([12.0]),  # 3 pixels there
    )
    kernels = lens.kernels(generator)[0]
    along, across = moments(kernels[SIGNED_RADII.index(6.0)])
    assert along / across == pytest.approx((9 / 3) ** 2, rel=0.25)
    along, across = moments(kernels[SIGNED_RADII.index(-6.0)])
    assert across / along == pytest.approx((9 / 3) ** 2, rel=0.25)
    on_axis = replace(lens, centre=torch.zeros(1, 2)).kernels(generator)
    assert on_axis.shape[1] == len(RADII)


def test_curvature_moves_the_sharpest_frame_by_what_is_recorded(generator):
    scene = wall(48, 96, 0.3, generator)
    lens = replace(
        ideal_lens(torch.tensor([20.0])),
        centre=torch.tensor([[0.5, 0.0]]),
        extent=torch.tensor([0.5]),
        curvature=torch.tensor([[0.5, 0.0]]),
    )
    positions = torch.linspace(0, 1, 21)[None]
    frames = photograph(scene, positions, lens, at_rest(1, 21, torch.device("cpu")), 96, generator)[0]
    error = (frames - scene.colour[0]).abs().mean(1)
    # The window runs from the axis, r = 0, at its left to r = 1 at its right.
    assert int(error[:, 22:26, :2].mean((1, 2)).argmin()) == 6
    assert int(error[:, 22:26, 52:56].mean((1, 2)).argmin()) == round((0.3 + 0.5 * 0.5625**2) * 20)
    assert int(error[:, 22:26, -2:].mean((1, 2)).argmin()) == 16


def test_colours_focus_and_are_sized_apart(generator):
    scene = wall(64, 64, 0.5, generator)
    still = at_rest(1, 11, torch.device("cpu"))
    positions = torch.linspace(0, 1, 11)[None]
    lens = replace(ideal_lens(torch.tensor([20.0])), longitudinal=torch.tensor([[-0.2, 0.3]]))
    frames = photograph(scene, positions, lens, still, 64, generator)[0]
    sharpest = (frames - scene.colour[0]).abs().mean((-2, -1)).argmin(0)
    assert sharpest.tolist() == [3, 5, 8]

    ramp = torch.linspace(0, 1, 64).expand(1, 1, 3, 64, 64)
    lens = replace(ideal_lens(torch.tensor([0.0])), lateral=torch.tensor([[0.05, -0.05]]))
    frames = photograph(replace(scene, colour=ramp), positions, lens, still, 64, generator)[0, 0, :, 32, 8:56]
    slopes = frames.diff(dim=1).mean(1) * 63
    np.testing.assert_allclose(slopes, [1 / 1.05, 1, 1 / 0.95], rtol=0.01)


def test_vignetting_breathes_with_focus(generator):
    lens = replace(ideal_lens(torch.tensor([0.0])), vignetting=torch.tensor([[0.5, 0.2]]))
    light = lens.fall_off(torch.tensor([[0.0, 1.0]]), (64, 64), 64)[0, :, 0]
    np.testing.assert_allclose(light[:, 32, 32], 1, atol=0.01)
    np.testing.assert_allclose(light[:, 32, -1], [1.5**-2, 1.2**-2], rtol=0.025)


PHONE = PhysicalCamera(focal_length=6.81e-3, f_number=1.85, pixel_pitch=9.8e-3 / 1440)


def test_blur_of_a_physical_lens_is_f_squared_over_n_p(generator):
    assert PHONE.pixels_per_dioptre == pytest.approx(3.68, rel=0.01)  # as measured on such a phone
    edge = torch.zeros(1, 1, 3, 64, 96)
    edge[..., 48:] = 1
    scene = replace(wall(64, 96, 5.0, generator), colour=edge)
    stacks = photograph_physically(scene, torch.tensor([[2.0, 3.0, 6.0]]), PHONE, (64, 48), generator)
    np.testing.assert_allclose(stacks.positions, [[0, 0.25, 1]], atol=1e-6)
    np.testing.assert_allclose(stacks.dioptres, 0.75)
    # A disc's edge, from 0 to 1, has a variance of a quarter of its radius' square.
    slopes, line = stacks.frames[0, :, 0, 32].diff(dim=1), torch.arange(47.0)
    middle = (slopes * line).sum(1)
    variance = (slopes * (line - middle[:, None]) ** 2).sum(1)
    np.testing.assert_allclose(4 * variance.sqrt(), [3 * 3.68, 2 * 3.68, 3.68], rtol=0.12)


def test_a_physical_lens_breathes_and_distorts_with_focus():
    focus = torch.tensor([[0.0, 5.0]])
    camera = replace(PHONE, focal_length=0.02, is_breathing=True, distortion=(-0.02, 0.003))
    geometry = camera.geometry(focus)
    # Of a thin lens at infinity and at 0.2 m: s = f and f d / (d - f).
    np.testing.assert_allclose(geometry.scale, [[0.02 / (0.02 * 0.2 / 0.18), 1]], rtol=1e-5)
    np.testing.assert_allclose(geometry.distortion, [[-0.02, -0.005]], rtol=1e-5)
    np.testing.assert_allclose(replace(camera, curvature=(1.0, 0.5)).lens(focus).curvature, [[0.2, 0.1]])


def test_the_range_of_a_physical_stack_is_found_again_by_its_blur(generator):
    colour = fractal_noise(1, 3, (288, 400), torch.full((1, 1, 1, 1), 0.8), generator).mul(0.1).add(0.4)
    slope = torch.linspace(1.0, 5.0, 288).view(1, 1, 1, -1, 1).expand(1, 1, 1, 288, 400)
    scene = Layers(colour[:, None].clamp_min(0), torch.ones(1, 1, 1, 288, 400), slope)
    focus = torch.tensor([[1.0, 2.0, 4.0, 5.0]])
    stacks = photograph_physically(scene, focus, PHONE, (240, 352), generator)
    camera = random_processing(1, 4, generator, EVERYTHING)
    camera = replace(camera, exposure=torch.tensor([0.8]), electrons=torch.tensor([20_000.0]))
    pictures = (
        develop(stacks.frames, camera, generator)[0].permute(0, 2, 3, 1).numpy().astype(np.float32) / 255
    )
    blur = measure_focus_positions(measure_spectra(pictures))
    assert blur is not None
    assert blur.positions[-1] == pytest.approx(4 * PHONE.pixels_per_dioptre, rel=0.2)
    np.testing.assert_allclose(blur.normalised, stacks.positions[0], atol=0.08)


# Geometry


def test_frames_show_things_where_the_geometry_says(generator):
    still = at_rest(1, 1, torch.device("cpu"))
    y, x = torch.meshgrid(torch.arange(96.0), torch.arange(128.0), indexing="ij")
    spots = sum(torch.exp(-((x - u) ** 2 + (y - v) ** 2) / 8) for u, v in ((63.5, 47.5), (111.5, 47.5)))
    frames = spots.expand(1, 1, 3, 96, 128)
    lens = ideal_lens(torch.tensor([1.0]))

    def places(geometry):
        """Where the spots at 0 and at 0.75 of the half width have come to, in halves of the width."""
        moved = move_frames(frames, geometry, lens, 128)[0, 0, 1]
        columns = moved.sum(0)
        halves = (columns[:88], slice(0, 88)), (columns[88:], slice(88, 128))
        return [float((part * (x[0, where] - 63.5)).sum() / part.sum()) / 64 for part, where in halves]

    assert places(still) == pytest.approx([0, 0.75], abs=0.003)
    assert places(replace(still, scale=still.scale * 1.05)) == pytest.approx([0, 0.7875], abs=0.003)
    shifted = replace(still, shift=torch.tensor([[[0.02, 0.0]]]))
    assert places(shifted) == pytest.approx([0.02, 0.77], abs=0.003)
    bent = replace(still, distortion=torch.full((1, 1), 0.04))
    assert places(bent) == pytest.approx([0, 0.75 * (1 + 0.04 * 0.75**2)], abs=0.003)
    tilted = replace(still, perspective=torch.tensor([[[0.05, 0.0]]]))
    assert places(tilted) == pytest.approx([0, 0.75 / (1 + 0.05 * 0.75)], abs=0.003)


def test_what_registration_leaves_is_as_measured_and_spares_the_reference(generator):
    geometry = residual_geometry(400, 8, 480, generator)
    pixels = (geometry.shift * 240).norm(dim=-1)
    assert (pixels[:, -1] == 0).all()
    assert 0.03 < pixels[:, :-1].median() < 0.15
    assert 0.3 < pixels[:, :-1].quantile(0.95) < 0.7


# Processing


def grey_pictures(generator, **changes):
    """Two frames of a plain grey wall that has 0.2 of white's light."""
    plain = replace(random_processing(1, 2, generator, EVERYTHING), exposure=torch.tensor([0.2]))
    camera = replace(plain, **{name: torch.tensor([value]) for name, value in changes.items()})
    return develop(torch.full((1, 2, 3, 128, 128), 0.4), camera, generator)[0, :, 1].float().numpy()


def correlation(one, two):
    return float((one * two).mean() / (one.std() * two.std()))


def test_denoised_noise_is_blotches_that_differ_from_frame_to_frame(generator):
    noisy = {"electrons": 150.0, "read_noise": 3.0}
    phone = grey_pictures(
        generator, **noisy, is_mosaic=True, denoising=[2.0, 3.0], sharpening=1.5, sharpening_radius=1.2
    )
    grain = grey_pictures(generator, **noisy)
    neighbours = {}
    for name, frames in (("phone", phone), ("grain", grain)):
        one, two = frames - frames.mean()
        assert abs(correlation(one, two)) < 0.1
        assert one.std() > 1
        neighbours[name] = [correlation(one[:, :-step], one[:, step:]) for step in (1, 3, 24)]
    assert neighbours["phone"][0] > 0.6 and neighbours["phone"][1] > 0.2
    assert abs(neighbours["phone"][2]) < 0.15
    assert max(map(abs, neighbours["grain"])) < 0.05


def test_noise_is_that_of_counted_electrons(generator):
    frames = grey_pictures(generator, electrons=2500.0) / 255
    light = np.where(frames <= 0.04045, frames / 12.92, ((frames + 0.055) / 1.055) ** 2.4)
    # Green has no white balance: the variance of a share m of full white is m / electrons.
    assert light.var() == pytest.approx(light.mean() / 2500, rel=0.15)


def test_demosaicking_leaves_what_is_plain_and_softens_what_is_fine(generator):
    plain = torch.tensor([0.2, 0.5, 0.7]).view(1, 3, 1, 1).expand(1, 3, 16, 16)
    np.testing.assert_allclose(demosaic(plain), plain, atol=1e-6)
    fine = torch.rand(1, 3, 64, 64, generator=generator)
    assert demosaic(fine).std() < 0.8 * fine.std()


def test_wavelets_that_are_not_shrunk_give_the_picture_back(generator):
    picture = torch.rand(1, 2, 3, 32, 40, generator=generator)
    assert smooth_spline(torch.ones(3, 16, 16), 4).sub(1).abs().max() < 1e-6
    camera = replace(random_processing(1, 2, generator, EVERYTHING), electrons=torch.tensor([torch.inf]))
    plain = develop(picture, camera, torch.Generator().manual_seed(1))
    shrunk = develop(picture, replace(camera, denoising=torch.ones(1, 2)), torch.Generator().manual_seed(1))
    assert (plain.int() - shrunk.int()).abs().max() <= 1


def test_sharpening_leaves_haloes_and_tones_lift_the_shadows(generator):
    step = torch.full((1, 1, 3, 64, 64), 0.2)
    step[..., 32:] = 0.4
    camera = replace(random_processing(1, 1, generator, EVERYTHING), exposure=torch.tensor([0.4]))
    soft, crisp = (
        develop(step, replace(camera, sharpening=torch.tensor([amount])), generator)[0, 0, 1, 32].int()
        for amount in (0.0, 1.5)
    )
    assert crisp[31] < soft[8] - 5 and crisp[32] > soft[56] + 5
    assert crisp[8] == soft[8]
    lifted = develop(step, replace(camera, local_contrast=torch.tensor([0.4])), generator)[0, 0, 1, 32].int()
    assert lifted[8] - soft[8] > lifted[56] - soft[56]


def test_gains_drift_from_frame_to_frame_and_not_without_drift(generator):
    for without, least, most in ((EVERYTHING, 0, 0), (EVERYTHING - {"drift"}, 0.005, 0.2)):
        camera = random_processing(40, 6, generator, without)
        assert least <= camera.gains.std(1).max() <= most


# Scenes


def scenes(generator, *ingredients):
    layers = random_layers(24, 4, (64, 80), None, generator)
    return layers, vary_materials(layers, None, False, generator, EVERYTHING - set(ingredients))


def fine_contrast(colour):
    grey = colour.mean(2)
    return (grey.diff(dim=-1).abs().mean((-2, -1)) / grey.mean((-2, -1)).clamp_min(1e-3)).flatten()


def test_some_walls_are_plain_and_some_cloth_dark(generator):
    before, plain = scenes(generator, "plain")
    assert torch.equal(before.dioptres, plain.dioptres)
    flat_share = [(fine_contrast(layers.colour) < 0.01).float().mean() for layers in (before, plain)]
    assert flat_share[1] > flat_share[0] + 0.2
    before, dark = scenes(generator, "dark")
    ratio = dark.colour.mean((2, 3, 4)) / before.colour.mean((2, 3, 4)).clamp_min(1e-6)
    assert 0.02 < (ratio < 0.2).float().mean() < 0.3
    assert ((ratio < 0.2) | (ratio > 0.999)).all()


def test_what_lets_light_through_has_the_depth_of_what_shows_more(generator):
    before, clear = scenes(generator, "transparent")
    share = clear.coverage.amax((2, 3, 4)) / before.coverage.amax((2, 3, 4)).clamp_min(1e-6)
    faint = (share > 0) & (share < 0.5)
    assert faint.any() and (share[:, 0] == 1).all()
    scene, layer = faint.nonzero()[0].tolist()
    without = replace(before, coverage=before.coverage.clone())
    without.coverage[scene, layer] = 0
    assert torch.equal(visible_dioptres(clear)[scene], visible_dioptres(without)[scene])


def test_what_is_mirrored_is_sharp_at_its_own_depth_and_true_depth_is_the_surface(generator):
    scene = wall(48, 96, 0.8, generator)
    scene = replace(scene, colour=torch.full_like(scene.colour, 0.1))
    light = torch.rand(1, 3, 48, 96, generator=generator)
    shiny = replace(scene, gloss=Gloss(0, light, torch.full((1, 1, 48, 96), 0.2)))
    positions = torch.linspace(0, 1, 11)[None]
    frames = render(shiny, positions, torch.tensor([20.0]), aperture_kernels(1, generator))[0]
    assert int(frames.std((1, 2, 3)).argmax()) == 2
    assert (visible_dioptres(shiny) == 0.8).all()
    _, drawn = scenes(generator, "gloss")
    assert drawn.gloss is not None
    assert 0.2 < drawn.gloss.light.flatten(1).any(1).float().mean() < 0.8


def test_focus_that_misses_a_part_of_the_scene_has_its_depth_beyond_the_range(generator):
    scene = focus_on(wall(8, 8, 0.9, generator), torch.tensor([0.0]), torch.tensor([0.6]))
    np.testing.assert_allclose(scene.dioptres, 1.5, atol=1e-6)
    stacks = [
        simulate(8, (32, 48), 3, Material(), torch.Generator().manual_seed(2), without)
        for without in (EVERYTHING - {"beyond"}, EVERYTHING)
    ]
    beyond, within = (((s.dioptres < -0.06) | (s.dioptres > 1.06)).flatten(1).any(1) for s in stacks)
    assert beyond.any() and not beyond.all() and not within.any()
    assert stacks[0].focused_dioptres.max() <= 1 + TRUTH_REACH


def test_the_depth_that_is_learned_is_the_one_at_which_pixels_are_sharp(generator):
    stacks = simulate(8, (32, 48), 3, Material(), generator)
    offsets = stacks.lens.focus_offsets((32, 48), 48)[:, 0]
    learned = (stacks.dioptres + offsets).clamp(-TRUTH_REACH, 1 + TRUTH_REACH)
    assert torch.equal(stacks.focused_dioptres, learned)
    assert offsets.abs().max() > 0.005


# By name


@pytest.mark.parametrize(
    "name", ["curvature", "astigmatism", "spherical", "longitudinal", "lateral", "vignetting"]
)
def test_a_lens_without_an_ingredient_is_otherwise_the_same(name):
    whole, without = (
        random_lens(16, torch.Generator().manual_seed(3), left_out) for left_out in (frozenset(), {name})
    )
    for field in fields(whole):
        one, two = getattr(whole, field.name), getattr(without, field.name)
        if field.name == name:
            assert one.any() and not two.any()
        else:
            assert torch.equal(one, two)


def test_without_anything_a_stack_is_a_thin_lens_and_a_plain_camera(generator):
    stacks = simulate(4, (32, 48), 3, Material(), generator, EVERYTHING)
    assert torch.equal(stacks.focused_dioptres, stacks.dioptres)
    camera = random_processing(1, 2, generator, EVERYTHING)
    grey = develop(torch.full((1, 2, 3, 32, 32), 0.4), camera, generator)
    assert (grey == grey[0, 0, 0, 0, 0]).all()


def test_every_ingredient_of_scenes_changes_something_and_the_same_seed_gives_the_same():
    def frames(seed, *left_out):
        generator = torch.Generator().manual_seed(seed)
        return simulate(4, (16, 32), 3, Material(), generator, frozenset(left_out)).frames

    seeds = 12, 14, 15  # what is mirrored is hidden in some
    whole = {seed: frames(seed) for seed in seeds}
    assert torch.equal(whole[12], frames(12))
    for name in ("plain", "dark", "gloss", "transparent", "beyond", "uneven", "misregistration"):
        assert not all(torch.equal(whole[seed], frames(seed, name)) for seed in seeds), name


def test_every_ingredient_of_processing_changes_something_and_the_same_seed_gives_the_same(generator):
    light = torch.rand(8, 3, 3, 32, 32, generator=generator)

    def pictures(*left_out):
        generator = torch.Generator().manual_seed(3)
        return develop(light, random_processing(8, 3, generator, frozenset(left_out)), generator)

    whole = pictures()
    assert torch.equal(whole, pictures())
    for name in ("drift", "noise", "demosaicking", "denoising", "tone", "sharpening", "jpeg"):
        assert not torch.equal(whole, pictures(name)), name


def test_an_ingredient_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="--without grain: use some of plain, dark"):
        check_ingredients(["grain"])


def test_frames_vary_from_shard_to_shard_most_often_in_the_middle(generator, command):
    counts = np.array([draw_frame_count(2, 32, generator) for _ in range(400)])
    assert counts.min() >= 2 and counts.max() <= 32 and len(set(counts)) > 15
    assert ((counts >= 4) & (counts <= 16)).mean() == pytest.approx(0.75, abs=0.07)
    assert draw_frame_count(10, 10, generator) == 10
    refused = command("simulate", "--output", "bank", "--frames", 7, 2)
    assert refused.returncode == 2 and "--frames 7 2" in refused.stderr
