"""Far to near: by distances with their ties and gaps, or by what moves in the pictures."""

import math
import random
import shutil

import numpy as np
import pyexiv2
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.lens import thin_lens
from focal_depth.stack import Overrides, describe, read_stack
from focal_depth.stack.dioptres import SAME_FOCUS, fill_gaps, spread_ties
from focal_depth.stack.names import natural_key
from hypothesis import given
from hypothesis import strategies as st
from photographs import NIKON_SCENES, shared_stack, write_photograph, write_stack


def names(stack) -> list[str]:
    return [frame.path.name for frame in stack.frames]


def pixels_only(source, target, shuffle: int | None = None) -> dict[str, int]:
    """Copy a stack without metadata or sidecars; returns the new names with their place in the old order.

    `shuffle` is a seed for new names; None keeps the old order.
    """
    photographs = sorted((p for p in source.iterdir() if p.suffix.lower() == ".jpg"), key=natural_key)
    places = list(range(len(photographs)))
    if shuffle is not None:
        random.Random(shuffle).shuffle(places)
    for name, place in enumerate(places):
        copy = shutil.copy(photographs[place], target / f"p_{name}.jpg")
        strip_metadata(copy)
    return {f"p_{name}.jpg": place for name, place in enumerate(places)}


def strip_metadata(path):
    with pyexiv2.Image(str(path)) as image:
        image.clear_exif()
        image.clear_xmp()


@pytest.mark.parametrize("name", ["generated_1", "generated_4"])
def test_sharpness_restores_a_shuffled_stack(tmp_path, name):
    places = pixels_only(shared_stack(name), tmp_path, shuffle=1)
    stack = read_stack([tmp_path])
    order = [places[frame] for frame in names(stack)]
    assert order in (list(range(41)), list(range(41))[::-1])
    assert stack.order_source == "sharpness" and not stack.is_metric
    assert any("not by file name" in text for text in stack.warnings)


@pytest.mark.parametrize("shuffle", [None, 3])
@pytest.mark.parametrize(
    ("name", "far_to_near"),
    [("balls", list(range(10))), *((scene, list(range(7))[::-1]) for scene in NIKON_SCENES)],
)
def test_order_and_its_far_end_without_any_distance(tmp_path, name, far_to_near, shuffle):
    """Zooms such as the Nikon's breathe against the thin lens, so breathing alone would turn them."""
    places = pixels_only(shared_stack(name), tmp_path, shuffle)
    stack = read_stack([tmp_path])
    assert [places[frame] for frame in names(stack)] == far_to_near
    assert stack.order_source == ("file name" if shuffle is None else "sharpness")
    assert stack.dioptres is None
    assert stack.warnings[0].startswith("Fewer than two focus distances are known, so depth is relative")


def test_breathing_shows_the_far_end_where_no_ground_does(tmp_path):
    import cv2

    noise = np.random.default_rng(0).uniform(0, 255, (400, 600)).astype(np.float32)
    scene = cv2.GaussianBlur(noise, (0, 0), 3)
    scene = np.uint8(255 * (scene - scene.min()) / np.ptp(scene))
    for i in range(4):
        blurred = cv2.GaussianBlur(scene, (0, 0), 1 + i)
        grown = cv2.warpAffine(blurred, cv2.getRotationMatrix2D((300, 200), 0, 1.08 - 0.02 * i), (600, 400))
        write_photograph(tmp_path / f"p_{i}.jpg", np.repeat(grown[..., None], 3, axis=2))
    stack = read_stack([tmp_path])
    assert names(stack) == ["p_3.jpg", "p_2.jpg", "p_1.jpg", "p_0.jpg"]
    assert any("because the picture grows in that direction" in text for text in stack.warnings)


def test_a_typed_order_of_the_file_names(tmp_path):
    paths = write_stack(tmp_path, [None] * 11)
    numbers = [f"IMG_{i}.jpg" for i in range(1, 12)]
    assert names(read_stack(paths, Overrides(order="far-to-near"))) == numbers
    assert names(read_stack(paths, Overrides(order="near-to-far"))) == numbers[::-1]


@pytest.mark.parametrize(
    ("scene", "tied"),
    [("nikon_d3100_scene2", ("DSC_0002", "DSC_0001")), ("nikon_d3100_scene6", ("DSC_0016", "DSC_0015"))],
)
def test_ties_follow_the_file_names_trend(scene, tied):
    stack = read_stack([shared_stack(scene)])
    assert [name[:8] for name in names(stack)[-2:]] == list(tied)
    assert np.all(np.diff(stack.dioptres) > 0)
    half_a_step = 10 ** (1 / 80)
    stored = stack.reference.dioptres
    assert np.all(stack.dioptres[-2:] < stored * half_a_step)
    assert np.all(stack.dioptres[-2:] > stored / half_a_step)
    assert sum(f"{tied[0]}.JPG and {tied[1]}.JPG have the same focus" in w for w in stack.warnings) == 1


def test_two_typed_distances_make_a_stack_metric(tmp_path):
    paths = write_stack(tmp_path, [None] * 5, FocalLength="50/1")
    overrides = Overrides(focus_distances={"IMG_1.jpg": 0.5, str(paths[4]): math.inf}, order="far-to-near")
    stack = read_stack(paths, overrides)
    assert names(stack) == [f"IMG_{i}.jpg" for i in (5, 4, 3, 2, 1)]  # the distances beat --order
    np.testing.assert_allclose(stack.dioptres, [0, 0.5, 1, 1.5, 2], atol=1e-6)
    assert [frame.distance_source for frame in stack.frames] == [
        "typed",
        "interpolated",
        "interpolated",
        "interpolated",
        "typed",
    ]
    assert any(text.startswith("3 of 5 photographs have no focus") for text in stack.warnings)


def test_missing_distances_are_interpolated_in_dioptres(tmp_path):
    stack = read_stack(write_stack(tmp_path, ["1/1", None, "1/3", "1/4"]), Overrides(order="far-to-near"))
    np.testing.assert_allclose(stack.dioptres, [1, 2, 3, 4], rtol=1e-6)


def test_fill_gaps_goes_on_but_not_past_infinity():
    nan = math.nan
    np.testing.assert_allclose(fill_gaps(np.array([nan, 1, nan, 2, nan])), [0.5, 1, 1.5, 2, 2.5])
    np.testing.assert_allclose(fill_gaps(np.array([nan, nan, 1, 3])), [0, 0.5, 1, 3])
    np.testing.assert_allclose(fill_gaps(np.array([3, 1, nan, nan])), [3, 1, 0.5, 0])


def test_typed_beats_sidecar_beats_exif(tmp_path):
    paths = write_stack(tmp_path, ["3/1", "2/1", "1/1"])
    (tmp_path / "focus_distance.txt").write_text("6\n5\n4\n")
    stack = read_stack(paths, Overrides(focus_distances={"IMG_2.jpg": 0.5}, focal_length=0.035))
    distances = {frame.path.name: (frame.focus_distance, frame.distance_source) for frame in stack.frames}
    assert distances == {
        "IMG_1.jpg": (6, "sidecar"),
        "IMG_3.jpg": (4, "sidecar"),
        "IMG_2.jpg": (0.5, "typed"),
    }
    assert stack.reference.focal_length == 0.035


def test_one_known_distance_is_not_enough(tmp_path):
    stack = read_stack(write_stack(tmp_path, ["1/1", None, None]), Overrides(order="far-to-near"))
    assert not stack.is_metric
    np.testing.assert_allclose(stack.positions, [0, 0.5, 1])


def test_distances_against_the_typed_order_give_a_warning(tmp_path):
    stack = read_stack(write_stack(tmp_path, ["2/1", "1/1"]), Overrides(order="near-to-far"))
    assert names(stack) == ["IMG_1.jpg", "IMG_2.jpg"]
    assert any("the focus distances were used" in text for text in stack.warnings)


def test_dioptres_in_exif_are_taken_as_such(tmp_path):
    """Scene 5 runs near to far: as metres these values would run far to near."""
    pixels_only(shared_stack("nikon_d3100_scene5"), tmp_path)
    for i in range(7):
        with pyexiv2.Image(str(tmp_path / f"p_{i}.jpg")) as image:
            image.modify_exif({"Exif.Photo.SubjectDistance": f"{12 - i}/10"})
    stack = read_stack([tmp_path])
    assert any("were taken as dioptres" in text for text in stack.warnings)
    np.testing.assert_allclose(stack.dioptres, np.linspace(0.6, 1.2, 7), atol=1e-4)


def test_the_zoom_was_moved(tmp_path):
    for i, focal_length in enumerate(("50/1", "55/1"), 1):
        exif = {"Exif.Photo.FocalLength": focal_length, "Exif.Photo.SubjectDistance": f"{i}/1"}
        write_photograph(tmp_path / f"IMG_{i}.jpg", exif=exif)
    assert any("zoom" in text for text in read_stack([tmp_path]).warnings)


@pytest.mark.parametrize("count", [2, 5])
def test_one_distance_copied_to_all_is_as_good_as_none(tmp_path, count):
    paths = write_stack(tmp_path, ["1/2"] * count)
    stack = read_stack(tmp_path)
    assert not stack.is_metric and all(frame.focus_distance is None for frame in stack.frames)
    assert any("same focus distance, 0.5 m, as where an editor copied it" in text for text in stack.warnings)
    typed = Overrides(focus_distances={paths[0].name: 2.0, paths[1].name: 1.0})
    sources = [frame.distance_source for frame in read_stack(paths, typed).frames]
    assert sorted(sources) == ["interpolated"] * (count - 2) + ["typed"] * 2


def test_the_same_distance_typed_of_all_is_refused(tmp_path):
    paths = write_stack(tmp_path, [None] * 2)
    with pytest.raises(InputError, match="the same focus distance is known of all photographs; type"):
        read_stack(paths, Overrides(focus_distances={path.name: 1.0 for path in paths}))


def test_ties_next_to_the_focal_length_stay_beyond_it(tmp_path):
    """A macro lens of 100 mm: spread by the gap behind them, one of the two would be focused at 98 mm."""
    paths = write_stack(tmp_path, ["500/1000", "111/1000", "111/1000"], FocalLength="100/1")
    stack = read_stack(paths)
    assert np.all(np.diff(stack.dioptres) > 0)
    assert stack.dioptres[-1] * stack.focal_length < 1
    assert describe(stack)["frames"][0]["relative_fov"] > 1
    assert stack.dioptres[-2:].mean() == pytest.approx(1 / 0.111)


def test_the_order_in_which_files_are_given_does_not_matter(tmp_path):
    paths = write_stack(tmp_path, ["3/1", None, "2/1", "1/1", "1/1", "1/2"], FocalLength="50/1")
    stack = read_stack(paths)
    for seed in range(4):
        random.Random(seed).shuffle(paths)
        other = read_stack(paths)
        assert other.frames == stack.frames and describe(other) == describe(stack)
        np.testing.assert_array_equal(other.dioptres, stack.dioptres)


@given(
    st.lists(st.sampled_from([0, 1e-6, 0.01, 0.5, 1.0, 1.0593, 3.0, 20.0]), min_size=2, max_size=100),
    st.sampled_from([0.0, 0.0593]),
    st.sampled_from([math.inf, 100, 20.5, 20 / (1 - 1.1 * SAME_FOCUS)]),
)
def test_spread_ties_is_strictly_increasing_and_stays_near(values, step, limit):
    dioptres = np.sort(np.array(values))
    if dioptres[0] == dioptres[-1]:
        return
    spread = spread_ties(dioptres, [step] * len(values), limit)
    assert spread.dtype == np.float32 and spread[0] >= 0
    assert np.all(np.diff(spread) > 0)
    assert spread[-1] < limit
    if limit < math.inf:
        thin_lens.relative_field_of_view(1 / limit, spread)  # raises for focus inside the focal length
    if step:
        finite = dioptres > 0
        assert np.all(np.abs(spread - dioptres)[finite] <= dioptres[finite] * step / 2 + 1e-6)
