"""Clips: codecs and colours as a player shows them, the frame of each number, one sentence on faults."""

import json
import struct
from pathlib import Path

import av
import cv2
import numpy as np
import PyOpenColorIO
import pytest
from clips import BT601, BT2020, HLG, PQ, UNKNOWN, write_clip
from focal_depth.batch.find import find_stacks
from focal_depth.contract.errors import InputError
from focal_depth.io.clip_file import ORIENTATIONS, decode_clip, read_clip_header
from focal_depth.io.clip_frames import plan_reading
from focal_depth.io.photographs import read_pixels, read_thumbnail
from focal_depth.pipeline import estimate
from focal_depth.stack import FocalStack, Overrides, read_stack
from focal_depth.stack.clip_metadata import read_clip_metadata
from photographs import PROJECT

SAMPLE = PROJECT / "sample"
TO_BT2020 = np.linalg.inv(
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
)
TO_XYZ = np.array(
    [[0.412391, 0.357584, 0.180481], [0.212639, 0.715169, 0.072192], [0.019331, 0.119195, 0.950532]]
)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """(240, 320, 3) uint8, smooth enough for colour at half size."""
    photograph = cv2.imread(str(SAMPLE / "07.jpg"))[..., ::-1]
    return cv2.GaussianBlur(cv2.resize(photograph, (320, 240), interpolation=cv2.INTER_AREA), (0, 0), 1.5)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> Path:
    """The sample's eight photographs, each three frames long."""
    frames = [cv2.imread(str(path))[..., ::-1] for path in sorted(SAMPLE.glob("*.jpg"))]
    small = [cv2.resize(frame, (480, 320), interpolation=cv2.INTER_AREA) for frame in frames]
    path = tmp_path_factory.mktemp("clip") / "pull.mp4"
    return write_clip(path, [frame for frame in small for _ in range(3)], crf="16")


def frame_of(clip: Path, number: int) -> Path:
    return clip.with_name(f"{clip.name}#{number}")


def unlike(read: np.ndarray, picture: np.ndarray) -> float:
    """Mean difference in 255ths."""
    most = np.iinfo(read.dtype).max, np.iinfo(picture.dtype).max
    return 255 * float(np.abs(read / most[0] - picture / most[1]).mean())


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "options"),
    [
        ("a.mp4", "libx264", "yuv420p", {"crf": "4"}),
        ("a.m4v", "libx264", "yuv420p", {"crf": "4", "colours": BT601}),
        ("a.mp4", "libx264", "yuvj420p", {"crf": "4", "full_range": True}),
        ("a.mov", "libx264", "yuv422p10le", {"crf": "4"}),
        ("a.mp4", "libx265", "yuv420p", {"crf": "4"}),
        ("a.mkv", "libx265", "yuv420p10le", {"crf": "4", "colours": BT601}),
        ("a.mov", "prores_ks", "yuv422p10le", {}),
        ("a.avi", "mjpeg", "yuvj422p", {"qmin": "1", "qmax": "1", "colours": BT601, "full_range": True}),
    ],
)
def test_codecs_ranges_and_matrices_give_the_picture(tmp_path, picture, name, codec, pixels, options):
    clip = write_clip(tmp_path / name, [picture] * 3, codec, pixels, **options)
    header = read_clip_header(clip)
    assert (header.width, header.height, len(header.times)) == (320, 240, 3)
    read = read_pixels(frame_of(clip, 2))
    assert read.dtype == (np.uint16 if "10" in pixels else np.uint8)
    assert unlike(read, picture) < 1.5


def test_a_clip_that_names_no_matrix_has_that_of_its_size(tmp_path, picture):
    tall = cv2.resize(picture, (960, 720), interpolation=cv2.INTER_CUBIC)
    clip = write_clip(tmp_path / "a.mp4", [tall] * 2, colours=UNKNOWN, crf="4")  # written by BT.709
    assert unlike(read_pixels(frame_of(clip, 1)), tall) < 1.0
    named = write_clip(tmp_path / "b.mp4", [picture] * 2, colours=BT601, crf="4")
    unnamed = write_clip(tmp_path / "c.mp4", [picture] * 2, colours=UNKNOWN, crf="4")
    assert unlike(read_pixels(frame_of(named, 1)), picture) < 1.0
    assert unlike(read_pixels(frame_of(unnamed, 1)), picture) > 2.0  # by BT.709


def test_ten_bits_are_kept(tmp_path):
    ramp = np.linspace(20000, 30000, 1024).astype(np.uint16)
    rows = np.tile(ramp[:, None], (64, 1, 3))
    clip = write_clip(tmp_path / "a.mkv", [rows] * 3, "libx265", "yuv444p10le", crf="0")
    read = read_pixels(frame_of(clip, 1))
    assert len(np.unique(read[32, :, 1])) > 120  # 8 bits have 40
    assert np.abs(read[32, :, 1].astype(int) - ramp).max() < 200


@pytest.mark.parametrize("colours", [BT2020, PQ, HLG], ids=["BT.2020", "PQ", "HLG"])
def test_wide_gamuts_and_high_dynamic_range_look_as_a_still(tmp_path, picture, colours):
    """Against the picture itself, of which OpenColorIO makes the signal; white is 203 cd/m2 (BT.2408)."""
    if colours == BT2020:
        signal = _encoded(_linear(picture / 255) @ TO_BT2020.T)
    else:
        signal = _signal(203 * _linear(picture / 255), colours)
    codes = np.rint(65535 * np.clip(signal, 0, 1)).astype(np.uint16)
    clip = write_clip(tmp_path / "a.mp4", [codes] * 3, "libx265", "yuv420p10le", colours, crf="8")
    read = read_pixels(frame_of(clip, 1))
    assert read.dtype == np.uint16
    assert unlike(read, picture) < 2.0


@pytest.mark.parametrize("colours", [PQ, HLG], ids=["PQ", "HLG"])
def test_highlights_are_compressed_and_not_cut(tmp_path, colours):
    nits = np.geomspace(20, 1000, 256)
    grey = _signal(np.repeat(nits[:, None], 3, 1), colours)
    codes = np.tile(np.rint(65535 * grey).astype(np.uint16), (64, 1, 1))
    clip = write_clip(tmp_path / "a.mp4", [codes] * 3, "libx265", "yuv420p10le", colours, crf="4")
    row = read_pixels(frame_of(clip, 1))[32, :, 1] / 65535
    assert (np.diff(row[::16]) > 0).all()
    assert row[-1] == pytest.approx(1.0, abs=0.01)
    white = np.abs(nits - 203).argmin()
    assert 0.95 < row[white] < 0.99


@pytest.mark.parametrize(("rotation", "turns", "orientation"), [(90, 1, 8), (180, 2, 3), (270, 3, 6)])
def test_a_clip_is_turned_as_players_turn_it(tmp_path, picture, rotation, turns, orientation):
    clip = write_clip(tmp_path / "a.mp4", [picture] * 2, rotation=rotation, crf="4")
    header, read = read_clip_header(clip), read_pixels(frame_of(clip, 1))
    assert header.orientation == orientation
    assert read.shape == (header.height, header.width, 3)
    assert unlike(read, np.rot90(picture, turns)) < 1.0


def test_every_display_matrix_has_an_orientation():
    assert sorted(ORIENTATIONS.values()) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_pixels_that_are_not_square_become_so(tmp_path, picture):
    clip = write_clip(tmp_path / "a.mp4", [picture] * 2, pixel_aspect="4/3", crf="4")
    wide = cv2.resize(picture, (427, 240), interpolation=cv2.INTER_CUBIC)
    read = read_pixels(frame_of(clip, 1))
    assert read.shape == wide.shape
    assert unlike(read, wide) < 1.0


def numbered(count: int) -> list[np.ndarray]:
    """Frames that say their number by their grey."""
    return [np.full((64, 96, 3), 20 + 6 * number, np.uint8) for number in range(1, count + 1)]


def numbers(frames: list[np.ndarray]) -> list[int]:
    return [round((frame.mean() - 20) / 6) for frame in frames]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
@pytest.mark.parametrize("codec", ["libx264", "mjpeg"])
def test_a_number_is_that_of_the_frame_shown_whatever_was_read_before(tmp_path, name, codec):
    options = {"g": "12", "bf": "2"} if codec == "libx264" else {"full_range": True}
    pixels = "yuv420p" if codec == "libx264" else "yuvj420p"
    clip = write_clip(tmp_path / name, numbered(30), codec, pixels, **options)
    wanted = [27, 3, 30, 14, 1]
    assert numbers([read_pixels(frame_of(clip, number)) for number in wanted]) == wanted  # one by one
    plan_reading([frame_of(clip, number) for number in wanted])
    assert numbers([read_pixels(frame_of(clip, number)) for number in wanted]) == wanted  # decoded together


def test_frames_that_last_unlike_long_keep_their_times(tmp_path):
    times = [0, 1, 2, 7, 8, 20, 21, 22]
    clip = write_clip(tmp_path / "a.mp4", numbered(8), times=times, bf="2")
    assert read_clip_header(clip).times == pytest.approx(np.array(times) / 30, abs=1e-3)
    assert numbers([read_pixels(frame_of(clip, 6))]) == [6]


def test_frames_before_the_first_key_frame_are_passed_over(tmp_path):
    whole = write_clip(tmp_path / "whole.mkv", numbered(24), g="8", bf="0")
    with av.open(str(whole)) as source, av.open(str(tmp_path / "cut.mkv"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if number >= 3 and packet.size:
                packet.stream = stream
                target.mux(packet)
    clip = tmp_path / "cut.mkv"
    count = len(read_clip_header(clip).times)
    shown = [numbers([read_pixels(frame_of(clip, number))])[0] for number, _ in decode_clip(clip, 1, count)]
    assert shown == list(range(9, 25))


def test_a_part_that_an_edit_list_hides_is_not_there(tmp_path):
    whole = write_clip(tmp_path / "whole.mp4", numbered(24), g="24", bf="0")
    with av.open(str(whole)) as source, av.open(str(tmp_path / "cut.mp4"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.pts -= round(10 / 30 / packet.time_base)
                packet.dts -= round(10 / 30 / packet.time_base)
                packet.stream = stream
                target.mux(packet)
    clip = tmp_path / "cut.mp4"
    assert len(read_clip_header(clip).times) == 14
    assert numbers([read_pixels(frame_of(clip, 1))]) == [11]


def test_what_phones_write_of_their_lens_is_read(tmp_path, picture):
    apple = "com.apple.quicktime."
    tags = {
        f"{apple}model": "iPhone 15 Pro",
        f"{apple}camera.lens_model": "iPhone 15 Pro back camera 6.86mm f/1.78",
        f"{apple}camera.focal_length.35mm_equivalent": "24",
    }
    metadata = read_clip_metadata(write_clip(tmp_path / "a.mov", [picture] * 2, tags=tags))
    assert (metadata.camera, metadata.f_number) == ("iPhone 15 Pro", 1.78)
    assert metadata.focal_length == pytest.approx(0.00686)
    diagonal = 0.0432666 * 6.86 / 24
    assert metadata.sensor_width == pytest.approx(diagonal * 0.8, rel=1e-3)
    damaged = {f"{apple}camera.lens_model": "camera 1e9mm f/0", f"{apple}model": "a\x1b[2Jb"}
    metadata = read_clip_metadata(write_clip(tmp_path / "b.mov", [picture] * 2, tags=damaged))
    assert (metadata.camera, metadata.focal_length, metadata.f_number) == ("a[2Jb", None, None)


def atom(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


def with_track_tags(data: bytes, tags: dict[str, tuple[int, bytes]], version: bytes) -> bytes:
    """A clip whose table is at its end, with tags in its track as iPhones write them."""
    keys = b"".join(atom(b"mdta", name.encode()) for name in tags)
    items = [
        atom(struct.pack(">I", number), atom(b"data", struct.pack(">II", kind, 0) + value))
        for number, (kind, value) in enumerate(tags.values(), 1)
    ]
    named = atom(b"keys", struct.pack(">II", 0, len(tags)) + keys)
    meta = atom(b"meta", version + named + atom(b"ilst", b"".join(items)))
    moov, trak = data.rindex(b"moov") - 4, data.rindex(b"trak") - 4
    end = trak + int.from_bytes(data[trak : trak + 4], "big")
    grown = bytearray(data[:end] + meta + data[end:])
    for place in (moov, trak):
        grown[place : place + 4] = struct.pack(
            ">I", len(meta) + int.from_bytes(data[place : place + 4], "big")
        )
    return bytes(grown)


@pytest.mark.parametrize("version", [b"", bytes(4)], ids=["QuickTime", "ISO"])
def test_what_phones_write_into_a_track_is_read(tmp_path, picture, version):
    apple = "com.apple.quicktime.camera."
    clip = write_clip(tmp_path / "a.mov", [picture] * 2)
    tags = {
        f"{apple}lens_model": (1, b"iPhone 13 back camera 5.1mm f/1.6"),
        f"{apple}focal_length.35mm_equivalent": (21, struct.pack(">i", 26)),
    }
    clip.write_bytes(with_track_tags(clip.read_bytes(), tags, version))
    metadata = read_clip_metadata(clip)
    assert metadata.focal_length == pytest.approx(0.0051)
    assert metadata.f_number == 1.6
    assert metadata.sensor_width == pytest.approx(0.0432666 * 5.1 / 26 * 0.8, rel=1e-3)
    assert len(read_clip_header(clip).times) == 2


def test_tags_in_any_encoding_are_no_fault(tmp_path, picture):
    clip = write_clip(tmp_path / "a.avi", [picture] * 3, "mjpeg", "yuvj420p", full_range=True)
    clip.write_bytes(clip.read_bytes().replace(b"Lavf", b"Caf\xe9"))
    assert len(read_clip_header(clip).times) == 3


def test_damaged_bytes_are_one_sentence_or_no_matter(tmp_path, sweep):
    """Wherever they are; no error but ours comes out."""
    data, random = sweep.read_bytes(), np.random.default_rng(0)
    clip = tmp_path / "clip.mp4"
    read = 0
    for _ in range(40):
        damaged = bytearray(data)
        for place in random.integers(0, len(data), 8):
            damaged[place] = random.integers(256)
        clip.write_bytes(damaged[: random.integers(len(data) // 2, len(data) + 1)])
        try:
            read += len(read_clip_header(clip).times) > 0
        except InputError as error:
            assert str(error).startswith(str(clip)) and "\n" not in str(error)
    assert read < 40


def test_batch_takes_clips_where_there_are_no_photographs(tmp_path, sweep, picture):
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / "clips").mkdir(exist_ok=True)
        (tmp_path / "clips" / name).write_bytes(sweep.read_bytes())
    (tmp_path / "phone").mkdir()
    for name in ("1.jpg", "2.jpg"):
        cv2.imwrite(str(tmp_path / "phone" / name), picture)
    (tmp_path / "phone" / "1.mov").write_bytes(sweep.read_bytes())  # what a phone keeps beside a photograph
    stacks = find_stacks([tmp_path], tmp_path / "results")
    assert [[path.name for path in stack.photographs] for stack in stacks] == [
        ["a.mp4"],
        ["b.mp4"],
        ["1.jpg", "2.jpg"],
    ]
    assert len({stack.name for stack in stacks}) == 3
    assert stacks[0].size == (480, 320)


def test_a_clip_is_a_stack_and_each_still_is_taken_once(sweep):
    stack = read_stack(sweep)
    assert [frame.path.name for frame in stack.frames] == sorted(
        (frame.path.name for frame in stack.frames), key=lambda name: int(name.split("#")[1])
    )
    stills = [(int(frame.path.name.split("#")[1]) - 1) // 3 for frame in stack.frames]
    assert stills == list(range(8))
    assert any("8 frames of pull.mp4 were taken" in warning for warning in stack.warnings)
    assert read_stack(sweep.parent).frames == stack.frames  # the only clip in a folder


def test_two_typed_distances_make_it_metric(sweep):
    names = [frame.path.name for frame in read_stack(sweep).frames]
    stack = read_stack(sweep, Overrides(focus_distances={names[0]: 5.0, names[-1]: 0.5}))
    assert stack.is_metric
    assert stack.frames[0].focus_distance == 5.0 and stack.frames[-1].focus_distance == 0.5


def test_the_seconds_and_the_number_of_frames_can_be_typed(command, sweep, tmp_path):
    thumbnails = tmp_path / "thumbnails"
    done = command(
        "inspect", sweep, "--frames", 4, "--from", 0.2, "--to", 0.65, "--messages", "--thumbnails", thumbnails
    )
    assert done.returncode == 0, done.stderr
    *lines, result = map(json.loads, done.stdout.splitlines())
    stack = result["stack"]
    looked_at = [line["done"] / line["of"] for line in lines if line.get("stage") == "choose"]
    assert looked_at == sorted(looked_at) and len(looked_at) > 10 and looked_at[-1] == 1
    taken = stack["clip"]["taken_s"]
    assert len(taken) == 4 == len(stack["frames"])
    assert taken[0] >= 0.2 and taken[-1] <= 0.65
    assert stack["clip"]["duration_s"] == pytest.approx(23 / 30, abs=1e-3)
    seconds, focus = np.array(stack["clip"]["curve"]).T
    assert (np.diff(seconds) > 0).all() and focus.min() == 0 and focus.max() == 1
    written = {path.name for path in thumbnails.iterdir()}
    assert written == {f"{frame['name'].split('#')[1]}.png" for frame in stack["frames"]}
    assert cv2.imread(str(thumbnails / min(written))).shape == (171, 256, 3)


def test_depth_from_a_clip_is_as_good_as_from_its_stills(tmp_path):
    """By the sample's truth, at a quality that a camera writes, with all distances known."""
    frames = json.loads((SAMPLE / "truth.json").read_text())["frames"]
    metres = [frame["focus_distance_m"] for frame in frames]
    stills = sorted(SAMPLE.glob("*.jpg"))
    film = [cv2.imread(str(path))[..., ::-1] for path in stills for _ in range(3)]
    clip = write_clip(tmp_path / "pull.mp4", film, crf="14")  # 0.22 bits a pixel: half of 4K at 100 Mbit/s
    taken = [frame.path.name for frame in read_stack(clip).frames]
    shown = [metres[(int(name.split("#")[1]) - 1) // 3] for name in taken]
    from_stills = _error(read_stack(SAMPLE, _typed([path.name for path in stills], metres)))
    from_clip = _error(read_stack(clip, _typed(taken, shown)))
    assert from_clip < 1.15 * from_stills


def _typed(names: list[str], metres: list[float]) -> Overrides:
    distances = dict(zip(names, metres, strict=True))
    return Overrides(distances, focal_length=0.05, f_number=2.8, sensor_width=0.036)


def _error(stack: FocalStack) -> float:
    """Mean absolute error in dioptres over the range of focus."""
    truth = 1 / np.load(SAMPLE / "depth.npz")["depth"]
    truth = cv2.resize(truth, stack.size, interpolation=cv2.INTER_AREA)
    far, near = stack.dioptres[[0, -1]]
    inside = (truth > far) & (truth < near)
    return float(np.abs(estimate(stack).normalised - (truth - far) / (near - far))[inside].mean())


@pytest.mark.parametrize(
    ("options", "remedy"),
    [(("--frames", 1), "at least 2"), (("--from", -1), "from 0 on"), (("--from", 99), "seconds within it")],
)
def test_what_cannot_be_taken_is_said(command, sweep, options, remedy):
    done = command("inspect", sweep, *options)
    assert done.returncode == 2
    assert remedy in done.stderr and "Traceback" not in done.stderr


def test_what_is_typed_for_a_clip_leaves_photographs_as_they_are():
    stack = read_stack(SAMPLE, Overrides(frame_count=3))
    assert len(stack.frames) == 8
    assert any("are for clips" in warning for warning in stack.warnings)


def write_sound(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    "fault", ["garbage", "cut", "sound", "one frame", "rest", "missing", "two", "playlist"]
)
def test_a_clip_that_is_no_stack_is_one_sentence(command, tmp_path, sweep, picture, fault):
    clip = tmp_path / "clip.mp4"
    words = "damaged or cut short"
    if fault == "garbage":
        clip.write_bytes(bytes(range(256)) * 64)
    elif fault == "cut":  # the table of frames is at the end
        clip.write_bytes(sweep.read_bytes()[: sweep.stat().st_size // 2])
    elif fault == "sound":
        write_sound(clip)
        words = "holds no pictures"
    elif fault == "one frame":
        write_clip(clip, [picture])
        words = "only one frame"
    elif fault == "rest":
        noise = np.random.default_rng(0)
        noisy = [picture + noise.normal(0, 3, picture.shape) for _ in range(30)]
        write_clip(clip, [np.clip(each, 0, 255).astype(np.uint8) for each in noisy])
        words = "focus does not move"
    elif fault == "missing":
        words = "does not exist"
    elif fault == "two":
        clip.write_bytes(sweep.read_bytes())
        words = "one clip alone"
    elif fault == "playlist":  # which would have other files opened
        clip.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{sweep}\n#EXT-X-ENDLIST\n")
    done = command("inspect", clip, *([sweep] if fault == "two" else []))
    assert done.returncode == 2
    assert words in done.stderr and "Traceback" not in done.stderr
    assert [line for line in done.stderr.splitlines() if line != "choose"] == done.stderr.splitlines()[-1:]


def test_a_clip_cut_short_gives_what_is_whole(tmp_path, sweep):
    """Containers that keep their table at the front, or none, can be read up to where they end."""
    with av.open(str(sweep)) as source, av.open(str(tmp_path / "whole.mkv"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    cut = tmp_path / "cut.mkv"
    data = (tmp_path / "whole.mkv").read_bytes()
    cut.write_bytes(data[: int(0.8 * len(data))])
    last = read_stack(cut).frames[-1]
    assert 12 <= int(last.path.name.split("#")[1]) < 22


def test_an_encrypted_clip_is_refused(command, tmp_path, picture):
    clip = tmp_path / "clip.mp4"
    write_clip(tmp_path / "plain.mp4", [picture] * 3)
    key = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "00" * 16, "encryption_kid": "11" * 16}
    with av.open(str(tmp_path / "plain.mp4")) as source, av.open(str(clip), "w", options=key) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    done = command("inspect", clip)
    assert done.returncode == 2
    assert "encrypted" in done.stderr


def test_an_interlaced_clip_is_refused(tmp_path, picture):
    clip = write_clip(tmp_path / "a.mp4", [picture] * 3, flags="+ildct+ilme", **{"x264-params": "tff=1"})
    with pytest.raises(InputError, match="interlaced"):
        read_clip_header(clip)


def test_a_frame_that_is_not_there_is_said(sweep):
    with pytest.raises(InputError, match="has 24 frames"):
        read_pixels(frame_of(sweep, 25))


def test_a_thumbnail_is_grey_and_small(sweep):
    assert read_thumbnail(frame_of(sweep, 2), 240).shape == (160, 240)


def _linear(codes: np.ndarray) -> np.ndarray:
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def _encoded(light: np.ndarray) -> np.ndarray:
    light = np.maximum(light, 0)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _signal(nits: np.ndarray, colours: tuple[int, int, int]) -> np.ndarray:
    """Signal (..., 3), 0 to 1, that shows light of sRGB's primaries, in cd/m2, on a display for HDR."""
    name = "REC.2100-PQ" if colours == PQ else "REC.2100-HLG-1000nit"
    light = np.ascontiguousarray(nits / 100 @ TO_XYZ.T, np.float32)  # of which 1 has 100 cd/m2
    transform = PyOpenColorIO.BuiltinTransform(f"DISPLAY - CIE-XYZ-D65_to_{name}")
    PyOpenColorIO.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor().applyRGB(light)
    return light
