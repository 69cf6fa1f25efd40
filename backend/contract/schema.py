"""result.json: its versions, its fields, and the checks of whoever reads one.

Version 2 (0.2.0) gives every frame its `normalised_focus` and, in stacks without distances too, the
`dioptres` that its result's depth is counted in, so that no reader works them out again. Networks go by
their names. A description of version 1 (0.1.0) is read as one of version 2.
"""

import json
from pathlib import PurePath
from typing import Any, NotRequired, TypedDict

from .files import ALIGNED
from .focus import even_positions, normalise, relative_dioptres
from .limits import MAX_SIDE
from .qualities import FORMER_PREDICTOR_NAMES

VERSION = 2
INFINITY = "inf"  # as JSON has it
CONFIDENCE_UNIT = 0.1  # of the focus range: the expected error of depth at which confidence is 1/e
MAX_DISTANCE = 1e30  # metres; what is farther is INFINITY
MAX_NUMBER = 1e9  # of any other kind: far from where products leave a float's range


class Camera(TypedDict):
    """The pinhole camera of the reference frame: lengths in millimetres, fx to cy in its pixels."""

    focal_length_mm: float
    sensor_width_mm: float
    sensor_height_mm: float
    fx: float
    fy: float
    cx: float
    cy: float
    f_number: float | None
    assumed: list[str]  # what neither metadata nor a person gave
    up: NotRequired[list[float]]  # in the camera's space, as Blender has it, by the camera's tilt sensor


class Frame(TypedDict):
    """A frame of the stack, far to near."""

    file: str
    name: str
    width: int
    height: int
    focus_distance_m: float | str | None
    source: str  # of the focus distance
    normalised_focus: float  # 0 at the farthest frame, 1 at the nearest
    dioptres: float  # 1/m, or relative where the stack is not metric
    relative_fov: float | None
    focal_length_mm: float | None
    f_number: float | None
    sensor_width_mm: float | None
    scale: NotRequired[float]  # the motion that registration found after the field of view
    shift_x: NotRequired[float]  # pixels of the full size
    shift_y: NotRequired[float]
    gain: NotRequired[list[float]]  # of red, green and blue
    aligned: NotRequired[str]  # path in the result folder
    reading: NotRequired[dict[str, Any]]  # what the stack tells of how the file is read; `io.reading`


class Depth(TypedDict):
    """The range of depth, from the first to the last hundredth of the pixels."""

    near: float
    far: float | str
    unit: str  # "metres" or "relative"


class Description(TypedDict):
    """A result.json of this version."""

    format: int
    metric: bool
    order_source: str
    order_certainty: NotRequired[float]  # probability, 0.5 to 1, that the first frame is the far end
    camera: Camera
    frames: list[Frame]
    alignment: dict[str, Any]
    lens_profile: NotRequired[dict[str, Any]]
    quality: str
    network: str
    engine: str
    warnings: list[str]
    timings: dict[str, float]
    versions: dict[str, str]
    fingerprint: NotRequired[
        str
    ]  # of all that made it; written by the command, which then need not run again
    retouch: NotRequired[str]  # digest of the layers that were applied; not there where nothing was painted
    size: list[int]  # width and height in pixels
    depth: Depth
    confidence_unit: NotRequired[float]  # normalised dioptres of expected error at which confidence is 1/e


class NewerVersion(ValueError):
    """A description that a newer Focal Depth wrote."""


def parse_description(text: str) -> Description:
    """Read the text of a result.json of any version, and check what readers rely on.

    Raises
    ------
    NewerVersion
        Where a newer version wrote it.
    ValueError
        Where it is damaged, or no description of a result.
    """
    try:
        description = json.loads(text)
        if description["format"] > VERSION:
            raise NewerVersion("written by a newer version")
        _check(description)
        return _upgraded(description)
    except (ArithmeticError, AttributeError, KeyError, RecursionError, TypeError) as error:
        raise ValueError("not the description of a result") from error


def _upgraded(description: dict[str, Any]) -> Description:
    if description["format"] < VERSION:
        frames = description["frames"]
        dioptres, positions = _focus_of_version_1(description)
        for frame, value, position in zip(frames, dioptres, positions, strict=True):
            frame |= {"dioptres": value, "normalised_focus": position}
        network = str(description.get("network"))
        description |= {"format": VERSION, "network": FORMER_PREDICTOR_NAMES.get(network, network)}
    else:
        for frame in description["frames"]:
            _require(_is_position(frame["normalised_focus"]) and _is_focus(frame["dioptres"]))
    _require(description["frames"][0]["dioptres"] < description["frames"][-1]["dioptres"])
    return description  # type: ignore[return-value]


def _focus_of_version_1(description: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Dioptres and normalised dioptres of the frames. Version 1 counted on even steps where it had none."""
    frames = description["frames"]
    if not description["metric"]:
        positions = even_positions(len(frames))
        return relative_dioptres(positions), positions
    dioptres = [frame.get("dioptres") for frame in frames]
    if not all(map(_is_focus, dioptres)):
        distances = [float(frame["focus_distance_m"]) for frame in frames]
        dioptres = [1.0 / distance for distance in distances]
    return dioptres, normalise(dioptres)


def _check(description: dict[str, Any]) -> None:
    """Raises whatever comes of a field that is missing or wrong: a folder may come from anywhere."""
    camera, frames, warnings = (description[key] for key in ("camera", "frames", "warnings"))
    near, far = (description["depth"][edge] for edge in ("near", "far"))
    width, height = description["size"]
    _require(isinstance(frames, list) and len(frames) > 1 and isinstance(warnings, list))
    _require(isinstance(description["metric"], bool))
    _require(_is_side(width) and _is_side(height))
    lengths = "fx", "fy", "sensor_width_mm", "sensor_height_mm", "focal_length_mm"
    _require(all(_is_number(camera[name]) for name in lengths))
    _require(all(_is_number(camera[name] + MAX_NUMBER) for name in ("cx", "cy")))
    _require(camera["f_number"] is None or _is_number(camera["f_number"]))
    _require(_is_direction(camera.get("up", [0, 1, 0])))
    _require(_is_number(description.get("confidence_unit", CONFIDENCE_UNIT)))
    _require(_is_number(near) and _is_distance(far) and near <= float(far))
    _require(all(_is_text(warning) for warning in warnings))
    for frame in frames:
        _check_frame(frame, description["metric"])
    _require(len({frame["file"] for frame in frames}) == len(frames))
    if description["metric"]:
        _require(float(frames[0]["focus_distance_m"]) > float(frames[-1]["focus_distance_m"]))


def _check_frame(frame: dict[str, Any], metric: bool) -> None:
    distance = frame["focus_distance_m"]
    _require(_is_text(frame["file"]) and _is_text(frame["source"]))
    _require(_is_distance(distance) or (distance is None and not metric))
    _require(all(_is_side(frame[name]) for name in ("width", "height") if name in frame))
    lens = (frame.get(name) for name in ("relative_fov", "focal_length_mm", "f_number", "sensor_width_mm"))
    _require(all(value is None or _is_number(value) for value in lens))
    _require(all(_is_text(note) for note in frame.get("notes", ())))
    _require(_is_reading(frame.get("reading", {})))
    if (aligned := frame.get("aligned")) is not None:
        _require(_is_text(aligned) and PurePath(aligned).parent == PurePath(ALIGNED))
        _require(PurePath(aligned).name != "..")


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("not the description of a result")


def _is_reading(value: object) -> bool:
    if not isinstance(value, dict) or not value.keys() <= {"orientation", "white", "is_whole"}:
        return False
    orientation, white = value.get("orientation", 1), value.get("white", 1)
    return (
        type(orientation) is int
        and 1 <= orientation <= 8
        and _is_number(white)
        and type(value.get("is_whole", False)) is bool
    )


def _is_side(value: object) -> bool:
    return type(value) is int and 0 < value <= MAX_SIDE


def _is_number(value: object) -> bool:
    """Above zero and so far from the ends of floats that products of two stay within."""
    return type(value) in (int, float) and 1 / MAX_NUMBER < value < 2 * MAX_NUMBER  # type: ignore[operator]


def _is_direction(value: object) -> bool:
    """Three numbers such as a vector of length 1 has."""
    if not isinstance(value, list) or len(value) != 3:
        return False
    return (
        all(type(each) in (int, float) and -1 <= each <= 1 for each in value) and max(map(abs, value)) > 0.5
    )


def _is_focus(value: object) -> bool:
    """In dioptres; 0 is infinity."""
    return type(value) in (int, float) and 0 <= value < MAX_NUMBER  # type: ignore[operator]


def _is_position(value: object) -> bool:
    """In normalised dioptres."""
    return type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator]


def _is_distance(value: object) -> bool:
    if type(value) not in (int, float):
        return value == INFINITY
    return 1 / MAX_NUMBER < value < MAX_DISTANCE  # type: ignore[operator]


def _is_text(value: object) -> bool:
    """Text that Blender keeps, which is UTF-8 without a zero; other text raises UnicodeEncodeError."""
    return isinstance(value, str) and b"\0" not in value.encode()
