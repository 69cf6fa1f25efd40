"""The measures by hand, the peers where they must be right, and the whole table on the sample."""

import csv
import json
import math
import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.io.photographs import read_photograph
from focal_depth.registration.motion import relative_field_of_view
from focal_depth.registration.polynomial import affine_maps, scales_and_shifts
from focal_depth.registration.warp import warp
from focal_depth.research.evaluation.alignments import ALIGNMENTS, align_stack
from focal_depth.research.evaluation.compare import SceneMeasures
from focal_depth.research.evaluation.ecc import estimate_ecc_motion
from focal_depth.research.evaluation.invariance import measure_invariance, recover_order
from focal_depth.research.evaluation.measures import mean_error, near_edges, nearest_frame
from focal_depth.research.evaluation.methods import METHODS, heading
from focal_depth.research.evaluation.misregistration import TrueCamera, misregistration, true_positions
from focal_depth.research.evaluation.peers.sml import classical_depth
from focal_depth.research.evaluation.predict import predict
from focal_depth.research.evaluation.record import scene_folder
from focal_depth.research.evaluation.report import COLUMNS, best_columns, summarise
from focal_depth.research.evaluation.uncertainty import error_by_uncertainty, sample_pixels
from focal_depth.stack import FocalStack, Frame, read_stack
from photographs import PROJECT


@pytest.fixture(scope="module")
def small_sample(tmp_path_factory) -> Path:
    """The sample at a quarter of its size, with its truth."""
    folder = tmp_path_factory.mktemp("evaluation") / "small"
    folder.mkdir()
    truth = json.loads((PROJECT / "sample" / "truth.json").read_text())
    table = ["file,focus_distance_m,focal_length_mm"]
    for frame in truth["frames"]:
        picture = cv2.imread(str(PROJECT / "sample" / frame["file"]))
        frame["file"] = frame["file"].replace(".jpg", ".png")
        frame["shift_px"] = [pixels / 4 for pixels in frame["shift_px"]]
        small = cv2.resize(picture, (270, 180), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(folder / frame["file"]), small)
        table.append(f"{frame['file']},{frame['focus_distance_m']},50")
    (folder / "focus.csv").write_text("\n".join(table))
    (folder / "truth.json").write_text(json.dumps(truth))
    depth = np.load(PROJECT / "sample" / "depth.npz")["depth"]
    np.savez(folder / "depth.npz", depth=depth[2::4, 2::4])
    return folder


@pytest.fixture
def texture() -> np.ndarray:
    """(240, 360, 3) with detail at every scale."""
    random = np.random.default_rng(3)
    sizes = ((360 // n, 240 // n) for n in (2, 4, 8, 16))
    return sum(cv2.resize(random.random((h, w, 3), np.float32), (360, 240)) for w, h in sizes) / 4


def still(focal: float = 100.0, **changed) -> TrueCamera:
    """A camera where the reference is, unless something is said to be changed."""
    at_rest = {"shift": (0, 0), "translation": (0, 0, 0), "rotation": (0, 0, 0)}
    return TrueCamera(focal, **{name: np.array(value, float) for name, value in (at_rest | changed).items()})


def test_error_is_the_mean_difference():
    depth, truth = np.float32([[0, 0.5], [1, 1]]), np.float32([[0.1, 0.5], [1, 0.7]])
    assert mean_error(depth, truth) == pytest.approx(0.1)
    assert mean_error(depth, truth, np.array([[True, True], [False, False]])) == pytest.approx(0.05)


def test_edges_are_jumps_and_not_slopes():
    truth = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(40, 0)
    assert not near_edges(truth).any()
    truth[:, 32:] += 0.2
    edges = near_edges(truth)[20]
    assert edges[32 - 8 : 32 + 8].all()
    assert not edges[:20].any() and not edges[44:].any()


def test_the_oracle_picks_the_true_nearest_frame():
    positions = np.float32([0, 0.2, 1])
    np.testing.assert_allclose(
        nearest_frame(np.float32([-1, 0.09, 0.11, 0.7, 2]), positions), [0, 0, 0.2, 1, 1]
    )


def test_the_classical_peer_reads_a_slanted_texture_between_frames():
    random = np.random.default_rng(5)
    texture = random.random((96, 160, 3), np.float32)
    truth = np.linspace(0.1, 0.9, 160, dtype=np.float32)[None].repeat(96, 0)
    positions = np.linspace(0, 1, 7, dtype=np.float32)
    blurs = [cv2.GaussianBlur(texture, (0, 0), 0.4 + 0.25 * level) for level in range(40)]
    levels = np.clip(np.abs(truth[None] - positions[:, None, None]) * 30, 0, 39).astype(int)
    rows, columns = np.indices(truth.shape)
    pictures = np.stack(blurs)[levels, rows, columns]
    assert mean_error(classical_depth(pictures, positions), truth) < 0.03


AT_REST = affine_maps([np.eye(3)] * 2)


def resample(picture: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return warp(picture, affine_maps([matrix])[0], picture.shape[1::-1])


def test_ecc_recovers_affine_motion_to_a_tenth_of_a_pixel(texture):
    # Scale, a turn, and shifts of some pixels; the frames get blurred, as focus leaves them.
    truth = [
        np.array([[1.02, -0.006, 0.011], [0.007, 1.015, -0.02], [0, 0, 1]]),
        np.array([[1.01, -0.004, 0.006], [0.004, 1.008, -0.01], [0, 0, 1]]),
        np.eye(3),
    ]
    pictures = [resample(texture, np.linalg.inv(motion)) for motion in truth]
    blurred = np.stack([cv2.GaussianBlur(p, (0, 0), 1 + 0.4 * n) for n, p in enumerate(pictures)])
    x, y = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-2 / 3, 2 / 3, 7))
    points = np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    off = 180 * np.linalg.norm((estimate_ecc_motion(blurred) - truth)[:, :2] @ points, axis=1)
    assert off.max() < 0.1


def test_ecc_stays_where_there_is_nothing_to_find(texture):
    black = np.zeros_like(texture)
    noise = np.random.default_rng(4).random(texture.shape, np.float32)
    np.testing.assert_array_equal(estimate_ecc_motion(np.stack([texture, black, texture])), [np.eye(3)] * 3)
    assert np.abs(estimate_ecc_motion(np.stack([noise, texture]))[0] - np.eye(3)).max() < 0.15


@pytest.mark.parametrize("name", ALIGNMENTS)
def test_every_alignment_makes_exposures_alike_and_returns_its_motion(name, texture):
    frames = tuple(Frame(Path(f"{n}.jpg"), 360, 240, focal_length=0.05) for n in range(3))
    stack = FocalStack(frames, "focus distance", np.float32([0.5, 1, 1.5]))
    shrunk = relative_field_of_view(stack)
    photographs = np.stack(
        [
            gain * resample(texture, np.diag([fov, fov, 1]))
            for fov, gain in zip(shrunk, (0.9, 1, 1.1), strict=True)
        ]
    )
    aligned = align_stack(name, photographs, stack)
    assert np.ptp(aligned.pictures.mean((1, 2, 3))) < 0.01
    if name == "none":
        np.testing.assert_array_equal(aligned.maps, affine_maps([np.eye(3)] * 3))
    else:
        np.testing.assert_allclose(aligned.maps[:, 0, 1], 1 / shrunk, atol=0.002)
        assert np.abs(aligned.pictures - texture)[:, 20:-20, 20:-20].mean() < 0.01


def test_frames_that_do_not_belong_are_refused(texture):
    frames = tuple(Frame(Path(f"stack/{n}.jpg"), 360, 240) for n in range(4))
    stack = FocalStack(frames, "focus distance", np.float32([0.5, 1, 1.5, 2]))
    photographs = np.stack([cv2.GaussianBlur(texture, (0, 0), 0.6 + 0.2 * n) for n in range(4)])
    photographs[1] = np.random.default_rng(8).random(texture.shape, np.float32)
    with pytest.raises(InputError, match=r"stack: 1\.jpg left out.*before measuring"):
        align_stack("network", photographs, stack)


def test_a_breathing_camera_misses_by_what_it_breathes():
    # Every pixel of a picture of 2 x 2 is sqrt(1/2) pixels from the centre; 480 / 2 makes them of 480.
    frames = [still(102), still()]
    (off,) = misregistration(AT_REST, frames, np.ones((2, 2)))
    assert off == pytest.approx(0.02 * 0.5**0.5 * 240)
    motion = scales_and_shifts(np.float32([[1.02, 0, 0], [1, 0, 0]]))
    assert misregistration(motion, frames, np.ones((2, 2))) == pytest.approx([0], abs=1e-4)


def test_a_shifted_camera_misses_by_its_shift_until_it_is_aligned():
    frames, depth = [still(shift=(3, -4)), still()], np.full((480, 320), 2.0)
    assert misregistration(AT_REST, frames, depth) == pytest.approx([5])
    motion = scales_and_shifts(np.array([[1, 3 / 240, -4 / 240], [1, 0, 0]]))
    assert misregistration(motion, frames, depth) == pytest.approx([0], abs=1e-9)


@pytest.mark.parametrize(
    ("changed", "point", "expected"),
    [
        # A focal length of 100 px sees a centimetre as 0.5 px from two metres away.
        ({"translation": (0.01, 0, 0)}, (0, 0), (-0.5, 0)),
        ({"translation": (0, 0.02, 0)}, (0, 0), (0, 1)),
        ({"translation": (0, 0, -0.4)}, (8, 4), (10, 5)),
        # Up, to the left, and with its head on the left shoulder.
        ({"rotation": (np.arctan(0.1), 0, 0)}, (0, 0), (0, 10)),
        ({"rotation": (0, np.arctan(0.1), 0)}, (0, 0), (10, 0)),
        ({"rotation": (0, 0, np.pi / 2)}, (8, 4), (-4, 8)),
        # A metre ahead as it stood before it turned left: the point is still on the old axis.
        ({"translation": (0, 0, -1), "rotation": (0, np.arctan(0.1), 0)}, (0, 0), (10, 0)),
    ],
)
def test_a_camera_that_moves_sees_a_plane_where_geometry_says(changed, point, expected):
    x, y = point
    places = true_positions(still(**changed), still(), np.full((21, 21), 2.0))
    np.testing.assert_allclose(places[10 + y, 10 + x], expected, atol=1e-9)


def test_what_is_infinitely_far_has_no_parallax():
    places = true_positions(still(translation=(0.1, 0.1, 0.1)), still(), np.full((3, 3), np.inf))
    np.testing.assert_allclose(places[0], [[-1, -1], [0, -1], [1, -1]])


def test_fifths_of_pixels_go_from_the_surest_on():
    expected, error = np.float32([5, 1, 4, 2, 3]).repeat(2), np.arange(10, dtype=np.float32)
    parts = error_by_uncertainty(np.stack([expected, error]))
    assert parts == {"expected": [1, 2, 3, 4, 5], "error": [2.5, 6.5, 8.5, 4.5, 0.5]}


def test_drawn_pixels_are_pairs_of_the_maps():
    expected = np.random.default_rng(2).random((30, 40), np.float32)
    pixels = sample_pixels(expected, 2 * expected)
    np.testing.assert_array_equal(pixels[1], 2 * pixels[0])
    assert pixels[0].mean() == pytest.approx(expected.mean(), abs=0.005)


def test_depth_turns_around_with_a_stack_of_uneven_steps(small_sample):
    stack = read_stack([small_sample])
    photographs = np.stack([read_photograph(frame.path) for frame in stack.frames])
    kept = [0, 1, 2, 4, 7]
    pictures, positions = align_stack("fov", photographs, stack).pictures[kept], stack.positions[kept]
    far, near = stack.dioptres[[0, -1]]
    truth = np.float32((1 / np.load(small_sample / "depth.npz")["depth"] - far) / (near - far))
    plain = predict(pictures, positions).normalised
    errors = measure_invariance("focal_unet", pictures, positions, plain, truth)
    assert errors["error"] == mean_error(plain, truth)
    # Nearly alike, since things hide each other the other way around; the wrong way would be far off.
    wrong_way = mean_error(1 - plain, truth)
    assert 0 < errors["reversed_difference"] < 0.2 * wrong_way
    assert errors["reversed_error"] < 0.2 * wrong_way
    # Every second of five frames, and both ends.
    thinned = predict(pictures[[0, 2, 4]], positions[[0, 2, 4]]).normalised
    assert errors["halved_error"] == pytest.approx(mean_error(thinned, truth))


def test_a_shuffled_stack_comes_back_in_order(small_sample):
    photographs = np.stack([read_photograph(path) for path in sorted(small_sample.glob("*.png"))])
    assert recover_order(photographs) == "in order"
    assert recover_order(photographs[::-1]) == "reversed"
    assert recover_order(photographs[[0, 4, 2, 6, 1, 5, 3, 7]]) == "wrong"


def test_the_whole_table_of_a_small_stack(command, tmp_path, small_sample):
    options = [word for alignment in ALIGNMENTS for word in ("--alignment", alignment)]
    options += ["--method", "oracle", "--method", "classical", "--method", "focal_unet"]
    done = command("evaluate", small_sample, *options, "--invariance", "--output", tmp_path / "table")
    assert done.returncode == 0, done.stderr
    (table,) = json.loads((tmp_path / "table" / "summary.json").read_text())

    row = {method: values["error"] for method, values in table["scenes"]["small"].items()}
    assert list(row)[-4:] == [f"focal_unet, {name}" for name in ("none", "fov", "ecc", "network")]
    assert max(row["focal_unet, ecc"], row["focal_unet, network"]) < row["focal_unet, none"]

    pixels = table["misregistration_px"]
    assert pixels["all"] == pixels["not hand-held"]
    assert pixels["all"]["network"] < 0.1 and pixels["all"]["ecc"] < 0.2
    assert 0.5 < pixels["all"]["fov"] < pixels["all"]["none"]
    assert len(pixels["stacks"]["small"]["network"]) == 7

    parts = table["confidence"]["focal_unet"]
    assert parts["expected"] == sorted(parts["expected"])
    assert parts["error"][0] < parts["error"][-1]

    means = table["invariance"]["networks"]["focal_unet"]
    assert means["error"] == pytest.approx(row["focal_unet, network"])
    assert 0 < means["reversed_difference"] < means["error"]
    assert means["reversed_error"] < 1.5 * means["error"]
    assert means["halved_ratio"] == pytest.approx(means["halved_error"] / means["error"])
    assert 1 < means["halved_ratio"] < 2
    assert table["invariance"]["shuffled"] == {"small": "in order"}
    assert "1 in order" in done.stdout and "misregistration" in done.stdout


def test_former_names_are_still_taken_with_a_notice(command, tmp_path, small_sample):
    former = {"nearest frame (oracle)": "oracle", "ring difference": "ring_difference", "ours": "focal_unet"}
    options = [word for name in former for word in ("--method", name)]
    done = command("evaluate", small_sample, *options, "--layout", "ours", "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    for name, current in (former | {"--layout ours": "focal-depth"}).items():
        assert f"{name} is called {current} now" in done.stderr
    (part,) = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert list(part["scenes"]["small"]) == list(former.values())
    for text in (done.stdout, (tmp_path / "out" / "index.html").read_text(encoding="utf-8")):
        assert "Focal Depth" in text and "focal_unet" not in text


def test_tables_for_people_have_headings():
    assert heading("oracle") == "nearest frame (oracle)"
    assert heading("classical_smoothed, fov") == "classical, smoothed, fov"
    assert heading("won_jeon, network") == "Won & Jeon, network"
    assert heading("their maps, second try") == "their maps, second try"


@pytest.mark.torture
def test_focal_unet_beats_every_peer_on_the_sample(command, tmp_path):
    done = command("evaluate", PROJECT / "sample", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    (table,) = json.loads((tmp_path / "summary.json").read_text())
    row = table["scenes"]["sample"]
    assert list(row) == list(METHODS)
    assert min(row, key=lambda method: row[method]["error"]) == "focal_unet"
    assert "variational" in done.stdout and "sample" in done.stdout


@pytest.fixture
def two_scenes(tmp_path, small_sample) -> Path:
    """A data set of two: the same stack, once with distances that are a little off."""
    for name in ("one", "other"):
        shutil.copytree(small_sample, tmp_path / "set" / name)
    table = (tmp_path / "set" / "other" / "focus.csv").read_text()
    (tmp_path / "set" / "other" / "focus.csv").write_text(table.replace("2.5,", "3.5,"))
    return tmp_path / "set"


PLAIN = ("--method", "classical", "--method", "oracle", "--alignment", "fov")


def test_a_broken_run_goes_on_and_another_question_is_measured_anew(command, tmp_path, two_scenes):
    measured = {name: tmp_path / "out/scenes/set/all" / name / "measured.json" for name in ("one", "other")}
    assert command("evaluate", two_scenes, *PLAIN, "--output", tmp_path / "out").returncode == 0
    summary = (tmp_path / "out" / "summary.json").read_text()
    measured["other"].unlink()
    before = measured["one"].stat().st_mtime_ns
    assert command("evaluate", two_scenes, *PLAIN, "--output", tmp_path / "out").returncode == 0
    assert measured["one"].stat().st_mtime_ns == before and measured["other"].exists()
    again = (tmp_path / "out" / "summary.json").read_text()
    assert without_seconds(json.loads(again)) == without_seconds(json.loads(summary))
    command("evaluate", two_scenes, "--method", "classical", "--output", tmp_path / "out")
    assert measured["one"].stat().st_mtime_ns != before


@pytest.mark.torture
def test_several_processes_measure_what_one_measures(command, tmp_path, two_scenes):
    for workers in ("1", "2"):
        done = command("evaluate", two_scenes, *PLAIN, "--output", tmp_path / workers, "--workers", workers)
        assert done.returncode == 0, done.stderr
    one, two = (json.loads((tmp_path / workers / "summary.json").read_text()) for workers in "12")
    assert without_seconds(one) == without_seconds(two)


def without_seconds(summary: list[dict]) -> list[dict]:
    for part in summary:
        for columns in (*part["scenes"].values(), part["means"]):
            for values in columns.values():
                del values["seconds"]
    return summary


def test_table_and_page_are_the_same_with_every_picture_there(command, tmp_path, two_scenes):
    assert command("evaluate", two_scenes, *PLAIN, "--output", tmp_path / "out").returncode == 0
    (part,) = json.loads((tmp_path / "out" / "summary.json").read_text())
    with (tmp_path / "out" / "table.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["scene"], row["method"]) for row in rows] == [
        (scene, method) for scene in ("one", "other") for method in ("classical", "oracle")
    ]
    for row in rows:
        values = part["scenes"][row["scene"]][row["method"]]
        assert {name: float(row[name]) for name, value in values.items() if value is not None} == {
            name: value for name, value in values.items() if value is not None
        }
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    pictures = re.findall(r'src="([^"]+)"', page)
    assert len(pictures) == 2 * (2 + 2 * 2)  # of each scene: photograph, truth, and of each method two
    assert all((tmp_path / "out" / picture).is_file() for picture in pictures)
    errors = {scene: values["oracle"]["error"] for scene, values in part["scenes"].items()}
    worst, best = sorted(errors, key=errors.get, reverse=True)
    assert page.index(f"<h4>{worst}") < page.index(f"<h4>{best}")


def test_maps_of_another_program_are_a_method(command, tmp_path, small_sample):
    maps = tmp_path / "theirs"
    maps.mkdir()
    np.save(maps / "small.npy", np.load(small_sample / "depth.npz")["depth"])
    done = command("evaluate", small_sample, "--method", maps, "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    (part,) = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert part["scenes"]["small"]["theirs"]["MAE"] < 1e-6


def test_scenes_never_share_a_folder(tmp_path):
    names = "a/b", "a_b", "a=b", "ㄱ", "a b", "a%b"
    folders = [scene_folder(tmp_path, "set", "all", name) for name in names]
    assert len(set(folders)) == len(names)
    assert all(folder.parent == tmp_path / "scenes" / "set" / "all" for folder in folders)


def test_splits_are_separate():
    one, other = (SceneMeasures({"focal_unet": dict.fromkeys(COLUMNS, error)}) for error in (0.5, 1.5))
    summary = summarise({("DDFF 12-Scene", "train"): {"a": one}, ("DDFF 12-Scene", "val"): {"b": other}})
    assert [(part["split"], part["means"]["focal_unet"]["error"]) for part in summary] == [
        ("train", 0.5),
        ("val", 1.5),
    ]


def test_there_is_no_mean_where_a_scene_has_none_and_the_oracle_never_wins():
    rows = {
        "oracle": dict.fromkeys(COLUMNS, 0.0),
        "classical": dict.fromkeys(COLUMNS, 3.0),
        "focal_unet": dict.fromkeys(COLUMNS, 2.0),
    }
    hollow = {**rows, "classical": rows["classical"] | {"logRMS": math.nan}}
    (part,) = summarise({("set", "all"): {"a": SceneMeasures(rows), "b": SceneMeasures(hollow)}})
    assert math.isnan(part["means"]["classical"]["logRMS"])
    winners = best_columns(part["means"])
    assert winners["MAE"] == winners["logRMS"] == "focal_unet"
    assert winners["delta1"] == "classical"  # larger is better


def test_a_folder_without_stacks_is_refused(command, tmp_path):
    done = command("evaluate", tmp_path)
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr


def test_invariance_without_our_alignment_is_refused(command, small_sample):
    done = command("evaluate", small_sample, "--alignment", "ecc", "--invariance")
    assert done.returncode == 2
    assert "--alignment network" in done.stderr


def test_a_truth_of_other_cameras_is_refused(command, tmp_path, small_sample):
    for path in small_sample.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "truth.json").unlink()
    (tmp_path / "truth.json").write_text('{"sensor_width_m": 0.036, "frames": []}')
    done = command("evaluate", tmp_path)
    assert done.returncode == 2
    assert str(tmp_path / "truth.json") in done.stderr
