"""The package from its wheel, in an environment of its own: no checkout is beside it."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from photographs import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
LINES = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy, as pip does from a source archive: what is not in it cannot be relied on."""
    source, output = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("backend", "pyproject.toml", "setup.py", "README.md", "LICENSE"):
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", output, source]
    subprocess.run(command, check=True)
    return next(output.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory) -> Path:
    """The interpreter of a fresh environment in which the wheel, and what it asks for, is installed."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", python]
    subprocess.run([*pip, "install", "--quiet", "--no-compile", wheel], check=True)
    return python


def test_everything_is_in_the_wheel(wheel):
    """Every module, page, script and weight of the folder, and nothing of a training run."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("focal_depth/")}
    of_web = (PROJECT / "backend" / "export" / "web").glob("*.*")
    modules = (path for path in (PROJECT / "backend").rglob("*") if path.suffix in (".py", ".html", ".onnx"))
    sources = [*modules, *of_web]
    expected = {f"focal_depth/{path.relative_to(PROJECT / 'backend').as_posix()}" for path in sources}
    assert inside == expected | {"focal_depth/weights/focal_depth.safetensors"}


def test_the_lines_of_the_readme_run(python, tmp_path):
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    for path in (PROJECT / "sample").glob("*.jpg"):
        shutil.copy(path, photographs)
    run = subprocess.run([python, "-P", "-c", LINES], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("(720, 1080) metres")
    assert (tmp_path / "result" / "depth.exr").is_file()


def test_the_command_runs(python, tmp_path):
    command = [python.with_name("focal-depth"), "inspect", PROJECT / "sample"]
    assert "8 photographs" in subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
