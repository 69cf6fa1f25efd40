"""Many stacks: which there are in a tree, and what becomes of each, here and on workers that come and go."""

import csv
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest
from focal_depth.batch import farm, run
from focal_depth.batch.find import StackFolder, find_stacks
from focal_depth.batch.run import memory_of, run_stacks
from focal_depth.batch.single import Request
from focal_depth.batch.task import BAD, BatchRequest
from focal_depth.cli.main import main
from focal_depth.contract.errors import InputError
from focal_depth.io.header import read_header
from focal_depth.io.result_folder import read_depth, read_description
from focal_depth.runtime.cache import package_fingerprint
from focal_depth.runtime.config import Config
from focal_depth.runtime.progress import SilentReporter
from focal_depth.runtime.resources import Resources
from focal_depth.stack.metadata import read_metadata
from focal_depth.stack.overrides import Overrides
from photographs import NIKON_SCENES, PROJECT, shared_stack, write_photograph

SAMPLE = PROJECT / "sample"
FRAMES = {0: 2.5, 3: 1.19, 5: 0.88, 7: 0.7}  # of the sample, and their metres
START = time.mktime((2026, 5, 1, 9, 0, 0, 0, 0, -1))
DASK = (sys.executable, "-m")
LOOPBACK = ("--no-dashboard", "--host", "127.0.0.1")


def photograph(path: Path, seconds: float | None = None, metres: float | None = None, **tags: object) -> Path:
    """A small picture taken `seconds` after START, focused at `metres`; `tags` are of Exif.Photo."""
    exif = {f"Exif.Photo.{name}": value for name, value in tags.items() if not name.startswith("Exif")}
    exif |= {name.replace("_", "."): value for name, value in tags.items() if name.startswith("Exif")}
    if seconds is not None:
        whole = time.localtime(START + int(seconds))
        exif["Exif.Photo.DateTimeOriginal"] = time.strftime("%Y:%m:%d %H:%M:%S", whole)
        exif["Exif.Photo.SubSecTimeOriginal"] = f"{seconds % 1:.2f}"[2:]
    if metres is not None:
        exif["Exif.Photo.SubjectDistance"] = f"{round(metres * 1000)}/1000"
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_photograph(path, exif=exif)


def stacks_below(*roots: Path) -> dict[str, list[str]]:
    """Names of the stacks below, and of their photographs."""
    stacks = find_stacks(roots, roots[0] / "results")
    assert len({stack.name for stack in stacks}) == len(stacks)
    return {stack.name: [path.name for path in stack.photographs] for stack in stacks}


def test_capture_time_and_shot_are_read(tmp_path):
    maker = {"Exif_Image_Make": "Panasonic", "Exif_Panasonic_SequenceNumber": 3}
    path = photograph(tmp_path / "a.jpg", 12.25, **maker)
    metadata = read_metadata(path.read_bytes(), read_header(path))
    assert metadata.shot == 3
    assert metadata.captured % 60 == 12.25
    bare = photograph(tmp_path / "b.jpg")
    metadata = read_metadata(bare.read_bytes(), read_header(bare))
    assert (metadata.captured, metadata.shot) == (None, None)


def test_every_folder_of_photographs_is_a_stack_and_nothing_else_is(tmp_path):
    for folder in ("a", "a/deeper/b c", "results/old", ".hidden", "shot.unfinished/new"):
        for index in (10, 9):
            photograph(tmp_path / folder / f"{index}.jpg", index)
    (tmp_path / "a" / "notes.txt").write_text("of the day")
    (tmp_path / "empty").mkdir()
    result = tmp_path / "a" / "earlier result"
    photograph(result / "aligned" / "01.png", 0)
    photograph(result / "all_in_focus.png", 0)
    for name in ("depth.exr", "result.json"):
        (result / name).touch()
    root = tmp_path.name
    assert stacks_below(tmp_path) == {
        f"{root}+a": ["9.jpg", "10.jpg"],
        f"{root}+a+deeper+b c": ["9.jpg", "10.jpg"],
    }
    assert stacks_below(tmp_path / "a", tmp_path)["a"] == ["9.jpg", "10.jpg"]
    with pytest.raises(InputError, match="holds no photographs"):
        find_stacks([tmp_path / "empty"], tmp_path / "results")
    with pytest.raises(InputError, match="is no folder"):
        find_stacks([tmp_path / "a" / "notes.txt"], tmp_path / "results")


def test_a_pause_divides_brackets_and_the_first_keeps_its_name(tmp_path):
    folder = tmp_path / "shoot"
    for index in range(5):
        photograph(folder / f"IMG_{index}.jpg", 0.5 * index)
    assert stacks_below(folder) == {"shoot": [f"IMG_{i}.jpg" for i in range(5)]}
    for index in range(5, 9):
        photograph(folder / f"IMG_{index}.jpg", 14 + 0.5 * index)
    assert stacks_below(folder) == {
        "shoot": [f"IMG_{i}.jpg" for i in range(5)],
        "shoot@IMG_5.jpg": [f"IMG_{i}.jpg" for i in range(5, 9)],
    }


def test_by_hand_a_pause_may_be_long(tmp_path):
    for index, seconds in enumerate((0, 29, 36, 40, 45, 50, 54)):
        photograph(tmp_path / "shoot" / f"{index}.jpg", seconds)
    assert len(stacks_below(tmp_path / "shoot")) == 1


@pytest.mark.parametrize("metres", [(0.5, 0.6, 0.8, 1.2), (3.0, 1.0, 0.5, 0.4)])
def test_focus_that_starts_over_divides_brackets(tmp_path, metres):
    for index, value in enumerate(metres + metres):
        photograph(tmp_path / f"s/{index}.jpg", 2 * index, value)
    assert list(stacks_below(tmp_path / "s").values()) == [
        [f"{i}.jpg" for i in range(4)],
        [f"{i}.jpg" for i in range(4, 8)],
    ]


def test_focus_that_wavers_does_not(tmp_path):
    for index, value in enumerate((3.0, 2.0, 2.1, 2.1, 1.0, 0.8, 0.82, 0.5)):
        photograph(tmp_path / f"s/{index}.jpg", 2 * index, value)
    assert len(stacks_below(tmp_path / "s")) == 1


def test_the_cameras_own_count_comes_before_time(tmp_path):
    for index, (seconds, shot) in enumerate([(0, 1), (40, 2), (41, 3), (42, 1), (43, 2)]):
        maker = {"Exif_Image_Make": "OLYMPUS IMAGING CORP.", "Exif_OlympusCs_DriveMode": f"5 {shot} 1"}
        photograph(tmp_path / f"s/{index}.jpg", seconds, **maker)
    assert stacks_below(tmp_path / "s") == {"s": ["0.jpg", "1.jpg", "2.jpg"], "s@3.jpg": ["3.jpg", "4.jpg"]}


def test_distances_beside_the_photographs_make_them_one_stack(tmp_path):
    for index in range(4):
        photograph(tmp_path / f"s/{index}.jpg", 100 * (index // 2) + index)
    assert len(stacks_below(tmp_path / "s")) == 2
    (tmp_path / "s" / "focus_distance.txt").write_text("1 2 3 4")
    assert len(stacks_below(tmp_path / "s")) == 1


def test_cameras_that_count_on_from_one_keep_their_brackets(tmp_path):
    for index, name in enumerate(("DSC_9998", "DSC_9999", "DSC_0001", "DSC_0002")):
        photograph(tmp_path / f"s/{name}.jpg", index)
    assert list(stacks_below(tmp_path / "s").values()) == [
        ["DSC_9998.jpg", "DSC_9999.jpg", "DSC_0001.jpg", "DSC_0002.jpg"]
    ]


def test_what_cannot_be_read_stays_in_its_bracket_and_another_picture_does_not(tmp_path):
    for index in range(6):
        photograph(tmp_path / f"s/IMG_{index}.jpg", 100 * (index // 3) + index)
    (tmp_path / "s/IMG_4.jpg").write_bytes(b"")
    write_photograph(tmp_path / "s/IMG_1b.png", np.zeros((20, 20, 3), np.uint8))
    assert stacks_below(tmp_path / "s") == {
        "s": ["IMG_0.jpg", "IMG_1.jpg", "IMG_2.jpg"],
        "s@IMG_3.jpg": ["IMG_3.jpg", "IMG_4.jpg", "IMG_5.jpg"],
        "s@IMG_1b.png": ["IMG_1b.png"],
    }


def test_names_never_collide(tmp_path):
    names = ("a/b", "a+b", "a=2b=b", "A+b", "a@b", "é", "e\u0301", "x" * 150, "x" * 150 + "y", "end.", "=x")
    for root in ("one/shoot", "two/shoot"):
        for name in names:
            photograph(tmp_path / root / name / "1.jpg")
    stacks = find_stacks([tmp_path / "one/shoot", tmp_path / "two/shoot"], tmp_path / "r")
    assert len({stack.name.casefold() for stack in stacks}) == len(stacks) == 2 * len(names)
    assert all(len(os.fsencode(stack.name)) < 140 and Path(stack.name).name == stack.name for stack in stacks)
    assert stacks == find_stacks([tmp_path / "one/shoot", tmp_path / "two/shoot"], tmp_path / "r")


def test_real_brackets_of_one_folder(tmp_path):
    expected = []
    for scene in NIKON_SCENES:
        expected.append(sorted(path.name for path in shared_stack(scene).glob("*.JPG")))
        for path in shared_stack(scene).glob("*.JPG"):
            (tmp_path / path.name).symlink_to(path)
    assert sorted(stacks_below(tmp_path).values()) == expected


@pytest.fixture(scope="module")
def shoot(tmp_path_factory) -> Path:
    """Six stacks of the sample's frames at 120 x 80 pixels, one cut short, one of nothing, one alone."""
    root = tmp_path_factory.mktemp("photographs") / "shoot"
    frames = {number: cv2.imread(str(SAMPLE / f"{number:02d}.jpg")) for number in FRAMES}
    small = {n: cv2.resize(each, (120, 80), interpolation=cv2.INTER_AREA) for n, each in frames.items()}
    for stack in range(6):
        folder = root / f"day {stack % 2}" / f"scene <{stack}>"
        folder.mkdir(parents=True)
        for number, metres in FRAMES.items():
            picture = np.uint8(small[number][..., ::-1] * (0.6 + 0.05 * stack))
            exif = {"Exif.Photo.SubjectDistance": f"{round(100 * metres)}/100"}
            write_photograph(folder / f"{number}.jpg", picture, exif)
    cut = root / "cut" / "5.jpg"
    shutil.copytree(root / "day 0" / "scene <0>", cut.parent)
    cut.write_bytes(cut.read_bytes()[:-400])
    shutil.copytree(root / "day 0" / "scene <0>", root / "nothing")
    (root / "nothing" / "0.jpg").write_bytes(b"")
    (root / "alone").mkdir()
    shutil.copy(root / "day 0" / "scene <0>" / "0.jpg", root / "alone")
    return root


GOOD = [f"shoot+day {stack % 2}+scene =3c={stack}=3e=" for stack in range(6)]


def table(output: Path) -> dict[str, dict[str, str]]:
    with (output / "report.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def written(output: Path) -> dict[str, int]:
    """When each result there was written."""
    return {path.parent.name: path.stat().st_mtime_ns for path in output.glob("*/result.json")}


@pytest.fixture(scope="module")
def batch(tmp_path_factory, command, shoot):
    """The batch of that shoot on two processes, and its output."""
    output = tmp_path_factory.mktemp("batch") / "results"
    return command("batch", shoot, "--output", output, "--workers", 2, "--messages"), output


def test_bad_stacks_are_named_and_the_others_done(batch):
    done, output = batch
    assert done.returncode == 2, done.stderr + done.stdout
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    assert messages[-1]["type"] == "error"
    assert messages[-1]["text"].startswith("2 of 9 stacks cannot be estimated: shoot+cut, shoot+nothing;")
    progress = [message for message in messages if message["type"] == "progress"]
    assert (progress[-1]["done"], progress[-1]["of"], progress[-1]["overall"]) == (8, 8, 1)
    assert progress[-2]["seconds_left"] > 0
    rows = table(output)
    assert list(rows)[:3] == ["shoot+cut", "shoot+nothing", "shoot+alone"]
    assert "5.jpg is damaged or cut short" in rows["shoot+cut"]["sentence"]
    assert "only one photograph" in rows["shoot+alone"]["sentence"]
    assert {name for name, row in rows.items() if row["status"] == "done"} == set(GOOD)
    assert sorted(path.name for path in output.iterdir() if path.is_dir()) == sorted(GOOD)
    assert {row["worker"] for row in rows.values() if row["status"] == "done"} == {"0", "1"}
    depth, _ = read_depth(output / GOOD[0])
    near, far = (float(rows[GOOD[0]][edge]) for edge in ("near", "far"))
    assert np.percentile(depth, 0.9) <= near < 1 < 2 < far <= np.percentile(depth, 99.1)
    assert rows[GOOD[0]]["unit"] == "m"


def test_the_page_shows_all_and_what_it_links_is_there(batch):
    import re
    from html import unescape
    from urllib.parse import unquote

    _, output = batch
    page = (output / "index.html").read_text(encoding="utf-8")
    assert "<3>" not in page
    assert page.index("damaged or cut short") < page.index("Unknown and assumed, so widths are a guess")
    links = [unquote(unescape(link)) for link in re.findall(r'(?:src|href)="([^"]+)"', page)]
    assert len(links) == 1 + 2 * len(GOOD)
    assert all((output / link).is_file() for link in links)
    thumbnail = cv2.imread(str(output / GOOD[0] / "thumbnail.jpg"))
    assert thumbnail.shape == (160, 480, 3)
    picture = cv2.imread(str(output / GOOD[0] / "all_in_focus.png"))
    left = cv2.resize(thumbnail[:, :240], (120, 80), interpolation=cv2.INTER_AREA)
    assert np.abs(left.astype(int) - picture).mean() < 4


def test_results_are_those_of_estimate_to_the_byte(tmp_path, command, shoot, batch):
    alone = tmp_path / "alone"
    done = command("estimate", shoot / "day 1" / "scene <3>", "--output", alone)
    assert done.returncode == 0, done.stderr
    assert_same(batch[1] / GOOD[3], alone)


def assert_same(result: Path, other: Path) -> None:
    """But for the thumbnail, and the time it took: cache.npz holds times too, inside its zip."""
    names = {path.name for path in other.iterdir()}
    assert {path.name for path in result.iterdir()} - {"thumbnail.jpg"} == names - {"thumbnail.jpg"}
    for name in ("all_in_focus.png", "depth.png"):
        assert (result / name).read_bytes() == (other / name).read_bytes(), name
    for one, another in zip(read_depth(result), read_depth(other), strict=True):
        np.testing.assert_array_equal(one, another)
    with np.load(result / "cache.npz") as one, np.load(other / "cache.npz") as another:
        for name in one.files:
            np.testing.assert_array_equal(one[name], another[name])
    one, another = (read_description(each) | {"timings": {}} for each in (result, other))
    assert one == another


def test_the_lens_may_be_typed_for_all(tmp_path, command, shoot):
    lens = ("--focal-length", 35, "--f-number", 1.8, "--sensor-width", 24)
    done = command("batch", shoot / "day 1", "--output", tmp_path, *lens)
    assert done.returncode == 0, done.stderr
    for result in tmp_path.glob("*/result.json"):
        camera = read_description(result.parent)["camera"]
        assert (camera["focal_length_mm"], camera["f_number"], camera["sensor_width_mm"]) == (35, 1.8, 24)


def test_what_is_done_is_not_repeated_what_has_changed_is_and_our_faults_are_reported(command, shoot, batch):
    output = batch[1]
    before = written(output)
    (output / GOOD[1] / "depth.exr").unlink()
    (output / GOOD[2] / "depth.exr").unlink()
    (output / GOOD[2] / "thumbnail.jpg").unlink()
    (output / GOOD[2] / "thumbnail.jpg").mkdir()  # where nobody reckons with a folder
    again = command("batch", shoot, "--output", output, "--workers", 2)
    assert "1 estimated, 4 unchanged and not run again, 1 single photographs left out, 2 bad, 1 failed" in (
        again.stdout
    )
    assert again.returncode == 1
    assert f"1 of 9 stacks failed: {GOOD[2]};" in again.stderr
    assert table(output)[GOOD[2]]["sentence"].split(": ")[1] == "IsADirectoryError"
    assert {name for name, at in written(output).items() if at != before[name]} == set(GOOD[1:3])


def test_a_layer_that_is_skipped_is_a_warning_and_one_that_is_applied_is_on_the_page(
    tmp_path, command, shoot, batch
):
    output = shutil.copytree(batch[1], tmp_path / "results")
    shown = [name for name in GOOD if (output / name / "thumbnail.jpg").is_file()]
    thumbnails = [(output / name / "thumbnail.jpg").read_bytes() for name in shown]
    box = {"points": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]], "width": 0}
    layers = {
        GOOD[3]: {"name": "Gone", "tool": "trust", "mask": "gone.png"},
        GOOD[4]: {"name": "Nearer", "tool": "push", "amount": 0.5, "outlines": [box]},
    }
    for name, layer in layers.items():
        (output / name / "retouch").mkdir()
        text = json.dumps({"format": 1, "layers": [layer]})
        (output / name / "retouch" / "layers.json").write_text(text)
    command("batch", shoot, "--output", output, "--workers", 2)
    rows = table(output)
    warned = [name for name in GOOD if "was skipped" in rows[name]["warnings"]]
    assert warned == [GOOD[3]]
    assert "The layer Gone was skipped: " in rows[GOOD[3]]["warnings"]
    assert "The layer Gone was skipped: " in (output / "index.html").read_text(encoding="utf-8")
    before = table(batch[1])[GOOD[3]]["warnings"]  # what the photographs' warnings are stays
    assert before and rows[GOOD[3]]["warnings"].endswith(before)
    after = [(output / name / "thumbnail.jpg").read_bytes() for name in shown]
    assert [name for name, one, two in zip(shown, thumbnails, after, strict=True) if one != two] == [GOOD[4]]


def test_arguments_that_cannot_be_are_one_sentence(tmp_path, shoot, capsys, monkeypatch):
    monkeypatch.setattr(farm, "SECONDS_TO_ANSWER", 1)
    for option, value, sentence in (
        ("--workers", "0", "--workers must be 1 or more"),
        ("--scheduler", "tcp://127.0.0.1:9", "No scheduler answers at tcp://127.0.0.1:9"),
        ("--scheduler", "nonsense", "No scheduler answers at nonsense"),
    ):
        assert main(["batch", str(shoot), "--output", str(tmp_path / "r"), option, value]) == 2
        errors = capsys.readouterr().err
        assert sentence in errors
        assert "Traceback" not in errors


def test_an_address_that_is_none_leaves_no_client_behind():
    from distributed import Client

    with pytest.raises(InputError, match="No scheduler answers"), farm.workers_of("nonsense", 1, 0, False):
        pass
    left = [each for each in gc.get_objects() if isinstance(each, Client) and each.status != "closed"]
    assert left == []


def test_without_dask_the_command_says_what_to_install(tmp_path, shoot):
    (tmp_path / "distributed.py").write_text("raise ModuleNotFoundError(name='distributed')")
    done = subprocess.run(
        [sys.executable, "-m", "focal_depth", "batch", str(shoot), "--output", str(tmp_path / "r")],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{PROJECT}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "pip install 'focal-depth[farm]'" in done.stderr


@contextmanager
def program(*arguments: object, **options):
    """A process that is ended with the block."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([*DASK, *map(str, arguments)], env=environment, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Scheduler(NamedTuple):
    """Of Dask's, on loopback; worker(name) starts one of its workers, as a context."""

    address: str
    worker: Callable
    lose: Callable[[], None]


@pytest.fixture
def scheduler(tmp_path):
    file, log = tmp_path / "scheduler.json", (tmp_path / "log").open("w")
    arguments = ("distributed.cli.dask_scheduler", *LOOPBACK, "--port", 0, "--scheduler-file", file)
    with program(*arguments, stderr=log) as process:
        until(file.exists)
        address = json.loads(file.read_text())["address"]

        def worker(name: str, memory: str = "1e9"):
            arguments = ("distributed.cli.dask_worker", address, *LOOPBACK, "--no-nanny", "--nthreads", 1)
            return program(*arguments, "--name", name, "--resources", f"memory={memory}", stderr=log)

        yield Scheduler(address, worker, process.kill)


def heed_interrupts() -> None:
    """Let a program be interrupted, although a shell that runs tests in the background has it ignore that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until(happens, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


@pytest.mark.torture
def test_workers_come_and_go_and_nothing_is_lost_or_done_twice(tmp_path, shoot, batch, scheduler):
    address, worker, _ = scheduler
    output = tmp_path / "results"
    with worker("lost") as lost, worker("staying"):
        days = shoot / "day 0", shoot / "day 1"
        arguments = ("focal_depth", "batch", *days, "--output", output, "--scheduler", address)
        with program(*arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
            until(lambda: len(written(output)) >= 1 and list(output.glob("*.unfinished")))
            lost.send_signal(signal.SIGSTOP)  # in the middle of whatever it does
            before = written(output)
            lost.kill()
            with worker("late"):
                output_text = running.communicate(timeout=60)[0]
    assert running.returncode == 0, output_text
    rows = table(output)
    assert {f"shoot+{name}": row["status"] == "bad" for name, row in rows.items()} == dict.fromkeys(
        GOOD, False
    )
    assert 1 <= len(before) < len(GOOD)
    assert {name: written(output)[name] for name in before} == before
    assert "late" in {row["worker"] for row in rows.values()}
    for name in rows:
        assert_same(output / name, batch[1] / f"shoot+{name}")
    assert not list(output.glob("*.unfinished"))


def test_a_lost_scheduler_ends_it_with_what_to_do_and_the_same_command_goes_on(tmp_path, shoot, scheduler):
    address, worker, lose = scheduler
    output = tmp_path / "results"
    arguments = ("focal_depth", "batch", shoot / "day 0", "--output", output)
    with (
        worker("one"),
        program(*arguments, "--scheduler", address, stderr=subprocess.PIPE, text=True) as running,
    ):
        until(lambda: written(output))
        lose()
        errors = running.communicate(timeout=60)[1]
    assert running.returncode == 2, errors
    assert "was lost: start it again, and then the same command" in errors and "Traceback" not in errors
    before = written(output)
    with program(*arguments) as running:
        assert running.wait(60) == 0
    assert before and {name: written(output)[name] for name in before} == before
    assert len(written(output)) == 3


def test_a_stack_that_no_worker_holds_is_reported(tmp_path, shoot, scheduler, monkeypatch):
    address, worker, _ = scheduler
    monkeypatch.setattr(run, "PATIENCE", 0.5)
    stacks = find_stacks([shoot / "day 0"], tmp_path)
    with worker("small", memory="1e8"):
        batch = BatchRequest(Request(Config(), Resources()), Overrides(), package_fingerprint())
        outcomes = run_stacks(stacks, tmp_path, batch, address, 1, SilentReporter())
    assert {outcome.status for outcome in outcomes} == {BAD}
    enough = float(outcomes[0].sentence.partition('start one with --resources "memory=')[2].split('"')[0])
    assert 1 < enough / memory_of(stacks[0], batch.request) < 1.3
    assert not list(tmp_path.glob("*/result.json"))


def test_cancelling_stops_at_once_and_leaves_whole_results(tmp_path, shoot):
    output = tmp_path / "results"
    arguments = ("focal_depth", "batch", shoot, "--output", output, "--workers", 2)
    with program(*arguments, stderr=subprocess.DEVNULL, preexec_fn=heed_interrupts) as running:
        until(lambda: list(output.glob("*.unfinished/new")))
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 130  # and not 0, as it were with all stacks done
    left = written(output)
    time.sleep(1)
    assert written(output) == left
    assert len(left) < len(GOOD)
    for name in left:
        read_depth(output / name)
    assert not list(output.glob("*.unfinished"))


def test_memory_that_a_stack_takes_follows_its_size():
    request = Request(Config(), Resources())
    of = {
        (count, size): memory_of(
            StackFolder("s", tuple(Path(f"{i}.jpg") for i in range(count)), size), request
        )
        for count, size in ((10, (3456, 2304)), (40, (6000, 4000)))
    }
    assert 0.53e9 < of[10, (3456, 2304)] < 1e9  # measured: 0.53 GB, docs/speed.md
    assert 0.95e9 < of[40, (6000, 4000)] < 1.5e9  # 0.84 GB, with aligned frames 0.98


def test_fewer_processes_than_workers_where_memory_does_not_hold_more():
    pytest.importorskip("distributed")
    from distributed.system import MEMORY_LIMIT

    with farm.workers_of(None, 2, 0.6 * MEMORY_LIMIT, with_gpu=False) as client:
        workers = client.scheduler_info()["workers"]
    assert len(workers) == 1


def test_processes_divide_the_threads(monkeypatch):
    """Of the networks, and of all that is decoded and written at once: a stack's estimate asks for them."""
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    with farm.workers_of(None, 2, 1e6, with_gpu=False) as client:
        threads = client.run(lambda: Resources().threads)
    assert list(threads.values()) == [3, 3]
