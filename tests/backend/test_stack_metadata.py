"""Focus and lens from the tags that cameras and programs write."""

import csv
import math
import struct

import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.io.header import Header
from focal_depth.lens.camera import reference_camera
from focal_depth.registration.motion import relative_field_of_view
from focal_depth.stack import Overrides, describe, read_stack
from focal_depth.stack.maker_notes import read_maker_distance
from focal_depth.stack.metadata import Metadata, read_metadata
from photographs import NIKON_SCENES, shared_stack, write_photograph, write_stack

UPRIGHT = Header(width=48, height=32, bits_per_channel=8, orientation=1)


def metadata_of(path, header=UPRIGHT, **tags) -> Metadata:
    exif = {name: value for name, value in tags.items() if name.startswith("Exif.")}
    xmp = {name: value for name, value in tags.items() if name.startswith("Xmp.")}
    return read_metadata(write_photograph(path, exif=exif, xmp=xmp).read_bytes(), header)


@pytest.mark.parametrize("scene", NIKON_SCENES)
def test_nikon_distances_are_exiftools(scene):
    folder = shared_stack(scene)
    with (folder / "expected_focus.csv").open(newline="") as file:
        expected = {row["file"]: float(row["focus_distance_m"]) for row in csv.DictReader(file)}
    stack = read_stack([folder])
    read = {frame.path.name: frame.focus_distance for frame in stack.frames}
    assert read == pytest.approx(expected, rel=1e-4)
    assert {frame.distance_source for frame in stack.frames} == {"maker note"}
    assert stack.reference.f_number == 5
    assert stack.reference.focal_length == pytest.approx(0.05, abs=0.0021)
    assert stack.reference.sensor_width == pytest.approx(0.0231, rel=0.05)


CANON_FILE = "Exif.CanonFi.FocusDistance"
CANON = {"Exif.Image.Make": "Canon"}
NIKON = {"Exif.Image.Make": "NIKON CORPORATION"}
OLYMPUS = {"Exif.Image.Make": "OLYMPUS"}
SUBJECT, APPROXIMATE = "Exif.Photo.SubjectDistance", "Xmp.aux.ApproximateFocusDistance"


@pytest.mark.parametrize(
    ("tags", "metres", "source"),
    [
        ({SUBJECT: "15/10"}, 1.5, "EXIF"),
        ({SUBJECT: "-1/1"}, math.inf, "EXIF"),  # as an unsigned number: 0xffffffff
        ({SUBJECT: "0/1"}, None, "unknown"),
        ({SUBJECT: "0/0"}, None, "unknown"),
        ({APPROXIMATE: "126/100"}, 1.26, "XMP"),
        ({APPROXIMATE: "4294967295/1"}, math.inf, "XMP"),
        ({SUBJECT: "2/1", APPROXIMATE: "3/1"}, 2.0, "EXIF"),
        (CANON | {CANON_FILE + "Upper": 300, CANON_FILE + "Lower": 150}, 2.0, "maker note"),
        (CANON | {CANON_FILE + "Upper": 65535, CANON_FILE + "Lower": 400}, 8.0, "maker note"),
        (CANON | {CANON_FILE + "Upper": 65535, CANON_FILE + "Lower": 65535}, math.inf, "maker note"),
        (CANON | {CANON_FILE + "Upper": 250, CANON_FILE + "Lower": 0}, 2.5, "maker note"),
        (CANON | {CANON_FILE + "Upper": 0, CANON_FILE + "Lower": 0}, None, "unknown"),
        (CANON | {"Exif.CanonSi.SubjectDistance": 300, "Exif.CanonSi.0x0014": 150}, 2.0, "maker note"),
        (CANON | {CANON_FILE + "Upper": 300, SUBJECT: "25/10"}, 2.5, "EXIF"),
        (
            NIKON | {"Exif.NikonLd2.Version": "48 50 48 49", "Exif.NikonLd2.FocusDistance": 80},
            1.0,
            "maker note",
        ),
        (
            NIKON | {"Exif.NikonLd2.Version": "48 50 48 49", "Exif.NikonLd2.FocusDistance": 0},
            None,
            "unknown",
        ),
        (OLYMPUS | {"Exif.OlympusFi.FocusDistance": "1500/1"}, 1.5, "maker note"),
        (OLYMPUS | {"Exif.OlympusFi.FocusDistance": "1500/10"}, 1.5, "maker note"),
        (OLYMPUS | {"Exif.OlympusFi.FocusDistance": "-1/1"}, math.inf, "maker note"),
    ],
)
def test_focus_distance_by_maker(tmp_path, tags, metres, source):
    metadata = metadata_of(tmp_path / "p.jpg", **tags)
    assert metadata.focus_distance == (metres if metres is None else pytest.approx(metres))
    assert metadata.distance_source == source
    assert metadata.implausible == ()


def test_nikon_z_has_256ths_of_a_semitone(tmp_path):
    metres, step = read_maker_distance({"Exif.NikonLd4.FocusDistance2": str(92 * 256)})
    assert (metres, step) == (pytest.approx(2.0), 0.0)
    assert read_maker_distance({"Exif.NikonLd4.FocusDistance2": "0"}) is None


def test_apple_has_two_ends_in_any_order(tmp_path):
    rationals = struct.pack(">4i", 2, 1, 2, 3)  # 2 m and 0.667 m: 0.5 and 1.5 dioptres
    entry = struct.pack(">HHII", 0x000C, 10, 2, 14 + 2 + 12 + 4)
    note = b"Apple iOS\0\0\1MM" + struct.pack(">H", 1) + entry + bytes(4) + rationals
    tags = {"Exif.Image.Make": "Apple", "Exif.Photo.MakerNote": " ".join(map(str, note))}
    metadata = metadata_of(tmp_path / "p.jpg", **tags)
    assert metadata.focus_distance == pytest.approx(1.0)
    assert metadata.distance_source == "maker note"


@pytest.mark.parametrize("distance", ["-5/1", "1/100000", "900000/1"])
def test_implausible_distances_are_ignored_with_a_warning(tmp_path, distance):
    metadata = metadata_of(tmp_path / "p.jpg", **{SUBJECT: distance})
    assert metadata.focus_distance is None
    assert "focus distance" in metadata.implausible[0]


def test_a_distance_inside_the_lens_is_ignored_with_a_warning(tmp_path):
    photographs = write_stack(tmp_path / "s", ["2/1", "1/1", "1/100"], FocalLength="50/1")
    stack = read_stack(photographs)
    assert [frame.distance_source for frame in stack.frames].count("interpolated") == 1
    assert any(text.startswith("IMG_3.jpg: focus distance (EXIF) 0.01") for text in stack.warnings)


def test_lens(tmp_path):
    metadata = metadata_of(
        tmp_path / "p.jpg",
        **{
            "Exif.Photo.FocalLength": "50/1",
            "Exif.Photo.FNumber": "28/10",
            "Exif.Photo.FocalLengthIn35mmFilm": "50",
        },
    )
    assert metadata.focal_length == pytest.approx(0.05)
    assert metadata.f_number == pytest.approx(2.8)
    assert metadata.sensor_width == pytest.approx(0.036, rel=1e-3)  # 3:2, as full frame is


@pytest.mark.parametrize(("orientation", "size"), [(1, (48, 32)), (6, (32, 48))])
def test_sensor_width_from_the_focal_plane(tmp_path, orientation, size):
    tags = {
        "Exif.Image.Orientation": orientation,
        "Exif.Photo.FocalPlaneXResolution": "2/1",  # pixels a millimetre
        "Exif.Photo.FocalPlaneResolutionUnit": 4,
    }
    header = Header(*size, bits_per_channel=8, orientation=orientation)
    assert metadata_of(tmp_path / "p.jpg", header, **tags).sensor_width == pytest.approx(size[0] / 2 / 1000)


def test_sensor_width_of_a_picture_that_an_editor_shrank(tmp_path):
    """It wrote the pixels anew that there are, and left the resolution and the pixels that there were."""
    tags = {
        "Exif.Photo.FocalPlaneXResolution": "4/1",  # pixels a millimetre, as taken
        "Exif.Photo.FocalPlaneResolutionUnit": 4,
        "Exif.Photo.PixelXDimension": 48,
        "Exif.Photo.PixelYDimension": 32,
        "Exif.Iop.RelatedImageWidth": 96,
    }
    header = Header(48, 32, bits_per_channel=8, orientation=1)
    assert metadata_of(tmp_path / "p.jpg", header, **tags).sensor_width == pytest.approx(0.024)


@pytest.mark.parametrize("stripped", [0, 1, 2])
def test_one_stripped_header_takes_nothing_from_the_stack(tmp_path, stripped):
    """Least of all that of the reference frame, from which field of view and camera are computed."""
    lens = {"FocalLength": "50/1", "FNumber": "28/10", "FocalLengthIn35mmFilm": "50"}
    paths = write_stack(tmp_path, ["3/1", "1/1", "1/2"], **lens)
    whole = read_stack(paths)
    write_photograph(paths[stripped], exif={"Exif.Photo.SubjectDistance": ("3/1", "1/1", "1/2")[stripped]})
    stack = read_stack(paths)
    assert stack.frames[stripped].focal_length is None
    assert (stack.focal_length, stack.f_number) == (0.05, 2.8)
    assert stack.sensor_width == whole.sensor_width
    assert reference_camera(stack) == reference_camera(whole) and not reference_camera(stack).assumed
    described = describe(stack)
    assert described["lens"] == describe(whole)["lens"]
    fields_of_view = [frame["relative_fov"] for frame in described["frames"]]
    assert fields_of_view == [frame["relative_fov"] for frame in describe(whole)["frames"]]
    np.testing.assert_array_equal(relative_field_of_view(stack), relative_field_of_view(whole))


def test_the_lens_of_the_stack_is_the_reference_frames_or_else_the_most_frequent(tmp_path):
    lengths = ("50/1", "50/1", "35/1", None)
    for number, (length, distance) in enumerate(zip(lengths, ("4/1", "3/1", "2/1", "1/1"), strict=True)):
        exif = {"Exif.Photo.SubjectDistance": distance} | (
            {"Exif.Photo.FocalLength": length} if length else {}
        )
        write_photograph(tmp_path / f"{number}.jpg", exif=exif)
    stack = read_stack([tmp_path])
    assert stack.focal_length == 0.05
    assert (
        stack.without(np.array([False, True, False, False])).focal_length == 0.035
    )  # once each: the nearest
    assert stack.without(np.array([False, False, False, True])).focal_length == 0.035  # the reference's own
    assert stack.f_number is None


def test_the_focal_length_of_other_frames_bounds_a_typed_distance(tmp_path):
    paths = write_stack(tmp_path, ["3/1", "1/1"], FocalLength="50/1")
    write_photograph(tmp_path / "IMG_3.jpg")
    with pytest.raises(InputError, match=r"IMG_3\.jpg has a focus distance of 0\.04 m, which is not beyond"):
        read_stack([*paths, tmp_path / "IMG_3.jpg"], Overrides(focus_distances={"IMG_3.jpg": 0.04}))


def test_paths_beyond_ascii_and_formats_without_metadata(tmp_path):
    import OpenEXR

    folder = tmp_path / "Fokus näher 近"
    photographs = write_stack(folder, ["2/1", "1/1"])
    assert read_stack(photographs).reference.focus_distance == 1.0
    path = tmp_path / "p.exr"
    OpenEXR.File({}, {"RGB": np.ones((4, 4, 3), np.float32)}).write(str(path))
    assert read_metadata(path.read_bytes(), UPRIGHT) == Metadata()
