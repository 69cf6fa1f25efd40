"""The all-in-focus picture: clear of what is blurred over it, and measured against a pinhole's."""

import json

import cv2
import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.fusion.all_in_focus import AllInFocus, fuse
from focal_depth.fusion.frame_choice import PLAIN, SHARP, SKIRT, choose_blending, clear_of_blur
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
    fusion = AllInFocus(normalised, positions, widest_blur=0.01)
    for index, one_hot in enumerate(np.eye(3, dtype=np.float32)):
        fusion.add(index, np.broadcast_to(one_hot, (*normalised.shape, 3)))
    shares, numbers = fusion.picture(), fusion.frame_numbers()
    assert numbers.dtype == np.float16 and {*np.unique(numbers)} == {1, 2, 3}
    np.testing.assert_array_equal(numbers, shares.argmax(2) + 1)
    assert ((shares > 0).sum(2) == 2).mean() > 0.3  # blended, so that it is not the only one


@pytest.fixture
def bracket() -> tuple[np.ndarray, np.ndarray]:
    """What is texture on the left and plain on the right, and nine noisy frames of it."""
    random = np.random.default_rng(8)
    truth = np.full((120, 160, 3), 0.4, np.float32)
    truth[:, :80] = random.random((120, 80, 1), np.float32)
    noise = random.normal(0, 0.01, (9, *truth.shape)).astype(np.float32)
    return truth, truth + noise


def _fused(frames: np.ndarray, radius: float, moving: np.ndarray | None = None) -> np.ndarray:
    """All of it in focus in the middle; `radius` in pixels is that of a blur over the whole range."""
    count, height, width = frames.shape[:3]
    positions, focus = np.linspace(0, 1, count, dtype=np.float32), np.full((height, width), 0.5, np.float32)
    still = np.zeros_like(focus)
    blending = choose_blending(frames, focus, still if moving is None else moving, positions)
    fusion = AllInFocus(focus, positions, 2 * radius / max(width, height), blending)
    for index, frame in enumerate(frames):
        fusion.add(index, frame)
    return fusion.picture()


def test_noise_is_averaged_where_blur_destroys_nothing(bracket):
    truth, frames = bracket
    off = _fused(frames, 1.6) - truth
    assert off[:, 90:].std() < 0.005 and off[:, :70].std() < 0.011
    assert _fused(frames, 80)[:, 90:].std() > 0.009  # so far apart that one frame is the sharpest by far


def test_detail_is_of_few_frames_and_a_plain_place_of_many(bracket):
    truth, frames = bracket
    frames = frames.copy()
    for index in range(9):
        frames[index] = np.roll(frames[index], (index - 4) // 2, axis=1)  # as if aligned badly
    assert (
        np.abs(_fused(frames, 1.6) - truth)[:, 8:70].mean() < 0.2 * np.abs(frames[0] - truth)[:, 8:70].mean()
    )


def test_what_moved_is_shown_once_by_one_frame():
    """A dark ball rolls over a wall of texture, a step each frame."""
    random = np.random.default_rng(9)
    wall = cv2.GaussianBlur(0.5 + 0.5 * random.random((120, 160, 3), np.float32), (0, 0), 1)
    frames = np.stack([cv2.circle(wall.copy(), (50 + 13 * n, 60), 7, (0, 0, 0), -1) for n in range(5)])
    moving = np.zeros((120, 160), np.float32)
    moving[55:66, 45:107] = 1
    slanted = np.linspace(0, 1, 160, dtype=np.float32) * np.ones((120, 1), np.float32)
    positions = np.linspace(0, 1, 5, dtype=np.float32)
    for still, certain in ((0, True), (1, False)):
        blending = choose_blending(frames, slanted, moving * (1 - still), positions)
        fusion = AllInFocus(slanted, positions, 0.05, blending)
        for index, frame in enumerate(frames):
            fusion.add(index, frame)
        off = np.abs(fusion.picture() - frames[2])[53:68, 43:109].max()
        assert (off < 1e-6) == certain
    hardly = choose_blending(frames, slanted, 0.4 * moving, positions)
    everywhere = choose_blending(frames, slanted, np.ones_like(moving), positions)
    for blending in (hardly, everywhere):
        assert {*np.unique(blending)} <= {SHARP, PLAIN}


def test_the_frame_of_a_moved_region_is_numbered():
    blending = np.full((20, 30), SHARP, np.int16)
    blending[5:10, 5:10] = 2
    fusion = AllInFocus(np.zeros((40, 60), np.float32), np.float32([0, 0.5, 1]), None, blending)
    numbers = fusion.frame_numbers()
    assert (numbers[10:20, 10:20] == 3).all() and (numbers[:, 30:] == 1).all()
    assert len(fusion.tiles_of(2)) == 1 and not fusion.tiles_of(1)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_what_is_clipped_stays_white_whatever_the_gain(kind):
    """A brighter exposure is darkened: what it clipped would turn grey, and of a hue."""
    white = np.iinfo(kind).max
    levels = np.linspace(0, white, 256).astype(kind)
    gain = np.float32([0.9, 0.95, 1.1]) / white
    fusion = AllInFocus(np.zeros((1, 256), np.float32), np.float32([0, 1]))
    fusion.add(0, np.repeat(levels[None, :, None], 3, 2), gain)
    row = fusion.picture()[0]
    np.testing.assert_allclose(row[-1], [1, 1, 1.1], rtol=1e-5)
    assert (np.diff(row, axis=0) > 0).all()
    np.testing.assert_allclose(row[:200], levels[:200, None] * gain, rtol=1e-5)


def test_linear_values_above_white_are_kept():
    frame = np.full((4, 4, 3), 7.5, np.float32)
    fusion = AllInFocus(np.zeros((4, 4), np.float32), np.float32([0, 1]))
    fusion.add(0, frame, 0.9)
    np.testing.assert_allclose(fusion.picture(), 0.9 * frame, rtol=1e-6)


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
