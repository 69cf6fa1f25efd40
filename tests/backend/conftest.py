"""How the tests run the command: as a program of its own, as people and the add-on do."""

import os
import subprocess
import sys

import pytest
from photographs import PROJECT


@pytest.fixture(scope="session")
def command():
    """command("estimate", ...) -> the finished process, its output as text."""

    def run(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "utf-8"}
        line = [sys.executable, "-m", "focal_depth", *map(str, arguments)]
        settings = {
            "env": environment,
            "capture_output": True,
            "text": True,
            "encoding": "utf-8",
            "timeout": 600,
        }
        return subprocess.run(line, **(settings | options))

    return run


@pytest.fixture(scope="session")
def bank(tmp_path_factory, command):
    """A bank of 32 small stacks, rendered by the command."""
    folder = tmp_path_factory.mktemp("bank")
    made = command("simulate", "--output", folder, "--stacks", 32, "--frames", 5, "--size", 64, 80)
    assert made.returncode == 0, made.stderr
    return folder
