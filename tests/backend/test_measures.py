"""Every measure by hand on a few pixels, and against libraries that others keep, on thousands."""

import math

import numpy as np
import pytest
from focal_depth.research.evaluation.measures import MEASURES, NAMES, measure, near_edges
from skimage.filters import scharr_h, scharr_v
from sklearn import metrics

DEPTH = np.array([[0.5, 1.0], [1.5, 4.0]])
TRUTH = np.array([[1.0, 1.0], [2.0, 2.0]])
SHAPE = (40, 56)


def test_a_hand_can_work_these_out():
    values = measure(DEPTH, TRUTH)
    logarithms = [math.log(2), 0, math.log(4 / 3), math.log(2)]
    assert list(values) == list(NAMES)
    assert {name: value for name, value in values.items() if not math.isnan(value)} == {
        "MSE": pytest.approx((0.25 + 0 + 0.25 + 4) / 4),
        "RMS": pytest.approx(math.sqrt(4.5 / 4)),
        "logRMS": pytest.approx(math.sqrt(sum(each**2 for each in logarithms) / 4)),
        "AbsRel": pytest.approx((0.5 + 0 + 0.25 + 1) / 4),
        "SqRel": pytest.approx((0.25 + 0 + 0.125 + 2) / 4),
        "delta1": 25,  # ratios are 2, 1, 4/3, 2; the limits 1.25, 1.5625, 1.953125
        "delta2": 50,
        "delta3": 50,
        "BadPix": 75,
        "Bump": 0,  # all of so small an image is its rim
        "MAE": pytest.approx((0.5 + 0 + 0.5 + 2) / 4),
    }


def test_only_valid_pixels_count():
    valid = np.array([[True, True], [True, False]])
    values = measure(DEPTH, np.where(valid, TRUTH, np.nan), valid)
    assert values["MSE"] == pytest.approx(0.5 / 3)
    assert values["delta2"] == pytest.approx(100 * 2 / 3)
    assert values["BadPix"] == pytest.approx(100 * 2 / 3)


def test_weights_take_the_place_of_the_plain_mean():
    values = measure(DEPTH, TRUTH, weights=np.array([[3, 1], [0, 1]]))
    assert values["MSE weighted"] == pytest.approx((3 * 0.25 + 4) / 5)
    assert values["MAE weighted"] == pytest.approx((3 * 0.5 + 2) / 5)
    assert values["MSE"] == measure(DEPTH, TRUTH)["MSE"]


def test_uncertainty_is_averaged_over_all_pixels():
    valid = np.array([[True, True], [True, False]])
    values = measure(DEPTH, TRUTH, valid, uncertainty=np.float32([[1, 2], [3, 6]]))
    assert values["avgUnc"] == 3


def test_error_near_edges_is_of_valid_pixels_there():
    edges = np.array([[True, True], [False, True]])
    values = measure(DEPTH, TRUTH, np.array([[True, True], [True, False]]), edges=edges)
    assert values["MAE near edges"] == pytest.approx(0.25)


def test_limits_are_exclusive():
    truth = np.ones((1, 4))
    depth = np.array([[1.25, 1.25**2, 1.25**3, 0.75]])
    values = measure(depth, truth, bad=0.25)
    assert (values["delta1"], values["delta2"], values["delta3"]) == (0, 50, 75)  # 1 / 0.75 is 1.33
    assert values["BadPix"] == 50  # 0.25 off, twice, is not yet bad


def test_a_bad_pixel_is_seven_hundredths_off_by_default():
    values = measure(np.array([[0.06, 0.08, -0.08]]), np.zeros((1, 3)))
    assert values["BadPix"] == pytest.approx(100 * 2 / 3)
    assert measure(np.array([[0.06, 0.08, -0.08]]), np.zeros((1, 3)), bad=0.1)["BadPix"] == 0


def test_bump_by_hand():
    """One pixel is off by b: two passes of (-1, 0, 1) x (3, 10, 3) / 16 spread it over 5 x 5 pixels."""
    off = 1e-4
    depth = np.full((9, 9), 2.0)
    depth[4, 4] += off
    values = measure(depth, np.full((9, 9), 2.0))
    plain, smooth = np.array([1, 0, -1]), np.array([3, 10, 3]) / 16
    twice, once, flat = np.convolve(plain, plain), np.convolve(plain, smooth), np.convolve(smooth, smooth)
    straight, mixed = np.outer(flat, twice), np.outer(once, once)
    norm = np.sqrt(straight**2 + straight.T**2 + 2 * mixed**2)
    assert values["Bump"] == pytest.approx(100 * off * norm.sum() / 81)


def test_a_bump_is_cut_and_a_plane_has_none():
    slope = np.outer(np.arange(12.0), np.ones(12)) + 3
    inside = np.zeros((12, 12), bool)
    inside[2:-2, 2:-2] = True  # the rim is not differentiated
    assert measure(slope, np.full((12, 12), 2.0), inside)["Bump"] == pytest.approx(
        measure(slope - 5, np.full((12, 12), -3.0), inside)["Bump"]
    )
    jump = slope.copy()
    jump[:, 6:] += 100
    cut = measure(jump, slope)["Bump"]
    assert cut == pytest.approx(measure(slope + 7 * (jump - slope), slope)["Bump"])
    assert 0 < cut <= 5


def test_an_invalid_pixel_makes_a_bump_beside_it():
    truth = np.full((11, 11), 2.0)
    valid = np.ones((11, 11), bool)
    valid[5, 5] = False
    assert measure(truth, truth)["Bump"] == 0
    values = measure(truth, np.where(valid, truth, 7), valid)
    assert values["Bump"] == pytest.approx(100 * 0.05 * 24 / 120)  # the 24 around it, all cut


@pytest.fixture(params=["all", "masked"])
def random_maps(request):
    """Depth, truth, valid pixels and weights, as DDFF 12-Scene has them; some depth is not above 0."""
    random = np.random.default_rng(7)
    truth = random.uniform(0.0202, 0.2825, SHAPE)
    depth = truth * random.lognormal(0, 0.3, SHAPE) + random.normal(0, 0.03, SHAPE)
    valid = random.random(SHAPE) < (0.7 if request.param == "masked" else 1.1)
    assert (depth <= 0).any() and valid.all() == (request.param == "all")
    return depth, np.where(valid, truth, 0), valid, random.random(SHAPE)


def test_agrees_with_scikit_learn(random_maps):
    depth, truth, valid, weights = random_maps
    values = measure(depth, truth, valid, weights=weights)
    p, t, w = depth[valid], truth[valid], weights[valid]
    expected = {
        "MSE": metrics.mean_squared_error(t, p),
        "RMS": metrics.root_mean_squared_error(t, p),
        "MAE": metrics.mean_absolute_error(t, p),
        "AbsRel": metrics.mean_absolute_percentage_error(t, p),
        "SqRel": metrics.mean_squared_error(t, p, sample_weight=1 / t) * np.mean(1 / t),
        "BadPix": 100 * metrics.zero_one_loss(np.zeros(t.size, bool), np.abs(p - t) > 0.07),
        "MSE weighted": metrics.mean_squared_error(t, p, sample_weight=w),
        "MAE weighted": metrics.mean_absolute_error(t, p, sample_weight=w),
    }
    for name, value in expected.items():
        assert values[name] == pytest.approx(value, rel=1e-6, abs=0), name


def test_agrees_with_plain_loops(random_maps):
    depth, truth, valid, _ = random_maps
    values = measure(depth, truth, valid)
    pixels = [(p, t) for p, t, v in zip(depth.flat, truth.flat, valid.flat, strict=True) if v]
    above = [(p, t) for p, t in pixels if p > 0]
    squares = sum((math.log(p) - math.log(t)) ** 2 for p, t in above)
    assert values["logRMS"] == pytest.approx(math.sqrt(squares / len(pixels)), rel=1e-6)
    for power in (1, 2, 3):
        within = sum(max(p / t, t / p) < 1.25**power for p, t in above)
        assert values[f"delta{power}"] == pytest.approx(100 * within / len(pixels), rel=1e-6)


def test_bump_agrees_with_scikit_image(random_maps):
    """Its filters, with the rim as its version 0.13 left it."""
    depth, truth, valid, _ = random_maps
    depth = (depth + truth) / 2  # so that not nearly all is cut

    def of_old(slope: np.ndarray) -> np.ndarray:
        return np.pad(slope[1:-1, 1:-1], 1)

    across, down = of_old(scharr_v(depth - truth)), of_old(scharr_h(depth - truth))
    second = [scharr_v(across), scharr_h(across), scharr_v(down), scharr_h(down)]
    norm = np.linalg.norm([of_old(each) for each in second], axis=0)
    assert 0.1 < np.mean(norm[valid] > 0.05) < 0.9
    expected = 100 * np.clip(norm, 0, 0.05)[valid].mean()
    assert measure(depth, truth, valid)["Bump"] == pytest.approx(expected, rel=1e-6)


def test_single_precision_is_measured_in_double():
    depth, truth = np.float32([[1e-4, 3]]), np.float32([[1e-4, 1e-4]])
    assert measure(depth, truth)["MSE"] == pytest.approx((3 - float(truth[0, 1])) ** 2 / 2, rel=1e-12)


def test_what_there_is_not_is_not_a_number():
    def missing(*arguments, **named) -> set[str]:
        return {name for name, value in measure(*arguments, **named).items() if math.isnan(value)}

    needs_more = {"MAE near edges", "MSE weighted", "MAE weighted", "avgUnc"}
    ratios = {"logRMS", "delta1", "delta2", "delta3"}
    ones = np.ones((4, 4))
    assert missing(ones, ones) == needs_more
    assert missing(ones, -ones) == needs_more | ratios
    assert missing(ones, np.eye(4)) == needs_more | ratios | {"AbsRel", "SqRel"}
    assert missing(-ones, ones) == needs_more | {"logRMS"}
    assert missing(ones, ones, np.zeros((4, 4), bool)) == set(NAMES)
    hole = np.where(np.eye(4) > 0, np.nan, ones)
    assert missing(hole, ones) == missing(ones, hole) == set(NAMES)
    assert missing(hole, ones, np.eye(4) == 0) == needs_more | {"Bump"}
    assert missing(ones, hole, np.eye(4) == 0) == needs_more
    nothing = {"weights": 0 * ones, "edges": ones < 0, "uncertainty": ones}
    assert missing(ones, ones, **nothing) == needs_more - {"avgUnc"}


def test_depth_of_either_sign_has_relative_errors_and_bad_pixels():
    """The 4D light field set: disparities from -2.5 to 2.5."""
    values = measure(np.array([[-1.0, 2.0]]), np.array([[-2.0, 1.0]]))
    assert values["AbsRel"] == pytest.approx(0.75)
    assert values["SqRel"] == pytest.approx(0.75)
    assert values["BadPix"] == 100


def test_negative_depth_is_within_no_delta():
    values = measure(np.array([[-1.0, 1.0]]), np.array([[1.0, 1.0]]))
    assert values["delta3"] == 50
    assert values["logRMS"] == 0  # it is masked, as published


def test_every_measure_has_a_better_end():
    assert len(set(NAMES)) == len(MEASURES)
    better = measure(TRUTH + 0.01, TRUTH, weights=TRUTH, edges=TRUTH > 0, uncertainty=TRUTH)
    worse = measure(TRUTH + 1.5, TRUTH, weights=TRUTH, edges=TRUTH > 0, uncertainty=2 * TRUTH)
    for each in MEASURES:
        if each.name != "Bump":  # an image of nothing but rim has none
            assert (better[each.name] < worse[each.name]) == (each.better == "smaller"), each.name


def test_holes_in_the_truth_are_no_edges():
    truth = np.full((40, 60), 0.5)
    valid = np.ones(truth.shape, bool)
    valid[10:20, 10:20] = False
    assert near_edges(np.where(valid, truth, 0)).any()
    assert not near_edges(np.where(valid, truth, 0), valid).any()
    truth[:, 45:] = 0.9
    edges = near_edges(np.where(valid, truth, 0), valid)
    assert edges[30, 45 - 8 : 45 + 8].all() and not edges[:, :30].any()
