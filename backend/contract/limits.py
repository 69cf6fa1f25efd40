"""What is refused before memory is taken for it: the one place of these numbers.

A few bytes of a header can claim a picture or an array of terabytes. What is real passes with room to spare.
"""

import errno
import stat
import zipfile
from pathlib import Path

import numpy as np

from .errors import InputError

MOST_PIXELS = 500_000_000  # of a photograph: cameras that combine shots reach 400 million
MOST_CHANNELS = 4  # of so large a photograph; fewer pixels may have more
MOST_SIDE = 100_000  # pixels: EXR keeps a table of all rows
MOST_PIXELS_A_BYTE = 200  # a black JPEG has 70, a bomb 300 and more; told only of more than so many:
EMPTY_PIXELS = 16_000_000
MOST_SCANS = 100  # of a progressive JPEG, which has about ten; each costs as much as a picture of its own
MOST_BYTES = 4 * 2**30  # of a photograph's file: TIFF ends there
MOST_TEXT = 2**24  # bytes of a text file: sidecars and result.json have thousands
MOST_WEIGHTS = 2**30  # bytes of a checkpoint or a network: the paper's has 17 million


def check_picture(path: Path, width: int, height: int, channels: int = 1) -> None:
    """Raises InputError for a size, in pixels, that no photograph has, or not in so few bytes."""
    pixels, held = width * height, path.stat().st_size
    if max(width, height) > MOST_SIDE or pixels * max(channels, MOST_CHANNELS) > MOST_PIXELS * MOST_CHANNELS:
        raise InputError(
            f"{path} claims {pixels * channels / 1e9:.3g} billion values ({width} x {height} pixels), more "
            "than any camera makes; leave it out, or save it smaller"
        )
    if pixels > EMPTY_PIXELS and pixels > held * MOST_PIXELS_A_BYTE:
        raise InputError(
            f"{path} claims {width} x {height} pixels in {held} bytes, too few for a photograph; leave it out"
        )


def read_whole(path: Path, most: int) -> bytes:
    """The bytes of a file. Raises OSError, and InputError where there are more than `most`."""
    check_file(path, most)
    return path.read_bytes()


def check_file(path: Path, most: int) -> None:
    """Raises OSError unless `path` is an ordinary file (a pipe never ends), and InputError where it holds
    more than `most` bytes."""
    status = path.stat()
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):  # opening a folder tells by itself
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    if status.st_size > most:
        raise InputError(
            f"{path} holds {status.st_size / 1e9:.3g} GB, and {most / 1e9:.2g} GB are the most; leave it out"
        )


def check_archive(path: Path, most: int) -> None:
    """Raises InputError where a zip file would unpack to more than `most` bytes, and OSError or
    zipfile.BadZipFile where it cannot be read."""
    check_file(path, most)
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > most:
        raise InputError(f"{path} unpacks to {unpacked / 1e9:.3g} GB; leave it out")


def read_arrays(path: Path, most: int) -> dict[str, np.ndarray]:
    """The arrays of an .npz file, none of them pickled. Raises OSError, and InputError where it is damaged or
    would take more than `most` bytes."""
    try:
        check_archive(path, most)
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, InputError):
        raise
    except Exception:  # zip, zlib and the parser of array headers have one each for all that can be wrong
        raise InputError(f"{path} is damaged: estimate depth again") from None


def check_exr(path: Path) -> tuple[int, int]:
    """(width, height) of an EXR file's first part. Raises InputError where a part claims too much, and the
    library's own exceptions where the file is damaged."""
    import OpenEXR

    sizes = []
    with OpenEXR.File(str(path), header_only=True) as file:
        for part in file.parts:
            corner, opposite = (np.int64(place) for place in part.header["dataWindow"])
            width, height = (int(size) for size in opposite - corner + 1)
            check_picture(path, width, height, len(part.header["channels"]))
            sizes.append((width, height))
    return sizes[0]
