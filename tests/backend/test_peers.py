"""The peers on planes whose depth is known exactly, and the reader of other programs' maps."""

from dataclasses import replace

import cv2
import numpy as np
import OpenEXR
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.research.evaluation.data.scene import DIOPTRES, DISPARITY, METRES, EvaluationStack
from focal_depth.research.evaluation.measures import mean_error, nearest_frame
from focal_depth.research.evaluation.peers import PEERS
from focal_depth.research.evaluation.peers.folder import read_depth_map
from focal_depth.research.evaluation.peers.guided_filter import GuidedFilter
from focal_depth.research.evaluation.peers.ring_difference import ring_difference

HEIGHT, WIDTH = 120, 180
POSITIONS = np.linspace(0, 1, 10, dtype=np.float32)
BLUR = 10  # pixels: the radius of the circle of confusion a whole focus range away


@pytest.fixture(scope="module")
def texture() -> np.ndarray:
    """(HEIGHT, WIDTH, 3) with detail at every scale."""
    random = np.random.default_rng(3)
    sizes = [(WIDTH // n, HEIGHT // n) for n in (1, 2, 4, 8)]
    layers = [cv2.resize(random.random((h, w, 3), np.float32), (WIDTH, HEIGHT)) for w, h in sizes]
    return sum(layers) / len(layers)


@pytest.fixture(scope="module")
def slanted() -> np.ndarray:
    return np.linspace(0.1, 0.9, WIDTH, dtype=np.float32)[None].repeat(HEIGHT, 0)


def photographed(texture: np.ndarray, depth: np.ndarray, positions: np.ndarray = POSITIONS) -> np.ndarray:
    """(N, H, W, 3): every pixel blurred by the disc of its own circle of confusion."""
    radii = np.arange(0, BLUR + 1, 0.5)
    blurred = np.stack([cv2.filter2D(texture, -1, disc(radius)) for radius in radii])
    level = BLUR * np.abs(depth - positions[:, None, None]) / 0.5
    below = np.clip(level.astype(int), 0, len(radii) - 2)
    rows, columns = np.indices(depth.shape)
    part = (level - below)[..., None]
    return (blurred[below, rows, columns] * (1 - part) + blurred[below + 1, rows, columns] * part).astype(
        np.float32
    )


def disc(radius: float) -> np.ndarray:
    """A disc of light, its rim as far as it covers a pixel."""
    reach = np.arange(-int(np.ceil(radius)), int(np.ceil(radius)) + 1)
    kernel = np.clip(radius + 0.5 - np.hypot(reach[:, None], reach), 0, 1)
    return (kernel / kernel.sum()).astype(np.float32)


@pytest.fixture(scope="module")
def plane(texture, slanted) -> np.ndarray:
    return photographed(texture, slanted)


def noisy(pictures: np.ndarray, amount: float) -> np.ndarray:
    return (pictures + np.random.default_rng(1).normal(0, amount, pictures.shape)).astype(np.float32)


@pytest.mark.parametrize("name", PEERS)
def test_a_slanted_plane_is_read_between_frames(name, plane, slanted):
    depth = PEERS[name](plane, POSITIONS)
    assert depth.shape == slanted.shape and depth.dtype == np.float32
    assert mean_error(depth, slanted) < 0.8 * mean_error(nearest_frame(slanted, POSITIONS), slanted)


@pytest.mark.parametrize("name", PEERS)
def test_uneven_focus_and_uneven_sizes_are_no_trouble(name, texture, slanted):
    positions = np.float32([0, 0.05, 0.15, 0.3, 0.4, 0.55, 0.65, 0.8, 0.9, 1])
    pictures = photographed(texture[:-1, :-1], slanted[:-1, :-1], positions)
    assert mean_error(PEERS[name](pictures, positions), slanted[:-1, :-1]) < 0.04


@pytest.mark.parametrize("name", PEERS)
def test_pictures_are_left_as_they_are(name, plane):
    pictures = plane[::4].copy()
    PEERS[name](pictures, POSITIONS[::4])
    np.testing.assert_array_equal(pictures, plane[::4])


@pytest.mark.parametrize("name", PEERS)
def test_two_frames_and_no_detail_still_give_depth(name):
    depth = PEERS[name](np.full((2, 40, 60, 3), 0.5, np.float32), np.float32([0, 1]))
    assert depth.shape == (40, 60) and np.isfinite(depth).all()
    assert depth.min() >= 0 and depth.max() <= 1


def test_a_dot_counts_for_itself_and_its_ring_and_not_across_the_gap():
    dot = np.zeros((21, 21, 3), np.float32)
    dot[10, 10] = 0.36, 0.48, 0.8  # a colour of length 1
    response = ring_difference(dot)
    assert response[10, 10] == pytest.approx(1)
    assert not response[10, 8:10].any() and not response[9, 9].any() and not response[10, :6].any()
    assert response[10, 6] == response[10, 7] > 0
    assert response.sum() == pytest.approx(2)


def test_the_ring_difference_bears_noise_that_a_laplacian_does_not(texture, slanted):
    # A lens leaves little detail at the size of a pixel, where a Laplacian looks for it.
    soft = cv2.GaussianBlur(texture, (0, 0), 1.2)
    grainy = noisy(photographed(soft, slanted), 0.02)
    error = {name: mean_error(find(grainy, POSITIONS), slanted) for name, find in PEERS.items()}
    assert error["ring_difference"] < 0.015
    assert error["classical_smoothed"] > 1.3 * error["ring_difference"]
    assert error["classical"] > 5 * error["classical_smoothed"]


def test_the_ring_difference_keeps_a_step_in_depth_where_colour_steps(texture):
    step = np.full((HEIGHT, WIDTH), 0.2, np.float32)
    step[:, WIDTH // 2 :] = 0.8
    coloured = texture * np.where(step > 0.5, 1, 0.4)[..., None]
    depth = PEERS["ring_difference"](photographed(coloured.astype(np.float32), step), POSITIONS)
    off = [np.abs(depth - step)[:, WIDTH // 2 + a : WIDTH // 2 + b].mean() for a, b in ((-6, 0), (0, 6))]
    assert max(off) < 0.1


def test_variational_depth_is_smooth_where_nothing_can_be_seen(texture, slanted):
    plain, grey = np.s_[40:80, 60:120], texture.copy()
    grey[plain] = 0.5
    pictures = noisy(photographed(grey, slanted), 0.01)
    inside = np.s_[50:70, 80:100]  # beyond the blur of what lies about
    rough = {}
    for name in ("classical", "variational"):
        depth = PEERS[name](pictures, POSITIONS)[inside]
        rough[name] = np.abs(np.diff(depth, axis=0)).mean()
        if name == "variational":
            assert mean_error(depth, slanted[inside]) < 0.1
    assert rough["variational"] < 0.1 * rough["classical"]


def test_a_guided_filter_is_the_mean_of_planes_fitted_to_windows():
    random = np.random.default_rng(2)
    guide, values = random.random((9, 9, 3), np.float32), random.random((9, 9), np.float32)
    middle, epsilon, fitted = guide[4, 4], 0.01, []
    for top, left in np.ndindex(3, 3):  # the nine windows of 3 x 3 that hold the pixel in the middle
        window = np.s_[2 + top : 5 + top, 2 + left : 5 + left]
        colours, wanted = guide[window].reshape(9, 3), values[window].ravel()
        off = colours - colours.mean(0)
        slope = np.linalg.solve(off.T @ off / 9 + epsilon * np.eye(3), off.T @ wanted / 9)
        fitted.append(slope @ (middle - colours.mean(0)) + wanted.mean())
    assert GuidedFilter(guide, 1, epsilon)(values)[4, 4] == pytest.approx(np.mean(fitted), abs=1e-5)


@pytest.fixture
def focused() -> EvaluationStack:
    """Frames focused at 4, 2 and 1 m, whose truth is in metres."""
    return EvaluationStack(np.zeros((3, 12, 16, 3), np.float32), np.array([0.25, 0.5, 1]), METRES)


TRUE_METRES = np.linspace(1, 8, 192, dtype=np.float32).reshape(12, 16)


def write_map(path, depth, channel="Z"):
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".npy":
        np.save(path, depth)
    elif path.suffix == ".npz":
        np.savez(path, depth=depth)
    else:
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, {channel: depth, "A": np.ones_like(depth)}).write(str(path))


@pytest.mark.parametrize(
    ("file", "channel"),
    [("a/1.npy", ""), ("a/1.npz", ""), *(("a/1.exr", name) for name in ("Z", "V", "Y", "R", "Depth.Z"))],
)
def test_maps_in_metres_come_back_in_metres(tmp_path, focused, file, channel):
    write_map(tmp_path / file, TRUE_METRES, channel)
    depth = read_depth_map(tmp_path, "a/1", focused)
    assert depth.dtype == np.float32
    np.testing.assert_allclose(focused.to_truth_unit(depth), TRUE_METRES, rtol=1e-5)
    assert depth[0, 0] == pytest.approx(1) and depth[-1, -1] == pytest.approx((1 / 8 - 0.25) / 0.75)


def test_maps_are_in_metres_where_the_truth_is_in_dioptres(tmp_path, focused):
    stack = replace(focused, unit=DIOPTRES)
    np.save(tmp_path / "near.v2.npy", TRUE_METRES)
    np.testing.assert_allclose(
        stack.to_truth_unit(read_depth_map(tmp_path, "near.v2", stack)), 1 / TRUE_METRES, rtol=1e-5
    )


def test_maps_are_in_disparity_where_the_truth_is(tmp_path, focused):
    stack = replace(focused, focus=np.array([-2.5, 0, 2.5]), unit=DISPARITY)
    disparity = np.linspace(-2, 2, 192).reshape(12, 16)
    np.save(tmp_path / "a.npy", disparity)
    np.testing.assert_allclose(
        stack.to_truth_unit(read_depth_map(tmp_path, "a", stack)), disparity, atol=1e-6
    )


def test_what_is_infinitely_far_lies_beyond_the_farthest_focus(tmp_path, focused):
    np.save(tmp_path / "a.npy", np.full((12, 16), np.inf))
    np.testing.assert_allclose(read_depth_map(tmp_path, "a", focused), -0.25 / 0.75, rtol=1e-6)


def test_a_map_of_half_the_size_is_resized_to_the_pictures(tmp_path, focused):
    # A plane is linear in the inverse of depth, and stays one between its pixels' centres.
    dioptres = np.linspace(0.3, 0.9, 16).reshape(1, 16).repeat(12, 0)
    np.save(tmp_path / "a.npy", 1 / dioptres.reshape(6, 2, 8, 2).mean((1, 3)))
    depth = 1 / focused.to_truth_unit(read_depth_map(tmp_path, "a", focused))
    np.testing.assert_allclose(depth[:, 1:-1], dioptres[:, 1:-1], atol=1e-6)


@pytest.mark.parametrize(
    ("depth", "says"),
    [
        (np.ones((12, 12)), r"12 x 12.*shape of the pictures, 16 x 12"),
        (np.ones((12, 16, 3)), r"a\.npy holds \(12, 16, 3\)"),
        (np.full((12, 16), np.nan), r"a\.npy has pixels without depth"),
        (np.zeros((12, 16)), r"a\.npy has pixels without depth"),
        (np.array([["far"]]), r"a\.npy holds"),
        (np.array([None]), r"a\.npy is no depth map"),
    ],
)
def test_what_is_no_map_of_the_scene_is_refused(tmp_path, focused, depth, says):
    np.save(tmp_path / "a.npy", depth)
    with pytest.raises(InputError, match=says):
        read_depth_map(tmp_path, "a", focused)


def test_a_file_of_another_kind_is_refused(tmp_path, focused):
    (tmp_path / "text.npy").write_text("none")
    np.savez(tmp_path / "other.npz", distance=TRUE_METRES)
    write_map(tmp_path / "colours.exr", TRUE_METRES, "U")
    (tmp_path / "broken.exr").write_bytes(b"none")
    for name in ("text", "other", "colours", "broken"):
        with pytest.raises(InputError, match=f"{name}\\.np[yz] is no depth map|{name}\\.exr is no depth map"):
            read_depth_map(tmp_path, name, focused)


def test_a_missing_map_is_named(tmp_path, focused):
    with pytest.raises(InputError, match=r"no depth map of scene/7; add .*scene/7\.npy"):
        read_depth_map(tmp_path, "scene/7", focused)
