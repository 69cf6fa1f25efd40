"""Focus distance, focal length and sensor width of a dozen makers' files: as exiftool tells them, or none."""

import io
import math
import struct

import pyexiv2
import pytest
from focal_depth.io.header import Header
from focal_depth.stack.metadata import Metadata, parse_tags, read_metadata
from photographs import heic, quadrants, write_photograph
from PIL import Image, ImageCms

MAKE, MODEL, NOTE = "Exif.Image.Make", "Exif.Image.Model", "Exif.Photo.MakerNote"
SUBJECT, APPROXIMATE = "Exif.Photo.SubjectDistance", "Xmp.aux.ApproximateFocusDistance"
FILE_FAR, FILE_NEAR = "Exif.CanonFi.FocusDistanceUpper", "Exif.CanonFi.FocusDistanceLower"
SHOT_FAR, SHOT_NEAR = "Exif.CanonSi.SubjectDistance", "Exif.CanonSi.0x0014"
SENSOR, ASPECT = "Exif.Canon.SensorInfo", "Exif.Canon.AspectInfo"


def lens(focal_length: str, equivalent: int | None = None, counted=None, zoom: str | None = None):
    """EXIF's tags of a lens, and of the pixels that the camera counted."""
    tags = {"Exif.Photo.FocalLength": focal_length, "Exif.Photo.FocalLengthIn35mmFilm": equivalent}
    tags |= {f"Exif.Photo.Pixel{a}Dimension": n for a, n in zip("XY", counted or (None, None), strict=True)}
    tags["Exif.Photo.DigitalZoomRatio"] = zoom
    return {name: value for name, value in tags.items() if value is not None}


def focal_plane(across: str, down: str | None = None, unit: int = 2):
    tags = {"Exif.Photo.FocalPlaneXResolution": across, "Exif.Photo.FocalPlaneResolutionUnit": unit}
    return tags | ({"Exif.Photo.FocalPlaneYResolution": down} if down else {})


def sensor_info(left: int, top: int, right: int, bottom: int, length: int = 34) -> str:
    return f"{length} {right + 17} {bottom + 25} 1 1 {left} {top} {right} {bottom} 0 0 0 0 0 0 0 0"


def apple_note() -> str:
    rationals = struct.pack(">4i", 2, 1, 2, 3)  # 2 m and 0.667 m: 0.5 and 1.5 dioptres
    entry = struct.pack(">HHII", 0x000C, 10, 2, 14 + 2 + 12 + 4)
    note = b"Apple iOS\0\0\1MM" + struct.pack(">H", 1) + entry + bytes(4) + rationals
    return " ".join(map(str, note))


def metadata_of(path, size, tags, orientation=1) -> Metadata:
    """What is read from a file with these tags; the size is the upright picture's."""
    exif = {name: value for name, value in tags.items() if name.startswith("Exif.")}
    xmp = {name: value for name, value in tags.items() if name.startswith("Xmp.")}
    data = write_photograph(path, exif=exif, xmp=xmp).read_bytes()
    return read_metadata(data, Header(*size, bits_per_channel=8, orientation=orientation))


R5 = {MAKE: "Canon", MODEL: "Canon EOS R5"}
R5_PLANE = focal_plane("8192000/1419", "5464000/946")
R5_SENSOR = {SENSOR: sensor_info(144, 94, 8335, 5557)}
MARK_IV = {MAKE: "Canon", MODEL: "Canon EOS 5D Mark IV"}
NIKON_LENS = "Exif.NikonLd{}.".format
MAKERS = {  # tags, size of the picture, metres of focus, millimetres of the lens and of the sensor's width
    "Canon EOS R5": (
        R5 | R5_PLANE | R5_SENSOR | lens("100/1", counted=(8192, 5464)) | {FILE_FAR: 300, FILE_NEAR: 150},
        (8192, 5464),
        (2.0, 100, 36.04),
    ),
    "Canon EOS 5D Mark IV": (
        MARK_IV | focal_plane("6720000/1300", "4480000/866") | lens("50/1", counted=(6720, 4480)),
        (6720, 4480),
        (None, 50, 36.0),
    ),
    "Canon PowerShot A610": (
        {MAKE: "Canon", MODEL: "Canon PowerShot A610", SHOT_FAR: 45, SHOT_NEAR: 0, SUBJECT: "45/100"}
        | focal_plane("2592000/285", "1944000/213")
        | lens("7300/1000", counted=(2592, 1944), zoom="2592/2592"),
        (2592, 1944),
        (0.45, 7.3, 7.239),
    ),
    "Nikon D3100": (
        {
            MAKE: "NIKON CORPORATION",
            NIKON_LENS(3) + "Version": "48 50 48 52",
            NIKON_LENS(3) + "FocusDistance": 80,
        }
        | lens("500/10", 75),
        (4608, 3072),
        (1.0, 50, 24.0),
    ),
    "Nikon Z 7": (
        {
            MAKE: "NIKON CORPORATION",
            NIKON_LENS(4) + "Version": "48 56 48 48",
            NIKON_LENS(4) + "LensID": 11,
            NIKON_LENS(4) + "FocusDistance2": 92 * 256,
        }
        | lens("105/1", 105),
        (8256, 5504),
        (2.0, 105, 36.0),
    ),
    "Olympus E-M1": (
        {MAKE: "OLYMPUS CORPORATION", "Exif.OlympusFi.FocusDistance": "380/1"} | lens("60/1", 120),
        (4608, 3456),
        (0.38, 60, 17.31),
    ),
    "Panasonic DMC-G7": ({MAKE: "Panasonic"} | lens("450/10", 90), (4592, 3448), (None, 45, 17.31)),
    "Sony ILCE-7M3": (
        {MAKE: "SONY", MODEL: "ILCE-7M3", "Exif.Sony2Fp.FocusPosition2": 112} | lens("900/10", 90),
        (6000, 4000),
        (None, 90, 36.0),
    ),
    "Pentax K-1": (
        {MAKE: "RICOH IMAGING COMPANY, LTD.", MODEL: "PENTAX K-1", "Exif.Pentax.0x0010": 60}
        | lens("100/1", 100),
        (7360, 4912),
        (None, 100, 36.0),
    ),
    "Fujifilm X-T2": (
        {MAKE: "FUJIFILM", "Exif.Fujifilm.FocusMode": 1}
        | lens("800/10", 120, counted=(6000, 4000))
        | focal_plane("2564/1", "2564/1", 3),
        (6000, 4000),
        (None, 80, 24.0),
    ),
    "Casio QV-3000EX": (
        {MAKE: "CASIO", "Exif.Casio.ObjectDistance": 1500} | lens("700/100"),
        (2048, 1536),
        (1.5, 7, None),
    ),
    "Casio EX-Z1000": (
        {MAKE: "CASIO COMPUTER CO.,LTD.", "Exif.Casio2.ObjectDistance": 270} | lens("780/100", 38),
        (3648, 2736),
        (0.27, 7.8, 7.105),
    ),
    "Minolta DiMAGE A1": (
        {
            MAKE: "Minolta Co., Ltd.",
            "Exif.MinoltaCsNew.FocalLength": 1843,
            "Exif.MinoltaCsNew.FocusDistance": 500,
        }
        | lens("720/100", 28),
        (2560, 1920),
        (0.5, 7.2, 8.9),
    ),
    "Apple iPhone 13 at 2x": (
        {MAKE: "Apple", NOTE: apple_note()} | lens("51/10", 52, counted=(4032, 3024), zoom="2/1"),
        (4032, 3024),
        (1.0, 5.1, 3.395),
    ),
    "Google Pixel 6 at 2x": (
        {MAKE: "Google", MODEL: "Pixel 6", SUBJECT: "311/1000"}
        | lens("6810/1000", 24, counted=(4080, 3072), zoom="2/1"),
        (4080, 3072),
        (0.311, 6.81, 4.904),
    ),
    "Samsung Galaxy S24 FE": (
        {MAKE: "samsung", MODEL: "SM-S721B"} | lens("540/100", 24, counted=(4000, 3000), zoom="100/100"),
        (4000, 3000),
        (None, 5.4, 7.788),
    ),
}


@pytest.mark.parametrize(("tags", "size", "expected"), MAKERS.values(), ids=MAKERS)
def test_makers(tmp_path, tags, size, expected):
    metadata = metadata_of(tmp_path / "p.jpg", size, tags)
    distance, *millimetres = expected
    assert metadata.focus_distance == (distance if distance is None else pytest.approx(distance))
    assert metadata.distance_source == ("unknown" if distance is None else metadata.distance_source)
    for found, expected_one in zip((metadata.focal_length, metadata.sensor_width), millimetres, strict=True):
        assert found == (None if expected_one is None else pytest.approx(expected_one / 1000, rel=1e-3))


R6_CROPPED = {MAKE: "Canon", MODEL: "Canon EOS R6", SENSOR: sensor_info(1172, 800, 4579, 3071)}
APS_H = {MAKE: "Canon", MODEL: "Canon EOS-1D Mark IV"}
COMPACT = {MAKE: "Canon", MODEL: "Canon PowerShot S90"}
SMALL, HALF = lens("100/1", counted=(2400, 1600)), lens("100/1", counted=(4096, 2732))
CANON_WIDTHS = {  # tags, size of the picture, millimetres
    "saved small by the camera": (R5 | R5_PLANE | R5_SENSOR | SMALL, (2400, 1600), 36.04),
    "shrunk by a program": (
        R5 | R5_PLANE | R5_SENSOR | lens("1/1", counted=(8192, 5464)),
        (1200, 800),
        36.04,
    ),
    "on end": (R5 | R5_PLANE | R5_SENSOR | SMALL, (1600, 2400), 24.03),
    "crop of 1.6": (R6_CROPPED | focal_plane("5472000/1415", "3648000/943"), (3408, 2272), 22.38),
    "set to 1:1": (R5 | R5_PLANE | R5_SENSOR | {ASPECT: "1 5464 5464 1364 0"}, (5464, 5464), 24.04),
    "set to 16:9": (R5 | R5_PLANE | R5_SENSOR | {ASPECT: "7 8192 4608 0 428"}, (8192, 4608), 36.04),
    "cropped to 1:1 by a program": (
        R5 | R5_PLANE | R5_SENSOR | {ASPECT: "0 8192 5464 0 0"},
        (1500, 1500),
        None,
    ),
    "cropped, no aspect": (R5 | R5_PLANE | R5_SENSOR, (1500, 1500), None),
    "sensor's tag of another length": (
        R5 | R5_PLANE | {SENSOR: sensor_info(144, 94, 8335, 5557, 36)},
        (2400, 1600),
        None,
    ),
    "sensor's borders turned round": (
        R5 | R5_PLANE | {SENSOR: sensor_info(8335, 94, 144, 5557)},
        (2400, 1600),
        None,
    ),
    "sensor's borders beyond the sensor": (
        R5 | R5_PLANE | SMALL | {SENSOR: "34 4000 5586 1 1 144 94 8335 5557 0 0 0 0 0 0 0 0"},
        (2400, 1600),
        None,
    ),
    "fraction reduced, picture halved": (
        R5 | R5_SENSOR | HALF | focal_plane("4096000/709"),
        (4096, 2732),
        None,
    ),
    "no sensor's tag, whole": (R5 | R5_PLANE, (8192, 5464), 36.04),
    "a program's fraction, whole": (R5 | focal_plane("57730796/10000"), (8192, 5464), 36.0),
    "a program's fraction, shrunk": (R5 | focal_plane("57730796/10000"), (5088, 3392), None),
    "no crop mode, shrunk": (
        R5 | {MODEL: "Canon EOS 60D"} | focal_plane("57730796/10000"),
        (1500, 1000),
        22.3,
    ),
    "no crop mode, another aspect": (R5 | {MODEL: "Canon EOS 60D"}, (1500, 1200), None),
    "wrong resolution, 4:3": (MARK_IV | focal_plane("6720000/1300"), (5952, 4480), None),
    "wrong resolution, set to 4:3": (MARK_IV | {ASPECT: "2 5952 4480 384 0"}, (5952, 4480), 31.89),
    "reduced to half an inch": (
        APS_H | focal_plane("2448000/549") | lens("1/1", counted=(2448, 1632)),
        (2448, 1632),
        None,
    ),
    "a compact's saved small": (COMPACT | focal_plane("3648000/292", "2736000/219"), (1600, 1200), 7.417),
    "a compact's, maybe reduced": (COMPACT | focal_plane("3648000/293", "2736000/219"), (1600, 1200), None),
    "a compact's with unlike sides": (
        COMPACT | focal_plane("3648000/292", "2736000/300"),
        (1600, 1200),
        None,
    ),
    "a compact's cropped": (COMPACT | focal_plane("3648000/292", "2736000/219"), (1600, 900), None),
    "a compact's with nothing down": (COMPACT | focal_plane("3648000/292"), (1600, 1200), None),
    "a compact's with digital zoom": (
        COMPACT | focal_plane("3648000/292", "2736000/219") | lens("6/1", zoom="3648/1824"),
        (3648, 2736),
        None,
    ),
    "a compact's of fewer pixels than there are": (
        COMPACT | focal_plane("1824000/146", "1368000/109"),
        (3648, 2736),
        None,
    ),
    "a compact's of no whole pixels": (COMPACT | focal_plane("3648500/292"), (3648, 2736), None),
    "a compact's of too few pixels": (COMPACT | focal_plane("400000/292"), (400, 300), None),
    "another unit": (COMPACT | focal_plane("3648000/292", "2736000/219", 3), (3648, 2736), None),
    "no tags": (R5, (8192, 5464), None),
}


@pytest.mark.parametrize(("tags", "size", "millimetres"), CANON_WIDTHS.values(), ids=CANON_WIDTHS)
def test_sensor_width_of_canon(tmp_path, tags, size, millimetres):
    width = metadata_of(tmp_path / "p.jpg", size, tags).sensor_width
    assert width == (None if millimetres is None else pytest.approx(millimetres / 1000, rel=1e-3))


PIXEL = {MAKE: "Google"} | lens("6810/1000", 24, counted=(4080, 3072))
PLANE = focal_plane("400/1", unit=4) | lens("5/1", counted=(4000, 3000))  # 10 mm across
SHARES = {  # tags, size of the picture, millimetres
    "as taken": (PIXEL, (4080, 3072), 9.808),
    "shrunk": (PIXEL, (2000, 1506), 9.808),
    "made larger": (PIXEL, (8160, 6144), 9.808),
    "turned": (PIXEL, (3072, 4080), 7.385),
    "narrower": (PIXEL, (2304, 3072), None),  # or turned and shrunk
    "lower than on end": (PIXEL | lens("6810/1000", 24, counted=(3072, 4080)), (3072, 2304), None),
    "square": (PIXEL, (3072, 3072), 7.385),
    "narrower, still wide": (PIXEL, (3672, 3072), 8.827),
    "lower": (PIXEL, (4080, 2296), 9.808),
    "both": (PIXEL, (2000, 1000), None),
    "more to the side": (PIXEL, (9000, 3072), None),
    "16:9 of a raw of 3:2": (lens("50/1", 50, counted=(6000, 3376)), (6000, 4000), 36.0),
    "zoomed by another maker": (
        PIXEL | {MAKE: "Somebody", "Exif.Photo.DigitalZoomRatio": "2/1"},
        (4080, 3072),
        9.808,
    ),
    "zoom of 0, none": (PIXEL | {"Exif.Photo.DigitalZoomRatio": "0/1"}, (4080, 3072), 9.808),
    "zoomed and shrunk": (PIXEL | {"Exif.Photo.DigitalZoomRatio": "2/1"}, (2040, 1536), 4.904),
    "focal plane, shrunk": (PLANE, (2000, 1500), 10.0),
    "focal plane, narrower": (PLANE, (3200, 3000), 8.0),
    "focal plane, both": (PLANE, (3000, 1500), None),
    "focal plane, zoomed": (PLANE | {"Exif.Photo.DigitalZoomRatio": "2/1"}, (4000, 3000), None),
}


@pytest.mark.parametrize(("tags", "size", "millimetres"), SHARES.values(), ids=SHARES)
def test_sensor_width_that_a_part_of_a_picture_shows(tmp_path, tags, size, millimetres):
    width = metadata_of(tmp_path / "p.jpg", size, tags).sensor_width
    assert width == (None if millimetres is None else pytest.approx(millimetres / 1000, rel=2e-3))


def exif_bytes(path, tags) -> bytes:
    with Image.open(write_photograph(path, exif=tags)) as image:
        return image.info["exif"]


PADDED = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + bytes(4)


@pytest.mark.parametrize("profile", [None, PADDED], ids=["no profile", "padded profile"])
def test_heic(tmp_path, profile):
    exif = exif_bytes(tmp_path / "p.jpg", {SUBJECT: "15/10"} | lens("540/100", 24))
    assert exif.startswith(b"Exif\0\0")
    data = heic(quadrants(), exif, profile)
    if profile:
        with pytest.raises(RuntimeError):  # else this test shows nothing
            pyexiv2.ImageData(data)
    metadata = read_metadata(data, Header(48, 32, bits_per_channel=8, orientation=1))
    assert (metadata.focus_distance, metadata.distance_source) == (1.5, "EXIF")
    assert metadata.focal_length == pytest.approx(0.0054)


def test_heic_that_exiv2_refuses_without_exif_or_cut_short(tmp_path):
    header = Header(48, 32, bits_per_channel=8, orientation=1)
    exif = exif_bytes(tmp_path / "p.jpg", {SUBJECT: "15/10"})
    assert read_metadata(heic(quadrants(), None, PADDED), header) == Metadata()
    assert read_metadata(heic(quadrants(), exif, PADDED)[:200], header) == Metadata()


DISTANCES = {  # tags, metres, source
    "exiftool's infinity": ({SUBJECT: "1/0"}, math.inf, "EXIF"),
    "Adobe's": ({APPROXIMATE: "1/0"}, math.inf, "XMP"),
    "nothing over nothing": ({SUBJECT: "0/0"}, None, "unknown"),
    "zero": ({SUBJECT: "0/10"}, None, "unknown"),
    "Canon's millimetres": ({MAKE: "Canon", SHOT_FAR: 450, SUBJECT: "45/100"}, 0.45, "EXIF"),
    "Olympus' thousandfold": (
        {MAKE: "OLYMPUS", "Exif.OlympusFi.FocusDistance": "500000/1", SUBJECT: "50/100"},
        0.5,
        "EXIF",
    ),
    "Olympus' tenfold": (
        {MAKE: "OLYMPUS", "Exif.OlympusFi.FocusDistance": "5100/1", SUBJECT: "50/100"},
        0.5,
        "EXIF",
    ),
    "Olympus' fivefold": (
        {MAKE: "OLYMPUS", "Exif.OlympusFi.FocusDistance": "2500/1", SUBJECT: "50/100"},
        2.5,
        "maker note",
    ),
    "Canon's without a far end": ({MAKE: "Canon", FILE_FAR: 0, FILE_NEAR: 224}, None, "unknown"),
    "Canon's file before shot": ({MAKE: "Canon", FILE_FAR: 200, SHOT_FAR: 500}, 2.0, "maker note"),
    "Casio's infinity": (
        {MAKE: "CASIO COMPUTER", "Exif.Casio2.ObjectDistance": 0x20000000},
        math.inf,
        "maker note",
    ),
    "Casio's unknown": ({MAKE: "CASIO COMPUTER", "Exif.Casio2.ObjectDistance": 0}, None, "unknown"),
    "Casio's beside EXIF's": (
        {MAKE: "CASIO COMPUTER", "Exif.Casio2.ObjectDistance": 1500, SUBJECT: "2/1"},
        2.0,
        "EXIF",
    ),
    "Nikon Z with an adapter": (
        {MAKE: "NIKON", NIKON_LENS(4) + "Version": "48 56 48 48", NIKON_LENS(4) + "FocusDistance2": 23552},
        None,
        "unknown",
    ),
}


@pytest.mark.parametrize(("tags", "metres", "source"), DISTANCES.values(), ids=DISTANCES)
def test_distances(tmp_path, tags, metres, source):
    metadata = metadata_of(tmp_path / "p.jpg", (48, 32), tags)
    assert (metadata.focus_distance, metadata.distance_source) == (metres, source)
    assert metadata.implausible == ()
    assert metadata.has_zero_distance == (tags.get(SUBJECT) == "0/10")


@pytest.mark.parametrize(("millimetres", "metres"), [(0, math.inf), (1200, 1.2)])
@pytest.mark.parametrize("group", ["Exif.MinoltaCsNew.", "Exif.MinoltaCsOld."])
def test_minolta_is_believed_where_its_focal_length_is_exifs(tmp_path, group, millimetres, metres):
    tags = {MAKE: "Minolta Co., Ltd.", f"{group}FocusDistance": millimetres, f"{group}FocalLength": 1843}
    whole = metadata_of(tmp_path / "p.jpg", (48, 32), tags | lens("72/10"))
    assert whole.focus_distance == metres
    assert metadata_of(tmp_path / "p.jpg", (48, 32), tags | lens("14/1")).focus_distance is None
    assert metadata_of(tmp_path / "p.jpg", (48, 32), tags).focus_distance is None


CANON_NOTE = {
    FILE_FAR: 300,
    FILE_NEAR: 150,
    SHOT_FAR: 300,
    SHOT_NEAR: 150,
    SENSOR: sensor_info(144, 94, 8335, 5557),
}


def moved(path, tags, by: int) -> bytes:
    """A file with tags that Pillow saved again, with a new one, so that the maker note lies elsewhere."""
    with Image.open(write_photograph(path, exif=tags)) as image:
        exif, saved = image.getexif(), io.BytesIO()
        exif[0x0131] = "x" * by
        image.save(saved, "JPEG", exif=exif)
    return saved.getvalue()


@pytest.mark.parametrize("by", [24, 38, 42, 66, 102])
def test_canon_note_that_a_program_moved(tmp_path, by):
    """Exiv2 reads other bytes at the old place: at these moves they make a distance."""
    tags = R5 | R5_PLANE | CANON_NOTE | SMALL | {"Exif.Photo.LensModel": "RF100mm F2.8 L MACRO IS USM"}
    tags |= {MODEL: "Canon EOS R5 C"}  # no camera of the table
    data = moved(tmp_path / "p.jpg", tags, by)
    read = pyexiv2.ImageData(data).read_exif()
    assert any(read[name] != "0" for name in (FILE_FAR, SHOT_FAR))
    metadata = read_metadata(data, Header(2400, 1600, bits_per_channel=8, orientation=1))
    assert (metadata.focus_distance, metadata.sensor_width) == (None, None)
    assert metadata.focal_length == pytest.approx(0.1)


@pytest.mark.parametrize("length", ["0", "40", "46", "22", None])
def test_canon_arrays_begin_with_their_length(length):
    """Twenty-two 16-bit numbers have 44 bytes; the number of the file fills two of them."""
    numbers = {f"Exif.CanonFi.0x{place:04x}": "0" for place in range(3, 20)}
    tags = {MAKE: "Canon", "Exif.CanonFi.FileNumber": "7", FILE_FAR: "300", FILE_NEAR: "150"} | numbers
    header = Header(48, 32, bits_per_channel=8, orientation=1)
    assert parse_tags(tags | {"Exif.CanonFi.0x0000": "44"}, {}, header).focus_distance == 2.0
    tags |= {"Exif.CanonFi.0x0000": length} if length else {}
    assert parse_tags(tags, {}, header).focus_distance is None


def test_sony_positions_order_a_bracket_and_are_no_distance(tmp_path):
    def read(position: int, model: str = "ILCE-7M3") -> Metadata:
        tags = {MAKE: "SONY", MODEL: model, "Exif.Sony2Fp.FocusPosition2": position}
        return metadata_of(tmp_path / "p.jpg", (48, 32), tags)

    orders = [read(position).focus_order for position in (80, 96, 254, 255)]
    assert orders[0] == 2 * orders[1] > orders[2] > orders[3] == 0
    assert read(80).focus_distance is None
    assert read(0).focus_order is None
    assert read(80, "DSC-RX100M3").focus_order is None
    assert metadata_of(tmp_path / "p.jpg", (48, 32), {MAKE: "SONY"}).focus_order is None
