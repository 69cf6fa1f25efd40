#!/usr/bin/env bash
# A client of Dask's with an address that is none may make the next one fail, with an AssertionError after ten seconds.
#
# Version: distributed 2026.8.0, dask 2026.8.0, Python 3.11, Linux x86-64.
# Behaviour: distributed.Client(address) that raises ValueError for an address without a port leaves an object behind that counts
#   as open. Where the error was kept for a while, Python frees it some time later, in whatever thread collects garbage then;
#   freeing it closes it, which takes a lock of all loops. The next Client holds that lock while it waits for its loop's new
#   thread. Where that thread is the one that collects, both wait for each other, for ten seconds at most.
#   Collecting in the main thread, before the next client, avoids it.
# Seen (the new thread is made to collect at its first call, which otherwise happens now and then):
#   collected by the next client's thread: AssertionError after 10 s
#   collected before: loop started after 0 s
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
${PYTHON:-python3.11} -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet distributed==2026.8.0 dask==2026.8.0
cd "$folder"
cat > next_client.py <<'PYTHON'
"""Start the loop of another client after one whose address was none."""

import gc
import logging
import sys
import threading
import time

from distributed import Client
from distributed.utils import LoopRunner

collected_before = sys.argv[1] == "before"
logging.disable(logging.CRITICAL)
gc.disable()
try:
    Client("nonsense", timeout=1)
except ValueError as error:
    report = [error]  # as programs keep errors, in something that refers to itself and is dropped later
    report.append(report)
del report
if collected_before:
    gc.collect()


def collect_once(frame, event, argument):
    threading.setprofile(None)
    sys.setprofile(None)
    gc.collect()


threading.setprofile(collect_once)
started = time.monotonic()
try:
    LoopRunner().start()
    end = "loop started"
except AssertionError:
    end = "AssertionError"
print(f"{end} after {time.monotonic() - started:.0f} s", flush=True)
import os

os._exit(0)
PYTHON
by_thread=$(venv/bin/python next_client.py later 2>/dev/null)
before=$(venv/bin/python next_client.py before 2>/dev/null)
echo "collected by the next client's thread: $by_thread"
echo "collected before: $before"
[[ $by_thread == "AssertionError after 10 s" && $before == "loop started after 0 s" ]]
