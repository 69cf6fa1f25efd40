"""In a Blender of its own, watched: it writes what was asked for and nothing else, and uses no network."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_blender

HERE = Path(__file__).parent
BACKEND = f"{sys.executable} -P -s -m backend "
NAMES = '"/var/run/nscd/socket"'  # where the C library asks for the names of people
MADE = {"result", "WEB.glb", "QUICK_LOOK.usdz", "set.blend"}


@pytest.fixture
def confined(addon, photographs, tmp_path):
    """confined(*before) -> what it was that confined.py did, run behind these words, as audit.py notes it."""
    hook, seen = tmp_path / "hook", tmp_path / "seen"
    for folder in ("hook", "home", "place", "current"):
        (tmp_path / folder).mkdir()
    shutil.copy(HERE.parent / "audit.py", hook / "sitecustomize.py")
    environment = os.environ | {
        "PYTHONPATH": str(hook),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATCHED": str(seen),
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path),
    }
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "ORT_DISABLE_TELEMETRY"):
        environment.pop(name, None)

    def run(*before) -> dict[str, set[str]]:
        line = [*before, sys.executable, HERE / "confined.py", tmp_path / "cache", photographs]
        line = [*map(str, line), str(tmp_path / "place")]
        done = subprocess.run(
            line, env=environment, cwd=tmp_path / "current", capture_output=True, text=True, timeout=800
        )
        assert done.stdout.endswith("done\n"), done.stderr[-3000:]
        assert {path.name for path in (tmp_path / "place").iterdir()} == MADE
        assert list((tmp_path / "current").iterdir()) == []
        found = {"writes": set(), "programs": set(), "network": set()}
        for each in seen.read_text().splitlines():
            kind, what = json.loads(each)
            if kind == "begin":
                found = {"writes": set(), "programs": set(), "network": set()}
            else:
                found[kind].add(what)
        return found

    return run


def outside(paths, *places) -> list[str]:
    """Those of the paths that lie in none of these places, nor in those that are Blender's own."""
    own = (os.environ["BLENDER_USER_RESOURCES"], os.devnull)
    return sorted(
        path
        for path in paths
        if not any(path == str(place) or path.startswith(f"{place}{os.sep}") for place in (*places, *own))
    )


def test_it_writes_what_was_asked_for_and_uses_no_network(confined, tmp_path):
    found = confined()
    assert found["writes"] and found["programs"]
    assert found["network"] == set()
    assert [line for line in found["programs"] if not line.startswith(BACKEND)] == []
    assert outside(found["writes"], tmp_path) == []
    assert os.listdir(tmp_path / "home") in ([], [".cache"]), "where Blender keeps thumbnails of .blend files"


@pytest.mark.torture
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_blender_and_its_libraries_too(confined, tmp_path):
    """What the system is asked for, by Blender, the backend and their libraries too; where that is allowed,
    in a network namespace that has nothing in it."""
    trace = tmp_path / "trace"
    alone = ("unshare", "--net") if subprocess.run(["unshare", "--net", "true"]).returncode == 0 else ()
    confined(*alone, "strace", "-f", "-qq", "-y", "-o", trace, "-e", "trace=%network,%file")
    calls = [line.split(maxsplit=1)[1] for line in trace.read_text(errors="replace").splitlines()]
    networks = [call for call in calls if re.match(r"(socket|bind|sendto)\((?!AF_UNIX)", call)]
    assert networks == []
    reached = [call for call in calls if call.startswith("connect(")]
    assert [call for call in reached if NAMES not in call] == []
    changing = re.compile(r"^(mkdir|rename|unlink|rmdir|link|symlink|truncate|chmod)|O_(WRONLY|RDWR|CREAT)")
    writes = [call for call in calls if changing.search(call) and " = -1 " not in call]
    allowed = (str(tmp_path), os.environ["BLENDER_USER_RESOURCES"], "/dev/")
    print(f"{len(calls)} calls, {len(writes)} of them write; reached {set(reached)}")
    assert len(writes) > 50
    assert [call for call in writes if not any(place in call for place in allowed)] == []
