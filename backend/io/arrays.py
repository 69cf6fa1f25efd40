"""Arrays in .npz files."""

import io
from pathlib import Path

import numpy as np

from ..contract.errors import InputError
from ..contract.limits import check_archive


def read_arrays(path: Path, max_bytes: int) -> dict[str, np.ndarray]:
    """Read the arrays of an .npz file, none of them pickled.

    Raises
    ------
    OSError
        Where the file cannot be read.
    InputError
        Where it is damaged or would take more than `max_bytes`.
    """
    try:
        check_archive(path, max_bytes)
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, InputError):
        raise
    except Exception:  # zip, zlib and the parser of array headers have one each for all that can be wrong
        raise InputError(f"{path} is damaged: estimate depth again") from None


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write an .npz file. Raises OSError, and then leaves no open archive that complains as it is closed."""
    path.write_bytes(pack_arrays(arrays))


def pack_arrays(arrays: dict[str, np.ndarray]) -> bytes:
    """Return the content of an .npz file."""
    archive = io.BytesIO()
    np.savez(archive, **arrays)  # type: ignore[arg-type]
    return archive.getvalue()
