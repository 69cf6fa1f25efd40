"""`focal-depth look`: depth and frames of a result, small."""

import cv2
import numpy as np
import pytest
from focal_depth.cli import main
from focal_depth.cli.preview import LONGEST, small_size
from focal_depth.depth import tiling
from focal_depth.io import result_folder
from photographs import PROJECT

WIDTH, HEIGHT = 2000, 1500
STEP = 0.25  # dioptres between two frames


def unique_depth() -> np.ndarray:
    """(H, W) float32 that tells row and column of every pixel."""
    return np.arange(1, WIDTH * HEIGHT + 1, dtype=np.float32).reshape(HEIGHT, WIDTH)


def described(tmp_path, **changes) -> dict:
    files = [tmp_path / f"{number}.png" for number in range(3)]
    for number, file in enumerate(files):
        cv2.imwrite(str(file), np.full((HEIGHT, WIDTH, 3), (0, 60 * number, 200), np.uint8))
    frames = [{"file": file, "dioptres": STEP * number} for number, file in enumerate(files)]
    return {"metric": True, "network": "ours", "camera": {}, "frames": frames, "warnings": []} | changes


def write(tmp_path, confidence=1.0, aligned=None, **changes):
    folder = tmp_path / "result"
    maps = unique_depth(), np.full((HEIGHT, WIDTH), confidence, np.float32)
    picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    result_folder.write_result(folder, *maps, picture, described(tmp_path, **changes), aligned=aligned)
    return folder


def looked(tmp_path, folder, *options):
    assert main.main(["look", str(folder), "--output", str(tmp_path / "look"), *options]) == 0
    return tmp_path / "look"


def test_every_value_is_the_middle_of_its_pixel(tmp_path):
    with np.load(looked(tmp_path, write(tmp_path)) / "look.npz") as arrays:
        shown = arrays["depth"]
    assert shown.shape == (960, LONGEST) and shown.dtype == np.float32
    rows, columns = np.divmod(shown.astype(np.int64) - 1, WIDTH)
    across, down = (np.arange(LONGEST) + 0.5) * WIDTH / LONGEST, (np.arange(960) + 0.5) * HEIGHT / 960
    assert np.array_equal(columns[0], across.astype(int)) and np.array_equal(rows[:, 0], down.astype(int))


def test_small_results_stay_as_they_are():
    assert small_size(320, 240) == (320, 240)
    assert small_size(4288, 2848) == (1280, 850)
    assert small_size(2848, 4288) == (850, 1280)
    assert small_size(90000, 10) == (1280, 1)


@pytest.mark.parametrize(("metric", "step"), [(True, STEP), (False, 0.375)])
def test_error_is_what_the_confidence_was_made_of(tmp_path, metric, step):
    """By docs: confidence is 1/e where a whole step between frames is expected."""
    made_of = 0.3  # steps
    confidence = tiling.to_confidence(np.float32(made_of / 2), 3)
    folder = write(tmp_path, confidence=confidence, metric=metric)
    with np.load(looked(tmp_path, folder) / "look.npz") as arrays:
        assert np.allclose(arrays["error"], made_of * step, rtol=1e-4)


def test_networks_that_do_not_tell_have_no_error(tmp_path):
    with np.load(looked(tmp_path, write(tmp_path, network="paper")) / "look.npz") as arrays:
        assert np.isnan(arrays["error"]).all()


def test_frames_as_photographed_and_aligned(tmp_path):
    aligned = [(number, np.full((HEIGHT, WIDTH, 3), number / 4, np.float32)) for number in range(3)]
    folder = write(tmp_path, aligned=aligned)
    for show in ("photographed", "aligned"):
        looked(tmp_path, folder, "--show", show)
    for number in range(3):
        taken = cv2.imread(str(tmp_path / f"look/photographed_{number + 1:02d}.jpg"))
        assert taken.shape == (960, LONGEST, 3)
        assert np.allclose(taken, (0, 60 * number, 200), atol=3)
        brought = cv2.imread(str(tmp_path / f"look/aligned_{number + 1:02d}.jpg"))
        assert np.allclose(brought, number / 4 * 255, atol=2)


def test_what_is_missing_is_one_sentence(tmp_path, capsys):
    folder = write(tmp_path)
    (tmp_path / "1.png").unlink()
    for show, named in (("aligned", "--save-aligned"), ("photographed", "1.png")):
        arguments = ["look", str(folder), "--output", str(tmp_path / "look"), "--show", show]
        assert main.main(arguments) == main.INPUT_AT_FAULT
        assert named in capsys.readouterr().err
    assert main.main(["look", str(PROJECT), "--output", str(tmp_path / "look")]) == main.INPUT_AT_FAULT
