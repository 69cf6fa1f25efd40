"""Submissions to the DDFF 12-Scene benchmark: depth of its 120 test stacks, whose truth is not public.

    lockeroom/DISP_0001.npy .. DISP_0020.npy    (383, 552) float32, disparity in pixels
    cafeteria/, library/, spencerlab/, office44/, magistrale/    likewise
    runtime.txt                                 a line each: lockeroom/DISP_0001 0.42

as other participants lay it out: github.com/fuy34/DFV, github.com/albert100121/AiFDepthNet. A submission
is written in DIR.unfinished and renamed when it is whole; after a break it goes on there.
"""

import hashlib
import io
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ...contract.errors import InputError
from ...depth.predictor import predictor_named
from ...runtime.timings import StageProgress
from .data import ddff
from .data.scene import EvaluationStack, Scene
from .predict import predict

FRAMES, SIZE = 10, (383, 552)
NAMES = [ddff.submission_name(i) for i in range(len(ddff.TEST_SCENES) * ddff.STACKS_PER_TEST_SCENE)]
RUNTIMES = "runtime.txt"
UNFINISHED, PARTIAL, PROVENANCE = ".unfinished", ".partial", "made_by.json"
DISPARITIES = "{:.2f} to {:.2f}".format(*ddff.VALID)
WARM_UP_SIDE = 64  # pixels of a first run that is not timed


def write_submission(test: Path, folder: Path, network: str, progress: StageProgress) -> None:
    """Predict all test stacks and write a submission; one stack is in memory at a time.

    Runtimes are of the prediction alone, with the network loaded.

    Parameters
    ----------
    test
        The benchmark's HDF5 file.
    folder
        Of the submission.
    network
        As `predictor_named` takes it.
    progress
        Receives stacks done, and of how many.

    Raises
    ------
    InputError
        Where `test` is not the benchmark's, where `folder` is not empty or cannot be written, or where an
        unfinished submission is of another file or network.
    """
    scenes = _scenes(test)
    unfinished = folder.resolve().with_name(folder.resolve().name + UNFINISHED)
    provenance = {"test": str(test.resolve()), "network": network, "weights": _digest(network)}
    with _writing(folder):
        _begin(folder, unfinished, provenance)
    runtimes = _finished_runtimes(unfinished)
    left = [scene for scene in scenes if scene.name not in runtimes]
    for done, scene in enumerate(left):
        progress(done, len(left))
        disparity, runtimes[scene.name] = _predict_timed(scene.load(), network, warm=done > 0)
        with _writing(folder):
            _write(unfinished / f"{scene.name}.npy", _encode_npy(disparity))
            # After the depth, so that what has a runtime is whole.
            _write(unfinished / RUNTIMES, _format_runtimes(runtimes))
    progress(len(left), len(left))
    with _writing(folder):
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
        (folder / PROVENANCE).unlink()


def check_submission(folder: Path) -> dict[str, float]:
    """Check a submission, by whatever program.

    Returns
    -------
    dict
        {"lockeroom/DISP_0001": seconds, ...}

    Raises
    ------
    InputError
        Where anything is wrong, with what it is.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name the one that holds {RUNTIMES}")
    runtimes = _read_runtimes(folder / RUNTIMES)
    for name in NAMES:
        if name not in runtimes:
            raise InputError(f"{folder / RUNTIMES} lacks {name}; add a line with its seconds")
        _check_depth(folder / f"{name}.npy")
    expected = {RUNTIMES, *ddff.TEST_SCENES, *(f"{name}.npy" for name in NAMES)}
    for path in sorted(folder.rglob("*")):
        if path.relative_to(folder).as_posix() not in expected:
            raise InputError(f"{path} is no part of a submission; take it out")
    return runtimes


def _scenes(test: Path) -> list[Scene]:
    scenes = [scene for scene in ddff.read(test) if scene.split == "test"]
    if [scene.name for scene in scenes] != NAMES:
        raise InputError(
            f"{test} holds {len(scenes)} stacks in stack_test and not {len(NAMES)}; name ddff-dataset-test.h5"
        )
    shape = scenes[0].load().pictures.shape
    if shape != (FRAMES, *SIZE, 3):
        raise InputError(f"{test} holds stacks of {shape} and not {(FRAMES, *SIZE, 3)}; download it again")
    return scenes


def _digest(network: str) -> str:
    (model,) = predictor_named(network).models
    return hashlib.sha256(model.read_bytes()).hexdigest()


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror}); name another --output") from None


def _begin(folder: Path, unfinished: Path, provenance: dict[str, str]) -> None:
    """Make the folder to work in, or check that work may go on in it."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(f"{folder} is not empty; empty it or name another --output")
    for scene in ddff.TEST_SCENES:
        (unfinished / scene).mkdir(parents=True, exist_ok=True)
    for partial in unfinished.rglob(f"*{PARTIAL}"):
        partial.unlink()
    note = unfinished / PROVENANCE
    if not note.exists():
        _write(note, json.dumps(provenance).encode())
    elif json.loads(note.read_text()) != provenance:
        raise InputError(f"{unfinished} was begun with another file or network; delete it to begin again")


def _finished_runtimes(unfinished: Path) -> dict[str, float]:
    """Return the runtimes of the stacks that are done."""
    if not (unfinished / RUNTIMES).exists():
        return {}
    runtimes = _read_runtimes(unfinished / RUNTIMES)
    return {name: seconds for name, seconds in runtimes.items() if (unfinished / f"{name}.npy").exists()}


def _predict_timed(stack: EvaluationStack, network: str, warm: bool) -> tuple[np.ndarray, float]:
    """Return disparity (H, W) float32 and the network's seconds; one that is not `warm` is loaded first.

    Depth is clipped to the range of focus, within which the truth lies.
    """

    def run(pictures: np.ndarray) -> np.ndarray:
        return predict(pictures, stack.positions, network).normalised

    if not warm:
        run(stack.pictures[:, :WARM_UP_SIDE, :WARM_UP_SIDE])
    started = time.perf_counter()
    depth = run(stack.pictures)
    seconds = time.perf_counter() - started
    return stack.to_truth_unit(np.clip(depth, 0, 1)).astype(np.float32), seconds


def _encode_npy(depth: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, depth)
    return buffer.getvalue()


def _format_runtimes(runtimes: dict[str, float]) -> bytes:
    return "".join(f"{name} {runtimes[name]:.6f}\n" for name in NAMES if name in runtimes).encode()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whenever the program ends."""
    partial = path.with_name(path.name + PARTIAL)
    partial.write_bytes(content)
    os.replace(partial, path)


def _read_runtimes(path: Path) -> dict[str, float]:
    """Read {name: seconds} of a runtime.txt; raises InputError where a line is wrong."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(
            f"{path} is missing or no text; write a line for each of {len(NAMES)} stacks"
        ) from None
    runtimes: dict[str, float] = {}
    for number, line in enumerate(lines, 1):
        name, _, seconds = line.partition(" ")
        if name not in NAMES or name in runtimes:
            raise InputError(f"line {number} of {path} names no stack or one named before: {line!r}")
        runtimes[name] = _seconds(seconds)
        if not 0 < runtimes[name] < np.inf:
            raise InputError(f"line {number} of {path} has no time above 0 after the stack: {line!r}")
    return runtimes


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _check_depth(path: Path) -> None:
    try:
        depth = np.load(path)
    except (OSError, ValueError, EOFError):
        raise InputError(f"{path} is missing or no .npy file; write it by numpy.save") from None
    if not isinstance(depth, np.ndarray) or (depth.dtype, depth.shape) != (np.float32, SIZE):
        content = f"{depth.shape} {depth.dtype}" if isinstance(depth, np.ndarray) else "several arrays"
        raise InputError(f"{path} holds {content}; make it {SIZE} float32")
    if not np.isfinite(depth).all():
        raise InputError(f"{path} holds values that are not finite; every pixel needs a disparity")
    if not 0 < np.median(depth) < 1:
        raise InputError(
            f"{path} has a median of {np.median(depth):.3g}; disparities are {DISPARITIES} pixels"
        )
