"""`focal-depth preview`: depth and frames of a result, small; and `look`, its former name."""

import cv2
import numpy as np
import pytest
from focal_depth.cli.main import main
from focal_depth.contract.messages import INPUT_AT_FAULT
from focal_depth.depth.units import to_confidence
from focal_depth.io.preview_size import LONGEST, small_size
from focal_depth.io.result_folder import read_maps
from photographs import PROJECT
from results import description, write_result

WIDTH, HEIGHT = 2000, 1500
DISTANCES = 4.0, 2.0, 4 / 3  # metres
STEP = 0.25  # dioptres between two frames


def unique_depth() -> np.ndarray:
    """(H, W) float32, from which row and column of every pixel can be read."""
    return np.arange(1, WIDTH * HEIGHT + 1, dtype=np.float32).reshape(HEIGHT, WIDTH)


def write(tmp_path, confidence=1.0, aligned=None, distances=DISTANCES, **changes):
    """The folder of a result of three photographs."""
    files = [tmp_path / f"{number}.png" for number in range(3)]
    for number, file in enumerate(files):
        cv2.imwrite(str(file), np.full((HEIGHT, WIDTH, 3), (0, 60 * number, 200), np.uint8))
    maps = unique_depth(), np.full((HEIGHT, WIDTH), confidence, np.float32)
    picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    picture[:200:2] = 0.5
    options = {"frame_numbers": frame_numbers(), "aligned": aligned}
    described = description(files, distances, **changes)
    return write_result(tmp_path / "result", *maps, picture, described, **options)


def preview(tmp_path, folder, *options, command="preview"):
    """The folder with what the command writes."""
    assert main([command, str(folder), "--output", str(tmp_path / "preview"), *options]) == 0
    return tmp_path / "preview"


def test_every_value_is_the_middle_of_its_pixel(tmp_path):
    with np.load(preview(tmp_path, write(tmp_path)) / "preview.npz") as arrays:
        assert set(arrays.files) == {"depth", "confidence", "uncertainty", "frame", "sharpness"}
        assert all(arrays[name].dtype == np.float32 for name in arrays.files)
        shown, frame, sharpness = (arrays[name] for name in ("depth", "frame", "sharpness"))
    assert shown.shape == (960, LONGEST)
    rows, columns = np.divmod(shown.astype(np.int64) - 1, WIDTH)
    across, down = (np.arange(LONGEST) + 0.5) * WIDTH / LONGEST, (np.arange(960) + 0.5) * HEIGHT / 960
    assert np.array_equal(columns[0], across.astype(int)) and np.array_equal(rows[:, 0], down.astype(int))
    assert np.array_equal(frame, frame_numbers()[rows, columns])
    assert np.array_equal(sharpness, read_maps(tmp_path / "result").sharpness[rows, columns])
    assert sharpness.max() > 0.1 and not sharpness[300:].any()


def frame_numbers() -> np.ndarray:
    """(H, W) of the three photographs, side by side."""
    return np.tile((np.arange(WIDTH) * 3 // WIDTH + 1).astype(np.float16), (HEIGHT, 1))


def test_small_results_stay_as_they_are():
    assert small_size(320, 240) == (320, 240)
    assert small_size(4288, 2848) == (1280, 850)
    assert small_size(2848, 4288) == (850, 1280)
    assert small_size(90000, 10) == (1280, 1)


@pytest.mark.parametrize(("distances", "span"), [(DISTANCES, 2 * STEP), (None, 0.75)])
def test_uncertainty_is_what_the_confidence_was_made_of(tmp_path, distances, span):
    """By docs: confidence is 1/e where an error of so much of the focus range is expected."""
    made_of = 0.15  # of the range
    folder = write(tmp_path, to_confidence(np.float32(made_of)), distances=distances, confidence_unit=0.1)
    with np.load(preview(tmp_path, folder) / "preview.npz") as arrays:
        assert np.allclose(arrays["uncertainty"], made_of * span, rtol=1e-4)


def test_confidence_of_earlier_results_is_1_over_e_at_a_step_between_frames(tmp_path):
    with np.load(preview(tmp_path, write(tmp_path, np.exp(-0.3))) / "preview.npz") as arrays:
        assert np.allclose(arrays["uncertainty"], 0.3 * STEP, rtol=2e-3)  # confidence has 11 bits


def test_networks_without_uncertainty_have_none_here(tmp_path):
    with np.load(preview(tmp_path, write(tmp_path, network="won_jeon")) / "preview.npz") as arrays:
        assert np.isnan(arrays["uncertainty"]).all()


def test_the_former_command_writes_its_former_file_and_warns(tmp_path, capsys):
    folder = write(tmp_path, confidence=0.5)
    with np.load(preview(tmp_path, folder) / "preview.npz") as arrays:
        present = dict(arrays)
    assert "warning" not in capsys.readouterr().err
    former = preview(tmp_path, folder, command="look") / "look.npz"
    assert "warning: `look` is called `preview` now" in capsys.readouterr().err
    with np.load(former) as arrays:
        assert set(arrays.files) == {"depth", "confidence", "error"}
        for name, present_name in (("depth", "depth"), ("error", "uncertainty")):
            np.testing.assert_array_equal(arrays[name], present[present_name])


def test_frames_as_photographed_and_aligned(tmp_path):
    aligned = [(number, np.full((HEIGHT, WIDTH, 3), number / 4, np.float32)) for number in range(3)]
    folder = write(tmp_path, aligned=aligned)
    for show in ("photographed", "aligned"):
        preview(tmp_path, folder, "--show", show)
    for number in range(3):
        taken = cv2.imread(str(tmp_path / f"preview/photographed_{number + 1:02d}.jpg"))
        assert taken.shape == (960, LONGEST, 3)
        assert np.allclose(taken, (0, 60 * number, 200), atol=3)
        registered = cv2.imread(str(tmp_path / f"preview/aligned_{number + 1:02d}.jpg"))
        assert np.allclose(registered, number / 4 * 255, atol=2)


def test_what_is_missing_is_one_sentence(tmp_path, capsys):
    folder = write(tmp_path)
    (tmp_path / "1.png").unlink()
    for show, named in (("aligned", "--save-aligned"), ("photographed", "1.png")):
        arguments = ["preview", str(folder), "--output", str(tmp_path / "preview"), "--show", show]
        assert main(arguments) == INPUT_AT_FAULT
        assert named in capsys.readouterr().err
    assert main(["preview", str(PROJECT), "--output", str(tmp_path / "preview")]) == INPUT_AT_FAULT
