"""Depth on plain surfaces comes from what is around them; what pixels cannot tell is not confident."""

import cv2
import numpy as np
import pytest
from focal_depth.depth import planar_solver
from focal_depth.depth.evidence import measure_evidence
from focal_depth.depth.plain_surfaces import carry_depth
from focal_depth.depth.planar_solver import STIFFNESS, Grid, double, solve
from focal_depth.depth.units import to_confidence

SIZE = HEIGHT, WIDTH = 120, 160
POSITIONS = np.linspace(0, 1, 5, dtype=np.float32)
MIN_STEP = 0.05
NOISE = 0.004  # sRGB
BLUR = 5.0  # pixels over the whole range of focus


def plain_box(top=30, bottom=90, left=40, right=120):
    box = np.zeros(SIZE, bool)
    box[top:bottom, left:right] = True
    return box


def photograph(depth, is_plain, seed=1):
    """(N, h, w, 3) a stack of texture, and of one grey where it is plain, with noise in blotches."""
    random = np.random.default_rng(seed)
    texture = np.where(is_plain, 0.5, cv2.GaussianBlur(random.random(SIZE), (0, 0), 0.8) * 2 - 0.5)
    pictures = []
    for position in POSITIONS:
        blur = BLUR * np.abs(depth - position)
        levels = np.stack(
            [cv2.GaussianBlur(texture, (0, 0), max(each, 0.01)) for each in np.arange(0, 6, 0.5)]
        )
        index = np.clip(np.round(2 * blur).astype(int), 0, len(levels) - 1)
        sharpness = np.take_along_axis(levels, index[None], 0)[0]
        blotches = cv2.GaussianBlur(random.standard_normal(SIZE), (0, 0), 1.5)
        pictures.append(np.repeat((sharpness + NOISE * blotches / blotches.std())[..., None], 3, 2))
    return np.array(pictures, np.float32)


def blotches(seed=2):
    values = cv2.GaussianBlur(np.random.default_rng(seed).standard_normal(SIZE), (0, 0), 8)
    return values / values.std()


def invent(truth, plain, size):
    """As networks err: where no texture is within reach, the more the farther, up to blotches of a size."""
    depth = cv2.distanceTransform(plain.astype(np.uint8), cv2.DIST_L2, 5)
    return (truth + size * np.clip((depth - 6) / 12, 0, 1) * blotches()).astype(np.float32)


def slanted():
    return np.tile(np.linspace(0.2, 0.8, WIDTH), (HEIGHT, 1)).astype(np.float32)


def test_a_slanted_plain_wall_with_textured_borders_comes_out_flat():
    truth, plain = slanted(), plain_box()
    invented = invent(truth, plain, 0.06)
    uncertainty = np.where(plain, 0.05, 0.01).astype(np.float32)
    pictures = photograph(truth, plain)
    evidence = measure_evidence(pictures, POSITIONS)
    depth, _ = carry_depth(invented, uncertainty, evidence, pictures[2], MIN_STEP)
    inside = plain_box(42, 78, 52, 108)
    assert np.abs(depth - truth)[inside].mean() < 0.3 * np.abs(invented - truth)[inside].mean()
    assert np.abs(depth - truth)[inside].max() < 0.04


def test_an_occlusion_edge_is_not_smoothed_over():
    truth = np.where(np.arange(WIDTH) < 80, 0.2, 0.8) * np.ones(SIZE)
    pictures = photograph(truth, np.zeros(SIZE, bool))
    pictures[:, :, 80:] += 0.2
    evidence = measure_evidence(pictures, POSITIONS)
    uncertainty = np.full(SIZE, 0.03, np.float32)
    depth, _ = carry_depth(truth.astype(np.float32), uncertainty, evidence, pictures[-1], MIN_STEP)
    assert np.abs(depth - truth).max() < 0.02


def test_a_near_thing_does_not_bleed_into_the_plain_wall_behind_it():
    truth, thing = np.full(SIZE, 0.1), plain_box(40, 120, 60, 100)
    truth[thing] = 0.9
    wall = ~thing
    wall[:, :15] = wall[:, -15:] = False  # the wall is textured at its ends
    pictures = photograph(truth, wall)
    invented = (truth + wall * 0.03 * blotches()).astype(np.float32)
    uncertainty = np.where(wall, 0.06, 0.01).astype(np.float32)
    evidence = measure_evidence(pictures, POSITIONS)
    depth, _ = carry_depth(invented, uncertainty, evidence, pictures[-1], MIN_STEP)
    beside = plain_box(60, 110, 104, 130)
    assert depth[beside].max() < 0.3
    assert depth[plain_box(50, 110, 66, 94)].min() > 0.8


def test_noise_alone_is_not_confident():
    truth, plain = slanted(), plain_box()
    pictures = photograph(truth, plain)
    evidence = measure_evidence(pictures, POSITIONS)
    sure = np.full(SIZE, 0.005, np.float32)
    _, uncertainty = carry_depth(slanted(), sure, evidence, pictures[2], MIN_STEP)
    confidence = to_confidence(uncertainty)
    inside, outside = plain_box(45, 75, 55, 105), ~plain_box(18, 102, 28, 132)
    assert np.median(confidence[inside]) < 0.5
    assert np.median(confidence[outside]) > 0.85


@pytest.mark.parametrize("noise", [1.0, 3.0])
def test_blotches_of_noise_are_no_evidence_however_strong(noise):
    random = np.random.default_rng(3)
    stack = [cv2.GaussianBlur(random.standard_normal((*SIZE, 3)), (0, 0), 1.5) for _ in POSITIONS]
    pictures = (0.5 + 0.03 * noise * np.array(stack)).astype(np.float32)
    evidence = measure_evidence(pictures, POSITIONS)
    assert np.mean(evidence.share > 0.1) < 0.02


def test_contrast_says_between_which_frames_the_depth_is():
    truth = slanted()
    evidence = measure_evidence(photograph(truth, np.zeros(SIZE, bool)), POSITIONS)
    inner = np.s_[10:-10, 10:-10]
    within = (evidence.least - 0.03 <= truth) & (truth <= evidence.most + 0.03)
    assert within[inner].mean() > 0.95
    narrow = np.clip(evidence.most, 0, 1) - np.clip(evidence.least, 0, 1)
    assert np.median(narrow[inner]) <= 0.5


def test_two_frames_suffice_to_measure_evidence():
    evidence = measure_evidence(photograph(slanted(), plain_box())[[0, -1]], POSITIONS[[0, -1]])
    assert np.median(evidence.share[plain_box(45, 75, 55, 105)]) < 0.1
    assert np.isfinite(evidence.strength).all()


def test_uncertainty_stays_where_pixels_tell_and_grows_away_from_data():
    truth, plain = slanted(), plain_box()
    pictures = photograph(truth, plain)
    evidence = measure_evidence(pictures, POSITIONS)
    before = np.full(SIZE, 0.02, np.float32)
    _, after = carry_depth(truth, before, evidence, pictures[2], MIN_STEP)
    np.testing.assert_allclose(after[evidence.share == 1], 0.02, atol=1e-6)
    assert after[60, 80] > after[60, 64] > after[60, 48]
    assert after[60, 80] > 0.04


def test_what_is_carried_in_is_as_sure_as_what_it_is_carried_from():
    """Not as the network, which guesses there: its guess may be unsure of itself or not."""
    truth, plain = slanted(), plain_box()
    pictures = photograph(truth, plain)
    evidence = measure_evidence(pictures, POSITIONS)
    inside, around = plain_box(45, 75, 55, 105), ~plain_box(18, 102, 28, 132)

    def carried(sureness_around: float) -> float:
        unsure = np.where(plain, 0.3, sureness_around).astype(np.float32)
        _, after = carry_depth(truth, unsure, evidence, pictures[2], MIN_STEP)
        assert np.median(after[around]) == pytest.approx(sureness_around, rel=0.1)
        return float(np.median(after[inside]))

    assert carried(0.01) < carried(0.05) < 0.3


def test_without_any_evidence_depth_stays_within_what_the_network_inferred():
    random = np.random.default_rng(4)
    pictures = (0.5 + 0.01 * random.standard_normal((5, *SIZE, 3))).astype(np.float32)
    invented = (0.5 + 0.1 * blotches()).astype(np.float32)
    evidence = measure_evidence(pictures, POSITIONS)
    depth, uncertainty = carry_depth(
        invented, np.full(SIZE, 0.1, np.float32), evidence, pictures[0], MIN_STEP
    )
    assert np.isfinite(depth).all() and np.isfinite(uncertainty).all()
    assert depth.min() >= invented.min() and depth.max() <= invented.max()


@pytest.mark.parametrize("size", [(61, 83), (16, 40), (7, 5)])
def test_the_solver_returns_a_plane_that_is_pinned_at_its_border_alone(size):
    height, width = size
    y, x = np.mgrid[:height, :width]
    plane = (0.1 + 0.01 * x + 0.005 * y).astype(np.float32)
    weights = np.full(size, 1e-6, np.float32)
    weights[[0, -1]] = weights[:, [0, -1]] = 10
    links = np.ones((height, width - 1), np.float32), np.ones((height - 1, width), np.float32)
    assert np.abs(solve(Grid(plane, weights, *links)) - plane).max() < 0.015 * np.ptp(plane)


@pytest.mark.parametrize("seed", [441, 2109, 2239])
def test_the_solver_stops_where_rounding_errors_would_grow(seed):
    """With these it once ended at 1e30: conjugate gradients went on after they had arrived."""
    random = np.random.default_rng(seed)
    height, width = 10, 15
    weights = 10 ** random.uniform(random.uniform(-1, 1.5) - 1.5, 1.8, (height, width))
    if seed % 2:
        weights[random.random((height, width)) < 0.05] = 1e-6
    target = cv2.GaussianBlur(random.random((height, width)).astype(np.float32), (0, 0), 2)
    links = (
        (random.random(shape) > 0.2).astype(np.float32)
        for shape in ((height, width - 1), (height - 1, width))
    )
    solution = solve(Grid(target, weights.astype(np.float32), *links, 5))
    assert solution.min() > -1 and solution.max() < 2


def test_a_halved_grid_doubles_to_the_shape_it_had():
    links = np.ones((31, 44), np.float32), np.ones((30, 45), np.float32)
    grid = Grid(np.ones((31, 45), np.float32), np.ones((31, 45), np.float32), *links)
    coarse = grid.halved()
    assert coarse.level == 1 and coarse.across.shape == (16, 22) and coarse.down.shape == (15, 23)
    assert double(coarse.target, grid).shape == (31, 45)


def dense_solution(grid: Grid) -> np.ndarray:
    """What minimises the sum in planar_solver's docstring, by a dense matrix."""
    height, width = grid.weights.shape
    pixel = np.eye(height * width).reshape(height, width, -1)
    corner = np.minimum(
        np.minimum(grid.across[:-1], grid.across[1:]), np.minimum(grid.down[:, :-1], grid.down[:, 1:])
    )
    terms = [
        (grid.tension * grid.across, np.diff(pixel, axis=1)),
        (grid.tension * grid.down, np.diff(pixel, axis=0)),
        (STIFFNESS * np.minimum(grid.across[:, :-1], grid.across[:, 1:]), np.diff(pixel, 2, axis=1)),
        (STIFFNESS * np.minimum(grid.down[:-1], grid.down[1:]), np.diff(pixel, 2, axis=0)),
        (2 * STIFFNESS * corner, np.diff(np.diff(pixel, axis=1), axis=0)),
    ]
    matrix = np.diag(grid.weights.ravel().astype(np.float64))
    for share, difference in terms:
        rows = difference.reshape(-1, height * width)
        matrix += rows.T @ (share.reshape(-1, 1) * rows)
    return np.linalg.solve(matrix, (grid.weights * grid.target).ravel()).reshape(height, width)


@pytest.mark.parametrize("size", [(1, 5), (5, 1), (2, 2), (3, 9), (12, 17)])
def test_the_solution_is_that_of_a_dense_matrix(size, monkeypatch):
    monkeypatch.setattr(planar_solver, "BLOCK", 40)  # pixels: several blocks of the largest
    random = np.random.default_rng(2)
    height, width = size
    target, weights = random.random((2, height, width), np.float32)
    across, down = (
        random.random((height, width - 1), np.float32),
        random.random((height - 1, width), np.float32),
    )
    grid = Grid(target, weights + np.float32(0.1), across, down)
    np.testing.assert_allclose(solve(grid), dense_solution(grid), atol=2e-4)
