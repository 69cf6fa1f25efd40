"""The all-in-focus picture: clear of what is blurred over it, and measured against a pinhole's."""

import json

import cv2
import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.fusion.all_in_focus import SKIRT, AllInFocus, clear_of_blur, fuse
from focal_depth.fusion.sharpness import measure_sharpness
from focal_depth.research.evaluation.all_in_focus import (
    PICTURE_MEASURES,
    all_in_focus_pictures,
    measure_picture,
)
from focal_depth.research.evaluation.data.focal_depth import TRUE_PICTURE, read
from photographs import PROJECT

SIZE = 120, 160  # height and width
CARD = (slice(30, 90), slice(50, 110))  # stands nearer than the wall behind it


@pytest.fixture
def scene() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Depth of a card before a wall, what a pinhole shows of them, and five frames from far to near."""
    random = np.random.default_rng(5)
    card = 0.5 + 0.5 * random.random((*SIZE, 3), np.float32)
    wall = cv2.resize(0.4 * random.random((15, 20, 3), np.float32), SIZE[::-1])  # of coarse texture
    depth = np.zeros(SIZE, np.float32)
    depth[CARD] = 1
    frames = [_photograph(wall, card, depth, focus) for focus in np.linspace(0, 1, 5)]
    return depth, np.where(depth[..., None] > 0, card, wall), np.stack(frames)


def _photograph(wall: np.ndarray, card: np.ndarray, depth: np.ndarray, focus: float) -> np.ndarray:
    """A lens whose blur has a radius of 8 pixels over the whole focus range."""
    behind = _blur(wall, 8 * focus)
    before, covers = _blur(card * depth[..., None], 8 * (1 - focus)), _blur(depth, 8 * (1 - focus))
    return behind * (1 - covers[..., None]) + before


def _blur(picture: np.ndarray, radius: float) -> np.ndarray:
    if radius < 0.5:
        return picture
    y, x = np.mgrid[-9:10, -9:10]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)


def test_beside_what_is_near_focus_is_as_near_as_its_blur_reaches():
    depth = np.zeros((40, 200), np.float32)
    depth[:, :50] = 1
    focus = clear_of_blur(depth, 20 / 200)  # a radius of ten pixels over the whole range
    reach = SKIRT * 10
    for away in (1, 4, 8, 11):
        assert focus[20, 49 + away] == pytest.approx(1 - away / reach, abs=0.01)
    assert not focus[:, 50 + int(reach) :].any()
    np.testing.assert_array_equal(focus[:, :50], 1)


def test_where_blur_is_unknown_focus_is_depth():
    depth = np.random.default_rng(0).random((20, 30), np.float32)
    np.testing.assert_array_equal(clear_of_blur(depth, None), depth)


def test_a_card_throws_no_halo_on_the_wall(scene):
    depth, truth, frames = scene
    positions = np.linspace(0, 1, 5, dtype=np.float32)
    beside = cv2.dilate(depth, np.ones((9, 9))) > depth
    halo = np.abs(fuse(depth, frames, positions) - truth)[beside].mean()
    clear = np.abs(fuse(clear_of_blur(depth, 16 / SIZE[1]), frames, positions) - truth)[beside].mean()
    assert clear < 0.75 * halo


def test_a_pixel_has_the_number_of_the_frame_with_the_largest_share():
    """Each frame has a channel of its own, in which the picture shows its share."""
    positions = np.float32([0, 0.3, 1])
    normalised = np.random.default_rng(4).uniform(-0.1, 1.1, (300, 40)).astype(np.float32)
    fusion = AllInFocus(normalised, positions)
    for index, one_hot in enumerate(np.eye(3, dtype=np.float32)):
        fusion.add(index, np.broadcast_to(one_hot, (*normalised.shape, 3)))
    shares, numbers = fusion.picture(), fusion.frame_numbers()
    assert numbers.dtype == np.float16 and {*np.unique(numbers)} == {1, 2, 3}
    np.testing.assert_array_equal(numbers, shares.argmax(2) + 1)
    assert ((shares > 0).sum(2) == 2).mean() > 0.3  # blended, so that it is not the only one


def test_sharpness_is_the_mean_modified_laplacian_of_luma():
    picture = np.random.default_rng(6).integers(0, 256, (300, 50, 3)).astype(np.uint8)
    luma = np.pad(picture @ np.float64([0.299, 0.587, 0.114]) / 255, 1, "reflect")
    middle = 2 * luma[1:-1, 1:-1]
    modified = np.abs(middle - luma[1:-1, :-2] - luma[1:-1, 2:])
    modified += np.abs(middle - luma[:-2, 1:-1] - luma[2:, 1:-1])
    around = np.lib.stride_tricks.sliding_window_view(np.pad(modified, 4, "reflect"), (9, 9))
    for encoded in (picture, 257 * picture.astype(np.uint16)):
        sharpness = measure_sharpness(encoded)
        assert sharpness.dtype == np.float16
        np.testing.assert_allclose(
            sharpness, around.mean((2, 3)), atol=0.5 / 128 + 0.7 / 255
        )  # rounded, and its luma


def test_what_is_blurred_is_less_sharp_and_what_is_plain_not_at_all():
    picture = np.random.default_rng(7).integers(0, 256, (200, 90, 3)).astype(np.uint8)
    picture[:, 30:60] = cv2.GaussianBlur(picture, (0, 0), 1.5)[:, 30:60]
    picture[:, 60:] = 120
    sharp, blurred, plain = (measure_sharpness(picture)[:, 30 * n + 6 : 30 * n + 24] for n in range(3))
    assert sharp.min() > 4 * blurred.max() > 0 and not plain.any()


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """The sample at a quarter of its size, with one of its frames as if it were the true picture."""
    folder = tmp_path_factory.mktemp("all_in_focus") / "small"
    (folder / TRUE_PICTURE.parent).mkdir(parents=True)
    table = ["file,focus_distance_m,focal_length_mm"]
    for frame in json.loads((PROJECT / "sample" / "truth.json").read_text())["frames"]:
        picture = cv2.resize(cv2.imread(str(PROJECT / "sample" / frame["file"])), (270, 180))
        cv2.imwrite(str(folder / f"{frame['file'][:-4]}.png"), picture)
        table.append(f"{frame['file'][:-4]}.png,{frame['focus_distance_m']},50")
    (folder / "focus.csv").write_text("\n".join(table))
    np.savez(folder / "depth.npz", depth=np.load(PROJECT / "sample" / "depth.npz")["depth"][2::4, 2::4])
    cv2.imwrite(str(folder / TRUE_PICTURE), picture)
    return read(folder)[0].load()


def test_a_picture_is_measured_over_all_and_near_edges(stack):
    edges = np.zeros((180, 270), bool)
    edges[60:90] = True
    darker = stack.all_in_focus.copy()
    darker[60:90] -= 0.1
    darker = np.where(stack.all_in_focus > 0.15, darker, stack.all_in_focus)
    same, other = (measure_picture(stack, picture, edges) for picture in (stack.all_in_focus, darker))
    assert list(same) == [each.name for each in PICTURE_MEASURES]
    assert (same["SSIM"], same["FLIP"]) == (pytest.approx(1), 0) and same["PSNR"] == 100
    assert 19.9 < other["PSNR near edges"] < other["PSNR"] - 5
    assert other["SSIM near edges"] < other["SSIM"] < 1
    assert other["FLIP near edges"] > other["FLIP"] > 0


def test_pictures_of_other_programs_are_measured_beside_ours(stack, tmp_path):
    for row, suffix in ((0, ".png"), (1, ".jpg")):
        folder = tmp_path / str(row)
        folder.mkdir()
        cv2.imwrite(str(folder / f"scene{suffix}"), np.full((180, 270, 3), 100 + row, np.uint8))
    folders = [str(tmp_path / name) for name in "01"]
    pictures = dict(all_in_focus_pictures("scene", stack, ["focal_unet"], folders))
    assert list(pictures) == [*folders, "focal_unet"]
    assert {picture.shape for picture in pictures.values()} == {(180, 270, 3)}
    assert pictures[folders[1]].mean() == pytest.approx(101 / 255, abs=0.01)


def test_a_picture_that_is_missing_or_of_another_size_is_named(stack, tmp_path):
    with pytest.raises(InputError, match="no picture of scene; add"):
        list(all_in_focus_pictures("scene", stack, [], [str(tmp_path)]))
    cv2.imwrite(str(tmp_path / "scene.png"), np.zeros((100, 270, 3), np.uint8))
    with pytest.raises(InputError, match="270 x 100 pixels, the photographs 270 x 180"):
        list(all_in_focus_pictures("scene", stack, [], [str(tmp_path)]))
