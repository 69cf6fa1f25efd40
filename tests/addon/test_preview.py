"""The preview of a result: colours, frames, overlay, and metres at the right pixel."""

import os
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

WIDTH, HEIGHT = 320, 240  # as tests/addon/outside.py has them: a wall from 1.6 to 2.6 m, a box at 0.8 m
BOX = (70, 190, 40, 150)  # rows, columns
WALL = np.linspace(1.6, 2.6, WIDTH)


@pytest.fixture
def part(addon):
    """A module of the add-on by its name."""
    return lambda name: sys.modules[f"{addon}.focal_depth_addon.{name}"]


@pytest.fixture
def preview(scene, result):
    """The scene's result is open; how it is previewed."""
    bpy.ops.focal_depth.open_result(directory=str(result))
    return scene.focal_depth.preview


@pytest.fixture(scope="module")
def estimated(addon, photographs, tmp_path_factory):
    """A result with frames."""
    folder = tmp_path_factory.mktemp("estimated") / "result"
    bpy.ops.focal_depth.estimate(directory=str(photographs), output=str(folder))
    return folder


def pixels(image: bpy.types.Image) -> np.ndarray:
    """(H, W, 3) float32, row 0 at the top, as the file has them."""
    values = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], 4)[::-1, :, :3]


def place(row: int, column: int) -> tuple[float, float]:
    return (column + 0.5) / WIDTH, (row + 0.5) / HEIGHT


def test_false_colour_is_that_of_the_result_folder(preview, result):
    bpy.ops.focal_depth.preview(show="DEPTH")
    stored = bpy.data.images.load(str(result / "depth.png"))
    assert tuple(preview.picture.size) == (WIDTH, HEIGHT)
    assert np.abs(pixels(preview.picture) - pixels(stored)).max() < 0.02  # a step of the map at most
    box, wall = pixels(preview.picture)[100, 100], pixels(preview.picture)[10, 300]
    assert box.sum() > wall.sum() + 1 and box[0] > box[2]


def test_near_and_far_recolour_the_picture(preview, part):
    bpy.ops.focal_depth.preview(show="DEPTH")
    inferno = part("preview.colours").INFERNO / 255
    preview.near, preview.far = 1.0, 2.0
    shown = pixels(preview.picture)
    assert np.allclose(shown[100, 100], inferno[255], atol=1e-3)
    assert np.allclose(shown[10, WALL > 2.01], inferno[0], atol=1e-3)
    middle = int(np.argmin(np.abs(WALL - 1.6667)))  # 0.6 dioptres, of 0.5 to 1
    assert np.allclose(shown[10, middle], inferno[round(0.2 * 255)], atol=0.02)
    preview.far = 0.5
    assert preview.near < preview.far
    bpy.ops.focal_depth.reset_range()
    assert preview.near == pytest.approx(0.8, rel=1e-3)


def test_near_and_far_are_in_the_scenes_units(preview, scene, result, part):
    bpy.ops.focal_depth.preview(show="DEPTH")
    scene.unit_settings.scale_length = 0.01
    assert preview.near == pytest.approx(80, rel=1e-3)
    part("scene.photo_set").PhotoSet(scene, result)
    bpy.ops.focal_depth.set_scale(measured=1, length=2)
    assert preview.near == pytest.approx(160, rel=1e-3)
    preview.near = 200
    assert preview.near_metres == pytest.approx(1)
    scene.focal_depth.metric = False
    assert preview.relative_near == pytest.approx(1)


def test_a_new_result_is_previewed_from_the_start(preview, scene, result, estimated):
    bpy.ops.focal_depth.preview(show="DEPTH")
    bpy.ops.focal_depth.pick(place=place(100, 100))
    bpy.ops.focal_depth.open_result(directory=str(estimated))
    assert (
        preview.shown == "ALL_IN_FOCUS" and preview.result == scene.focal_depth.result and not preview.picked
    )
    assert preview.near == pytest.approx(0.62, rel=0.05)  # of the box in the photographs


def test_confidence_is_grey(preview):
    bpy.ops.focal_depth.preview(show="CONFIDENCE")
    assert np.allclose(pixels(preview.picture), 1)


@pytest.fixture(scope="module")
def estimated_pass(estimated, outside, tmp_path_factory):
    """estimated_pass("Frame.V") -> (H, W) float32."""

    def read(name: str) -> np.ndarray:
        path = tmp_path_factory.mktemp("pass") / f"{name}.npy"
        outside("pass", estimated / "depth.exr", name, path)
        return np.load(path).astype(np.float32)

    return read


def test_each_frame_has_a_colour_of_the_depths(scene, estimated, estimated_pass, part):
    bpy.ops.focal_depth.open_result(directory=str(estimated))
    bpy.ops.focal_depth.preview(show="FRAME")
    numbers, inferno = estimated_pass("Frame.V").astype(int), part("preview.colours").INFERNO / 255
    assert len(np.unique(numbers)) > 2 and {numbers.min(), numbers.max()} == {1, 5}
    steps = np.array([1, 64, 128, 192, 255])  # even, from the farthest to the nearest
    assert np.allclose(pixels(scene.focal_depth.preview.picture), inferno[steps[numbers - 1]], atol=3e-3)


def test_what_was_painted_from_no_frame_is_grey(part):
    colours = part("preview.colours")
    levels = colours.quantise_frames(np.float32([[0, 1, 2, 3]]), 3)
    assert levels.tolist() == [[0, 1, 128, 255]]
    assert colours.FRAMES[0].tolist() == [128] * 3 and np.ptp(colours.FRAMES[1:], axis=1).min() > 0


def test_sharpness_is_grey_and_white_at_its_sharpest(scene, estimated, estimated_pass):
    bpy.ops.focal_depth.open_result(directory=str(estimated))
    bpy.ops.focal_depth.preview(show="SHARPNESS")
    shown, sharpness = pixels(scene.focal_depth.preview.picture), estimated_pass("Sharpness.V")
    assert np.ptp(shown, axis=2).max() == 0
    assert np.allclose(shown[..., 0], np.minimum(sharpness / np.percentile(sharpness, 99), 1), atol=0.6 / 255)
    assert 0.005 < (shown == 1).mean() < 0.1


def test_a_plain_picture_is_nowhere_sharp(part):
    assert not part("preview.colours").quantise_sharpness(np.zeros((3, 4), np.float32)).any()


def test_a_result_without_frames_says_so_and_shows_what_it_did(preview, scene, part):
    bpy.ops.focal_depth.preview(show="CONFIDENCE")
    with pytest.raises(RuntimeError, match="without it: estimate depth again"):
        bpy.ops.focal_depth.preview(show="FRAME")
    assert preview.shown == "CONFIDENCE"
    preview.shown = "FRAME"  # as in a scene whose result was replaced by an older one
    assert not part("preview.images").is_shown(scene)


def test_what_is_shown_is_never_lost(preview, tmp_path):
    for show in ("ALL_IN_FOCUS", "DEPTH", "CONFIDENCE"):
        bpy.ops.focal_depth.preview(show=show)
    assert not any(image.is_dirty for image in bpy.data.images)
    shown = pixels(preview.picture).copy()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "preview.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "preview.blend"))
    assert np.array_equal(pixels(bpy.context.scene.focal_depth.preview.picture), shown)


def test_undo_brings_the_colours_back(preview):
    bpy.ops.focal_depth.preview(show="DEPTH")
    before = pixels(preview.picture).copy()
    bpy.ops.ed.undo_push(message="before")
    preview.near = 1.5
    bpy.ops.ed.undo_push(message="near")
    assert not np.array_equal(pixels(preview.picture), before)
    bpy.ops.ed.undo()
    preview = bpy.context.scene.focal_depth.preview
    assert preview.near == pytest.approx(0.8, rel=1e-3)
    assert np.array_equal(pixels(preview.picture), before)


def test_a_result_estimated_again_is_previewed_again(preview, scene, result, part):
    images, cache = part("preview.images"), part("preview.cache")
    bpy.ops.focal_depth.preview(show="DEPTH")
    assert images.is_shown(scene)
    earlier = cache.folder_for(result)
    os.utime(result / "depth.exr")
    assert not images.is_shown(scene)
    bpy.ops.focal_depth.preview(show="DEPTH")
    assert images.is_shown(scene)
    assert cache.folder_for(result) != earlier and not earlier.exists()


def test_what_is_cached_goes_with_the_cache(preview, scene, part):
    bpy.ops.focal_depth.preview(show="DEPTH")
    bpy.ops.focal_depth.clear_cache()
    assert not part("preview.images").is_shown(scene)
    assert not bpy.ops.focal_depth.overlay.poll()
    bpy.ops.focal_depth.preview(show="DEPTH")
    assert pixels(preview.picture).max() > 0.9


def test_frames_step_and_wrap(scene, estimated):
    bpy.ops.focal_depth.open_result(directory=str(estimated))
    preview = scene.focal_depth.preview
    bpy.ops.focal_depth.preview(show="ALIGNED")
    aligned = pixels(preview.picture)
    stored = sorted((estimated / "aligned").iterdir())
    assert np.abs(aligned - pixels(bpy.data.images.load(str(stored[0])))).mean() < 0.02
    frames = [preview.frame]
    for by in (1, 1, -1, -1, -1, 1):
        bpy.ops.focal_depth.step(by=by)
        frames.append(preview.frame)
    assert frames == [1, 2, 3, 2, 1, 5, 1]
    preview.frame = 5
    nearest = bpy.data.images.load(str(stored[4]))
    assert np.abs(pixels(preview.picture) - pixels(nearest)).mean() < 0.02
    bpy.ops.focal_depth.preview(show="PHOTOGRAPHED")
    assert preview.frame == 5 and Path(preview.picture.filepath).name == "photographed_05.jpg"
    with pytest.raises(RuntimeError, match="in a script use"):
        bpy.ops.focal_depth.play()


def test_playing_goes_there_and_back(part):
    ping_pong = part("preview.coordinates").ping_pong
    assert [ping_pong(step, 4) for step in range(10)] == [0, 1, 2, 3, 2, 1, 0, 1, 2, 3]
    assert [ping_pong(step, 1) for step in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    "operator", ["preview", "reset_range", "preview_window", "overlay", "step", "play", "pick"]
)
def test_without_a_result_all_is_grey(scene, operator):
    assert not getattr(bpy.ops.focal_depth, operator).poll()


def test_unregistering_leaves_no_handler(addon, disabled, part):
    def handlers_of_addon() -> list[int]:
        both = bpy.app.handlers.undo_post, bpy.app.handlers.redo_post
        return [sum(each.__module__.startswith(addon) for each in handlers) for handlers in both]

    assert min(handlers_of_addon()) > 0
    with disabled():
        after = handlers_of_addon()
    assert after == [0, 0]


@pytest.mark.parametrize(
    ("row", "column", "distance"),
    [
        (BOX[0] - 1, 60, WALL[60]),
        (BOX[0], 60, 0.8),
        (BOX[1] - 1, 60, 0.8),
        (BOX[1], 60, WALL[60]),
        (100, BOX[2] - 1, WALL[BOX[2] - 1]),
        (100, BOX[2], 0.8),
        (0, 0, WALL[0]),
        (HEIGHT - 1, WIDTH - 1, WALL[-1]),
    ],
)
def test_picking_is_right_to_the_pixel(preview, scene, part, row, column, distance):
    bpy.ops.focal_depth.preview(show="DEPTH")
    read = part("preview.probe").Probe(scene).at(place(row, column))
    assert read.distance == pytest.approx(distance, rel=1e-5) and read.confidence == 1


def test_picking_stores_the_distance_as_text(preview, scene):
    bpy.ops.focal_depth.pick(place=place(100, 100))
    assert preview.picked == "0.8 m, confidence 1.00"
    scene.unit_settings.length_unit = "MILLIMETERS"
    bpy.ops.focal_depth.pick(place=place(100, 100))
    assert preview.picked == "800 mm, confidence 1.00"
    bpy.ops.focal_depth.pick(place=place(100, 210))
    assert preview.picked == "infinity, confidence 1.00"
    with pytest.raises(RuntimeError, match="outside"):
        bpy.ops.focal_depth.pick(place=(1, 0.5))


def test_picking_tells_the_frame(scene, estimated, estimated_pass):
    bpy.ops.focal_depth.open_result(directory=str(estimated))
    row, column = 120, 100  # the box
    bpy.ops.focal_depth.pick(place=place(row, column))
    number = int(estimated_pass("Frame.V")[row, column])
    assert number > 2 and scene.focal_depth.preview.picked.endswith(f", frame {number}")


def test_readings_have_an_uncertainty_and_may_be_relative(scene, part):
    reading = part("preview.probe").Reading(2.31, 0.87, 0.05)
    scene.focal_depth.metric = True
    assert reading.format(scene) == "2.31 m ± 0.05 m, confidence 0.87"
    scene.unit_settings.length_unit = "ADAPTIVE"
    assert reading.format(scene) == "2.31 m ± 5 cm, confidence 0.87"
    scene.unit_settings.scale_length = 0.1
    assert reading.format(scene) == "23.1 cm ± 5 mm, confidence 0.87"
    scene.unit_settings.system = "NONE"
    assert reading.format(scene) == "2.31 ± 0.05, confidence 0.87"
    scene.focal_depth.metric = False
    assert reading.format(scene) == "relative 2.31 ± 0.05, confidence 0.87"


def test_error_in_dioptres_becomes_one_in_metres(part):
    assert part("preview.coordinates").depth_uncertainty(2.0, 0.01) == pytest.approx(1 / 0.49 - 2, rel=0.03)


def test_photograph_and_camera_see_alike(preview, scene, result, part):
    """Blender's own projection says where the picture has a point."""
    photo_set = part("scene.photo_set").PhotoSet(scene, result)
    photo_set.match_renders()
    scene.view_layers[0].update()
    project = part("preview.coordinates").project
    description = photo_set.description
    for point in np.random.default_rng(1).uniform((-1, -1, -4), (1, 1, -1), (20, 3)):
        place = world_to_camera_view(scene, scene.camera, scene.camera.matrix_world @ Vector(point))
        expected = (place.x, 1 - place.y)
        assert project(point, description["camera"], description["size"]) == pytest.approx(expected, abs=1e-5)
    assert project((0, 0, 1), description["camera"], description["size"]) is None


def test_mesh_is_measured_from_anywhere(preview, scene, result, part):
    bpy.ops.focal_depth.build_mesh()
    bpy.ops.focal_depth.preview(show="DEPTH")
    bpy.ops.focal_depth.set_scale(measured=1, length=3)
    scene.view_layers[0].update()
    photo_set, probe = part("scene.photo_set"), part("preview.probe").Probe(scene)
    objects, camera = photo_set.find_objects(scene, result), scene.camera.matrix_world
    description = probe.description["camera"]

    def read(row, column, depth, start):
        """The distance from `start`, in the camera's space, towards what is at a pixel."""
        x, y = (
            (column + 0.5 - description["cx"]) / description["fx"],
            (description["cy"] - row - 0.5) / description["fy"],
        )
        begin, end = camera @ Vector(start), camera @ Vector((x * depth, y * depth, -depth))
        return probe.on_mesh(objects, begin, end - begin)

    box = read(120, 100, 0.8, (0.1, 0.05, 0))
    assert box.distance == pytest.approx(3 * 0.8, rel=1e-3) and box.confidence == 1
    wall = read(20, 280, WALL[280], (0.3, 0.2, -0.5))
    assert wall.distance == pytest.approx(3 * WALL[280], rel=5e-3) and wall.confidence == 1
    hidden = read(120, 100, WALL[100], (0.9, 0.1, -0.9))  # behind the box
    assert hidden is not None and hidden.distance > 3 * 1.2 and hidden.confidence is None
    assert read(120, 100, -0.8, (0, 0, 0)) is None
    objects["mesh"].hide_viewport = True
    scene.view_layers[0].update()
    assert read(120, 100, 0.8, (0.1, 0.05, 0)) is None


def test_overlay_lies_in_front_and_leaves_others_alone(preview, scene, result, part):
    bpy.ops.focal_depth.preview(show="DEPTH")
    bpy.ops.focal_depth.overlay()
    camera = scene.camera.data
    behind, overlay = camera.background_images
    assert behind.display_depth == "BACK" and behind.image.name == "all_in_focus.png"
    assert overlay.display_depth == "FRONT" and overlay.image == preview.picture
    assert overlay.frame_method == "STRETCH" and overlay.show_background_image
    overlay.alpha = 0.3
    for show in ("ALL_IN_FOCUS", "CONFIDENCE"):
        bpy.ops.focal_depth.preview(show=show)
    bpy.ops.focal_depth.overlay()
    assert len(camera.background_images) == 2
    assert camera.background_images[1].image == preview.picture
    assert camera.background_images[1].alpha == pytest.approx(0.3)
    bpy.ops.focal_depth.overlay(enable=False)
    assert [each.image.name for each in camera.background_images] == ["all_in_focus.png"]
    assert scene.render.resolution_x == WIDTH


def test_histogram_counts_evenly_in_dioptres(part):
    histogram = part("preview.histogram")
    depth = np.where(np.arange(100_000) % 4 == 0, 1.0, 4.0).astype(np.float32).reshape(250, 400)
    counted = histogram.count_depths(depth)
    assert counted.counts.sum() == depth.size
    near, far = np.flatnonzero(counted.counts)
    assert counted.counts[near] * 3 == counted.counts[far] == 75_000
    assert counted.dioptres()[[near, far]] == pytest.approx([1, 0.25], abs=0.01)
    assert counted.place(1.6) == pytest.approx(0.5)  # 0.625 dioptres
    assert counted.place(1e-3) == 0 and counted.place(np.inf) == 1
    assert np.diff(counted.dioptres()) == pytest.approx(-(counted.nearest - counted.farthest) / 192)


def test_histogram_shows_colours_and_handles(part):
    histogram, inferno = part("preview.histogram"), part("preview.colours").INFERNO / 255
    counted = histogram.count_depths(np.linspace(1, 4, 100_000, dtype=np.float32))
    shown = histogram.draw(counted, 1.2, 3.0, 384, 128)
    assert shown.shape == (128, 384, 4)
    white = np.flatnonzero((shown[5] == 1).all(axis=1))
    left, right = (1 + round(counted.place(distance) * 380) for distance in (1.2, 3.0))
    assert white.tolist() == [left, left + 1, right, right + 1]
    assert (shown[0, : left - 1, 3] == 0).all()  # no bar is so tall
    strip = shown[-1, :, :3]
    assert (shown[-1, :, 3] == 1).all()
    assert np.allclose(strip[: left - 4], inferno[255], atol=1e-6)
    assert np.allclose(strip[right + 4 :], inferno[0], atol=1e-6)
    middle = round(counted.place(2 / (1 / 1.2 + 1 / 3.0)) * 384)
    assert np.allclose(strip[middle], inferno[127], atol=0.02)
