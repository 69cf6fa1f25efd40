"""Real stacks, whose depth nobody knows: marks, what registration left, and the whole table of them."""

import csv
import json
import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.research.evaluation.data.find import find_scenes
from focal_depth.research.evaluation.data.surfaces import Pair, Plane
from focal_depth.research.evaluation.marks import pairs_in_order, rescale_map
from focal_depth.research.evaluation.patches import MAX_STANDARD_ERROR, MIN_PEAK, measure_shifts, patch_shifts
from focal_depth.research.evaluation.planarity import plane_residuals
from focal_depth.research.evaluation.uncertainty import sparsification_error
from photographs import PROJECT, STACKS

WIDTH, HEIGHT = 270, 180
# Of the sample, whose truth is flat there to 0.001.
PLANES = {"front": [-0.33, 0.0, 0.0, 0.22], "floor": [0.0, 0.23, 0.33, 0.44]}
PAIRS = [[[0.16, 0.37], [-0.26, -0.59]], [[-0.1, 0.1], [-0.26, -0.59]]]


def slope(rows: int = 60, columns: int = 80) -> np.ndarray:
    return np.add.outer(0.002 * np.arange(rows), 0.004 * np.arange(columns)).astype(np.float32)


def texture(seed: int, shape: tuple[int, int] = (320, 480)) -> np.ndarray:
    """Grey with detail at every scale, the coarser the stronger, as pictures have it."""
    random = np.random.default_rng(seed)
    picture = np.full(shape, 0.5)
    for n in (1, 2, 4, 8):
        coarse = random.standard_normal((shape[0] // n, shape[1] // n))
        picture += 0.02 * n * cv2.resize(coarse, shape[::-1])
    return picture


def shifted(picture: np.ndarray, right: float, down: float) -> np.ndarray:
    """A picture moved in the frequencies, exactly; what leaves at one side comes in at the other."""
    y, x = np.fft.fftfreq(picture.shape[0])[:, None], np.fft.fftfreq(picture.shape[1])
    moved = np.fft.ifft2(np.fft.fft2(picture) * np.exp(-2j * np.pi * (x * right + y * down)))
    return np.ascontiguousarray(moved.real)


def in_colour(frames: list[np.ndarray]) -> np.ndarray:
    return np.stack([np.repeat(frame[..., None], 3, 2) for frame in frames]).astype(np.float32)


def patches(picture: np.ndarray, side: int = 53) -> np.ndarray:
    starts = [(y, x) for y in range(0, 320 - side, side) for x in range(0, 480 - side, side)]
    return np.stack([picture[y : y + side, x : x + side] for y, x in starts])


def test_a_plane_leaves_nothing_and_a_fault_does_not_tilt_it():
    depth = slope()
    assert plane_residuals(depth).max() < 1e-6
    depth[:20, :20] += 0.5  # a twelfth of it
    residuals = plane_residuals(depth)
    assert residuals.mean() == pytest.approx(0.5 / 12, rel=0.01)
    assert residuals[30:].max() < 1e-3


def test_a_bowl_leaves_what_no_plane_takes():
    x = np.linspace(-1, 1, 1001)
    bowl = np.tile(x**2, (51, 1))
    # Of all lines, that at x^2 = 1/4 leaves the least of a parabola: a quarter.
    assert plane_residuals(bowl).mean() == pytest.approx(0.25, rel=0.01)


def test_boxes_count_from_the_centre_in_halves_of_the_width():
    rows, columns = Plane("", -0.5, -0.25, 1.0, 0.75).pixels((100, 200))
    assert (rows, columns) == (slice(25, 100), slice(50, 200))


def test_pairs_compare_dioptres():
    depth = np.tile(np.linspace(0, 1, 160, dtype=np.float32), (100, 1))
    right, left = (0.6, 0.1), (-0.6, -0.2)
    assert pairs_in_order(depth, [Pair(right, left), Pair(left, right)]) == [True, False]
    assert pairs_in_order(np.full_like(depth, 0.3), [Pair(right, left)]) == [False]


def test_maps_without_a_unit_are_rescaled_and_turned_over_by_pairs():
    depth = np.tile(np.linspace(0, 1, 200, dtype=np.float32), (100, 1))
    pair = Pair(nearer=(0.6, 0.0), farther=(-0.6, 0.0))
    scaled = rescale_map(depth, [pair])
    assert np.percentile(scaled, (2, 98)) == pytest.approx([0, 1], abs=0.01)
    np.testing.assert_allclose(rescale_map(7 - 30 * depth, [pair]), scaled, atol=1e-4)
    np.testing.assert_allclose(rescale_map(7 - 30 * depth, []), 1 - scaled, atol=1e-4)
    with pytest.raises(InputError):
        rescale_map(np.ones_like(depth), [])


@pytest.mark.parametrize("blur", [0, 1.5])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.3, -0.6), (2.7, 1.4)])
def test_phase_correlation_measures_shifts_of_frames_that_differ_in_blur_and_noise(shift, blur):
    random = np.random.default_rng(6)
    one = texture(1)
    other = shifted(one, *shift)
    if blur:
        other = cv2.GaussianBlur(other, (0, 0), blur)
    one, other = (each + 0.003 * random.standard_normal(one.shape) for each in (one, 0.9 * other))
    shifts, peak, standard_error = patch_shifts(patches(one), patches(other))
    # The window, which lies alike in both, draws long shifts towards none by a thirtieth.
    assert np.median(np.linalg.norm(shifts - shift, axis=1)) < 0.05 + 0.035 * np.hypot(*shift)
    assert np.mean((peak > MIN_PEAK) & (standard_error < MAX_STANDARD_ERROR)) > 0.9


def test_shifts_of_what_cannot_be_compared_are_not_trusted():
    random = np.random.default_rng(6)
    unlike = np.concatenate([patches(texture(seed)) for seed in range(10, 14)])
    _, peak, standard_error = patch_shifts(unlike[:-54], unlike[54:])
    assert not ((peak > MIN_PEAK) & (standard_error < MAX_STANDARD_ERROR)).any()
    stripes = np.tile(texture(1)[0], (320, 1))  # nobody can tell how far they move down
    noisy = [stripes + 0.005 * random.standard_normal(stripes.shape) for _ in range(2)]
    assert not len(measure_shifts(in_colour(noisy)).neighbours)


def test_what_is_filled_in_from_a_neighbour_is_not_taken_for_registered():
    grey = texture(3)
    frames = [shifted(grey, right, 0) for right in (0.8, 0.4, 0)]
    pictures = in_colour(frames)
    whole = measure_shifts(pictures)
    assert np.median(whole.neighbours) == pytest.approx(0.4, abs=0.03)
    assert np.median(whole.reference) == pytest.approx(0.6, abs=0.03)  # of 0.8 and 0.4
    pictures[1, :, 240:] = pictures[2, :, 240:]
    pictures[0, :, 240:] = pictures[1, :, 240:]
    filled = measure_shifts(pictures)
    assert 0.4 < len(filled.neighbours) / len(whole.neighbours) < 0.55
    assert filled.neighbours.min() > 0.3


def test_a_plain_frame_has_no_patches():
    shifts = measure_shifts(np.full((3, 60, 90, 3), 0.5, np.float32))
    assert not len(shifts.neighbours) and not len(shifts.reference)


def test_sparsification_is_nothing_for_a_confidence_that_sorts_perfectly():
    error = np.random.default_rng(1).random(5000)
    assert sparsification_error(2 * error, error) == 0
    # The mean of what is left is 1/2 always when taken away by chance, and falls to 0 evenly by the oracle.
    assert sparsification_error(np.ones(5000), error) == pytest.approx(1 / 4, abs=0.02)
    assert sparsification_error(-error, error) == pytest.approx(1 / 2, abs=0.02)


def write_marks(folder: Path, **stacks: bool) -> None:
    """Write marks of the stacks; a value says whether pictures may be shown."""
    marks = {name: {"publish": shown, "planes": PLANES, "pairs": PAIRS} for name, shown in stacks.items()}
    (folder / "surfaces.json").write_text(json.dumps(marks))


@pytest.fixture(scope="module")
def marked(tmp_path_factory) -> Path:
    """A folder of two real stacks, the sample at a quarter of its size: one of five frames, one of all."""
    folder = tmp_path_factory.mktemp("marked")
    frames = json.loads((PROJECT / "sample" / "truth.json").read_text())["frames"]
    names = sorted((frame["file"] for frame in frames), reverse=True)
    for stack, files in (("hidden", names[:5]), ("shown", names)):
        (folder / stack).mkdir()
        for name in files:
            picture = cv2.imread(str(PROJECT / "sample" / name))
            small = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
            cv2.imwrite(str(folder / stack / Path(name).with_suffix(".png")), small)
    for frame in frames:
        frame["file"] = frame["file"].replace(".jpg", ".png")
    table = [f"{frame['file']},{frame['focus_distance_m']},50" for frame in frames]
    (folder / "shown" / "focus.csv").write_text("\n".join(["file,focus_distance_m,focal_length_mm", *table]))
    write_marks(folder, hidden=False, shown=True)
    return folder


@pytest.fixture(scope="module")
def theirs(tmp_path_factory) -> Path:
    """Maps of another program: the truth, affine in dioptres and upside down."""
    folder = tmp_path_factory.mktemp("maps") / "theirs"
    folder.mkdir()
    depth = np.load(PROJECT / "sample" / "depth.npz")["depth"][2::4, 2::4]
    for name in ("hidden", "shown"):
        np.save(folder / f"{name}.npy", 5 - 3 / depth)
    return folder


@pytest.fixture(scope="module")
def measured(command, tmp_path_factory, marked, theirs) -> tuple[dict, Path, str]:
    """The summary of both stacks, the folder it is in, and the text."""
    output = tmp_path_factory.mktemp("measured")
    methods = [word for name in (theirs, "classical", "focal_unet") for word in ("--method", name)]
    done = command("evaluate", marked, *methods, "--invariance", "--output", output)
    assert done.returncode == 0, done.stderr
    (part,) = json.loads((output / "summary.json").read_text())
    return part, output, done.stdout


def test_marked_stacks_are_measured_by_planes_pairs_halves_and_confidence(measured):
    part, _, text = measured
    assert part["data_set"] == "Real stacks" and list(part["scenes"]) == ["hidden", "shown"]
    shown, hidden = part["scenes"]["shown"], part["scenes"]["hidden"]
    assert shown["theirs"]["planarity"] < 0.001  # the truth
    assert shown["theirs"]["planarity"] < shown["focal_unet"]["planarity"] < shown["classical"]["planarity"]
    assert part["pairs"]["shown"] == {name: [True, True] for name in ("theirs", "classical", "focal_unet")}
    assert part["reversed_pairs"] == {"hidden": {"focal_unet": [True, True]}}  # the other has distances
    assert 0 < shown["focal_unet"]["halves"] < shown["classical"]["halves"]
    assert "halves" not in hidden["focal_unet"] and "halves" not in shown["theirs"]
    assert 0.5 < shown["focal_unet"]["confidence"] < 1 and "confidence" not in shown["classical"]
    assert 0 < shown["focal_unet"]["sparsification"] < shown["focal_unet"]["planarity"]
    planes = [row["focal_unet"] for row in part["planes"].values()]
    assert len(planes) == 4 and planes == sorted(planes, reverse=True)
    assert part["means"]["focal_unet"]["planarity"] == pytest.approx(np.mean(planes))
    for kind in ("neighbours", "reference"):
        assert part["patches"]["shown"][kind]["median"] < 0.25  # px; the sample is registered to 0.1
        assert part["patches"]["shown"][kind]["patches"] > 20
    for words in ("Planarity", "pairs in order", "Misregistration", "theirs", "Focal Depth", "2 of 2"):
        assert words in text


def test_table_and_page_hold_all_stacks_but_pictures_of_public_ones_alone(measured):
    part, output, _ = measured
    with (output / "table.csv").open(newline="") as file:
        rows = {(row["scene"], row["method"]): row for row in csv.DictReader(file)}
    assert len(rows) == 6
    for (scene, method), row in rows.items():
        assert {name: float(row[name]) for name in part["scenes"][scene][method]} == part["scenes"][scene][
            method
        ]
    page = (output / "index.html").read_text(encoding="utf-8")
    pictures = re.findall(r'src="([^"]+)"', page)
    assert len(pictures) == 4 and all((output / picture).is_file() for picture in pictures)
    assert "hidden: front" in page and "<h4>shown" in page and "<h4>hidden" not in page
    assert not [path for path in output.rglob("*.*g") if "hidden" in path.parts]


def test_a_stack_is_measured_anew_where_its_marks_change(command, tmp_path, marked):
    folder, output = tmp_path / "real", tmp_path / "out"
    shutil.copytree(marked, folder)
    records = {
        name: output / "scenes/Real stacks/all" / name / "measured.json" for name in ("hidden", "shown")
    }
    times = []
    for shown in (True, False):
        write_marks(folder, hidden=False, shown=shown)
        done = command("evaluate", folder, "--method", "classical", "--output", output)
        assert done.returncode == 0, done.stderr
        times.append({name: path.stat().st_mtime_ns for name, path in records.items()})
    assert times[1]["hidden"] == times[0]["hidden"] and times[1]["shown"] != times[0]["shown"]


def test_one_stack_of_several_can_be_named(marked):
    (scene,) = find_scenes([marked / "hidden"])
    assert (scene.name, scene.data_set) == ("hidden", "Real stacks")
    assert [each.name for each in find_scenes([marked], "real")] == ["hidden", "shown"]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"a": {}}',
        '{"a": {"publish": true, "planes": {"wall": [1, 0, 0, 1]}, "pairs": []}}',
        '{"a": {"publish": true, "planes": {"wall": [0, 0, 1]}, "pairs": []}}',
        '{"a": {"publish": true, "planes": {}, "pairs": [[[0, 0]]]}}',
    ],
)
def test_damaged_marks_are_refused_by_name(tmp_path, text):
    (tmp_path / "surfaces.json").write_text(text)
    with pytest.raises(InputError, match=r"surfaces\.json"):
        find_scenes([tmp_path])


def test_real_stacks_are_all_read():
    real = STACKS.parent / "real"
    if not real.is_dir():
        pytest.skip(f"no shared data at {real}")
    scenes = find_scenes([real])
    assert len(scenes) == 11
    assert sum(len(scene.surfaces.planes) for scene in scenes) == 17
