"""What a similarity cannot say of a hand and a lens is found, where it is there, and not where it is not."""

import cv2
import numpy as np
import pytest
from focal_depth.registration.motion_model import CUBIC, MODELS, RADIAL, SIMILARITY, fit_motion
from focal_depth.registration.patches import Patches
from focal_depth.registration.polynomial import (
    affine_maps,
    displaced,
    evaluate,
    lattice,
    monomials,
    scales_and_shifts,
)
from focal_depth.registration.refine import refine_motion
from focal_depth.registration.warp import warp

SIZE = 480, 320
AT_REST = scales_and_shifts([[1, 0, 0]])


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """(320, 480) grey with detail at every scale."""
    random = np.random.default_rng(5)
    noise = sum(cv2.resize(random.random((320 // n, 480 // n), np.float32), SIZE) for n in (2, 4, 8, 16, 32))
    return cv2.GaussianBlur(noise / 5, (0, 0), 1.0)


def bent(model, parameters) -> np.ndarray:
    """(2, 15) the map that moves the reference's points by the model, in pixels at the picture's edge."""
    displacement = model.polynomials(np.array([parameters], float) / (SIZE[0] / 2))
    return displaced(AT_REST, displacement, SIZE)[0]


def photographed(picture: np.ndarray, coefficients: np.ndarray, blur: float) -> np.ndarray:
    """What a camera saw in which the reference's points lie where the map takes them."""
    points = lattice(SIZE)
    back = np.linalg.lstsq(monomials(evaluate(coefficients, points)), points, rcond=None)[0].T
    return cv2.GaussianBlur(warp(picture, back, SIZE), (0, 0), blur)


def missed(maps: np.ndarray, truth: np.ndarray) -> float:
    """The largest distance in pixels anywhere in any frame."""
    points = lattice(SIZE)
    return max(
        float(np.linalg.norm(evaluate(one, points) - evaluate(other, points), axis=1).max()) * SIZE[0] / 2
        for one, other in zip(maps, truth, strict=True)
    )


def test_rotation_perspective_and_distortion_are_found(picture):
    # Shifts, scale, rotation, four of perspective, and distortion; half as much in the frame between.
    parameters = np.array([2.0, -1.0, 3.0, 1.5, 0.4, -0.6, 0.9, -0.7, 2.5])
    truth = np.stack([bent(RADIAL, parameters), bent(RADIAL, parameters / 2), AT_REST[0]])
    greys = [photographed(picture, each, 1 + 0.5 * n) for n, each in enumerate(truth)]
    refined = refine_motion(greys, np.repeat(AT_REST, 3, axis=0))
    assert refined.model in {RADIAL.name, CUBIC.name}
    assert missed(np.repeat(AT_REST, 3, axis=0), truth) > 8
    assert missed(refined.maps, truth) < 0.15
    assert refined.misregistration.max() < 0.05
    np.testing.assert_allclose(refined.maps[-1], AT_REST[0], atol=1e-9)


def test_frames_that_are_aligned_stay_where_they_are(picture):
    # Focus moves from the left to the right: blur alone is no motion.
    ramp = np.linspace(0, 3, SIZE[0], dtype=np.float32)
    greys = [
        sum(
            (np.abs(np.rint(np.abs(ramp - at)) - level) < 0.5)[None]
            * cv2.GaussianBlur(picture, (0, 0), 0.6 + level)
            for level in range(4)
        ).astype(np.float32)
        for at in (0, 1, 2, 3)
    ]
    at_rest = np.repeat(AT_REST, 4, axis=0)
    assert missed(refine_motion(greys, at_rest).maps, at_rest) < 0.1


def test_a_thing_that_moves_does_not_take_the_picture_with_it(picture):
    other = np.roll(picture, 7, axis=0)[::-1]
    near, far = picture.copy(), picture.copy()
    near[80:240, 160:320] = other[80:240, 160:320]
    far[80:240, 166:326] = other[80:240, 160:320]
    at_rest = np.repeat(AT_REST, 2, axis=0)
    assert missed(refine_motion([far, near], at_rest).maps, at_rest) < 0.15


def test_a_plain_picture_is_left_alone(picture):
    grain = np.random.default_rng(1).normal(0.5, 0.01, (2, 320, 480)).astype(np.float32)
    maps = affine_maps([[[1.01, 0, 0.01], [0, 1.01, 0]], np.eye(3)[:2]])
    np.testing.assert_allclose(refine_motion(list(grain), maps).maps, maps, atol=0.3 / 240)


def test_sixty_frames_do_not_drift(picture):
    random = np.random.default_rng(2)
    shifts = np.cumsum(random.normal(0, 0.002, (60, 2)), axis=0)[::-1]
    truth = scales_and_shifts(np.column_stack([np.ones(60), shifts - shifts[-1]]))
    greys = [photographed(picture, each, 1.2) for each in truth]
    assert missed(refine_motion(greys, np.repeat(AT_REST, 60, axis=0)).maps, truth) < 0.3


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_fits_its_own_displacements(model):
    patches = Patches(SIZE, 54)
    basis = model.basis(patches.centres)
    truth = np.random.default_rng(3).normal(0, 1, (2, basis.shape[2]))
    shifts = np.einsum("pak,ek->epa", basis, truth)
    fits = fit_motion(basis, 1e-6 * np.eye(len(truth[0])), shifts, np.ones(shifts.shape[:2]))
    np.testing.assert_allclose(fits.parameters, truth, atol=1e-3)


def test_a_similarity_turns_and_scales_about_the_middle():
    turned = evaluate(bent(SIMILARITY, [0, 0, 0, 2.4]), np.array([[1.0, 0.0], [0.0, 0.5]]))
    np.testing.assert_allclose(turned, [[1, 0.01], [-0.005, 0.5]], atol=1e-9)


def test_phase_correlation_tells_a_part_of_a_pixel(picture):
    patches = Patches(SIZE, 54)
    moved = warp(picture, scales_and_shifts([[1, 0.3 / 240, -1.2 / 240]])[0], SIZE)
    shifts = patches.shifts(patches.spectra(picture), patches.spectra(moved))
    # The window, which stays where it is, holds back by a few hundredths of the shift.
    np.testing.assert_allclose(np.median(shifts.pixels, axis=0), [-0.3, 1.2], rtol=0.05)
    assert np.median(shifts.agreement) > 0.9
