"""Photographs cut short at every kilobyte, or with a sector lost: refused in one sentence, not read grey."""

import io

import cv2
import numpy as np
import OpenEXR
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.io.photographs import read_photograph, read_photograph_at
from photographs import dng, heic
from PIL import Image

KINDS = {
    "baseline.jpg": {"quality": 90},
    "optimised.jpg": {"quality": 90, "optimize": True},
    "progressive.jpg": {"quality": 90, "progressive": True},
    "restarting.jpg": {"quality": 90, "restart_marker_blocks": 20},
    "eight.png": {},
    "plain.tif": {},
    "lzw.tif": {"compression": "tiff_lzw"},
    "deflated.tif": {"compression": "tiff_adobe_deflate"},
    "eight.webp": {"quality": 90},
}
EXR = {
    "zip.exr": OpenEXR.ZIP_COMPRESSION,
    "none.exr": OpenEXR.NO_COMPRESSION,
    "piz.exr": OpenEXR.PIZ_COMPRESSION,
}
OTHERS = {"raw.dng": dng, "phone.heic": heic}
MOST_SECTORS = 0.95  # of those lost are noticed: 97 %
pytestmark = pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Truncated File Read")


def encoded(folder, name: str) -> bytes:
    """A picture of 300 x 200 pixels with detail everywhere, as `name` says."""
    soft = cv2.resize(np.random.default_rng(1).random((100, 150, 3), np.float32), (300, 200))
    if name in EXR:
        OpenEXR.File({"compression": EXR[name]}, {"RGB": soft}).write(str(folder / name))
        return (folder / name).read_bytes()
    if name in OTHERS:
        return OTHERS[name](np.uint8(255 * soft))
    file = io.BytesIO()
    kind = name.rpartition(".")[2].replace("jpg", "jpeg").replace("tif", "tiff")
    Image.fromarray(np.uint8(255 * soft)).save(file, kind, **KINDS[name])
    return file.getvalue()


def refuses(path) -> bool:
    """Whether both ways to read a photograph say in one sentence that this one cannot be."""
    refused = 0
    for read in (read_photograph, lambda path: read_photograph_at(path, (75, 50))):
        try:
            read(path)
        except InputError as error:
            refused += str(path) in str(error)
    return refused == 2


@pytest.mark.parametrize("name", [*KINDS, *EXR, *OTHERS])
def test_cut_short_at_every_kilobyte(tmp_path, name):
    whole, path = encoded(tmp_path, name), tmp_path / name
    path.write_bytes(whole)
    assert not refuses(path)
    for length in [*range(1, len(whole), 1024), len(whole) - 16]:
        path.write_bytes(whole[:length])
        assert refuses(path), f"{length} of {len(whole)} bytes"


def test_a_lost_sector(tmp_path):
    """Where what follows happens to fit, nothing shows: JPEG has no checksum."""
    random, is_refused = np.random.default_rng(2), []
    for name in ("baseline.jpg", "optimised.jpg", "restarting.jpg"):
        whole = encoded(tmp_path, name)
        for filling in (bytes(512), random.bytes(512), b""):
            for start in range(2048, len(whole) - 1024, 512):
                (tmp_path / name).write_bytes(whole[:start] + filling + whole[start + 512 :])
                is_refused.append(refuses(tmp_path / name))
    assert np.mean(is_refused) > MOST_SECTORS, f"{sum(is_refused)} of {len(is_refused)}"


def test_filling_before_the_end_is_no_damage(tmp_path):
    whole = encoded(tmp_path, "baseline.jpg")
    (tmp_path / "filled.jpg").write_bytes(whole[:-2] + bytes(6) + whole[-2:])
    assert read_photograph(tmp_path / "filled.jpg").shape == (200, 300, 3)
