"""The measures by hand, the classical peer where it must be right, and ours against it on the sample."""

import json

import cv2
import numpy as np
import pytest
from photographs import PROJECT

from backend.evaluation.classical import classical_depth
from backend.evaluation.measures import mean_error, near_edges, nearest_frame


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


def test_ours_beats_the_classical_peer_on_the_sample(command, tmp_path):
    done = command("evaluate", PROJECT / "sample", "--json", tmp_path / "table.json")
    assert done.returncode == 0, done.stderr
    row = json.loads((tmp_path / "table.json").read_text())["sample"]
    assert row["ours"]["error"] < row["classical"]["error"]
    assert row["ours"]["error"] < row["nearest frame (oracle)"]["error"]
    assert "classical" in done.stdout and "sample" in done.stdout


def test_a_folder_without_truth_is_refused(command, tmp_path):
    done = command("evaluate", tmp_path)
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
