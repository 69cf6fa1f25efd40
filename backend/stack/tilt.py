"""Which way is up in a photograph, by the camera's own tilt sensor: from EXIF and makers' tags.

Signs and units are exiftool's: Apple.pm, Panasonic.pm, Olympus.pm; EXIF 2.31, CameraElevationAngle.
"""

import math
from collections.abc import Mapping

from .maker_notes import read_apple_vector, read_number

Up = tuple[float, float, float]  # in the camera's space: x right, y up, looking down -z; of length 1
ACCELERATION = 0x0008  # Apple's
STILL = 0.85, 1.15  # of gravity: a phone that is moved measures more than where down is
OLYMPUS_ROLL, OLYMPUS_PITCH = "Exif.OlympusCs.0x0903", "Exif.OlympusCs.0x0904"
STEEPEST = 75.0  # degrees of elevation from which on roll means nothing
MOST_LYING = 0.5  # of a vector in the picture's plane: a camera that looks down may be held any way round
# EXIF orientation: the picture's right and up, of the stored picture's right and up.
TURNS: dict[float, tuple[tuple[int, int], tuple[int, int]]] = {
    1: ((1, 0), (0, 1)),
    3: ((-1, 0), (0, -1)),
    6: ((0, 1), (-1, 0)),
    8: ((0, -1), (1, 0)),
}


def read_up(tags: Mapping[str, str]) -> Up | None:
    """Return the direction upwards in the upright picture's camera, or None where no tag tells it.

    Parameters
    ----------
    tags
        Of the file's EXIF, by Exiv2's names.
    """
    turn = TURNS.get(read_number(tags, "Exif.Image.Orientation") or 1)
    if turn is None:
        return None
    up = _apple(tags)
    if up is not None:
        return _if_upright(_turn(up, *turn))
    angles = _panasonic(tags) or _olympus(tags) or _elevation(tags)
    if angles is None or turn != TURNS[1]:  # whether a roll counts from the turned camera is not written
        return None
    up = _from_angles(*angles)
    return None if up is None else _if_upright(up)


def _if_upright(up: Up) -> Up | None:
    """None where the picture lies on its side: a program turned it, and left the maker's note as it was."""
    x, y, _ = up
    return None if math.hypot(x, y) > MOST_LYING and y < abs(x) else up


def _apple(tags: Mapping[str, str]) -> Up | None:
    """In the stored picture, whose right is the phone's lower side and whose top is its right one.

    Apple's vector points down, in the axes of its Core Motion: right, up and out of the screen.
    """
    vector = read_apple_vector(tags, ACCELERATION)
    if vector is None or "front" in tags.get("Exif.Photo.LensModel", ""):
        return None
    x, y, z = vector
    gravity = math.hypot(x, y, z)
    if not STILL[0] < gravity < STILL[1]:
        return None
    return y / gravity, -x / gravity, -z / gravity


def _turn(up: Up, right: tuple[int, int], top: tuple[int, int]) -> Up:
    return right[0] * up[0] + right[1] * up[1], top[0] * up[0] + top[1] * up[1], up[2]


def _panasonic(tags: Mapping[str, str]) -> tuple[float, float] | None:
    """Elevation and clockwise roll in degrees: tenths, the pitch counted downwards."""
    roll, pitch = (_signed(tags, f"Exif.Panasonic.{name}") for name in ("RollAngle", "PitchAngle"))
    return None if roll is None or pitch is None else (-pitch / 10, roll / 10)


def _olympus(tags: Mapping[str, str]) -> tuple[float, float] | None:
    """Elevation and clockwise roll in degrees: tenths, and whether the level gauge was on."""
    words = [tags.get(name, "").split() for name in (OLYMPUS_PITCH, OLYMPUS_ROLL)]
    if not all(len(each) == 2 and each[1] == "1" for each in words):
        return None
    pitch, roll = (read_number({"": each[0]}, "") for each in words)
    return None if pitch is None or roll is None else (pitch / 10, -roll / 10)


def _elevation(tags: Mapping[str, str]) -> tuple[float, float] | None:
    elevation = read_number(tags, "Exif.Photo.CameraElevationAngle")
    return None if elevation is None else (elevation, 0.0)


def _signed(tags: Mapping[str, str], name: str) -> float | None:
    """A number of 16 bits, which Exiv2 may show without its sign."""
    number = read_number(tags, name)
    return number - 65536 if number is not None and number > 32767 else number


def _from_angles(elevation_deg: float, roll_deg: float) -> Up | None:
    if not abs(elevation_deg) < STEEPEST or not abs(roll_deg) <= 180:
        return None
    tilt, roll = math.radians(elevation_deg), math.radians(roll_deg)
    return -math.sin(roll) * math.cos(tilt), math.cos(roll) * math.cos(tilt), -math.sin(tilt)
