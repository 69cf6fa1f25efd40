"""A clip in place of photographs: dropped, its curve, other seconds, thumbnails, from there to a set."""

import json
from pathlib import Path

import bpy
import numpy as np
import pytest

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.one_blender]


@pytest.fixture(scope="session")
def clip(addon, outside, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "pull.mp4"
    outside("clip", path)
    return path


def settings():
    return bpy.context.scene.focal_depth


def listed() -> list[str]:
    return [each.name for each in settings().photographs]


def drop(*paths: Path) -> None:
    files = [{"name": path.name} for path in paths]
    bpy.ops.focal_depth.drop_photographs(directory=str(paths[0].parent), files=files)


def stills() -> list[int]:
    """Which photograph of the film each listed frame shows."""
    return [(int(name.split("#")[1]) - 1) // 8 for name in listed()]


def test_a_dropped_clip_is_listed_frame_by_frame(scene, clip):
    drop(clip)
    assert sorted(stills()) == [0, 1, 2, 3, 4]
    assert [each.short_name for each in settings().photographs] == [name.split("#")[1] for name in listed()]
    assert settings().clip.file == str(clip)
    assert settings().clip.duration == pytest.approx(39 / 32, abs=0.01)
    assert len(json.loads(settings().clip.taken)) == 5


def test_other_seconds_are_taken(scene, clip):
    drop(clip)
    settings().clip.start, settings().clip.end = 0.3, 0.95
    bpy.ops.focal_depth.take_frames()
    assert sorted(stills()) == [1, 2, 3]
    settings().clip.count = 2
    bpy.ops.focal_depth.take_frames()
    assert len(listed()) == 2
    drop(clip)  # anew: the same seconds
    assert len(listed()) == 2 and settings().clip.start == pytest.approx(0.3)


def test_a_clip_and_photographs_take_each_others_place(scene, clip, photographs):
    drop(photographs / "0.png", photographs / "1.png")
    drop(clip)
    assert sorted(stills()) == [0, 1, 2, 3, 4]
    drop(photographs / "0.png", photographs / "1.png")
    assert listed() == ["0.png", "1.png"]
    with pytest.raises(RuntimeError, match="There is no clip"):
        bpy.ops.focal_depth.take_frames()


def test_every_frame_has_a_picture_of_its_own(scene, clip, module, cache):
    drop(clip)
    files = [module("clip").thumbnail_file(Path(each.file)) for each in settings().photographs]
    assert len({file.read_bytes() for file in files}) == 5
    assert all(file.is_relative_to(cache) for file in files)
    bpy.ops.focal_depth.clear_cache()
    assert not any(file.exists() for file in files)


def test_the_curve_shows_what_is_taken_and_what_is_left_out(module):
    draw_curve = module("preview.focus_curve").draw_curve
    points = [(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]
    picture = draw_curve(points, [0.5], 0.25, 1.75, 2.0, 200, 100)
    blue = picture[..., 2] > 0.9
    assert blue[:, 100].argmax() < 15 and blue[:, 30].argmax() > 50  # up in the middle
    orange = (picture[..., 0] > 0.9) & (picture[..., 2] < 0.3)
    assert np.argwhere(orange).mean(0) == pytest.approx([49, 50], abs=3)
    assert (picture[5, :20, 3] > 0.3).all() and (picture[5, 40:90, 3] == 0).all()
    assert not draw_curve([], [], 0, 1, 0, 20, 10).any()


def test_from_a_clip_to_a_set(scene, clip):
    drop(clip)
    first, last = settings().photographs[0], settings().photographs[-1]
    first.focus_distance, last.focus_distance = 3.0, 0.6
    settings().focal_length, settings().f_number, settings().sensor_width = 50, 2.8, 36
    bpy.ops.focal_depth.inspect()
    bpy.ops.focal_depth.estimate()
    assert settings().metric
    bpy.ops.focal_depth.build_mesh()
    assert any(len(each.data.polygons) > 100 for each in scene.objects if each.type == "MESH")
    assert settings().clip.file == str(clip)


def test_what_is_no_clip_of_a_pull_is_said(scene, tmp_path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(bytes(1000))
    with pytest.raises(RuntimeError, match="damaged or cut short"):
        drop(path)
    assert listed() == []
