"""Focus by blur: on simulated planes, on the rendered sample, on a real stack; and what follows of it."""

import cv2
import numpy as np
import pytest
from focal_depth.io.colour import srgb_encode
from focal_depth.lens.blur_distances import anchor_dioptres, check_distances, plausible_dioptres
from focal_depth.lens.focus_estimate import estimate_focus
from focal_depth.lens.focus_from_blur import (
    BlurPositions,
    measure_focus_positions,
    pixels_per_dioptre,
    weigh_against_prior,
)
from focal_depth.lens.patch_spectra import disc_transfer, measure_spectra
from focal_depth.lens.thin_lens import circle_of_confusion
from focal_depth.research.evaluation.estimate_steps import register_as_estimate
from focal_depth.research.evaluation.focus_from_blur import compare_with_blur
from focal_depth.stack import Overrides, read_stack
from focal_depth.stack.overrides import FAR_TO_NEAR
from photographs import PROJECT, shared_stack, write_stack

HEIGHT, WIDTH = 240, 320


def textured_plane(positions: np.ndarray, seed: int = 0, noise: float = 0.003) -> np.ndarray:
    """(N, 240, 320, 3) sRGB: a slanted plane of natural texture, focused at positions in pixels of blur.

    It runs from beyond the farthest to nearer than the nearest. Discs are blurred exactly, in frequency.
    """
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(HEIGHT)[:, None], np.fft.rfftfreq(WIDTH))
    spectrum = np.fft.rfft2(rng.standard_normal((HEIGHT, WIDTH))) * np.maximum(frequency, 0.004) ** -1.3
    texture = np.fft.irfft2(spectrum, s=(HEIGHT, WIDTH))
    light = np.fft.rfft2(0.25 * np.exp(0.5 * np.clip(texture / texture.std(), -2.5, 2.5)))
    cycles = np.linspace(0, 60, 6001)
    transfer = disc_transfer(cycles)
    diameters = np.arange(0, 1.3 * positions[-1] + 1, 0.5)
    blurred = np.stack(
        [
            np.fft.irfft2(light * np.interp(d * frequency, cycles, transfer), s=(HEIGHT, WIDTH))
            for d in diameters
        ]
    )
    places = np.linspace(-0.1, 1.1, HEIGHT)[:, None, None] * positions[-1]
    defocus = np.broadcast_to(np.abs(positions - places) / 0.5, (HEIGHT, WIDTH, len(positions)))
    level = np.minimum(defocus.astype(int), len(diameters) - 2)
    row, column = np.arange(HEIGHT)[:, None, None], np.arange(WIDTH)[:, None]
    share = defocus - level
    frames = (1 - share) * blurred[level, row, column] + share * blurred[level + 1, row, column]
    frames = np.moveaxis(frames, -1, 0) + noise * rng.standard_normal((len(positions), HEIGHT, WIDTH))
    grey = np.rint(255 * srgb_encode(np.clip(frames, 0, 1))) / 255
    return np.repeat(grey[..., None], 3, -1).astype(np.float32)


def assert_measured(pictures: np.ndarray, positions: np.ndarray, share: float = 0.1) -> BlurPositions:
    blur = measure_focus_positions(measure_spectra(pictures))
    assert blur is not None
    assert blur.positions[-1] == pytest.approx(positions[-1], rel=share)
    np.testing.assert_allclose(blur.normalised, positions / positions[-1], atol=0.05)
    return blur


UNEVEN = np.array([0, 0.8, 3.5, 4.6, 9.0])


@pytest.mark.parametrize(
    "positions", [np.array([0, 8.0]), np.array([0, 3.0, 12.0]), UNEVEN, np.linspace(0, 1, 8) ** 1.6 * 20]
)
def test_blur_gives_focus_positions(positions):
    blur = assert_measured(textured_plane(positions), positions)
    assert abs(blur.positions[-1] - positions[-1]) < 2 * blur.range_uncertainty
    assert np.all(np.diff(blur.positions) > 0)


def test_what_a_camera_does_to_all_frames_falls_out():
    pictures = textured_plane(UNEVEN)
    processed = []
    for picture in pictures:
        sharpened = 1.6 * picture - 0.6 * cv2.GaussianBlur(picture, None, 1.2)
        code = cv2.imencode(".jpg", np.clip(255 * sharpened, 0, 255), [cv2.IMWRITE_JPEG_QUALITY, 92])[1]
        processed.append(cv2.imdecode(code, cv2.IMREAD_COLOR))
    assert_measured(np.stack(processed).astype(np.float32) / 255, UNEVEN)


def test_misregistration_is_not_blur():
    pictures = textured_plane(UNEVEN)
    for picture, shift in zip(pictures, [0.3, -0.3, 0.2, -0.4, 0], strict=True):
        moved = cv2.warpAffine(picture, np.float32([[1, 0, shift], [0, 1, -shift]]), (WIDTH, HEIGHT), None, 2)
        picture[:] = moved
    assert_measured(pictures, UNEVEN)


def test_positions_are_in_pixels_of_the_pictures():
    large = [cv2.resize(each, None, fx=3, fy=3) for each in textured_plane(UNEVEN)]
    assert_measured(np.stack(large), 3 * UNEVEN)


@pytest.mark.parametrize("shape", [(2, 240, 320, 3), (3, 30, 40, 3)])
def test_without_texture_nothing_is_measured(shape):
    plain = np.float32(0.5 + 0.01 * np.random.default_rng(0).standard_normal(shape))
    assert measure_focus_positions(measure_spectra(plain)) is None


def test_of_an_unlike_scene_the_uncertainty_grows():
    """Frames that show other things at one place fit no blur."""
    positions = np.linspace(0, 9, 5)
    good = measure_focus_positions(measure_spectra(textured_plane(positions)))
    pictures = np.stack([textured_plane(positions, seed)[i] for i, seed in enumerate([3, 4, 5, 6, 7])])
    bad = measure_focus_positions(measure_spectra(pictures))
    assert good and bad
    shares = [each.range_uncertainty / each.positions[-1] for each in (good, bad)]
    assert shares[1] > 1.3 * shares[0]


def test_pixels_per_dioptre_are_the_thin_lens():
    scale = pixels_per_dioptre(0.05, 2.8, 0.036, 480, reference_dioptres=2.0)
    assert scale == pytest.approx(circle_of_confusion(0.05, 2.8, 2.0, 1.0) / 0.036 * 480)
    assert pixels_per_dioptre(0.00681, 1.85, 0.0098, 1440) == pytest.approx(3.68, abs=0.01)


def measured(positions: list[float]) -> BlurPositions:
    end = positions[-1]
    uncertainty = np.full(len(positions), 0.04 * end)
    uncertainty[[0, -1]] = 0
    return BlurPositions(np.array(positions), uncertainty, 0.08 * end, 90)


def test_one_distance_anchors_all_frames():
    dioptres, deviation = anchor_dioptres(measured([0, 2, 6, 10]), {1: 1.0}, scale=4.0)
    np.testing.assert_allclose(dioptres, [0.5, 1.0, 2.0, 3.0])
    assert deviation[1] == 0
    assert deviation[3] == pytest.approx(0.08 * 8 / 4)


def test_a_frame_at_infinity_anchors_the_others():
    dioptres, _ = anchor_dioptres(measured([0, 2, 6, 10]), {0: 0.0}, scale=4.0)
    np.testing.assert_allclose(dioptres, [0, 0.5, 1.5, 2.5])


def test_steps_that_blur_is_unsure_of_stay_nearer_to_even():
    def first_step(uncertainty: float) -> float:
        blur = BlurPositions(np.array([0, 2.0, 10]), np.array([0, uncertainty, 0]), 0.8, 90)
        return weigh_against_prior(blur, np.array([0, 0.5, 1])).positions[1]

    steps = [first_step(uncertainty) for uncertainty in (0.01, 0.5, 1.0, 3.0, 100.0)]
    assert steps == sorted(steps)
    np.testing.assert_allclose(steps[::4], [2, 5], atol=0.01)
    assert steps[2] == pytest.approx(3.5, abs=0.01)  # as sure as brackets are even: halfway


def test_focus_within_the_focal_length_is_not_taken_from_blur(tmp_path):
    """The same pictures by a lens of 0.5 m and by one that is too slow to be blurred so much."""
    pictures = textured_plane(UNEVEN)
    paths = write_stack(tmp_path, [None] * len(pictures))

    def estimate(focal_length: float, f_number: float):
        lens = Overrides({paths[0].name: 0.51}, focal_length, f_number, 0.036, FAR_TO_NEAR)
        return estimate_focus(read_stack(tmp_path, lens), measure_spectra(pictures), (WIDTH, HEIGHT))

    assert estimate(0.05, 2.0).is_metric
    assert not estimate(0.05, 2000.0).is_metric


def test_two_distances_do_without_the_lens():
    dioptres, deviation = anchor_dioptres(measured([0, 2, 6, 10]), {0: 0.5, 2: 2.0})
    np.testing.assert_allclose(dioptres, [0.5, 1.0, 2.0, 3.0])
    assert deviation[0] == deviation[2] == 0 < deviation[1] < deviation[3]


def test_no_frame_is_anchored_beyond_infinity():
    dioptres, _ = anchor_dioptres(measured([0, 2, 6, 10]), {3: 1.0}, scale=1.0)
    assert dioptres[0] >= 0
    assert np.all(np.diff(dioptres) > 0)
    assert dioptres[3] == 1.0


@pytest.mark.parametrize(
    ("anchors", "scale"), [({1: 1.0}, None), ({0: 2.0, 1: 1.0}, 4.0), ({1: 0.0}, 4.0), ({0: -1.0}, 4.0)]
)
def test_anchors_that_cannot_be(anchors, scale):
    with pytest.raises(ValueError):
        anchor_dioptres(measured([0, 5]), anchors, scale)


def test_a_plausible_range_has_the_measured_differences():
    lens = {"focal_length": 0.0044, "f_number": 1.8, "sensor_width": 0.0062}
    dioptres = plausible_dioptres(measured([0, 1, 3, 7]), (960, 540), **lens)
    expected = np.array([0, 1, 3, 7]) / pixels_per_dioptre(0.0044, 1.8, 0.0062, 960)
    np.testing.assert_allclose(dioptres - dioptres[0], expected)
    assert 1 < dioptres[-1] / dioptres[0] <= 4.001


@pytest.mark.parametrize("end", [0.5, 3.0, 20.0, 80.0])
@pytest.mark.parametrize("focal_length", [None, 0.0043, 0.05, 0.1])
def test_a_plausible_range_without_the_lens_is_within_a_lens_reach(end, focal_length):
    dioptres = plausible_dioptres(measured([0, end / 3, end]), (640, 480), focal_length)
    assert np.all(np.diff(dioptres) > 0)
    assert dioptres[0] > 0
    assert dioptres[-1] <= 4.001 * dioptres[0]
    assert dioptres[-1] <= (12.001 if focal_length is None or focal_length < 0.015 else 0.5 / focal_length)


NAMES = [f"{i}.jpg" for i in range(5)]
SCALE = 4.0
STEPS = np.array([0.2, 0.4, 1.0, 2.0, 2.4])


def blur_of(dioptres: np.ndarray) -> BlurPositions:
    return measured(list(SCALE * np.abs(dioptres - dioptres[0])))


def test_distances_that_are_right_pass():
    rounded = 1 / np.round(1 / STEPS, 1)
    for written in (STEPS, rounded, 1.25 * STEPS + 0.3):
        assert check_distances(written, blur_of(STEPS), NAMES, SCALE) is None
        assert check_distances(written, blur_of(STEPS), NAMES) is None


@pytest.mark.parametrize(("per_metre", "unit"), [(1000, "millimetres"), (100, "centimetres")])
def test_a_wrong_unit_is_named(per_metre, unit):
    assert unit in (check_distances(STEPS / per_metre, blur_of(STEPS), NAMES, SCALE) or "")
    assert check_distances(STEPS / per_metre, blur_of(STEPS), NAMES) is None  # the steps are right


def test_dioptres_written_as_metres_are_named():
    """The stack is then sorted the wrong way round, which blur cannot see; but its steps do not fit."""
    true = STEPS[::-1]
    written = 1 / true  # what a reader takes for dioptres, rising
    for scale in (SCALE, None):
        sentence = check_distances(written, blur_of(true), NAMES, scale)
        assert sentence
        assert "dioptres" in sentence


def test_a_lens_that_does_not_fit_is_named():
    sentence = check_distances(STEPS, blur_of(STEPS), NAMES, 4 * SCALE)
    assert sentence
    assert "0.2 times" in sentence


def test_ties_that_blur_holds_apart_are_named():
    written = np.array([0.2, 0.4, 0.4, 2.0, 2.4])
    sentence = check_distances(written, blur_of(STEPS), NAMES, SCALE)
    assert sentence
    assert "1.jpg and 2.jpg" in sentence
    close = np.array([0.2, 0.4, 0.45, 2.0, 2.4])
    assert check_distances(written, blur_of(close), NAMES, SCALE) is None


def test_little_blur_says_nothing():
    blur = measured([0, 0.3, 0.6, 0.9, 1.2])
    assert check_distances(STEPS / 1000, blur, NAMES, SCALE) is None


def test_the_rendered_sample_is_measured():
    registration = register_as_estimate(PROJECT / "sample")
    comparison = compare_with_blur(registration.stack, registration.pictures)
    assert comparison is not None and comparison.range_by_blur is not None
    assert comparison.range_by_blur == pytest.approx(comparison.written_range, rel=0.1)
    assert comparison.largest_deviation < 0.05
    assert comparison.warning is None


@pytest.mark.parametrize("name", ["nikon_d3100_scene5"])
def test_a_real_stack_is_measured(name):
    registration = register_as_estimate(shared_stack(name))
    comparison = compare_with_blur(registration.stack, registration.pictures)
    assert comparison is not None and comparison.range_by_blur is not None
    assert comparison.range_by_blur == pytest.approx(comparison.written_range, rel=0.25)
    assert comparison.warning is None
