"""What the machine does to a run: killed, a full disk, no permission, no memory.

A result is whole or absent, an earlier one is never lost, and the next run puts right what is left.
"""

import ctypes
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from focal_depth.contract.errors import InputError
from focal_depth.contract.messages import DONE
from focal_depth.io import result_folder
from photographs import PROJECT, write_slanted
from results import description, write_result

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are injected as Linux has them")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can")
RESULT = {"depth.exr", "all_in_focus.png", "depth.png", "result.json", "cache.npz", "aligned"}
CHOICES = ("--save-aligned", "--quality", "draft")
STAGES = ("start", "read", "align", "depth", "fuse", "enlarge", "write")
MEMORY = "Memory ran out: close other programs"
UNUSUAL_PLACES = {
    "unusual": "a b/초점 심도/📷 🌲/'; echo $HOME #/-- --help",
    "a long name": "x" * 240,
    "300 characters": "/".join(["초점" * 15] * 10),
}


@pytest.fixture
def bracket(tmp_path):
    """A folder of three photographs 160 x 112 of a slanted texture."""
    return write_bracket(tmp_path / "bracket", (160, 112))


def write_bracket(folder: Path, size: tuple[int, int]) -> Path:
    write_slanted(folder, size)
    (folder / "focus_distance.txt").write_text("2\n1\n0.5\n")
    return folder


@pytest.fixture(scope="session")
def finished(command, tmp_path_factory) -> Path:
    """A folder in which r is a result, of other distances than the bracket's."""
    folder = tmp_path_factory.mktemp("finished")
    bracket = write_bracket(folder / "bracket", (160, 112))
    (bracket / "focus_distance.txt").write_text("4\n2\n1\n")
    done = command("estimate", bracket, "--output", folder / "place/r", "--save-aligned")
    assert done.returncode == 0, done.stderr
    return folder / "place"


@pytest.fixture
def estimate(command, bracket, tmp_path):
    """estimate(...) -> the finished command, its result in tmp_path / "place" / "r"."""

    def run(*more, photographs=bracket, output=tmp_path / "place" / "r", **options):
        return command("estimate", photographs, "--output", output, *CHOICES, *more, **options)

    return run


def is_whole(folder: Path) -> bool:
    """A result whose every part can be read."""
    depth, confidence = result_folder.read_depth(folder)
    frames = result_folder.read_description(folder)["frames"]
    with np.load(folder / "cache.npz") as cache:
        assert cache["normalised"].size
    for each in (folder / "all_in_focus.png", *(folder / frame["aligned"] for frame in frames)):
        assert cv2.imread(str(each)).shape[:2] == depth.shape == confidence.shape
    return {path.name for path in folder.iterdir()} - {"mine.blend"} == RESULT


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_one_sentence(done: subprocess.CompletedProcess, *words: str) -> bool:
    """Whether it ended with 2 and one sentence, which has these words; fails where not."""
    sentences = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert len(sentences) == 1
    assert "Traceback" not in done.stderr
    assert all(word in sentences[0] for word in words), sentences[0]
    return True


# Killed ---------------------------------------------------------------------------------------------------

WRITER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import cv2, OpenEXR, numpy as np
from results import description, write_result
TOUCHES = {"open", "os.mkdir", "os.rename", "os.link", "os.listdir", "os.scandir", "shutil.rmtree"}
REMOVES = {"os.remove", "os.rmdir"}  # which may name what is in an open folder
folder = Path(sys.argv[1])
def write(last, depth):
    touched = 0
    def count(event, arguments):
        nonlocal touched
        if event in REMOVES or (event in TOUCHES and str(folder) in str(arguments[0])):
            touched += 1
            if touched == last:
                os.kill(os.getpid(), signal.SIGKILL)
    picture = np.full((24, 32, 3), 0.25, np.float32)
    depth = np.full((24, 32), depth, np.float32)
    described = description(["0.png", "1.png"], (2, 1))
    sys.addaudithook(count)
    write_result(folder, depth, depth / 9, picture, described,
                 aligned=[(n, picture) for n in range(2)], cache={"normalised": depth})
    return touched
for line in sys.stdin:
    last, depth = line.split()
    if (pid := os.fork()) == 0:
        print(write(int(last), float(depth)), flush=True)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL:
        print("killed", flush=True)
"""


@pytest.fixture
def write_killed_at(tmp_path):
    """write_killed_at(operation, depth) -> a process writes a result of that depth to place/r, and is killed
    at that operation on files; returns how many it has done, None where it was killed."""
    line = [sys.executable, "-c", WRITER, str(tmp_path / "place" / "r"), str(Path(__file__).parent)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        line, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:

        def write(operation: int, depth: float) -> int | None:
            writer.stdin.write(f"{operation} {depth}\n")
            writer.stdin.flush()
            answer = writer.stdout.readline().strip()
            return None if answer == "killed" else int(answer)

        yield write
        writer.stdin.close()


def test_killed_at_every_operation_on_files(write_killed_at, tmp_path):
    """Each time an earlier result with somebody's file in it is to be replaced, and afterwards once more."""
    place = tmp_path / "place"
    folder = place / "r"
    operation, ended = 0, None
    while ended is None:
        operation += 1
        shutil.rmtree(place, ignore_errors=True)
        write_killed_at(0, 1.0)
        (folder / "mine.blend").write_text("mine")
        earlier = files(folder)
        ended = write_killed_at(operation, 2.0)
        before = files(folder if folder.exists() else place / "r.unfinished/earlier")
        assert [path.read_text() for path in place.rglob("mine.blend")] == ["mine"], operation
        if before != earlier:
            assert np.all(result_folder.read_depth(folder)[0] == 2) and is_whole(folder), operation
        with result_folder.open_result(folder):
            pass  # what the next run does first
        assert os.listdir(place) == ["r"], operation
        assert is_whole(folder) and (folder / "mine.blend").read_text() == "mine", operation
        if before == earlier:
            assert files(folder) == earlier, operation
    assert operation > 30
    print(f"killed at each of {operation - 1} operations")


@pytest.fixture
def killed_run(bracket, tmp_path):
    """killed_run(stage, after, distances) -> an estimate that is killed so many seconds after it says that
    stage; returns whether it was still at work."""

    def run(stage: str, after: float, distances: str) -> bool:
        (bracket / "focus_distance.txt").write_text(distances)
        line = [
            sys.executable,
            "-m",
            "focal_depth",
            "estimate",
            str(bracket),
            "--output",
            str(tmp_path / "place/r"),
        ]
        with subprocess.Popen(
            [*line, *CHOICES, "--messages"], cwd=PROJECT, stdout=subprocess.PIPE, text=True
        ) as process:
            while stage != "start" and (message := process.stdout.readline()):
                if json.loads(message).get("stage") == stage:
                    break
            time.sleep(after)
            process.kill()
        return process.returncode == -signal.SIGKILL

    return run


def kill_often(kills, killed_run, estimate, finished: Path, place: Path) -> int:
    """(stage, seconds after it) each; returns how many runs were still at work."""
    shutil.copytree(finished, place)
    at_work = 0
    for number, (stage, after) in enumerate(kills):
        at_work += killed_run(stage, after, f"{3 + number / 100}\n1\n0.5\n")
        assert set(os.listdir(place)) <= {"r", "r.unfinished"}
        folder = place / "r" if (place / "r").exists() else place / "r.unfinished/earlier"
        assert is_whole(folder), (stage, after)
    assert estimate().returncode == 0
    assert os.listdir(place) == ["r"]
    assert is_whole(place / "r")
    assert estimate(output=place / "anew").returncode == 0
    for recovered, anew in zip(
        *(result_folder.read_depth(place / name) for name in ("r", "anew")), strict=True
    ):
        np.testing.assert_array_equal(recovered, anew)
    return at_work


def test_killed_at_every_stage_the_earlier_result_stays(killed_run, estimate, finished, tmp_path):
    assert (
        kill_often([(stage, 0) for stage in STAGES], killed_run, estimate, finished, tmp_path / "place") >= 6
    )


@pytest.mark.torture
def test_killed_at_random_moments_the_earlier_result_stays(killed_run, estimate, finished, tmp_path):
    moments = random.Random(8)
    kills = [(moments.choice(STAGES), moments.uniform(0, 0.3)) for _ in range(200)]
    at_work = kill_often(kills, killed_run, estimate, finished, tmp_path / "place")
    print(f"{at_work} of {len(kills)} killed at work")
    assert at_work > 100


def test_an_earlier_result_comes_back_though_a_script_made_its_folder_anew(finished, tmp_path):
    shutil.copytree(finished / "r", tmp_path / "r.unfinished/earlier")  # killed just there
    (tmp_path / "r").mkdir()
    with result_folder.open_result(tmp_path / "r"):
        assert files(tmp_path / "r") == files(finished / "r")


# A full disk ----------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """small_disk(bytes) -> a folder on a disk of that size, empty."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mounted(size: int) -> Path:
        if folder.is_mount():
            subprocess.run(["umount", folder], check=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder]
        if subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("no disk can be mounted here")
        return folder

    yield mounted
    if folder.is_mount():
        subprocess.run(["umount", folder], check=True)


def write_small(folder: Path, depth: float) -> None:
    noise = np.random.default_rng(0).random((96, 128, 3), np.float32)  # does not compress
    write_result(
        folder,
        noise[..., 0] + np.float32(depth),
        noise[..., 1],
        noise,
        description(["0.png", "1.png"], (2, 1)),
        aligned=[(n, noise) for n in range(2)],
        cache={"normalised": noise},
    )


@AS_ROOT
@pytest.mark.parametrize(
    "step", [128, pytest.param(4, marks=pytest.mark.torture)], ids=["some", "every page"]
)
def test_a_full_disk_leaves_the_earlier_result(small_disk, step):
    """Disks with room for the earlier result and so many kilobytes more."""
    outcomes = []
    for extra in range(0, 900, step):
        disk = small_disk((660 + extra) * 1024)
        write_small(disk / "r", 1)
        earlier = files(disk / "r")
        try:
            write_small(disk / "r", 2)
        except InputError as error:
            assert "choose another output folder" in str(error)
            assert files(disk / "r") == earlier
            outcomes.append(False)
        else:
            outcomes.append(True)
        assert is_whole(disk / "r")
        assert os.listdir(disk) == ["r"]
    assert outcomes == sorted(outcomes) and set(outcomes) == {False, True}


@pytest.mark.parametrize("kilobytes", [0, 30, 60])
def test_files_that_may_not_grow_are_one_sentence(estimate, tmp_path, kilobytes):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024,) * 2)

    assert is_one_sentence(estimate(preexec_fn=limit), "cannot be written", "choose another output folder")
    assert os.listdir(tmp_path / "place") == []


@pytest.fixture
def to_a_full_disk(command):
    """to_a_full_disk("inspect", ..., unbuffered="1") -> the finished process, which could print nothing."""

    def run(*arguments: object, unbuffered: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": unbuffered}
        with open("/dev/full", "w") as full:
            return command(
                *arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE, env=environment
            )

    return run


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("messages", [[], ["--messages"]], ids=["words", "messages"])
def test_words_that_nobody_can_take_are_one_sentence(to_a_full_disk, bracket, messages, unbuffered):
    done = to_a_full_disk("inspect", bracket, *messages, unbuffered=unbuffered)
    assert is_one_sentence(done, "No space left on device")


def test_what_is_left_to_print_at_the_end_is_no_success(to_a_full_disk):
    assert is_one_sentence(to_a_full_disk("--version", unbuffered=""), "No space left on device")


def test_without_standard_output_a_command_ends_well(command):
    done = command("--version", preexec_fn=lambda: os.close(1))
    assert done.returncode == DONE and "Traceback" not in done.stderr


@pytest.mark.parametrize(("name", "arguments"), [("mesh", ["m.npz"]), ("preview", ["p"])])
def test_what_is_made_of_a_result_is_whole_or_absent(command, finished, tmp_path, name, arguments):
    shutil.copytree(finished, tmp_path / "place")
    (place := tmp_path / "made").mkdir()
    (place / "m.npz").write_bytes(b"earlier")
    before = files(tmp_path / "place")

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20 * 1024,) * 2)

    made = [place / argument for argument in arguments]
    assert is_one_sentence(
        command(name, tmp_path / "place/r", "--output", *made, preexec_fn=limit), "cannot be written"
    )
    assert files(place) == {"m.npz": b"earlier"}
    assert files(tmp_path / "place") == before


# No permission ---------------------------------------------------------------------------------------------


def as_anyone() -> dict:
    """Options of a process to which permissions apply: root without its power over them."""
    drop_from_bounding_set = 24
    overriding = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH

    def drop():
        if os.geteuid() == 0:
            for capability in overriding:
                assert ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0) == 0

    return {"preexec_fn": drop}


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o555])
@pytest.mark.parametrize("what", ["place", "place/r"])
def test_an_output_that_is_not_ours(estimate, finished, tmp_path, what, mode):
    shutil.copytree(finished, tmp_path / "place")
    before = files(tmp_path / "place")
    (tmp_path / what).chmod(mode)
    try:
        done = estimate(**as_anyone())
    finally:
        (tmp_path / what).chmod(0o755)
    if what == "place/r" and done.returncode == 0:
        return  # the folder above may be written, and so may what stands in it
    assert is_one_sentence(done, "choose")
    assert files(tmp_path / "place") == before


@pytest.mark.parametrize(("what", "mode"), [("1.png", 0), ("", 0), ("", 0o444), ("focus_distance.txt", 0)])
def test_photographs_that_are_not_ours(estimate, bracket, tmp_path, what, mode):
    (bracket / what).chmod(mode)
    try:
        done = estimate(**as_anyone())
    finally:
        (bracket / what).chmod(0o755)
    assert is_one_sentence(done, str(bracket))
    assert not (tmp_path / "place").exists() or os.listdir(tmp_path / "place") == []


def test_an_install_that_cannot_be_written(bracket, tmp_path, command):
    install = tmp_path / "install"
    hidden = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "backend", install / "focal_depth", ignore=hidden)
    subprocess.run(["chmod", "-R", "a-w", install], check=True)
    before = sorted(install.rglob("*"))
    home = os.environ | {"PYTHONPATH": str(install), "HOME": "/nonexistent"}
    done = command("estimate", bracket, "--output", tmp_path / "r", cwd=install, env=home, **as_anyone())
    assert done.returncode == 0, done.stderr
    assert sorted(install.rglob("*")) == before
    subprocess.run(["chmod", "-R", "u+w", install], check=True)


# Folders that vanish ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["read", "depth", "fuse", "write"])
@pytest.mark.parametrize("what", ["place", "bracket"])
def test_a_folder_that_vanishes(bracket, tmp_path, what, stage):
    """It ends well, or with one sentence; what is there in the end is a whole result."""
    (tmp_path / "place").mkdir()
    line = [
        sys.executable,
        "-m",
        "focal_depth",
        "estimate",
        bracket,
        "--output",
        tmp_path / "place/r",
        "--messages",
    ]
    with subprocess.Popen(
        [*map(str, line), *CHOICES],
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        for line in process.stdout:
            if json.loads(line).get("stage") == stage:
                shutil.rmtree(tmp_path / what, ignore_errors=True)
                break
        last = json.loads([line, *process.stdout][-1])
        assert "Traceback" not in process.stderr.read()
    assert (process.returncode, last["type"]) in {(0, "result"), (2, "error")}
    assert process.returncode == 2 or is_whole(tmp_path / "place/r")
    assert process.returncode == 0 or not (tmp_path / "place/r").exists()


def test_the_current_folder_vanishes(bracket, tmp_path):
    (gone := tmp_path / "gone").mkdir()
    script = (
        "import os, sys; os.rmdir(os.getcwd()); from focal_depth import cli; sys.exit(cli.main(sys.argv[1:]))"
    )
    line = [sys.executable, "-c", script, "estimate", str(bracket), "--output", "r"]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    assert is_one_sentence(
        subprocess.run(line, cwd=gone, env=environment, capture_output=True, text=True), "r"
    )


# Memory ----------------------------------------------------------------------------------------------------


def limits_of_memory(estimate, large: Path, megabytes) -> list[int]:
    """The exit status under each limit of the address space."""
    ended = []
    for each in megabytes:
        limit = each * 10**6
        done = estimate(
            *("--quality", "standard"),
            photographs=large,
            env=os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"},
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        ended.append(done.returncode)
        aborted = "ABORT" in done.stderr  # glibc's own end of a process that loads a library
        assert done.returncode == 0 or aborted or is_one_sentence(done, MEMORY)
    return ended


def test_memory_that_runs_out_is_one_sentence(estimate, tmp_path):
    large = write_bracket(tmp_path / "large", (1600, 1200))
    assert limits_of_memory(estimate, large, (280, 300, 420, 480, 1500)) == [2, 2, 2, 2, 0]
    assert os.listdir(tmp_path / "place") == ["r"]


@pytest.mark.torture
def test_memory_that_runs_out_anywhere(estimate, tmp_path):
    large = write_bracket(tmp_path / "large", (1600, 1200))
    ended = limits_of_memory(estimate, large, range(280, 800, 25))
    print({status: ended.count(status) for status in set(ended)})
    assert ended.count(2) > 10


# Two at once, clocks, and names of folders ------------------------------------------------------------------


def test_two_runs_at_once_into_one_folder(estimate, tmp_path):
    done = []
    runs = [threading.Thread(target=lambda: done.append(estimate())) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    ended = sorted(each.returncode for each in done)
    assert ended[0] == 0
    assert all(
        is_one_sentence(each, "by another run: wait for it to end") for each in done if each.returncode
    )
    assert os.listdir(tmp_path / "place") == ["r"]
    assert is_whole(tmp_path / "place/r")


@pytest.mark.parametrize("seconds", [1, pytest.param(20, marks=pytest.mark.torture)])
def test_only_one_of_many_has_the_folder(tmp_path, seconds):
    """Processes that lock and unlock one folder as fast as they can never meet in it."""
    script = (
        "import sys, time, os; from pathlib import Path; from focal_depth.io import result_folder; "
        "from focal_depth.contract.errors import InputError; "
        "end = time.monotonic() + float(sys.argv[3]); had = 0\n"
        "while time.monotonic() < end:\n"
        "    try:\n"
        "        with result_folder.open_result(Path(sys.argv[1])):\n"
        "            os.mkdir(sys.argv[2]); had += 1; os.rmdir(sys.argv[2])\n"
        "    except InputError as error:\n"
        "        assert 'by another run' in str(error), error\n"
        "print(had)"
    )
    line = [sys.executable, "-c", script, str(tmp_path / "r"), str(tmp_path / "taken"), str(seconds)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    runs = [subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    had = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4
    assert all(int(times) > 5 for times in had)
    assert os.listdir(tmp_path) == []


JUMPING_CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <sys/time.h>
/* Every reading of the clock is of another year, from 1970 on to 2105 and back. */
static time_t jump(void) { static unsigned n; return (time_t)(n++ * 2654435761u); }
int clock_gettime(clockid_t clock, struct timespec *at) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, at);
    if (clock == CLOCK_REALTIME) at->tv_sec = jump();
    return status;
}
time_t time(time_t *at) { time_t now = jump(); if (at) *at = now; return now; }
int gettimeofday(struct timeval *at, void *zone) { at->tv_sec = jump(); at->tv_usec = 0; return 0; }
"""


def test_a_clock_that_jumps(estimate, tmp_path):
    if shutil.which("cc") is None:
        pytest.skip("no compiler for the clock")
    (tmp_path / "clock.c").write_text(JUMPING_CLOCK)
    clock = tmp_path / "clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", clock, tmp_path / "clock.c", "-ldl"], check=True)
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "LD_PRELOAD": str(clock)}
    years = {
        subprocess.run(["date", "+%Y"], env=environment, capture_output=True, text=True).stdout,
        time.strftime("%Y\n"),
    }
    assert len(years) == 2
    for more in ([], ["--f-number", 8]):
        done = estimate("--messages", *more, env=environment)
        assert done.returncode == 0, done.stderr
        messages = [json.loads(line) for line in done.stdout.splitlines()]
        left = [each["seconds_left"] for each in messages if each.get("seconds_left") is not None]
        assert left and all(0 <= seconds < 600 for seconds in left)
    assert is_whole(tmp_path / "place/r")


@pytest.mark.parametrize("when", [0, pytest.param(4e9, marks=pytest.mark.torture)], ids=["1970", "2096"])
def test_photographs_and_results_of_another_time(estimate, bracket, tmp_path, when):
    """Whether something has changed is decided by what is in files, not by when they were written."""
    assert estimate().returncode == 0
    for path in (*bracket.iterdir(), *(tmp_path / "place").rglob("*")):
        os.utime(path, (when, when))
    assert "Nothing has changed" in estimate().stdout
    (bracket / "focus_distance.txt").write_text("3\n1\n0.5\n")
    os.utime(bracket / "focus_distance.txt", (when, when))
    assert "Nothing has changed" not in estimate().stdout


@pytest.mark.parametrize("name", UNUSUAL_PLACES.values(), ids=UNUSUAL_PLACES)
def test_unusual_names_of_folders(command, bracket, tmp_path, name):
    moved = tmp_path / "photographs" / name
    moved.parent.mkdir(parents=True)
    bracket.rename(moved)
    done = command("estimate", moved, "--output", tmp_path / "results" / name, "--save-aligned")
    assert done.returncode == 0, done.stderr
    assert is_whole(tmp_path / "results" / name)


def test_names_that_no_disk_takes(estimate, tmp_path):
    assert is_one_sentence(estimate(output=tmp_path / ("x" * 300)), "File name too long")
    assert is_one_sentence(estimate(photographs=tmp_path / ("x" * 300)), "x" * 300)
    (tmp_path / "loop").symlink_to("loop")
    assert is_one_sentence(estimate(output=tmp_path / "loop"), "loop")
    assert is_one_sentence(estimate(output="/"), "choose an empty or a new folder")
