"""Where people keep their files."""

import os
import re
import sys
from pathlib import Path

CONFIGURATION = "user-dirs.dirs"  # of xdg-user-dirs, on Linux
ENTRY = re.compile(r'^XDG_DOCUMENTS_DIR="(.+)"', re.MULTILINE)
SHELL_FOLDERS = r"Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"


def documents_folder() -> Path | None:
    """Return the folder of the person's documents, or their home; None where neither can be written."""
    documents = _on_windows() if sys.platform == "win32" else _by_xdg() or Path.home() / "Documents"
    folders = (folder for folder in (documents, Path.home()) if folder is not None)
    return next((folder for folder in folders if folder.is_dir() and os.access(folder, os.W_OK)), None)


def _on_windows() -> Path | None:
    import winreg  # on Windows only

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, SHELL_FOLDERS) as key:
            return Path(winreg.QueryValueEx(key, "Personal")[0])
    except OSError:
        return None


def _by_xdg() -> Path | None:
    configuration = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / CONFIGURATION
    try:
        found = ENTRY.search(configuration.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return Path(found[1].replace("$HOME", str(Path.home()))) if found else None
