"""How much memory commands take."""

import os
import subprocess
import sys

from photographs import PROJECT

# A process counts what its parent held when it began, so the parent is a small one.
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_of(*arguments: object, threads: int | None = None) -> int:
    """Bytes that `focal-depth ARGUMENTS` takes at most; not on Windows, which does not tell."""
    environment = os.environ | ({} if threads is None else {"OMP_NUM_THREADS": str(threads)})
    command = [sys.executable, "-c", _MEASURE, sys.executable, "-m", "focal_depth", *map(str, arguments)]
    ended = subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True, text=True)
    return int(ended.stdout.split()[-1]) * (1024 if sys.platform == "linux" else 1)
