"""How every suite begins and ends."""

import os
import sys

import pytest

# Or each of the hundreds of processes that tests start would compile all of its modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

_STATUS = pytest.StashKey[int]()


def pytest_sessionfinish(session, exitstatus):
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """Leave without Python's own end, for which bpy's wheels were not made. That of 4.2.23 crashes there
    after an export of glTF, be it of a bare cube; that of 4.5.15 hangs now and then, as the thread that
    closes Blender's sound device still waits for a condition that is being destroyed; 5.0.1 seems to too."""
    if "bpy" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash.get(_STATUS, 1))
