"""Photographs of a hundred megapixels: whole, at full size, in bounded memory."""

import sys
import time

import cv2
import numpy as np
import pytest
from focal_depth.io.result_folder import read_depth
from measuring import peak_of
from photographs import PROJECT, write_photograph

SIZE = 12_288, 8_192  # 101 megapixels
FRAMES = {"02": 1.44, "06": 0.78}  # of the sample, by focus distance in metres
MOST_MEMORY = 5.0  # gigabytes


@pytest.mark.torture
@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell how much memory it was")
def test_two_frames_of_a_hundred_megapixels(tmp_path):
    folder, result = tmp_path / "photographs", tmp_path / "result"
    folder.mkdir()
    random = np.random.default_rng(0)
    for name, metres in FRAMES.items():
        frame = cv2.imread(str(PROJECT / "sample" / f"{name}.jpg"))[..., ::-1]
        grain = cv2.resize(random.integers(0, 12, (2048, 3072, 3), dtype=np.uint8), SIZE)
        tags = {"Exif.Photo.FocalLength": "50/1", "Exif.Photo.SubjectDistance": f"{round(100 * metres)}/100"}
        large = cv2.add(cv2.resize(frame, SIZE, interpolation=cv2.INTER_CUBIC), grain)
        write_photograph(folder / f"{name}.jpg", large, tags)
    began = time.monotonic()
    gigabytes = peak_of("estimate", folder, "--output", result) / 1e9
    print(f"{time.monotonic() - began:.0f} s, {gigabytes:.2f} GB")
    depth, _ = read_depth(result)
    assert depth.shape == SIZE[::-1] and 0.6 < depth.min() < depth.max() < 3
    assert gigabytes < MOST_MEMORY
