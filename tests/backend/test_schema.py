"""result.json: all that is written keeps to the schema; other versions are upgraded or refused."""

import json
import typing
from pathlib import Path

import cv2
import jsonschema
import numpy as np
import pytest
from focal_depth.contract import schema
from focal_depth.contract.files import RESULT_JSON
from focal_depth.contract.limits import MAX_SIDE
from focal_depth.contract.qualities import ALIGNMENTS, QUALITIES
from focal_depth.contract.schema import NewerVersion, parse_description
from focal_depth.depth.units import to_metres
from focal_depth.io.result import Result
from focal_depth.io.result_folder import read_description
from focal_depth.registration.motion import Motion
from focal_depth.registration.polynomial import scales_and_shifts
from focal_depth.runtime.config import Config
from focal_depth.stack import FocalStack, Frame
from photographs import PROJECT, write_photograph

SCHEMA = json.loads((PROJECT / "docs" / "result.schema.json").read_text(encoding="utf-8"))
OLDER = PROJECT / "tests" / "fixtures" / "version_0_1"
PARTS = {
    "description": (SCHEMA, schema.Description),
    "camera": (SCHEMA["$defs"]["camera"], schema.Camera),
    "frame": (SCHEMA["$defs"]["frame"], schema.Frame),
    "depth": (SCHEMA["properties"]["depth"], schema.Depth),
}


def validate(description: object) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(description)


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("part", PARTS)
def test_it_has_the_fields_of_the_code(part):
    described, code = PARTS[part]
    assert set(described["properties"]) == set(typing.get_type_hints(code))
    assert set(described["required"]) == code.__required_keys__


def test_it_has_the_choices_of_the_code():
    assert SCHEMA["properties"]["format"]["const"] == schema.VERSION
    assert SCHEMA["properties"]["quality"]["enum"] == list(QUALITIES)
    assert SCHEMA["properties"]["alignment"]["properties"]["method"]["enum"] == list(ALIGNMENTS)
    assert SCHEMA["$defs"]["side"]["maximum"] == MAX_SIDE


def result_of(stack: FocalStack) -> Result:
    """Of arrays that somebody inferred."""
    count, (width, height) = len(stack.frames), stack.size
    values = np.linspace(0, 1, width * height, dtype=np.float32).reshape(height, width)
    motion = Motion(
        np.ones(count, np.float32),
        scales_and_shifts(np.tile([1, 0.01, 0], (count, 1))),
        np.full(count - 1, 0.9, np.float32),
        np.full(count - 1, 0.05, np.float32),
        "similarity",
    )
    picture = np.repeat(values[..., None], 3, axis=2)
    numbers, gains = np.ones((height, width), np.float16), np.ones((count, 3), np.float32)
    depth = to_metres(values, stack)
    return Result(stack, Config(), depth, values / 9, picture, numbers, motion, gains, "hand", {})


def frames(count: int) -> tuple[Frame, ...]:
    return tuple(Frame(Path(f"{n}.jpg"), 48, 32) for n in range(count))


STACKS = {
    "metric": FocalStack(
        tuple(
            Frame(Path(f"{n}.jpg"), 48, 32, distance, "EXIF", 0.05, 2.8, 0.036)
            for n, distance in enumerate((np.inf, 2.0, 0.5))
        ),
        "focus distance",
        np.float32([0, 0.5, 2]),
    ),
    "relative": FocalStack(frames(4), "file name", None, ("Depth is relative.",)),
    "relative, uneven": FocalStack(frames(6), "sharpness", None).without(np.bool_([0, 1, 0, 1, 0, 0])),
    "metric, uneven": FocalStack(frames(4), "focus distance", np.float32([0.5, 1, 1.5, 4.5])),
}
POSITIONS = {
    "metric": [0, 0.25, 1],
    "relative": [0, 1 / 3, 2 / 3, 1],
    "relative, uneven": [0, 0.4, 0.8, 1],
    "metric, uneven": [0, 0.125, 0.25, 1],
}


@pytest.mark.parametrize("kind", STACKS)
def test_what_is_written_is_valid_and_read_again(tmp_path, kind):
    stack = STACKS[kind]
    if kind == "metric, uneven":
        with_distances = [
            Frame(frame.path, 48, 32, float(1 / dioptres), "typed")
            for frame, dioptres in zip(stack.frames, stack.dioptres, strict=True)
        ]
        stack = FocalStack(tuple(with_distances), stack.order_source, stack.dioptres)
    result_of(stack).write(tmp_path / "r")
    written = json.loads((tmp_path / "r" / RESULT_JSON).read_text(encoding="utf-8"))
    validate(written)
    read = read_description(tmp_path / "r")
    assert read == written
    positions = [frame["normalised_focus"] for frame in read["frames"]]
    assert positions == pytest.approx(POSITIONS[kind])
    dioptres = np.array([frame["dioptres"] for frame in read["frames"]])
    assert (dioptres - dioptres[0]) / (dioptres[-1] - dioptres[0]) == pytest.approx(positions)
    if stack.dioptres is None:
        assert dioptres[[0, -1]] == pytest.approx([0.25, 1])


@pytest.fixture(scope="module")
def estimated(tmp_path_factory, command) -> dict:
    """What the command wrote of a stack without distances, one of whose five frames does not belong."""
    folder = tmp_path_factory.mktemp("stack")
    texture = cv2.resize(np.random.default_rng(6).random((60, 80, 3), np.float32), (160, 120))
    for number in range(5):
        picture = cv2.GaussianBlur(0.2 + 0.6 * texture, (0, 0), 0.5 + abs(number - 2.2))
        write_photograph(folder / f"{number}.png", np.uint8(255 * picture * (number != 1)))
    arguments = ("--output", folder / "r", "--save-aligned", "--order", "far-to-near")
    done = command("estimate", folder, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "r" / RESULT_JSON).read_text(encoding="utf-8"))


def test_what_the_command_writes_is_valid(estimated):
    validate(estimated)
    assert "fingerprint" in estimated and estimated["versions"]["focal_depth"]
    assert all("aligned" in frame for frame in estimated["frames"])


def test_frames_left_out_of_a_relative_stack_leave_its_focus_uneven(estimated):
    assert [frame["name"] for frame in estimated["frames"]] == ["0.png", "2.png", "3.png", "4.png"]
    # As blur tells; evenly spaced they would lie at 1/3 and 2/3.
    positions = [frame["normalised_focus"] for frame in estimated["frames"]]
    assert positions == pytest.approx([0, 0.5, 0.75, 1], abs=0.08)
    dioptres = np.array([frame["dioptres"] for frame in estimated["frames"]])
    assert (dioptres - dioptres[0]) / (dioptres[-1] - dioptres[0]) == pytest.approx(positions)


@pytest.mark.parametrize("name", ["result_01", "result_relative_01"])
def test_version_1_becomes_this_version(name):
    text = (OLDER / name / RESULT_JSON).read_text(encoding="utf-8")
    assert json.loads(text)["format"] == 1
    with pytest.raises(jsonschema.ValidationError):
        validate(json.loads(text))
    validate(parse_description(text))


def test_a_newer_version_is_refused(estimated):
    newer = json.dumps(estimated | {"format": schema.VERSION + 1})
    with pytest.raises(NewerVersion):
        parse_description(newer)


@pytest.mark.parametrize("field", ["normalised_focus", "dioptres"])
@pytest.mark.parametrize("value", ["absent", None, "0.5", -0.1, float("nan"), True])
def test_focus_that_is_none_is_refused(estimated, field, value):
    """Readers rely on it and work nothing out again."""
    bad = json.loads(json.dumps(estimated))
    if value == "absent":
        del bad["frames"][1][field]
    else:
        bad["frames"][1][field] = value
    with pytest.raises(ValueError, match="not the description"):
        parse_description(json.dumps(bad))


def test_a_stack_without_a_range_of_focus_is_refused(estimated):
    """Whoever spaces frames between the ends would divide by zero."""
    bad = json.loads(json.dumps(estimated))
    bad["frames"][-1]["dioptres"] = bad["frames"][0]["dioptres"]
    with pytest.raises(ValueError, match="not the description"):
        parse_description(json.dumps(bad))
