"""Result folders from outside: nothing pickled, no path that leads out, no size that is taken for true."""

import io
import json
import os
import pickle
import shutil
import struct
import zipfile
from dataclasses import replace

import cv2
import hostile
import numpy as np
import pytest
from focal_depth.cli.main import main
from focal_depth.contract.errors import InputError
from focal_depth.contract.files import ALIGNED, ALL_IN_FOCUS_PNG, CACHE, DEPTH_EXR, RESULT_JSON
from focal_depth.contract.headers import check_header
from focal_depth.contract.messages import DONE, INPUT_AT_FAULT
from focal_depth.depth.predictor import Prediction
from focal_depth.io import result_folder
from focal_depth.io.arrays import read_arrays
from focal_depth.lens.profile import AppliedCurvature
from focal_depth.pipeline import Analysis, Job, plan_job
from focal_depth.registration.motion import Motion
from focal_depth.runtime.cache import ResultCache, analysis_fingerprint
from focal_depth.runtime.config import Config
from focal_depth.runtime.resources import Resources
from focal_depth.runtime.timings import Stages
from focal_depth.stack import FocalStack, Frame
from photographs import write_photograph
from results import CAMERA, description, write_result

DELETED = object()


def job(folder) -> Job:
    """To estimate three photographs there."""
    frames = tuple(Frame(write_photograph(folder / f"{i}.png"), 48, 32) for i in range(3))
    stack = FocalStack(frames, "focus distance", np.float32([0.5, 1.5, 2.5]))
    return plan_job(stack, Config(), Resources())


def cached_arrays(fingerprint: str) -> dict[str, np.ndarray]:
    """What cache.npz holds of an analysis of that job."""
    return {
        "fingerprint": np.array(fingerprint),
        "normalised": np.zeros((16, 24), np.float32),
        "uncertainty": np.ones((16, 24), np.float32),
        "belongs": np.ones(3, bool),
        "warnings": np.array([], str),
        "gains": np.ones((3, 3), np.float32),
        "relative_fov": np.ones(3, np.float32),
        "maps": np.zeros((3, 2, 15)),
        "misregistration": np.zeros(2, np.float32),
        "model": np.array("similarity"),
        "focus": np.float32([0.25, 0.5, 1]),
        "is_metric": np.array(False),
        "curvature": np.zeros(5),
        "engine": np.array(""),
        "profile": np.array(""),
        "correlation": np.ones(2, np.float32),
    }


@pytest.fixture
def result(tmp_path):
    """A small result of three frames, with cache.npz and aligned pictures."""
    random = np.random.default_rng(1)
    depth = random.uniform(1, 2, (32, 48)).astype(np.float32)
    picture = random.random((32, 48, 3), dtype=np.float32)
    described = description([tmp_path / f"{i}.png" for i in range(3)], (2, 2 / 3, 0.4))
    cache, aligned = cached_arrays(analysis_fingerprint(job(tmp_path))), enumerate([picture] * 3)
    return write_result(
        tmp_path / "result",
        depth,
        depth / 2,
        picture,
        described,
        frame_numbers=np.ones(depth.shape, np.float16),
        aligned=aligned,
        cache=cache,
    )


def is_reused(folder, job: Job) -> bool:
    """Whether the cache of a result there is taken for the analysis of a job."""
    anew = Analysis(
        job.stack,
        Motion(np.ones(3, np.float32), np.zeros((3, 2, 15)), np.ones(2, np.float32), np.zeros(2, np.float32)),
        np.ones((3, 3), np.float32),
        Prediction(np.zeros((16, 24), np.float32), np.ones((16, 24), np.float32)),
        AppliedCurvature(),
        np.zeros((32, 48, 3), np.float16),
        np.ones((32, 48), np.float16),
        "",
    )
    cache = ResultCache(folder)
    analysis = cache(lambda job, stages: anew)(job, Stages())
    assert (analysis is anew) != cache.was_used
    return cache.was_used


def test_the_result_itself_is_reused(result, tmp_path):
    work = job(tmp_path)
    assert is_reused(result, work)
    assert not is_reused(result, replace(work, config=Config(alignment="none")))


class Runs:
    def __reduce__(self):
        return os.mkdir, ("it ran",)


def test_nothing_pickled_is_read(result, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    whole = cached_arrays(analysis_fingerprint(job(tmp_path)))
    np.savez(result / CACHE, **whole | {"gains": np.array([Runs()], dtype=object)})
    assert not is_reused(result, job(tmp_path))
    (result / CACHE).write_bytes(pickle.dumps(Runs()))
    assert not is_reused(result, job(tmp_path))
    assert not os.path.exists("it ran")


def header(shape) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return buffer.getvalue()


def packed(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in members.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)


@pytest.mark.parametrize("name", cached_arrays(""))
@pytest.mark.parametrize("shape", [(2**40,), (2**62, 2**62), (5,), ()])
def test_arrays_of_other_shapes_than_they_should_have(result, tmp_path, name, shape):
    others = {}
    for other, array in cached_arrays(analysis_fingerprint(job(tmp_path))).items():
        buffer = io.BytesIO()
        np.save(buffer, array)
        others[other] = [buffer.getvalue()]
    packed(result / CACHE, **others | {name: [header(shape), bytes(20)]})
    assert not is_reused(result, job(tmp_path))


def test_an_array_that_unpacks_to_gigabytes(tmp_path):
    path = tmp_path / "bomb.npz"
    packed(path, a=[header((2**30,)), *[bytes(2**24)] * 8])
    assert path.stat().st_size < 1e6
    with pytest.raises(InputError, match=r"unpacks to 0\.134 GB"):
        read_arrays(path, 10**8)


def test_damaged_arrays(result, tmp_path):
    whole, work = (result / CACHE).read_bytes(), job(tmp_path)
    for cut in range(0, len(whole), 97):
        (result / CACHE).write_bytes(whole[:cut])
        assert not is_reused(result, work)


HOSTILE = [
    ("size", [48]),
    ("size", [0, 32]),
    ("size", ["48", "32"]),
    ("size", None),
    ("depth", {}),
    ("depth", {"near": "nan", "far": 2}),
    ("depth", {"near": -1, "far": 2}),
    ("depth", {"near": [], "far": 2}),
    ("frames", None),
    ("frames", [1, 2]),
    ("frames", [{"file": 3}]),
    ("warnings", [1]),
    ("warnings", 1),
    ("metric", "yes"),
    ("format", "1"),
    ("format", 10**400),
    ("camera", DELETED),
    ("camera", []),
    ("camera", {**CAMERA, "fx": 0}),
    ("camera", {**CAMERA, "cx": "nan"}),
    ("frames", DELETED),
    ("size", DELETED),
]


@pytest.mark.parametrize(("key", "value"), HOSTILE)
def test_descriptions_that_are_none(result, tmp_path, capsys, key, value):
    path = result / RESULT_JSON
    described = json.loads(path.read_text())
    described[key] = value
    path.write_text(json.dumps({key: value for key, value in described.items() if value is not DELETED}))
    status = main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")])
    assert status == INPUT_AT_FAULT
    errors = capsys.readouterr().err
    assert errors.count("error: ") == 1 and str(result) in errors and "Traceback" not in errors


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{" * 10, "null", "[]", '"x"', "1", "\ufeff{}", '{"format": 1}', '{"format": 2}']
)
def test_text_that_is_no_description(result, text):
    (result / RESULT_JSON).write_text(text)
    with pytest.raises(InputError, match="not the description"):
        result_folder.read_description(result)


@pytest.mark.parametrize(
    "name", ["../../secret.png", "aligned/../../../secret.png", "{secret}", "aligned/secret.png"]
)
def test_names_that_lead_out_of_the_folder(result, tmp_path, name):
    secret = tmp_path / "secret.png"
    shutil.copy(result / ALL_IN_FOCUS_PNG, secret)
    path = result / RESULT_JSON
    described = json.loads(path.read_text())
    described["frames"][1]["aligned"] = name.format(secret=secret)
    path.write_text(json.dumps(described))
    paths = result_folder.aligned_paths(result, described)
    assert all(path.parent == result / ALIGNED for path in paths)
    arguments = ["preview", str(result), "--show", "aligned", "--output", str(tmp_path / "preview")]
    assert main(arguments) == INPUT_AT_FAULT
    assert not is_reused(result, job(tmp_path)), "so it is not copied into the next result"


@pytest.mark.skipif(
    not hasattr(os, "symlink") or os.name == "nt", reason="links are for administrators there"
)
def test_links_in_a_result_folder_lead_no_writing_out(result, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for name in ("background.png", "background.unfinished.png"):
        (result / name).symlink_to(victim)
    assert main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")]) == DONE
    assert victim.read_text() == "mine"
    assert not (result / "background.png").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="links are for administrators there")
@pytest.mark.parametrize("name", ["", "new", "gone", "earlier", "lock"])
def test_links_beside_a_result_folder_lead_no_writing_out(tmp_path, name):
    """The folder in which a result grows lies beside it, and may have come with it."""
    home = tmp_path / "home"
    for folder in (home, home / "new", home / "gone"):
        folder.mkdir()
        (folder / "mine").write_text("mine")
    beside = tmp_path / "result.unfinished"
    if name:
        beside.mkdir()
    (beside / name if name else beside).symlink_to(home, target_is_directory=True)
    depth = np.ones((4, 4), np.float32)
    described = description(["0.png", "1.png"])
    before = sorted(home.rglob("*"))
    try:
        write_result(tmp_path / "result", depth, depth, np.ones((4, 4, 3), np.float32), described)
    except InputError as fault:
        assert "cannot be written" in str(fault)
    assert sorted(home.rglob("*")) == before


def test_pictures_that_claim_too_much(result, tmp_path, capsys):
    (result / ALL_IN_FOCUS_PNG).write_bytes(hostile.png(hostile.HUGE, hostile.HUGE))
    assert main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")]) == DONE, "it is not decoded"
    (result / DEPTH_EXR).write_bytes(hostile.exr(tmp_path / "made.exr", hostile.HUGE, hostile.HUGE))
    assert main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")]) == INPUT_AT_FAULT
    assert capsys.readouterr().err.count("error: ") == 1


@pytest.mark.parametrize("progressive", [0, 1])
def test_sizes_are_read_of_headers_before_a_picture_is_decoded(tmp_path, progressive):
    path = tmp_path / "01.jpg"
    picture = np.random.default_rng(1).integers(0, 255, (90, 160, 3)).astype(np.uint8)
    cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_PROGRESSIVE, progressive])
    check_header(path)
    content = path.read_bytes()
    size = struct.pack(">HH", 90, 160)
    assert content.count(size) == 1
    for spoilt in (
        content.replace(size, struct.pack(">HH", hostile.HUGE, hostile.HUGE)),
        content[:20],
        content[:2],
        b"GIF89a" + content,
    ):
        path.write_bytes(spoilt)
        with pytest.raises(ValueError):
            check_header(path)
