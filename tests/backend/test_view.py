"""Pictures and clips of the photo set: the view command, its geometry, layouts and files."""

import json
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from focal_depth.cli.main import main
from focal_depth.contract.retouch import Layer, format_layers
from focal_depth.export.photo_set import build_photo_set
from focal_depth.runtime.progress import SilentReporter
from focal_depth.views import camera_moves, quilt, stereo
from focal_depth.views.layouts import LAYOUTS, compose, views_of
from focal_depth.views.rasteriser import Drawing, Scene, build_texture, draw
from focal_depth.views.view import View, common_window
from PIL import Image
from results import CAMERA, description, write_result

WIDTH, HEIGHT, FOCAL_LENGTH = 240, 160, 260.0
NEAR, FAR = 1.5, 2.5  # metres
SQUARE = np.s_[50:110, 80:150]
RED, BLUE = (200, 40, 30), (40, 70, 180)
PERIOD = 16  # pixels
EYE_DISTANCE = 0.05


def square_depth():
    depth = np.full((HEIGHT, WIDTH), FAR, np.float32)
    depth[SQUARE] = NEAR
    return depth


def tilted_depth():
    """A square before a wall that comes nearer to the right: planes, so 1 / depth is linear."""
    wall = 1 / np.linspace(1 / FAR, 1 / NEAR, WIDTH, dtype=np.float32)
    depth = np.repeat(wall[None], HEIGHT, axis=0)
    depth[SQUARE] = 1.2
    return depth


def square_picture():
    noise = np.random.default_rng(1).integers(-25, 25, (HEIGHT, WIDTH, 1))
    picture = np.empty((HEIGHT, WIDTH, 3), np.int64)
    picture[:] = BLUE
    picture[SQUARE] = RED
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def phase_picture():
    """A picture whose colours tell the column: sine and cosine of it."""
    angle = (np.arange(WIDTH) + 0.5) * 2 * np.pi / PERIOD
    row = np.stack([127.5 + 120 * np.sin(angle), 127.5 + 120 * np.cos(angle), np.full(WIDTH, 128)], axis=1)
    return np.repeat(np.round(row)[None].astype(np.uint8), HEIGHT, axis=0)


def stack_result(folder: Path, depth, picture, distances=(3.0, 1.0)) -> Path:
    camera = CAMERA | {"fx": FOCAL_LENGTH, "fy": FOCAL_LENGTH, "cx": WIDTH / 2, "cy": HEIGHT / 2}
    told = description(["a.jpg", "b.jpg"], distances, camera=camera)
    linear = (picture / 255.0).astype(np.float32)
    encoded = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    return write_result(folder, depth, np.ones_like(depth), encoded.astype(np.float32), told)


@pytest.fixture(scope="module")
def square(tmp_path_factory):
    return stack_result(tmp_path_factory.mktemp("square") / "result", square_depth(), square_picture())


@pytest.fixture(scope="module")
def square_set(square):
    return build_photo_set(square, 20_000, SilentReporter())


def scene_of(photo_set, **changes) -> Scene:
    texture = build_texture(photo_set.picture, photo_set.background, 1)
    return Scene(replace(photo_set.mesh, **changes), photo_set.camera, (WIDTH, HEIGHT), texture)


def drawn(photo_set, view=None, **changes):
    view = view or View()
    window = common_window(photo_set.mesh, photo_set.camera, (WIDTH, HEIGHT), [view])
    size = round(window.width), round(window.height)
    return draw(scene_of(photo_set, **changes), view, window, size)


def viewed(result, output, *options, capsys) -> dict:
    """What the command reports of its end, and the warnings before it."""
    status = main(["view", str(result), "--output", str(output), "--messages", *map(str, options)])
    messages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert status == 0, messages
    return messages[-1] | {"warnings": [each["text"] for each in messages if each["type"] == "warning"]}


def red_centre(picture) -> float:
    """The column in the middle of the red square."""
    red = picture[..., 0].astype(int) - picture[..., 2]
    return float(np.nonzero(red > 60)[1].mean())


def test_the_view_of_its_own_camera_is_the_photograph(square, tmp_path, capsys):
    viewed(square, tmp_path / "mono.png", capsys=capsys)
    shown, photograph = (
        np.asarray(Image.open(path), float) for path in (tmp_path / "mono.png", square / "all_in_focus.png")
    )
    assert 10 * np.log10(255**2 / max(((shown - photograph) ** 2).mean(), 1e-9)) > 50


def test_rows_that_layers_leave_out_are_black_and_count_for_no_depth(tmp_path, capsys):
    result = stack_result(tmp_path / "result", square_depth(), square_picture())
    (result / "retouch").mkdir()
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[120:] = 255
    cv2.imwrite(str(result / "retouch" / "floor.png"), mask)
    layers = format_layers([Layer("Floor", "leave_out", "floor.png")])
    (result / "retouch" / "layers.json").write_text(layers)
    end = viewed(result, tmp_path / "pair.png", "--layout", "side-by-side", capsys=capsys)
    picture = np.asarray(Image.open(tmp_path / "pair.png"))
    assert not picture[-10:].any() and picture[: HEIGHT // 4].any()
    assert end["far"] == pytest.approx(FAR, rel=0.02)


def test_a_quilt_of_a_quilts_name_has_one_grid_in_it():
    assert quilt.name_quilt(Path("set_qs8x6a1.5.png"), (300, 200)) == Path("set_qs8x6a1.5.png")


@pytest.mark.parametrize("ahead", [0.0, 0.2])
def test_disparity_is_that_of_the_formula_within_a_tenth_of_a_pixel(tmp_path, ahead):
    """By the pictures' colours alone, against the depth map, wherever both eyes see the surface."""
    depth = tilted_depth()
    photo_set = build_photo_set(
        stack_result(tmp_path / "result", depth, phase_picture()), 100_000, SilentReporter()
    )
    convergence = 1.8
    middle = View(ahead=ahead, convergence=convergence)
    pair = stereo.eyes(middle, EYE_DISTANCE)
    whole = common_window(photo_set.mesh, photo_set.camera, (WIDTH, HEIGHT), [View()])
    scene = scene_of(photo_set)
    columns, rows = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    seen = cv2.erode((np.abs(cv2.Laplacian(1 / depth, -1)) < 1e-3).astype(np.uint8), np.ones((25, 25))) > 0
    seen[:, :12] = seen[:, -12:] = False
    measured = []
    for eye in pair:
        picture = draw(scene, eye, whole, (WIDTH, HEIGHT)).picture.astype(np.float32)
        # Where this eye shows each pixel of the photograph.
        scale = 1 / (depth - ahead)
        x = (columns - WIDTH / 2) * depth * scale - FOCAL_LENGTH * eye.right * (
            scale - 1 / (convergence - ahead)
        )
        y = (rows - HEIGHT / 2) * depth * scale
        at = cv2.remap(
            picture,
            (x + WIDTH / 2 - 0.5).astype(np.float32),
            (y + HEIGHT / 2 - 0.5).astype(np.float32),
            cv2.INTER_CUBIC,
        )
        phase = np.arctan2(at[..., 0] - 127.5, at[..., 1] - 127.5) - columns * 2 * np.pi / PERIOD
        measured.append(np.angle(np.exp(1j * phase)) * PERIOD / (2 * np.pi))
        inside = (np.abs(x) < WIDTH / 2 - 3) & (np.abs(y) < HEIGHT / 2 - 3)
        seen &= inside
    off = np.abs(measured[0] - measured[1])[seen]
    assert seen.sum() > 0.3 * WIDTH * HEIGHT
    assert np.percentile(off, 99.5) < 0.1 and off.max() < 0.2


def test_no_cracks_and_no_stretched_edges(square_set):
    """Wherever samples fall; depth that is neither the square's nor the wall's would be a stretched edge."""
    for right in np.linspace(-0.04, 0.04, 5):
        drawing = drawn(square_set, View(right=right, up=right / 3, ahead=0.0, convergence=2.0))
        assert drawing.filled == 0
        between = (drawing.nearness > 1.03 / FAR) & (drawing.nearness < 0.97 / NEAR)
        assert between.mean() < 0.03, "but for pixels of both, on the outline"
    bridges = square_set.mesh.gap > square_set.mesh.cut
    stretched = drawn(square_set, View(right=0.04, convergence=2.0), cut=np.float32(90))
    assert bridges.any() and (stretched.nearness[60:100] < 0.97 / NEAR).sum() > 0


def test_holes_show_what_is_farther_beside_them(square_set):
    surfaces = np.where(square_set.mesh.background, np.float32(360), square_set.mesh.gap)
    drawing = drawn(square_set, View(right=0.04, convergence=FAR), gap=surfaces)
    width = FOCAL_LENGTH * 0.04 * (1 / NEAR - 1 / FAR)  # of the gap beside the square
    assert drawing.filled == pytest.approx(width * 60 / (WIDTH * HEIGHT), rel=0.1)
    beside = drawing.picture[60:100, 147:150].astype(int)
    assert (beside[..., 2] > beside[..., 0]).all(), "blue as the wall, not red as the square"


def test_both_eyes_are_cropped_alike_and_stand_where_the_layout_says(square, tmp_path, capsys):
    options = "--eye-distance", EYE_DISTANCE, "--convergence", 2
    ends = [
        viewed(square, tmp_path / f"{name}.png", "--layout", name, *options, capsys=capsys)
        for name in ("side-by-side", "over-under")
    ]
    width, height = ends[0]["size"]
    beside, above = (np.asarray(Image.open(end["path"])) for end in ends)
    assert beside.shape == (height, 2 * width, 3) and above.shape == (2 * height, width, 3)
    left, right = beside[:, :width], beside[:, width:]
    np.testing.assert_array_equal(above, np.concatenate([left, right]))
    expected = FOCAL_LENGTH * EYE_DISTANCE * (1 / NEAR - 1 / 2)
    # In front of the screen: farther to the right in the left eye's picture.
    assert red_centre(left) - red_centre(right) == pytest.approx(expected, abs=0.3)
    cropped = FOCAL_LENGTH * EYE_DISTANCE / 2 * (1 / 2 - 1 / FAR)  # on either side
    assert width == pytest.approx(WIDTH - 2 * cropped, abs=1)


def test_an_anaglyph_keeps_greys_and_gives_each_eye_its_colour():
    def of(left, right):
        drawings = [
            Drawing(np.full((2, 2, 3), level, np.uint8), np.ones((2, 2)), 0) for level in (left, right)
        ]
        return compose("anaglyph", drawings, stereo.DepthRange(1, 1, 1))[0, 0].astype(int)

    assert np.abs(of(120, 120) - 120).max() <= 2
    assert of(200, 0)[0] > 150 and of(200, 0)[1:].max() <= 5
    assert of(0, 200)[0] <= 5 and of(0, 200)[1:].min() > 150


def test_a_quilt_begins_at_the_lower_left_and_its_name_tells_the_grid(square, tmp_path, capsys):
    end = viewed(square, tmp_path / "Set.png", "--layout", "quilt", "--size", 120, capsys=capsys)
    name = re.fullmatch(r"Set_qs(\d+)x(\d+)a([\d.]+)\.png", Path(end["path"]).name)
    assert name and [path.name for path in tmp_path.iterdir()] == [name[0]]
    columns, rows = int(name[1]), int(name[2])
    whole = np.asarray(Image.open(end["path"]))
    height, width = whole.shape[0] // rows, whole.shape[1] // columns
    assert (columns, rows, [width, height]) == (8, 6, end["size"])
    assert float(name[3]) == pytest.approx(width / height, rel=1e-3)
    tiles = whole.reshape(rows, height, columns, width, 3).swapaxes(1, 2)[::-1].reshape(-1, height, width, 3)
    places = np.array([red_centre(tile) for tile in tiles])
    assert (np.diff(places) <= 0.3).all() and places[0] - places[-1] > 1, (
        "the square is nearer than the middle"
    )


def test_depth_beside_the_picture_is_linear_in_its_inverse(tmp_path, capsys):
    depth = tilted_depth()
    result = stack_result(tmp_path / "result", depth, square_picture())
    end = viewed(result, tmp_path / "rgbd.png", "--layout", "rgbd", capsys=capsys)
    both = np.asarray(Image.open(tmp_path / "rgbd.png"))
    grey = both[:, WIDTH:]
    assert both.shape == (HEIGHT, 2 * WIDTH, 3) and (np.ptp(grey, axis=2) == 0).all()
    assert np.abs(grey[SQUARE][3:-3, 3:-3].astype(int) - 255).max() <= 3
    share = (1 / depth - 1 / end["far"]) / (1 / end["near"] - 1 / end["far"])
    off = np.abs(grey[10:40, 5:-5, 0] - 255 * share.clip(0, 1)[10:40, 5:-5])
    assert off.max() <= 3


@pytest.fixture
def few_frames(monkeypatch):
    monkeypatch.setattr(camera_moves, "FRAMES", 16)


def test_a_clip_plays_elsewhere_and_an_orbit_is_a_loop(square, tmp_path, capsys, monkeypatch, few_frames):
    monkeypatch.setattr(camera_moves, "RADIUS", 0.12)  # so that steps are more than a pixel
    path = tmp_path / "orbit.mp4"
    viewed(square, path, "--move", "orbit", "--size", 201, capsys=capsys)
    capture = cv2.VideoCapture(str(path))  # OpenCV's own copy of FFmpeg
    fourcc = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little")
    assert fourcc in (b"avc1", b"h264") and capture.get(cv2.CAP_PROP_FPS) == 30
    frames = []
    while (frame := capture.read())[0]:
        frames.append(frame[1][..., ::-1].astype(int))
    assert len(frames) == 16 and frames[0].shape[0] % 2 == frames[0].shape[1] % 2 == 0
    places = np.array([red_centre(frame) for frame in frames])
    steps = np.abs(np.diff([*places, places[0]]))
    assert steps[-1] < 1.5 * steps[:-1].max() and np.ptp(places) > 2 * steps.max(), (
        "the last leads to the first"
    )
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.pix_fmt, context.colorspace, context.color_primaries) == ("yuv420p", 1, 1)
        assert context.color_trc == 1 and context.color_range == 1


def test_a_push_in_starts_at_the_photograph_and_enlarges_what_is_near(square, tmp_path, capsys, few_frames):
    viewed(square, tmp_path / "push.mp4", "--move", "push-in", "--size", 160, capsys=capsys)
    capture = cv2.VideoCapture(str(tmp_path / "push.mp4"))
    frames = [capture.read()[1][..., ::-1].astype(int) for _ in range(16)]
    reds = [((frame[..., 0] - frame[..., 2]) > 60).mean() for frame in frames]
    assert (np.diff(reds) > -0.002).all()
    assert reds[-1] / reds[0] == pytest.approx((NEAR / (NEAR - camera_moves.TRAVEL * NEAR)) ** 2, rel=0.07)


def test_the_eye_distance_is_peoples_where_that_is_comfortable():
    metres = stereo.DepthRange(4.0, 5.0, 8.0)
    assert stereo.choose_eye_distance(metres, 0.8, is_metric=True) == (0.063, "as people's")
    distance, _ = stereo.choose_eye_distance(metres, 0.8, is_metric=False)
    assert distance == pytest.approx(4 / 30)
    close = stereo.DepthRange(0.2, 0.3, 2.0)
    for metric in (True, False):
        distance, which = stereo.choose_eye_distance(close, 0.8, metric)
        assert distance <= 0.2 / 30 and which != "as people's"


@pytest.mark.parametrize("middle", [0.21, 0.5, 30.0])
@pytest.mark.parametrize("focal_length", [0.6, 2.5])
def test_what_is_chosen_is_comfortable(middle, focal_length):
    depth = stereo.DepthRange(0.2, middle, 40.0)
    eyes, _ = stereo.choose_eye_distance(depth, focal_length, is_metric=True)
    convergence = stereo.choose_convergence(depth, focal_length, eyes)
    disparity = stereo.measure_disparity(depth, focal_length, eyes, convergence)
    assert disparity.is_comfortable and disparity.front <= stereo.USUAL_FRONT + 1e-9


def test_discomfort_is_named_with_a_remedy_that_helps(square, tmp_path, capsys):
    path = tmp_path / "pair.png"
    options = "--layout", "anaglyph", "--size", 64
    end = viewed(square, path, *options, "--eye-distance", 0.2, capsys=capsys)
    assert not end["comfortable"]
    (remedy,) = re.findall(r"eye distance of ([\d.]*\d) or less", " ".join(end["warnings"]))
    assert viewed(square, path, *options, "--eye-distance", remedy, capsys=capsys)["comfortable"]
    end = viewed(square, path, *options, "--eye-distance", 0.06, "--convergence", 30, capsys=capsys)
    (remedy,) = re.findall(r"a convergence of ([\d.]*\d)", " ".join(end["warnings"]))
    end = viewed(square, path, *options, "--eye-distance", 0.06, "--convergence", remedy, capsys=capsys)
    assert end["comfortable"] and not end["warnings"]


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (["--output", "a.gif"], "ends in .png or .jpg"),
        (["--output", "a.png", "--move", "orbit"], "ends in .mp4"),
        (["--output", "a.mp4"], "ends in .png or .jpg"),
        (["--output", "a.mp4", "--move", "orbit", "--layout", "quilt"], "leave --move out"),
        (["--output", "a.png", "--layout", "anaglyph", "--eye-distance", "nan"], "give a number above 0"),
        (["--output", "a.png", "--eye-distance", "0.06"], "--eye-distance is for views of two eyes"),
        (["--output", "a.png", "--convergence", "2"], "--convergence is for stereo and orbits"),
        (["--output", "a.png", "--layout", "quilt", "--size", "8192"], "or less"),
        (["--output", "a.png", "--layout", "anaglyph", "--convergence", "-1"], "give a number above 0"),
        (["--output", "a.png", "--size", "9"], "give a number of pixels"),
        (["--output", "a.png", "--layout", "side-by-side", "--eye-distance", "5"], "smaller eye distance"),
        (["--output", "missing/a.png"], "choose another place"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(square, tmp_path, monkeypatch, capsys, options, remedy):
    monkeypatch.chdir(tmp_path)
    assert main(["view", str(square), *options]) == 2
    assert remedy in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_who_stops_a_clip_finds_no_part_of_it(square, tmp_path, monkeypatch):
    class Stopping(SilentReporter):
        def progress(self, stage, done, of):
            if done == 3:
                raise KeyboardInterrupt

    monkeypatch.setattr(import_module("focal_depth.cli.main"), "TextReporter", Stopping)
    assert main(["view", str(square), "--output", str(tmp_path / "a.mp4"), "--move", "orbit"]) == 130
    assert list(tmp_path.iterdir()) == []


def test_every_layout_has_views():
    counts = {name: len(views_of(name, View(), 0.06)) for name in LAYOUTS}
    assert counts == dict(zip(LAYOUTS, (1, 2, 2, 2, quilt.COLUMNS * quilt.ROWS, 1), strict=True))
