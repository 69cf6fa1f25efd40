"""Result folders from outside: nothing pickled, no path that leads out, no size that is believed."""

import io
import json
import os
import pickle
import shutil
import zipfile

import hostile
import numpy as np
import pytest
from focal_depth.cli.main import INPUT_AT_FAULT, OK, main
from focal_depth.contract import limits
from focal_depth.contract.errors import InputError
from focal_depth.io import result_folder
from focal_depth.runtime import cache
from photographs import PROJECT

CAMERA = {"fx": 60.0, "fy": 60.0, "cx": 24.0, "cy": 16.0}
DELETED = object()


@pytest.fixture
def result(tmp_path):
    """A small result of three frames, with found.npz and aligned pictures."""
    folder = tmp_path / "result"
    random = np.random.default_rng(1)
    depth = random.uniform(1, 2, (32, 48)).astype(np.float32)
    picture = random.random((32, 48, 3), dtype=np.float32)
    frames = [{"file": str(tmp_path / f"{i}.png"), "dioptres": 0.5 + i, "source": "typed"} for i in range(3)]
    described = {"metric": True, "network": "ours", "camera": CAMERA, "frames": frames, "warnings": []}
    found = cache.to_keep(FOUND, "the fingerprint")
    aligned = enumerate([picture] * 3)
    result_folder.write_result(folder, depth, depth / 2, picture, described, aligned=aligned, found=found)
    return folder


FOUND = cache.Found(
    normalised=np.zeros((16, 24), np.float32),
    spread=np.ones((16, 24), np.float32),
    kept=np.ones(3, bool),
    warnings=np.array([], str),
    gains=np.ones((3, 3), np.float32),
    relative_fov=np.ones(3, np.float32),
    residual=np.zeros((3, 3), np.float32),
    match=np.ones(2, np.float32),
)


def test_the_result_itself_is_known(result):
    assert cache.known(result, "the fingerprint").found.fits
    assert cache.known(result, "another") is None


class Runs:
    def __reduce__(self):
        return os.mkdir, ("it ran",)


def test_nothing_pickled_is_read(result, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    np.savez(result / results.FOUND, seen=np.array([Runs()], dtype=object))
    assert cache.known(result, "the fingerprint") is None
    (result / results.FOUND).write_bytes(pickle.dumps(Runs()))
    assert cache.known(result, "the fingerprint") is None
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


@pytest.mark.parametrize("name", [field for field in vars(FOUND)])
@pytest.mark.parametrize("shape", [(2**40,), (2**62, 2**62), (5,), ()])
def test_arrays_of_other_shapes_than_they_should_have(result, name, shape):
    arrays = cache.to_keep(FOUND, "the fingerprint")
    others = {}
    for other, array in arrays.items():
        buffer = io.BytesIO()
        np.save(buffer, array)
        others[other] = [buffer.getvalue()]
    packed(result / results.FOUND, **others | {name: [header(shape), bytes(20)]})
    assert cache.known(result, "the fingerprint") is None


def test_an_array_that_unpacks_to_gigabytes(tmp_path):
    path = tmp_path / "bomb.npz"
    packed(path, a=[header((2**30,)), *[bytes(2**24)] * 8])
    assert path.stat().st_size < 1e6
    with pytest.raises(InputError, match=r"unpacks to 0\.134 GB"):
        limits.read_arrays(path, 10**8)


def test_damaged_arrays(result):
    whole = (result / results.FOUND).read_bytes()
    for cut in range(0, len(whole), 97):
        (result / results.FOUND).write_bytes(whole[:cut])
        assert cache.known(result, "the fingerprint") is None


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
    path = result / results.DESCRIPTION
    described = json.loads(path.read_text())
    described[key] = value
    path.write_text(json.dumps({key: value for key, value in described.items() if value is not DELETED}))
    status = main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")])
    assert status == INPUT_AT_FAULT
    said = capsys.readouterr().err
    assert said.count("error: ") == 1 and str(result) in said and "Traceback" not in said


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{" * 10, "null", "[]", '"x"', "1", "\ufeff{}", '{"format": 1}']
)
def test_text_that_is_no_description(result, text):
    (result / results.DESCRIPTION).write_text(text)
    with pytest.raises(InputError, match="not the description"):
        result_folder.read_description(result)


@pytest.mark.parametrize(
    "name", ["../../secret.png", "aligned/../../../secret.png", "{secret}", "aligned/secret.png"]
)
def test_names_that_lead_out_of_the_folder(result, tmp_path, name):
    secret = tmp_path / "secret.png"
    shutil.copy(result / results.ALL_IN_FOCUS, secret)
    path = result / results.DESCRIPTION
    described = json.loads(path.read_text())
    described["frames"][1]["aligned"] = name.format(secret=secret)
    path.write_text(json.dumps(described))
    paths = result_folder.aligned_paths(result, described["frames"])
    assert all(path.parent == result / results.ALIGNED for path in paths)
    assert (
        main(["look", str(result), "--show", "aligned", "--output", str(tmp_path / "look")]) == INPUT_AT_FAULT
    )
    assert cache.known(result, "the fingerprint") is None, "so it is not copied into the next result"


@pytest.mark.skipif(
    not hasattr(os, "symlink") or os.name == "nt", reason="links are for administrators there"
)
def test_links_in_a_result_folder_lead_no_writing_out(result, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for name in ("background.png", "background.unfinished.png"):
        (result / name).symlink_to(victim)
    assert main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")]) == OK
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
    described = {"metric": False, "frames": [], "warnings": []}
    before = sorted(home.rglob("*"))
    try:
        result_folder.write_result(tmp_path / "result", depth, depth, np.ones((4, 4, 3), np.float32), described)
    except InputError as fault:
        assert "cannot be written" in str(fault)
    assert sorted(home.rglob("*")) == before


def test_pictures_that_claim_too_much(result, tmp_path, capsys):
    (result / results.ALL_IN_FOCUS).write_bytes(hostile.png(hostile.HUGE, hostile.HUGE))
    assert main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")]) == INPUT_AT_FAULT
    shutil.copy(PROJECT / "sample" / "00.jpg", result / results.ALL_IN_FOCUS)
    (result / results.DEPTH_EXR).write_bytes(hostile.exr(tmp_path / "made.exr", hostile.HUGE, hostile.HUGE))
    assert main(["mesh", str(result), "--output", str(tmp_path / "mesh.npz")]) == INPUT_AT_FAULT
    assert capsys.readouterr().err.count("error: ") == 2
