"""What of all that can go wrong is the machine's: memory that ran out, a disk that is full or not ours."""

import mmap
from collections.abc import Iterator

from ..contract.errors import InputError

OUT_OF_MEMORY = "Memory ran out: close other programs, or choose a lower quality or a memory limit"
LIBRARIES = 256 * 2**20  # bytes of address space that they take as they are loaded, and some more
# How libraries that know no MemoryError say it: OpenCV, ONNX Runtime, C++, Python's threads, the loader.
OF_MEMORY = (
    "insufficient memory",
    "failed to allocate memory",
    "bad_alloc",
    "bad allocation",
    "cannot allocate memory",
    "can't start new thread",
    "resource temporarily unavailable",
    "failed to map segment",
)


def check_memory(size: int = LIBRARIES) -> None:
    """Raise MemoryError where so many bytes of address space cannot be had; by default what libraries need.

    OpenBLAS, which NumPy brings, would ask for its 32 MB for ever, the C library's loader would abort, and
    decoders and ONNX Runtime can crash where memory ends on several threads at once. It is asked for, but
    not touched.
    """
    try:
        mmap.mmap(-1, size).close()
    except OSError as error:
        raise MemoryError from error


def explain_machine_fault(error: BaseException) -> str | None:
    """Return a sentence for the person where the machine is at fault; else None."""
    if any(map(_is_of_memory, _chain(error))):
        return OUT_OF_MEMORY
    if isinstance(error, OSError) and error.strerror:
        what = error.filename or "A file"
        return f"{what} cannot be read or written ({error.strerror}): look at the disk and its permissions"
    return None


def explain_fault(error: BaseException) -> str | None:
    """Return a sentence for the person where the machine or the input is at fault; None where we are."""
    return explain_machine_fault(error) or (str(error) if isinstance(error, InputError) else None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those in whose handling it was raised: "is damaged" may come of memory that ran out."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_of_memory(error: BaseException) -> bool:
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(words in text for words in OF_MEMORY)
