"""What is refused before memory is taken for it: the one place of these numbers.

A few bytes of a header can claim a picture or an array of terabytes. What is real passes with room to spare.
"""

import errno
import stat
import zipfile
from pathlib import Path

from .errors import InputError

MAX_PIXELS = 500_000_000  # of a photograph: cameras that combine shots reach 400 million
MAX_CHANNELS = 4  # of so large a photograph; fewer pixels may have more
MAX_SIDE = 100_000  # pixels: EXR keeps a table of all rows
MAX_PIXELS_PER_BYTE = 200  # a black JPEG has 70, a bomb 300 and more; checked only above so many pixels:
MIN_PIXELS_CHECKED = 16_000_000
MAX_SCANS = 100  # of a progressive JPEG, which has about ten; each costs as much as a picture of its own
MAX_FILE_BYTES = 4 * 2**30  # of a photograph: TIFF ends there
MAX_TEXT_BYTES = 2**24  # of a text file: sidecars and result.json have thousands
MAX_WEIGHTS_BYTES = 2**30  # of a checkpoint or a network: Won & Jeon's has 17 million


def is_plausible_size(width: int, height: int, channels: int = 1) -> bool:
    """Whether a photograph may have so many pixels and channels."""
    values = width * height * max(channels, MAX_CHANNELS)
    return min(width, height) > 0 and max(width, height) <= MAX_SIDE and values <= MAX_PIXELS * MAX_CHANNELS


def holds_pixels(bytes_held: int, pixels: int) -> bool:
    """Whether a file of `bytes_held` bytes can hold a photograph of so many pixels."""
    return pixels <= max(MIN_PIXELS_CHECKED, bytes_held * MAX_PIXELS_PER_BYTE)


def check_picture(path: Path, width: int, height: int, channels: int = 1) -> None:
    """Refuse a size, in pixels, that no photograph has, or not in so few bytes.

    Raises
    ------
    InputError
        In one sentence that names the file.
    """
    pixels, held = width * height, path.stat().st_size
    if not is_plausible_size(width, height, channels):
        raise InputError(
            f"{path} claims {pixels * channels / 1e9:.3g} billion values ({width} x {height} pixels), more "
            "than any camera makes; leave it out, or save it smaller"
        )
    if not holds_pixels(held, pixels):
        raise InputError(
            f"{path} claims {width} x {height} pixels in {held} bytes, too few for a photograph; leave it out"
        )


def read_whole(path: Path, max_bytes: int) -> bytes:
    """Read a file. Raises OSError, and InputError where it holds more than `max_bytes`."""
    check_file(path, max_bytes)
    return path.read_bytes()


def check_file(path: Path, max_bytes: int) -> None:
    """Refuse what is no ordinary file, or too large a one.

    Raises
    ------
    OSError
        Unless `path` is an ordinary file: a pipe never ends.
    InputError
        Where it holds more than `max_bytes`.
    """
    status = path.stat()
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):  # opening a folder fails by itself
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    if status.st_size > max_bytes:
        raise InputError(
            f"{path} holds {status.st_size / 1e9:.3g} GB, and {max_bytes / 1e9:.2g} GB are the most; "
            "leave it out"
        )


def check_archive(path: Path, max_bytes: int) -> None:
    """Refuse a zip file that would unpack to more than `max_bytes`.

    Raises
    ------
    InputError
        Where it is too large.
    OSError, zipfile.BadZipFile
        Where it cannot be read.
    """
    check_file(path, max_bytes)
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > max_bytes:
        raise InputError(f"{path} unpacks to {unpacked / 1e9:.3g} GB; leave it out")
