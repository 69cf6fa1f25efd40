"""What people, cameras and programs write beside and into photographs, of every kind: read, or a sentence."""

import math
from pathlib import Path

import hypothesis.strategies as st
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.io.header import Header
from focal_depth.stack import maker_notes, metadata
from focal_depth.stack.sidecars import SidecarValues, read_sidecars
from hypothesis import HealthCheck, example, given, settings
from photographs import write_photograph

LONGER_THAN_A_CELL = b"1" * 200_000
NAMES = ("1.jpg", "2.jpg")
quickly = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.sampled_from(
        ["inf", "-inf", "nan", "1e400", "1e-400", "0", "-0", "1,5", "²", "٣", "1_0", "9" * 5000, ""]
    ),
)
CELLS = st.one_of(NUMBERS, st.text(max_size=20), st.sampled_from([*NAMES, '"', "file", "../1.jpg"]))
COLUMNS = ("file", "focus_distance_m", "focal_length_mm", "f_number", "sensor_width_mm")
ROWS = st.lists(st.lists(CELLS, max_size=7).map(",".join), max_size=5)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])
TABLES = st.builds(
    lambda head, rows, end: end.join([",".join(head), *rows]).encode("utf-8", "surrogatepass"),
    st.one_of(st.permutations(COLUMNS), st.lists(CELLS, max_size=6)),
    ROWS,
    LINE_ENDS,
)
LISTS = st.lists(NUMBERS, max_size=4).map(lambda words: "\n".join(words).encode())


@pytest.mark.parametrize("name", ["focus.csv", "focus_distance.txt", "focal_length.txt"])
@quickly
@given(content=st.one_of(TABLES, LISTS, st.binary(max_size=200)))
@example(content=b"file,focus_distance_m\n1.jpg," + LONGER_THAN_A_CELL)
@example(content=b'file,focus_distance_m\n"1.jpg,1\n2.jpg,2')
@example(content=b"file,file,focus_distance_m\n1.jpg,1,2\n2.jpg,1,2")
@example(content=b"\xff\xfe1\x002\x00")
@example(content=b"file,focus_distance_m\0\n1.jpg,1")
def test_sidecars(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    try:
        values = read_sidecars(tmp_path, NAMES, NAMES)
    except InputError as fault:
        assert str(tmp_path / name) in str(fault) and "\n" not in str(fault).strip()
        return
    assert values.keys() == set(NAMES)
    for each in values.values():
        check_values(each)


def check_values(values: SidecarValues) -> None:
    """A distance may be infinite, nothing else; nothing is zero or no number."""
    for value in (values.focus_distance, values.focal_length, values.f_number, values.sensor_width):
        assert value is None or value > 0
    for value in (values.focal_length, values.f_number, values.sensor_width):
        assert value is None or value < math.inf


TAGS = (
    *(
        f"Exif.Photo.{name}"
        for name in ("FocalLength", "FNumber", "SubjectDistance", "FocalLengthIn35mmFilm")
    ),
    *(f"Exif.Photo.{name}" for name in ("FocalPlaneXResolution", "FocalPlaneResolutionUnit", "ExposureTime")),
    *(
        f"Exif.Photo.{name}"
        for name in ("ISOSpeedRatings", "PixelXDimension", "PixelYDimension", "LensModel")
    ),
    *(f"Exif.NikonLd{version}.FocusDistance" for version in (2, 3, 4)),
    *("Exif.Image.Model", "Exif.NikonLd4.FocusDistance2", "Exif.OlympusFi.FocusDistance"),
    *("Exif.CanonFi.FocusDistanceUpper", "Exif.CanonFi.FocusDistanceLower", "Exif.Photo.MakerNote"),
    *("Exif.CanonSi.SubjectDistance", "Exif.CanonSi.0x0014", "Xmp.aux.ApproximateFocusDistance"),
)
RATIONALS = st.builds(lambda a, b: f"{a}/{b}", st.integers(-(2**31), 2**32), st.integers(-(2**31), 2**32))
APPLE = st.lists(st.one_of(st.integers(0, 300), st.text(max_size=3)), max_size=60).map(
    lambda rest: " ".join(map(str, (*maker_notes.APPLE_HEADER, *rest)))
)
VALUES = st.one_of(RATIONALS, NUMBERS, st.text(max_size=30), APPLE)


@settings(max_examples=3000, deadline=None)
@given(
    tags=st.dictionaries(st.sampled_from(TAGS), VALUES),
    size=st.tuples(st.integers(1, 99_999), st.integers(1, 99_999)),
    orientation=st.integers(1, 8),
)
@example(tags={"Exif.OlympusFi.FocusDistance": "²"}, size=(3, 2), orientation=1)
@example(tags={"Exif.NikonLd2.FocusDistance": "--5"}, size=(3, 2), orientation=1)
@example(tags={"Exif.NikonLd2.FocusDistance": "9" * 5000}, size=(3, 2), orientation=1)
@example(
    tags=dict.fromkeys(
        ("Exif.Photo.FNumber", "Exif.Photo.ExposureTime", "Exif.Photo.ISOSpeedRatings"), "1e200"
    ),
    size=(3, 2),
    orientation=1,
)
@example(tags={"Exif.Photo.FocalPlaneResolutionUnit": "inf"}, size=(3, 2), orientation=1)
@example(tags={"Exif.Image.Model": "A\x1b]0;gone\x07" + "b" * 10**6}, size=(3, 2), orientation=1)
def test_values_of_every_tag(tags, size, orientation):
    parsed = metadata.parse_tags(tags, tags, Header(*size, 8, orientation))
    for name, (least, most) in {
        "focal_length": metadata.PLAUSIBLE_FOCAL_LENGTH,
        "f_number": metadata.PLAUSIBLE_F_NUMBER,
        "sensor_width": metadata.PLAUSIBLE_SENSOR_WIDTH,
    }.items():
        value = getattr(parsed, name)
        assert value is None or least < value < most
    distance = parsed.focus_distance
    assert distance in (None, math.inf) or 0 < distance < metadata.PLAUSIBLE_DISTANCE[1]
    assert parsed.exposure is None or math.isfinite(parsed.exposure)
    for text in (parsed.camera, parsed.lens, *parsed.implausible):
        assert text is None or (text.isprintable() and len(text) <= 300)


WRITTEN_VALUES = st.one_of(NUMBERS, RATIONALS, st.text(st.characters(codec="latin-1"), max_size=30))
WRITTEN = [tag for tag in TAGS if tag.startswith("Exif.Photo.") and "MakerNote" not in tag]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tags=st.dictionaries(st.sampled_from(WRITTEN), WRITTEN_VALUES, max_size=4))
def test_values_that_exiv2_writes_and_reads(tmp_path: Path, tags):
    path = tmp_path / "p.jpg"
    try:
        write_photograph(path, exif={name: value.replace("\0", "") for name, value in tags.items()})
    except (RuntimeError, UnicodeError):
        return  # Exiv2 does not write that
    metadata.read_metadata(path.read_bytes(), Header(48, 32, 8, 1))
