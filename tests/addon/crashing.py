"""crashing.py CACHE PHOTOGRAPHS OUTPUT: begins to estimate and crashes; prints the pid of the child."""

import os
import signal
import sys
import time
from pathlib import Path

from focal_depth_addon.child import Child
from focal_depth_addon.scratch import Scratch

cache = Path(sys.argv[1])
child = Child(["estimate", sys.argv[2], "--output", sys.argv[3]], Scratch(cache), cache)
while child.poll() and child.progress is None:
    time.sleep(0.01)
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
