"""Bundles the page's script, viewer.mjs and what it takes of three.js, into viewer.js.

    python backend/export/web/bundle.py

Needs nothing but the standard library, and npm with its registry: setup.py, build_extension.py and the
Makefile run it. The versions are pinned in package-lock.json, so that the same sources make the same file.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).resolve().parent
VIEWER = WEB / "viewer.js"
PACKAGES = WEB / "package.json", WEB / "package-lock.json"
SECONDS = 300  # for a download over a slow line


class NotBundled(Exception):
    """Says in one sentence why there is no viewer.js."""


def bundle() -> None:
    """Make viewer.js, where it is missing or older than its sources.

    Raises
    ------
    NotBundled
        Where npm is missing, or cannot install what it needs.
    """
    sources = [*PACKAGES, *sorted(WEB.glob("*.mjs")), Path(__file__)]
    if VIEWER.exists() and VIEWER.stat().st_mtime > max(path.stat().st_mtime for path in sources):
        return
    npm = shutil.which("npm")
    if npm is None:
        raise NotBundled(f"{VIEWER} cannot be made without npm: install Node.js 20 or later")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for path in sources:
            shutil.copy(path, folder)
        _run(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
        _run(npm, ["run", "build"], folder)
        text = _licence(folder) + (folder / VIEWER.name).read_text("utf-8")
    partial = VIEWER.with_suffix(f".{os.getpid()}.partial")  # two makes may be at it
    partial.write_text(text, "utf-8", newline="\n")
    os.replace(partial, VIEWER)


def _run(npm: str, arguments: list[str], folder: Path) -> None:
    try:
        subprocess.run(
            [npm, *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.CalledProcessError as error:
        raise NotBundled(
            f"{VIEWER} cannot be made: npm {arguments[0]} says: {error.stderr.strip()}"
        ) from None
    except subprocess.TimeoutExpired:
        raise NotBundled(f"{VIEWER} cannot be made: npm's registry does not answer; try again") from None


def _licence(folder: Path) -> str:
    """A comment with the licence of what is bundled; bill_of_materials.py reads its first line."""
    three = folder / "node_modules" / "three"
    version = json.loads((three / "package.json").read_text("utf-8"))["version"]
    return f"/*! three {version}\n{(three / 'LICENSE').read_text('utf-8')}*/\n"


if __name__ == "__main__":
    try:
        bundle()
    except NotBundled as error:
        sys.exit(str(error))
