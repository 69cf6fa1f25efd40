"""Result folders from anywhere, opened in Blender: each is a result, or one sentence says why not.

Nothing in them leads out of the folder, and Blender takes no memory for what they claim.
"""

import copy
import json
import math
import os
import re
import shutil
import struct
import zlib
from pathlib import Path

import bpy
import pytest

pytestmark = [
    pytest.mark.one_blender,
    pytest.mark.usefixtures("cache"),
    pytest.mark.skipif(os.name == "nt", reason="pipes and links are made as other systems have them"),
]
DELETED = object()
# In place of every single thing that a result.json says.
UNUSUAL = (None, True, 0, -1, 1e-300, 1e300, 10**400, math.nan, math.inf, [], {}, DELETED)
UNUSUAL += ("", "2", "inf", "nan", "a\0b", "\ud800", "../../home/mine.png", "/etc/hostname", "aligned/..")
FILES = ("depth.exr", "all_in_focus.png", "cache.npz", "background.png", "aligned/01_0.png")
SIDE = 60_000  # pixels, that a header claims


@pytest.fixture
def folder(estimated, tmp_path) -> Path:
    """A whole result, to be spoilt."""
    return Path(shutil.copytree(estimated, tmp_path / "place" / "result"))


@pytest.fixture(scope="module")
def estimated(addon, photographs, tmp_path_factory) -> Path:
    """A result with all that a result may have."""
    folder = tmp_path_factory.mktemp("estimated") / "result"
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.focal_depth.estimate(directory=str(photographs), output=str(folder))
    bpy.ops.focal_depth.build_mesh(level="preview")
    assert {path.name for path in folder.iterdir()} >= {"aligned", "cache.npz", "background.png", "depth.exr"}
    return folder


@pytest.fixture
def others(tmp_path):
    """Somebody's folder beside the result, which stays as it is."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "mine.png").write_bytes(b"mine")
    yield home
    assert {path.name: path.read_bytes() for path in home.iterdir()} == {"mine.png": b"mine"}


def press(name: str, **arguments) -> str:
    """The sentence of an operator that fails; empty where it does not."""
    try:
        assert getattr(bpy.ops.focal_depth, name)(**arguments) == {"FINISHED"}
    except RuntimeError as error:
        text = str(error).strip().removeprefix("Error: ")
        assert "Traceback" not in text, text
        assert text and "\n" not in text, text
        return text
    return ""


def open_and_press(folder: Path, before: Path | None = None, runs: bool = True) -> list[str]:
    """Messages while that folder is opened, or replaces `before`, and all that reads it is pressed.

    `runs`: also what a process does.
    """
    bpy.ops.wm.read_homefile(use_empty=True)
    messages = [press("open_result", directory=str(before or folder))]
    if any(messages):
        assert bpy.context.scene.focal_depth.result == ""
        return messages
    if before is not None:
        bpy.context.scene.focal_depth.result = str(folder)
    messages += [press("preview", show="ALL_IN_FOCUS"), press("reset_range")]
    messages += [press(name) for name in ("depth_merge", "refocus", "depth_fog", "depth_matte")]
    if runs:
        messages += [press("preview", show=show) for show in ("DEPTH", "ALIGNED")]
        messages.append(press("build_mesh", level="preview"))
    for image in bpy.data.images:
        assert max(image.size) < SIDE  # which lets Blender read it
    return [each for each in messages if each]


# What result.json says --------------------------------------------------------------------------------------


def leaves(description, path: tuple = ()):
    """The paths to all things in a description; of lists, to the first and last."""
    for key in description if isinstance(description, dict) else sorted({0, len(description) - 1} - {-1}):
        yield (*path, key)
        if isinstance(description[key], dict | list):
            yield from leaves(description[key], (*path, key))


def spoilt(description: dict, path: tuple, value: object) -> dict:
    changed = copy.deepcopy(description)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    if value is DELETED:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return changed


def check_descriptions(folder: Path, estimated: Path, every: int) -> None:
    description = json.loads((folder / "result.json").read_text())
    kinds = [(path, value) for path in leaves(description) for value in UNUSUAL]
    failed, refused = [], 0
    for number, (path, value) in enumerate(kinds[::every]):
        (folder / "result.json").write_text(json.dumps(spoilt(description, path, value)))
        try:
            refused += bool(open_and_press(folder, estimated if number % 2 else None, runs=False))
        except Exception as error:
            failed.append(f"{path} = {str(value)[:20]}: {str(error).strip().splitlines()[-1:]}")
    print(f"{len(kinds[::every])} descriptions, {refused} of them refused")
    assert failed == [], "\n".join(failed)
    assert refused > 10


def test_descriptions_of_some_kinds(folder, estimated, others):
    check_descriptions(folder, estimated, every=37)


@pytest.mark.torture
def test_descriptions_of_every_kind(folder, estimated, others):
    check_descriptions(folder, estimated, every=1)


def test_files_of_lens_profiles(folder):
    """Only a result that a saved profile corrected names one."""
    description = json.loads((folder / "result.json").read_text())
    for file in (*UNUSUAL, "/etc/a\nb", "{file}", "x" * 10_000):
        description["lens_profile"] = {"source": "file", "file": None if file is DELETED else file}
        (folder / "result.json").write_text(json.dumps(description))
        assert press("open_result", directory=str(folder)) == ""
        assert bpy.context.scene.focal_depth.profile_source.isprintable()


def twice(description: dict) -> dict:
    return description | {"frames": description["frames"][:1] * 2}


def all_at_one_distance(description: dict) -> dict:
    return description | {"frames": [each | {"focus_distance_m": 1.0} for each in description["frames"]]}


@pytest.mark.parametrize("change", [twice, all_at_one_distance])
def test_frames_that_are_no_stack(folder, estimated, change):
    description = json.loads((folder / "result.json").read_text())
    (folder / "result.json").write_text(json.dumps(change(description)))
    assert "result.json is damaged: estimate depth again" in open_and_press(folder)[0]
    assert open_and_press(folder, estimated)


@pytest.mark.parametrize("text", ["", "[" * 100_000, "null", "[]", '"x"', "1", "{}", "\ufeff{}", None])
def test_text_that_is_no_description(folder, estimated, text):
    if text is None:
        os.truncate(folder / "result.json", 2**40)  # takes no place on disks that know holes
    else:
        (folder / "result.json").write_text(text)
    assert open_and_press(folder) == [f"{folder / 'result.json'} is damaged: estimate depth again"]


# Its files --------------------------------------------------------------------------------------------------


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def another_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def link(path: Path, to: object) -> None:
    path.unlink()
    path.symlink_to(to)


def claiming(path: Path) -> None:
    """Its size is another one; all else stays."""
    data = path.read_bytes()
    if path.suffix == ".png":
        header = b"IHDR" + struct.pack(">II", SIDE, SIDE) + data[24:29]
        data = data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]
    else:
        window = re.compile(rb"((?:data|display)Window\0box2i\0\x10\0\0\0).{16}", re.DOTALL)
        data = window.sub(lambda found: found[1] + struct.pack("<4i", 0, 0, SIDE - 1, SIDE - 1), data)
    path.write_bytes(data)


SPOILING = {
    "missing": lambda path, _: path.unlink(),
    "empty": lambda path, _: path.write_bytes(b""),
    "a few bytes": lambda path, _: os.truncate(path, 12),
    "half": lambda path, _: os.truncate(path, path.stat().st_size // 2),
    "garbage": lambda path, _: path.write_bytes(bytes(range(256)) * 99),
    "claiming": lambda path, _: claiming(path),
    "pipe": lambda path, _: pipe(path),
    "folder": lambda path, _: another_folder(path),
    "link to itself": lambda path, _: link(path, path.name),
    "link to others": lambda path, others: link(path, others / "mine.png"),
    "link to a device": lambda path, _: link(path, "/dev/zero"),
}
IN_CHILDREN = {("depth.exr", "half"), ("cache.npz", "garbage"), ("background.png", "link to others")}


@pytest.mark.parametrize("how", SPOILING)
@pytest.mark.parametrize("name", FILES)
def test_files_of_every_kind(folder, others, name, how):
    check_files(folder, others, name, how, runs=(name, how) in IN_CHILDREN)


@pytest.mark.torture
@pytest.mark.parametrize("how", SPOILING)
@pytest.mark.parametrize("name", FILES)
def test_files_of_every_kind_in_children(folder, others, name, how):
    check_files(folder, others, name, how, runs=True)


def check_files(folder: Path, others: Path, name: str, how: str, runs: bool) -> None:
    """Damaged depth and pictures are refused; Blender shows what half a file has."""
    SPOILING[how](folder / name, others)
    messages = open_and_press(folder, runs=runs)
    if name == "cache.npz":
        assert messages == []
    elif name != "background.png" and (runs or how != "half"):
        assert messages
