"""No internet, no shell, and nothing written but what was asked for: what runs really do, and the sources."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from photographs import PROJECT

SHIPPED = [
    path for folder in ("backend", "focal_depth_addon") for path in sorted((PROJECT / folder).rglob("*.py"))
]
SHELLS = {"os.system", "os.popen", "os.startfile", "subprocess.getoutput", "subprocess.getstatusoutput"}
PROGRAMS = {"file"}  # pyexiv2 asks Python whether it has 64 bits, which asks this
CODE = {"eval", "exec", "compile", "__import__"}
AUDIT = (PROJECT / "tests" / "audit.py").read_text()


def watched(tmp_path, *arguments) -> dict[str, set[str]]:
    """What a command does, by kind: paths it writes, programs it starts, what it asks of a network."""
    hook, log, home = tmp_path / "hook", tmp_path / "log", tmp_path / "home"
    hook.mkdir(exist_ok=True)
    home.mkdir(exist_ok=True)
    (hook / "sitecustomize.py").write_text(AUDIT)
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, (hook, PROJECT))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WATCHED": str(log),
        "HOME": str(home),
        "LOCALAPPDATA": str(home),
    }
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "ORT_DISABLE_TELEMETRY"):
        environment.pop(name, None)
    line = [sys.executable, "-m", "focal_depth", *map(str, arguments)]
    done = subprocess.run(line, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == [], "what libraries that are not Python keep there"
    actions = {"writes": set(), "programs": set(), "network": set()}
    for each in log.read_text().splitlines():
        kind, what = json.loads(each)
        actions[kind].add(what)
    return actions


def test_the_watch_works(tmp_path):
    """Else the tests below could not fail."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(AUDIT)
    script = "import os, socket, subprocess; open('a', 'w'); os.mkdir('b')"
    script += "; subprocess.run(['true']); socket.socket()"
    environment = os.environ | {"PYTHONPATH": str(hook), "WATCHED": str(tmp_path / "log")}
    done = subprocess.run([sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True)
    assert b"no network" in done.stderr
    log = (tmp_path / "log").read_text()
    assert all(word in log for word in ("/a", "/b", "true", "socket.__new__"))


def test_a_run_writes_its_result_and_nothing_else(tmp_path):
    photographs = sorted((PROJECT / "sample").glob("*.jpg"))[::3]
    result, mesh, preview = (tmp_path / name for name in ("result", "mesh.npz", "preview"))
    result_places = (str(result), f"{result}.unfinished")
    runs = {
        result_places: ("estimate", *photographs, "--output", result, "--quality", "draft", "--save-aligned"),
        (str(mesh), str(tmp_path / "mesh.unfinished.npz"), str(result)): ("mesh", result, "--output", mesh),
        (str(preview),): ("preview", result, "--output", preview),
        (): ("inspect", *photographs),
    }
    for places, command in runs.items():
        actions = watched(tmp_path, *command)
        outside = [path for path in actions["writes"] if not within(path, (*places, os.devnull))]
        assert outside == [], command[0]
        assert not actions["network"], command[0]
        assert {line.split()[0] for line in actions["programs"]} <= PROGRAMS, command[0]
        assert actions["writes"] or not places


def within(path: str, places) -> bool:
    return any(path == place or path.startswith(place + os.sep) for place in places)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(PROJECT)))
def test_sources_use_no_shell_and_run_no_text(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        assert name not in SHELLS | CODE, f"{name}, line {node.lineno}"
        given = {each.arg: each.value for each in node.keywords}
        assert "shell" not in given, f"line {node.lineno}"
        assert name not in ("pickle.load", "pickle.loads", "torch.load") or safe(name, given)
        allowed = given.get("allow_pickle")
        assert allowed is None or ast.unparse(allowed) == "False", f"line {node.lineno}"


def safe(name: str, given: dict[str, ast.expr]) -> bool:
    return name == "torch.load" and ast.unparse(given["weights_only"]) == "True"


@pytest.mark.torture
@pytest.mark.skipif(not Path("/usr/bin/strace").exists(), reason="strace is not installed")
def test_libraries_too_open_no_socket_and_write_nothing_else(tmp_path):
    """What the system itself is asked for, also by libraries that are not Python; where root, in a network
    namespace that has nothing in it."""
    result, trace = tmp_path / "result", tmp_path / "trace"
    command = ["strace", "-f", "-qq", "-o", trace, "-e", "trace=%network,%file"]
    command += [sys.executable, "-m", "focal_depth", "estimate", PROJECT / "sample", "--output", result]
    if os.geteuid() == 0:
        command = ["unshare", "--net", *command]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    done = subprocess.run(
        list(map(str, command)), env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=590
    )
    assert done.returncode == 0, done.stderr
    calls = [line.split(maxsplit=1)[1] for line in trace.read_text(errors="replace").splitlines()]
    sockets = [call for call in calls if call.startswith(("socket(", "connect(", "bind(", "sendto("))]
    assert sockets == []
    changing = re.compile(r"^(mkdir|rename|unlink|link|symlink|truncate|chmod)|O_(WRONLY|RDWR|CREAT)")
    writes = [call for call in calls if changing.search(call) and " = -1 " not in call]
    assert writes
    assert [call for call in writes if str(result) not in call and "/dev/" not in call] == []
