"""What the backend writes of a set by itself, from the panel's buttons: files, messages, faults."""

import bpy
import numpy as np
import pytest

from rendering import read_pixels

pytestmark = pytest.mark.one_blender


@pytest.fixture
def opened(scene, result):
    bpy.ops.focal_depth.open_result(directory=str(result))
    return scene


@pytest.fixture
def share(opened, capfd):
    """share(format, ...) -> what Blender's status bar says of what was written."""

    def run(**arguments) -> str:
        capfd.readouterr()
        assert bpy.ops.focal_depth.share(**arguments) == {"FINISHED"}
        return capfd.readouterr().out

    return run


def test_a_stereo_picture_has_an_eye_on_either_side_and_says_how_far_they_differ(share, tmp_path):
    said = share(format="SIDE_BY_SIDE", filepath=str(tmp_path / "set"), eye_distance=0.03, convergence=2)
    assert [each.name for each in tmp_path.iterdir()] == ["set.jpg"]
    assert "set.jpg: disparity from " in said and "% behind it" in said
    pixels = read_pixels(tmp_path / "set.jpg")
    left, right = np.split(pixels, 2, axis=1)
    assert left.std() > 0.05 and np.abs(left - right).max() > 0.05


def test_eyes_that_are_too_far_apart_are_warned_of(share, tmp_path):
    said = share(format="ANAGLYPH", filepath=str(tmp_path / "set.jpg"), eye_distance=0.1)
    assert "Warning: " in said and "is uncomfortable: use an eye distance of" in said


def test_a_quilt_is_named_as_displays_read_it(share, tmp_path):
    said = share(format="QUILT", filepath=str(tmp_path / "set.jpg"))
    (written,) = tmp_path.iterdir()
    assert written.name.startswith("set_qs8x6a") and written.name in said


def test_splats_and_a_page_are_written(share, tmp_path):
    assert "set.ply is written" in share(format="SPLATS_PLY", filepath=str(tmp_path / "set"))
    share(format="WEB_PAGE", filepath=str(tmp_path / "page"))
    assert (tmp_path / "set.ply").read_bytes().startswith(b"ply")
    assert (tmp_path / "page" / "index.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_faults_are_one_clear_sentence(opened, tmp_path):
    for arguments, sentence in (
        ({"format": "RGBD"}, "filepath"),
        ({"format": "ORBIT", "filepath": str(tmp_path / "missing" / "set.mp4")}, "cannot be written"),
    ):
        with pytest.raises(RuntimeError, match=sentence) as failure:
            bpy.ops.focal_depth.share(**arguments)
        assert "\n" not in str(failure.value).strip()
    assert not list(tmp_path.iterdir())


def test_there_is_nothing_to_share_without_a_result(scene):
    assert not bpy.ops.focal_depth.share.poll()
