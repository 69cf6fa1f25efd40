"""As the sitecustomize.py of a Python: notes what that does, one JSON list a line, in the file WATCHED names.

Python tells of whatever opens, makes, moves or removes a file, starts a program or reaches for a network,
which is refused.
"""

import json
import os
import sys

SEEN = open(os.environ["WATCHED"], "w", buffering=1)  # noqa: SIM115
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REMOVES = ("os.remove", "os.rmdir")
CHANGES = (*REMOVES, "os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.utime")
CHANGES += ("shutil.rmtree", "tempfile.")
PROGRAMS = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile")


def watch(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if isinstance(path, str | bytes) and (flags or 0) & WRITES:
            tell("writes", path)
    elif event in REMOVES and arguments[1] != -1:
        pass  # in an open folder, which shutil.rmtree has told
    elif event.startswith(CHANGES):
        for path in arguments[: 2 if event in ("os.rename", "os.link") else 1]:
            tell("writes", path)
    elif event.startswith("socket."):
        tell("network", event)
        raise PermissionError("no network")
    elif event == "focal_depth.begin":
        tell("begin", event)
    elif event == "subprocess.Popen":
        tell("programs", " ".join(map(str, arguments[1])) if isinstance(arguments[1], list) else arguments[0])
    elif event.startswith(PROGRAMS):
        tell("programs", arguments[0] if arguments else event)


def tell(kind, what):
    if isinstance(what, str | bytes | os.PathLike):
        what = os.path.abspath(os.fsdecode(what)) if kind == "writes" else str(what)
        SEEN.write(json.dumps([kind, what]) + "\n")


sys.addaudithook(watch)
