"""crashing.py CACHE PHOTOGRAPHS OUTPUT: begins to estimate and crashes; prints the pid of the process."""

import os
import signal
import sys
import time
from pathlib import Path

import bpy

EXTENSION = "bl_ext.user_default.focal_depth"

bpy.ops.preferences.addon_enable(module=EXTENSION)
jobs = f"{EXTENSION}.focal_depth_addon.jobs"
Process, Scratch = sys.modules[f"{jobs}.process"].Process, sys.modules[f"{jobs}.scratch"].Scratch

cache = Path(sys.argv[1])
process = Process(["estimate", sys.argv[2], "--output", sys.argv[3]], Scratch(cache), cache)
while process.poll() and process.progress is None:
    time.sleep(0.01)
print(f"\n{process.pid}", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
