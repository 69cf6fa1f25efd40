"""The ground of a set: the plane that faces upwards, lines that are vertical, the camera's tilt sensor."""

import struct

import cv2
import numpy as np
import pytest
from focal_depth.geometry.directions import Upright, angle_deg, tilt_deg, to_direction
from focal_depth.geometry.ground import LINES, SENSOR, SURFACE, find_ground
from focal_depth.geometry.pinhole import Pinhole
from focal_depth.geometry.verticals import find_vertical
from focal_depth.io.header import Header
from focal_depth.stack.metadata import parse_tags
from focal_depth.stack.tilt import read_up

WIDTH, HEIGHT = 320, 240
CAMERA = Pinhole(260, 260, WIDTH / 2, HEIGHT / 2)
RAYS = CAMERA.rays(np.arange(WIDTH)[None] + 0.5, np.arange(HEIGHT)[:, None] + 0.5)
AT_ONE_METRE = 3.0  # degrees of parallax
TILTED = to_direction(25, 0)  # of a camera that looks down by 25 degrees


def parallax_of(*planes) -> np.ndarray:
    """Of the nearest of planes (normal, distance), with the noise of a depth map."""
    nearest = np.max([-RAYS @ normal / distance for normal, distance in planes], axis=0)
    noise = np.random.default_rng(1).normal(0, 0.02, (HEIGHT // 8, WIDTH // 8)).astype(np.float32)
    return np.float32(np.maximum(nearest, 1e-3) * AT_ONE_METRE + cv2.resize(noise, (WIDTH, HEIGHT)))


def ground_of(parallax, confidence=None, **options):
    confidence = np.ones_like(parallax) if confidence is None else confidence
    return find_ground(parallax, confidence, RAYS, AT_ONE_METRE, **options)


def towards_camera(tilt: float) -> np.ndarray:
    """The normal of an upright wall that faces a camera tilted down so far."""
    return to_direction(tilt - 90, 0) * -1


def with_box(parallax: np.ndarray) -> np.ndarray:
    """A thing with a flat front that leans back, over most of the picture, as a backpack on a table."""
    lean = to_direction(75, 0)
    front = -RAYS @ lean / 0.45 * AT_ONE_METRE
    covered = np.zeros((HEIGHT, WIDTH), bool)
    covered[20:190, 70:250] = True
    return np.where(covered, np.maximum(front, parallax), parallax).astype(np.float32)


def test_a_small_table_before_a_wall_is_the_ground():
    scene = parallax_of((TILTED, 0.5), (-towards_camera(25), 1.2))
    scene = with_box(scene)
    ground = ground_of(scene)
    assert angle_deg(ground.normal, TILTED) < 2
    assert ground.source == SURFACE and ground.certainty > 0.5
    assert ground.distance == pytest.approx(0.5, rel=0.03)


@pytest.mark.parametrize("tilt", [5, 15, 40, 55])
def test_a_floor_that_fills_the_picture(tilt):
    up = to_direction(tilt, 4)
    assert angle_deg(ground_of(parallax_of((up, 0.4))).normal, up) < 1


def test_a_wall_alone_is_unsure():
    assert ground_of(parallax_of((np.array([0, 0, 1.0]), 2.0))) is None


def test_noise_alone_is_unsure():
    assert ground_of(np.random.default_rng(3).uniform(1, 4, (HEIGHT, WIDTH)).astype(np.float32)) is None


def test_without_a_plane_the_sensor_tells_and_the_scene_stands_on_it():
    up = to_direction(10, 2)
    wall = parallax_of((towards_camera(0), 2.0))
    ground = ground_of(wall, references=[(SENSOR, Upright(up, 1.5))])
    assert ground.source == SENSOR
    assert angle_deg(ground.normal, up) < 0.1
    points = RAYS * (AT_ONE_METRE / wall)[..., None]
    assert 0.005 < np.mean(points @ ground.normal + ground.distance < 0) < 0.04


def test_a_plane_that_the_sensor_contradicts_is_not_the_ground():
    scene = parallax_of((to_direction(40, 0), 0.5))  # a ramp, or a chair's back
    level = to_direction(0, 0)
    ground = ground_of(scene, references=[(SENSOR, Upright(level, 1.5))])
    assert ground.source == SENSOR and angle_deg(ground.normal, level) < 0.1


def test_relative_depth_keeps_its_own_floor():
    scene = parallax_of((to_direction(40, 0), 0.5))
    ground = ground_of(scene, references=[(LINES, Upright(to_direction(20, 0), 2))], is_metric=False)
    assert ground.source == SURFACE and angle_deg(ground.normal, to_direction(40, 0)) < 1


def picture_of_columns(up: np.ndarray) -> np.ndarray:
    """Upright posts between two planes, as a camera sees them."""
    camera = Pinhole(800, 800, 500, 375)
    picture = np.full((750, 1000, 3), 200, np.uint8)
    ahead = np.array([0, 0, -1.0])
    ahead = ahead - ahead @ up * up
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, up)
    for x in np.linspace(-1.2, 1.2, 9):
        corners = []
        for side, height in ((-0.05, -0.5), (0.05, -0.5), (0.05, 0.6), (-0.05, 0.6)):
            point = 2 * ahead + (x + side) * right + height * up
            corners.append(
                (camera.cx - camera.fx * point[0] / point[2], camera.cy + camera.fy * point[1] / point[2])
            )
        cv2.fillPoly(picture, [np.int32(np.round(corners))], (40, 60, 90), cv2.LINE_AA)
    return picture


@pytest.mark.parametrize(("tilt", "roll"), [(0, 0), (20, 3), (-5, -4), (35, 0)])
def test_upright_lines_tell_the_vertical(tilt, roll):
    up = to_direction(tilt, roll)
    lines = find_vertical(picture_of_columns(up), Pinhole(800, 800, 500, 375))
    assert angle_deg(lines.up, up) < 1.5


def test_a_picture_without_lines_tells_nothing():
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)
    assert find_vertical(cv2.GaussianBlur(noise, None, 5), Pinhole(300, 300, 200, 150)) is None


def apple(x: float, y: float, z: float, orientation: int, lens: str = "back camera") -> dict[str, str]:
    thousandths = [word for each in (x, y, z) for word in (round(each * 1000), 1000)]
    entry = struct.pack(">HHII", 0x0008, 10, 3, 14 + 2 + 12 + 4)
    note = b"Apple iOS\0\0\1MM" + struct.pack(">H", 1) + entry + bytes(4) + struct.pack(">6i", *thousandths)
    return {
        "Exif.Photo.MakerNote": " ".join(map(str, note)),
        "Exif.Image.Orientation": str(orientation),
        "Exif.Photo.LensModel": f"iPhone 15 Pro {lens} 6.765mm f/1.78",
    }


@pytest.mark.parametrize(
    ("tags", "tilt", "roll"),
    [
        (apple(0, -1, 0, 6), 0, 0),  # upright in the hand
        (apple(-1, 0, 0, 1), 0, 0),  # on its side, home button on the right
        (apple(1, 0, 0, 3), 0, 0),  # on its other side
        (apple(0, -0.866, -0.5, 6), 30, 0),  # the screen faces upwards: it looks down
        (apple(-0.94, 0, -0.342, 1), 20, 0),
        ({"Exif.Photo.CameraElevationAngle": "-15/1"}, 15, 0),
        ({"Exif.Panasonic.RollAngle": "20", "Exif.Panasonic.PitchAngle": "65486"}, -5, 2),
        ({"Exif.OlympusCs.0x0903": "-30 1", "Exif.OlympusCs.0x0904": "-100 1"}, 10, 3),
    ],
)
def test_tilt_sensors(tags, tilt, roll):
    found = tilt_deg(np.array(read_up(tags)))
    assert found == pytest.approx((tilt, roll), abs=0.3)


@pytest.mark.parametrize(
    "tags",
    [
        {},
        apple(0, -1.4, 0, 6),  # shaken
        apple(0, -1, 0, 6, "front TrueDepth camera"),
        apple(0, -1, 0, 5),  # mirrored
        apple(0, -1, 0, 1),  # turned by a program, which left the note as it was
        {"Exif.Panasonic.RollAngle": "900", "Exif.Panasonic.PitchAngle": "0"},
        {"Exif.OlympusCs.0x0903": "0 0", "Exif.OlympusCs.0x0904": "0 0"},  # its level gauge was off
        {"Exif.Photo.CameraElevationAngle": "-89/1"},
        {"Exif.Photo.CameraElevationAngle": "1/0"},
        {"Exif.Photo.CameraElevationAngle": "5/1", "Exif.Image.Orientation": "6"},
        {"Exif.Image.Orientation": "inf"},
    ],
)
def test_what_tells_no_tilt(tags):
    assert read_up(tags) is None


def test_the_tilt_is_among_the_metadata():
    header = Header(4032, 3024, bits_per_channel=8, orientation=1)
    assert parse_tags(apple(-1, 0, 0, 1), {}, header).up == pytest.approx((0, 1, 0))
