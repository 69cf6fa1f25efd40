"""What is painted over a result: what each tool makes of it, and that nothing painted is ever lost."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.batch.single import Request, estimate_to_folder
from focal_depth.cli.main import main
from focal_depth.contract.errors import Cancelled, InputError
from focal_depth.contract.messages import DONE, INPUT_AT_FAULT, Done, Progress
from focal_depth.contract.retouch import DEPTH_TOOLS, PICTURE_TOOLS, Layer, format_layers, parse_layers
from focal_depth.fusion.sharpness import REACH as SHARPNESS_REACH
from focal_depth.fusion.sharpness import measure_sharpness
from focal_depth.io.colour import srgb_decode
from focal_depth.io.result_folder import (
    encode_png,
    read_depth,
    read_description,
    read_linear_picture,
    read_maps,
    read_scene,
    write_background,
)
from focal_depth.research.evaluation.planarity import plane_residuals
from focal_depth.retouch.result import retouch_result
from focal_depth.runtime.config import Config
from focal_depth.runtime.progress import Reporter
from focal_depth.runtime.resources import Resources
from focal_depth.stack import Overrides, read_stack
from photographs import PROJECT, write_slanted
from results import description, write_result

SIZE = HEIGHT, WIDTH = 96, 144
FOCUS = 1.0, 0.5  # metres: dioptres from 1 to 2, so that normalised ones are one less
PAINTED = slice(30, 70), slice(40, 100)
FIXTURE = PROJECT / "tests" / "fixtures" / "version_0_1"


def wall() -> np.ndarray:
    """(H, W) normalised dioptres of a slanted wall."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    return (0.3 + 0.001 * x + 0.002 * y).astype(np.float32)


def write(folder: Path, normalised: np.ndarray) -> Path:
    random = np.random.default_rng(2)
    aligned = [(i, np.full((*SIZE, 3), level, np.float32)) for i, level in enumerate((0.2, 0.6))]
    return write_result(
        folder,
        (1 / (1 + normalised)).astype(np.float32),
        random.uniform(0.2, 0.8, SIZE).astype(np.float16),
        random.random((*SIZE, 3)).astype(np.float16),
        description(["far.jpg", "near.jpg"], FOCUS),
        frame_numbers=np.ones(SIZE, np.float16),
        aligned=aligned,
        cache={"fingerprint": np.array("0" * 64)},
    )


def paint(folder: Path, *layers: Layer, where=PAINTED, shape=SIZE) -> None:
    """Layers that have a mask of one box."""
    (folder / "retouch").mkdir(exist_ok=True)
    mask = np.zeros(shape, np.uint8)
    mask[where] = 255
    for layer in layers:
        cv2.imwrite(str(folder / "retouch" / layer.mask), mask)
    (folder / "retouch" / "layers.json").write_text(format_layers(list(layers)))


def normalised(folder: Path, **options) -> np.ndarray:
    return 1 / read_depth(folder, **options)[0] - 1


def everything(folder: Path) -> list[np.ndarray]:
    return [*read_depth(folder), *read_linear_picture(folder)]


def elsewhere(values: np.ndarray) -> np.ndarray:
    outside = np.ones(SIZE, bool)
    outside[PAINTED] = False
    return values[outside]


@pytest.mark.parametrize("tool", [*DEPTH_TOOLS, *PICTURE_TOOLS])
def test_a_tool_changes_what_is_painted_and_nothing_else_by_a_bit(tmp_path, tool):
    folder = write(tmp_path / "result", wall() + 0.05 * np.random.default_rng(1).random(SIZE, np.float32))
    write_background(folder, encode_png(np.full((*SIZE, 3), 90, np.uint8)))
    before = everything(folder)
    paint(folder, Layer("A", tool, "a.png", amount=0.1, frame="far.jpg"))
    assert retouch_result(folder) == []
    after = everything(folder)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(elsewhere(one), elsewhere(other))
    assert any(not np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_a_bowl_is_flattened_to_the_plane_of_most_of_it(tmp_path):
    bowl = wall()
    y, x = np.mgrid[-1:1:40j, -1:1:60j]
    bowl[PAINTED] += 0.05 * (x**2 + y**2)
    bowl[32:40, 42:50] += 0.3  # something else
    folder = write(tmp_path / "result", bowl)
    paint(folder, Layer("Wall", "flatten", "wall.png"))
    retouch_result(folder)
    flat = normalised(folder)[PAINTED]
    assert plane_residuals(flat).max() < 0.0005
    assert np.abs(flat - wall()[PAINTED]).max() < 0.06
    assert (read_depth(folder)[1][PAINTED] == 1).all()


def test_a_wrong_blob_is_filled_by_the_surface_most_of_its_neighbours_belong_to(tmp_path):
    depth = wall()
    depth[:, 100:] = 0.9  # something near beside it
    depth[PAINTED] += 0.2
    folder = write(tmp_path / "result", depth)
    paint(folder, Layer("Hole", "from_neighbours", "hole.png"))
    retouch_result(folder)
    assert np.abs(normalised(folder) - wall())[PAINTED].mean() < 0.005


def test_pushed_by_a_share_of_the_focus_range(tmp_path):
    folder = write(tmp_path / "result", wall())
    paint(folder, Layer("Nearer", "push", "push.png", amount=0.1))
    retouch_result(folder)
    np.testing.assert_allclose((normalised(folder) - wall())[PAINTED], 0.1, atol=1e-5)


def test_a_soft_edge_is_cut_in_the_middle_of_the_stroke(tmp_path):
    soft = np.tile(np.clip((np.arange(WIDTH) - 62) / 16, 0, 1), (HEIGHT, 1)).astype(np.float32) * 0.5
    folder = write(tmp_path / "result", soft)
    stroke = slice(20, 80), slice(60, 80)
    paint(folder, Layer("Edge", "cut", "edge.png"), where=stroke)
    retouch_result(folder)
    row = normalised(folder)[50]
    np.testing.assert_allclose(row[60:70], soft[50, 59], atol=1e-5)
    np.testing.assert_allclose(row[71:80], soft[50, 80], atol=1e-5)


def test_an_edge_that_is_none_goes(tmp_path):
    folded = wall()
    folded[:, 70:] += 0.1
    folder = write(tmp_path / "result", folded)
    stroke = slice(20, 80), slice(60, 80)
    paint(folder, Layer("Fold", "same_surface", "fold.png"), where=stroke)
    retouch_result(folder)
    assert np.abs(np.diff(normalised(folder)[40:60, 60:80], axis=1)).max() < 0.025  # 0.1 before


def test_what_is_not_trusted_is_filled_and_unsure(tmp_path):
    depth = wall()
    depth[PAINTED] = 0.9
    folder = write(tmp_path / "result", depth)
    paint(folder, Layer("Mirror", "distrust", "mirror.png"))
    retouch_result(folder)
    assert np.abs(normalised(folder) - wall())[PAINTED].max() < 0.01
    assert not read_depth(folder)[1][PAINTED].any()


def test_pictures_come_from_a_frame_the_background_or_what_is_about(tmp_path):
    folder = write(tmp_path / "result", wall())
    write_background(folder, encode_png(np.full((*SIZE, 3), 51, np.uint8)))
    for layer, level, number in (
        (Layer("Frame", "frame", "a.png", frame="near.jpg"), 0.6, 2),
        (Layer("Behind", "background", "a.png"), 0.2, 0),
    ):
        paint(folder, layer)
        assert retouch_result(folder) == []
        picture, numbers = read_linear_picture(folder)
        painted = picture[PAINTED].astype(np.float32)
        assert np.abs(painted - srgb_decode(np.float32(level))).max() < 0.01
        assert (numbers[PAINTED] == number).all() and (elsewhere(numbers) == 1).all()


def test_what_is_healed_is_of_no_frame_and_its_sharpness_is_of_the_picture_as_it_is_then(tmp_path):
    folder = write(tmp_path / "result", wall())
    before = read_maps(folder)
    paint(folder, Layer("Dust", "heal", "a.png"))
    assert retouch_result(folder) == []
    after = read_maps(folder)
    assert (after.frame_numbers[PAINTED] == 0).all() and (elsewhere(after.frame_numbers) == 1).all()
    shown = np.ascontiguousarray(cv2.imread(str(folder / "all_in_focus.png"))[..., ::-1])
    assert np.array_equal(read_scene(folder)[2], shown)
    assert np.array_equal(after.sharpness, measure_sharpness(shown))
    middle = slice(40, 60), slice(50, 90)  # noise, which healing smoothes
    assert after.sharpness[middle].mean() < 0.5 * before.sharpness[middle].mean()
    far = slice(30 - SHARPNESS_REACH), slice(None)
    assert np.array_equal(after.sharpness[far], before.sharpness[far])


def test_a_frame_has_the_number_of_what_is_painted_by_more_than_half(tmp_path):
    folder = write(tmp_path / "result", wall())
    paint(folder, Layer("Frame", "frame", "a.png", frame="near.jpg"))
    mask = np.zeros(SIZE, np.uint8)
    mask[10, :] = np.linspace(0, 255, WIDTH)
    cv2.imwrite(str(folder / "retouch" / "a.png"), mask)
    assert retouch_result(folder) == []
    assert np.array_equal(read_maps(folder).frame_numbers == 2, mask / 255 > 0.5)


def test_layers_lie_on_each_other_and_one_that_is_hidden_does_nothing(tmp_path):
    folder = write(tmp_path / "result", wall())
    push = Layer("Push", "push", "a.png", amount=0.1)
    hidden = Layer("Hidden", "push", "b.png", amount=0.5, shown=False)
    paint(folder, push, Layer("Again", "push", "c.png", amount=0.2), hidden)
    retouch_result(folder)
    np.testing.assert_allclose((normalised(folder) - wall())[PAINTED], 0.3, atol=1e-5)


def test_a_mask_may_be_small_and_its_border_blends(tmp_path):
    folder = write(tmp_path / "result", wall())
    paint(
        folder,
        Layer("Push", "push", "a.png", amount=0.1),
        where=(slice(12, 36), slice(18, 54)),
        shape=(48, 72),
    )
    retouch_result(folder)
    change = normalised(folder) - wall()
    np.testing.assert_allclose(change[28:68, 40:104], 0.1, atol=1e-5)
    assert 0 < change[48, 35] < 0.1 and change[48, 20] == pytest.approx(0, abs=1e-6)


def test_outlines_are_filled_and_strokes_are_as_wide_as_they_say(tmp_path):
    folder = write(tmp_path / "result", wall())
    box = {"points": [[0.25, 0.25], [0.75, 0.25], [0.75, 0.5], [0.25, 0.5]], "width": 0}
    stroke = {"points": [[0.25, 0.75], [0.75, 0.75]], "width": 8 / WIDTH}
    (folder / "retouch").mkdir()
    layers = [Layer("A", "push", amount=0.1, outlines=[box, stroke])]
    (folder / "retouch" / "layers.json").write_text(format_layers(layers))
    assert retouch_result(folder) == []
    change = normalised(folder) - wall()
    np.testing.assert_allclose(change[26:46, 38:106], 0.1, atol=1e-5)
    np.testing.assert_allclose(change[70:74, 38:106], 0.1, atol=1e-5)
    for rows in (slice(22), slice(52, 66), slice(79, None)):
        assert np.abs(change[rows]).max() < 1e-6


def test_taken_away_layers_leave_what_was_estimated_to_the_bit(tmp_path):
    folder = write(tmp_path / "result", wall())
    before, files = everything(folder), sorted(path.name for path in folder.iterdir())
    paint(folder, Layer("Push", "push", "a.png", amount=0.1), Layer("Heal", "heal", "b.png"))
    retouch_result(folder)
    assert (folder / "estimate.exr").exists() and read_description(folder)["retouch"]
    np.testing.assert_array_equal(normalised(folder, before_retouch=True), 1 / before[0] - 1)
    shutil.rmtree(folder / "retouch")
    retouch_result(folder)
    for one, other in zip(before, everything(folder), strict=True):
        np.testing.assert_array_equal(one, other)
    assert sorted(path.name for path in folder.iterdir()) == files
    assert "retouch" not in read_description(folder)


def test_a_change_of_layers_begins_from_the_estimate(tmp_path):
    folder = write(tmp_path / "result", wall())
    for amount in (0.1, 0.3, 0.05):
        paint(folder, Layer("Push", "push", "a.png", amount=amount))
        retouch_result(folder)
        np.testing.assert_allclose((normalised(folder) - wall())[PAINTED], amount, atol=1e-5)
    assert len(list((folder / "aligned").iterdir())) == 2 and (folder / "cache.npz").exists()


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (Layer("A", "push", "missing.png"), "paint it again"),
        (Layer("A", "frame", "a.png", frame="other.jpg"), "choose another one"),
        (Layer("A", "background", "a.png"), "build a mesh first"),
    ],
)
def test_a_layer_that_cannot_be_applied_is_named_and_kept(tmp_path, layer, said):
    folder = write(tmp_path / "result", wall())
    paint(folder, layer, Layer("Push", "push", "b.png", amount=0.1))
    (folder / "retouch" / "missing.png").unlink(missing_ok=True)
    skipped = retouch_result(folder)
    assert len(skipped) == 1 and "The layer A was skipped" in skipped[0] and said in skipped[0]
    np.testing.assert_allclose((normalised(folder) - wall())[PAINTED], 0.1, atol=1e-5)
    assert len(parse_layers((folder / "retouch" / "layers.json").read_text())) == 2


def test_a_mask_of_another_shape_is_skipped(tmp_path):
    folder = write(tmp_path / "result", wall())
    paint(folder, Layer("A", "push", "a.png", amount=0.1), shape=(96, 96))
    (said,) = retouch_result(folder)
    assert "96 x 96 pixels, which is not the shape of 144 x 96" in said


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"format": 2, "layers": []}',
        '{"format": 1, "layers": [{"name": "A", "tool": "push"}]}',
        '{"format": 1, "layers": [{"name": "A", "tool": "fill", "mask": "a.png"}]}',
        '{"format": 1, "layers": [{"name": "A", "tool": "push", "mask": "../a.png"}]}',
        '{"format": 1, "layers": [{"name": "A", "tool": "push", "mask": "a.png", "amount": NaN}]}',
        '{"format": 1, "layers": [{"name": "A", "tool": "push", "mask": "a.png", "amount": 2}]}',
        '{"format": 1, "layers": [{"name": "A", "tool": "cut", "outlines": [{"points": [], "width": 0}]}]}',
        '{"format": 1, "layers": [{"name": "A", "tool": "cut", "outlines": [{"points": 1, "width": 0}]}]}',
        '{"format": 1, "layers": [{"name": "A", "tool": "push", "mask": "a.png", "amount": 1'
        + "0" * 400
        + "}]}",
        '{"format": 1, "layers": [{"name": "A\\ud800", "tool": "push", "mask": "a.png"}]}',
        '{"format": 1, "layers": [{"name": "A", "tool": "heal", "mask": "' + "a" * 300 + '.png"}]}',
        '{"format": 1, "layers": [' + ",".join(['{"name": "A", "tool": "heal", "mask": "a.png"}'] * 2) + "]}",
    ],
)
def test_layers_that_cannot_be_used_change_nothing_and_stay(tmp_path, text):
    folder = write(tmp_path / "result", wall())
    (folder / "retouch").mkdir()
    (folder / "retouch" / "layers.json").write_text(text)
    before = everything(folder)
    with pytest.raises(InputError, match=r"layers\.json cannot be used: .*Mend it"):
        retouch_result(folder)
    for one, other in zip(before, everything(folder), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (folder / "retouch" / "layers.json").read_text() == text


def test_links_that_lead_out_of_the_folder_are_refused(tmp_path):
    folder = write(tmp_path / "result", wall())
    paint(folder, Layer("Push", "push", "a.png", amount=0.1))
    (folder / "retouch" / "a.png").rename(tmp_path / "a.png")
    (folder / "retouch" / "a.png").symlink_to(tmp_path / "a.png")
    (said,) = retouch_result(folder)
    assert "a.png is a link: put the file itself there" in said
    (folder / "retouch").rename(tmp_path / "retouch")
    (folder / "retouch").symlink_to(tmp_path / "retouch")
    with pytest.raises(InputError, match=r"layers\.json is a link"):
        retouch_result(folder)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_what_is_transparent_in_a_mask_is_not_painted(tmp_path, kind):
    folder = write(tmp_path / "result", wall())
    paint(folder, Layer("Push", "push", "a.png", amount=0.1))
    white = np.full((*SIZE, 4), np.iinfo(kind).max, kind)
    white[..., 3] = 0
    white[(*PAINTED, 3)] = np.iinfo(kind).max
    cv2.imwrite(str(folder / "retouch" / "a.png"), white)
    assert retouch_result(folder) == []
    change = normalised(folder) - wall()
    np.testing.assert_allclose(change[PAINTED], 0.1, atol=1e-5)
    assert np.abs(elsewhere(change)).max() < 1e-6


def test_a_skipped_layer_is_tried_again(tmp_path):
    folder = write(tmp_path / "result", wall())
    paint(folder, Layer("Behind", "background", "a.png"))
    for _ in range(2):
        assert len(retouch_result(folder)) == 1
    write_background(folder, encode_png(np.full((*SIZE, 3), 51, np.uint8)))
    assert retouch_result(folder) == []
    assert np.abs(read_linear_picture(folder)[0][PAINTED] - srgb_decode(np.float32(0.2))).max() < 0.01


def test_the_estimate_is_what_result_json_says_it_is(tmp_path):
    folder = write(tmp_path / "result", wall())
    paint(folder, Layer("Push", "push", "a.png", amount=0.1))
    retouch_result(folder)
    (folder / "estimate.exr").unlink()
    paint(folder, Layer("Push", "push", "a.png", amount=0.2))
    with pytest.raises(InputError, match="before it was retouched, is missing: estimate again"):
        retouch_result(folder)
    fresh = write(tmp_path / "fresh", wall())
    shutil.copyfile(write(tmp_path / "stale", wall() + 0.3) / "depth.exr", fresh / "estimate.exr")
    np.testing.assert_allclose(normalised(fresh, before_retouch=True), wall(), atol=1e-5)
    paint(fresh, Layer("Push", "push", "a.png", amount=0.1))
    retouch_result(fresh)
    shutil.rmtree(fresh / "retouch")
    retouch_result(fresh)
    np.testing.assert_allclose(normalised(fresh), wall(), atol=1e-5)


def test_damaged_layers_stop_neither_a_turn_nor_a_mesh(tmp_path, capsys):
    picture = np.zeros((*SIZE, 3), np.float16)
    depth, confidence = (1 / (0.5 + wall())).astype(np.float32), np.full(SIZE, 0.5, np.float16)
    folder = write_result(tmp_path / "result", depth, confidence, picture, description(["1.jpg", "2.jpg"]))
    (folder / "retouch").mkdir()
    (folder / "retouch" / "layers.json").write_text("{")
    assert main(["turn", str(folder)]) == DONE
    assert main(["mesh", str(folder), "--triangles", "10000", "--output", str(tmp_path / "a.npz")]) == DONE
    assert capsys.readouterr().err.count("layers.json cannot be used") == 2


def test_layers_come_back_from_their_file():
    layers = [
        Layer("Å", "push", "a.png", amount=-0.2),
        Layer("B", "frame", "b.png", frame="1.jpg", shown=False),
    ]
    assert parse_layers(format_layers(layers)) == layers


def test_what_is_painted_outlives_every_estimate(tmp_path, capsys):
    folder = tmp_path / "result"
    estimate = ["estimate", str(write_slanted(tmp_path / "bracket")), "--output", str(folder)]
    assert main(estimate) == DONE
    first = read_depth(folder)[0]
    where = tuple(slice(length // 4, length // 2) for length in first.shape)
    paint(folder, Layer("Flat", "flatten", "flat.png"), where=where, shape=first.shape)
    assert main(estimate) == DONE  # nothing has changed but what is painted
    flat = read_depth(folder)[0]
    assert plane_residuals((1 / flat)[where]).max() < 1e-4 < plane_residuals((1 / first)[where]).max()
    assert main([*estimate, "--save-aligned"]) == DONE  # the networks' part is used again
    np.testing.assert_array_equal(read_depth(folder)[0], flat)
    np.testing.assert_array_equal(read_depth(folder, before_retouch=True)[0], first)
    assert main([*estimate, "--quality", "draft"]) == DONE
    assert plane_residuals((1 / read_depth(folder)[0])[where]).max() < 1e-4
    (folder / "retouch" / "layers.json").write_text("{")
    assert main([*estimate, "--quality", "full"]) == DONE
    assert "layers.json cannot be used" in capsys.readouterr().err
    assert (folder / "retouch" / "flat.png").exists()


class Impatient(Reporter):
    """Cancels where layers are about to be applied, and takes down what is said."""

    def __init__(self, cancels: bool) -> None:
        super().__init__()
        self.cancels, self.text = cancels, ""

    def write(self, message):
        if self.cancels and isinstance(message, Progress) and (message.stage, message.of) == ("write", 2):
            raise Cancelled
        if isinstance(message, Done):
            self.text = message.text


def test_layers_of_an_estimate_that_was_cancelled_are_applied_by_the_next_which_says_so(tmp_path):
    folder, request = tmp_path / "result", Request(Config(), Resources())
    stack = read_stack([write_slanted(tmp_path / "bracket")], Overrides())

    def estimate(cancels: bool = False, **config) -> tuple[str | None, str]:
        reporter = Impatient(cancels)
        reused = estimate_to_folder(stack, folder, replace(request, config=Config(**config)), reporter)
        return reused, reporter.text

    assert estimate() == (None, estimate()[1].removeprefix("Nothing has changed, so nothing was run again. "))
    shape = read_depth(folder)[0].shape
    where = tuple(slice(length // 4, length // 2) for length in shape)
    paint(folder, Layer("Nearer", "push", "push.png", amount=0.1), where=where, shape=shape)
    with pytest.raises(Cancelled):
        estimate(cancels=True, quality="draft")
    cancelled = read_depth(folder)[0]  # whole, without its layers
    assert "retouch" not in read_description(folder)
    reused, text = estimate(quality="draft")
    assert reused == "estimate"
    assert text.startswith("Only the layers of Retouch have changed, so nothing else was run again. ")
    changed = read_depth(folder)[0] != cancelled
    assert changed[where].all() and changed.sum() == changed[where].size
    reused, text = estimate(quality="draft")
    assert reused == "all" and text.startswith("Nothing has changed, so nothing was run again. ")
    (folder / "retouch" / "layers.json").unlink()
    assert estimate(quality="draft")[0] == "estimate"
    np.testing.assert_array_equal(read_depth(folder)[0], cancelled)


def test_a_result_that_is_turned_round_keeps_what_is_painted(tmp_path):
    folder = write_result(
        tmp_path / "result",
        (1 / (0.5 + wall())).astype(np.float32),
        np.full(SIZE, 0.5, np.float16),
        np.zeros((*SIZE, 3), np.float16),
        description(["1.jpg", "2.jpg"]),
    )
    paint(folder, Layer("Flat", "flatten", "flat.png"), Layer("Push", "push", "push.png", amount=0.1))
    retouch_result(folder)
    near_before = (1 / read_depth(folder)[0])[PAINTED].mean() - (
        1 / read_depth(folder, before_retouch=True)[0]
    )[PAINTED].mean()
    assert main(["turn", str(folder)]) == DONE
    change = (1 / read_depth(folder)[0] - 1 / read_depth(folder, before_retouch=True)[0])[PAINTED]
    assert near_before > 0 and change.mean() == pytest.approx(near_before, rel=0.01)


def test_what_is_skipped_is_no_part_of_the_mesh_and_all_else_stays(tmp_path):
    folder = write(tmp_path / "result", wall())
    before = everything(folder)
    mesh = ["mesh", str(folder), "--triangles", "10000", "--output"]
    assert main([*mesh, str(tmp_path / "whole.npz")]) == DONE
    paint(folder, Layer("Hand", "leave_out", "hand.png"))
    assert retouch_result(folder) == []
    for one, other in zip(before, everything(folder), strict=True):
        np.testing.assert_array_equal(one, other)
    assert main([*mesh, str(tmp_path / "part.npz")]) == DONE
    painted = np.zeros(SIZE, bool)
    painted[32:68, 42:98] = True  # well within
    for name, is_whole in (("whole", True), ("part", False)):
        with np.load(tmp_path / f"{name}.npz") as arrays:
            u, v = arrays["uvs"][arrays["faces"]].mean(1).T
        rows, columns = ((1 - v) * HEIGHT).astype(int), (u * WIDTH).astype(int)
        assert painted[rows, columns].any() == is_whole
    paint(folder, Layer("All", "leave_out", "all.png"), where=(slice(None), slice(None)))
    assert main([*mesh, str(tmp_path / "none.npz")]) == INPUT_AT_FAULT


def test_what_is_an_object_of_its_own_is_named_in_the_mesh(tmp_path):
    folder = write(tmp_path / "result", wall())
    before = everything(folder)
    paint(
        folder, Layer("Hand", "own_object", "hand.png"), Layer("Off", "own_object", "hand.png", shown=False)
    )
    assert retouch_result(folder) == []
    for one, other in zip(before, everything(folder), strict=True):
        np.testing.assert_array_equal(one, other)
    assert main(["mesh", str(folder), "--triangles", "10000", "--output", str(tmp_path / "a.npz")]) == DONE
    with np.load(tmp_path / "a.npz") as arrays:
        assert list(arrays["object_names"]) == ["Hand"]
        own, u, v = arrays["objects"], *arrays["uvs"][arrays["faces"]].mean(1).T
        behind = arrays["background"]
    rows, columns = ((1 - v) * HEIGHT).astype(int), (u * WIDTH).astype(int)
    painted = np.zeros(SIZE, bool)
    painted[32:68, 42:98] = True  # well within
    assert (own == 1)[painted[rows, columns] & ~behind].all()
    assert not own[behind].any()


def test_an_older_result_is_retouched_too(tmp_path):
    folder = tmp_path / "result"
    shutil.copytree(FIXTURE / "result_01", folder)
    depth = read_depth(folder)[0]
    where = slice(10, 40), slice(10, 60)
    paint(folder, Layer("Flat", "flatten", "flat.png"), where=where, shape=depth.shape)
    assert main(["retouch", str(folder)]) == DONE
    flat, _, numbers, sharpness = read_maps(folder)
    assert numbers is None and np.array_equal(sharpness, measure_sharpness(read_scene(folder)[2]))
    inside = np.zeros(depth.shape, bool)
    inside[where] = True
    assert plane_residuals((1 / flat)[where]).max() < 1e-4
    np.testing.assert_array_equal(flat[~inside], depth[~inside])


def test_the_command_says_what_was_skipped_and_what_is_no_result(tmp_path, capsys):
    folder = write(tmp_path / "result", wall())
    paint(folder, Layer("A", "background", "a.png"))
    assert main(["retouch", str(folder), "--messages"]) == DONE
    messages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any("build a mesh first" in str(message) for message in messages)
    assert main(["retouch", str(tmp_path)]) == INPUT_AT_FAULT
