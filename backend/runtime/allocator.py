"""What Linux's C library keeps of freed memory: for all threads, and for what is taken next."""

import ctypes
from contextlib import suppress

# Parameters of glibc's mallopt(3), as its malloc.h numbers them.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
MOST_FREE = 256 << 20  # bytes at the end of it, beyond which they are given back
LARGE = 32 << 20  # bytes, the most that every glibc takes: arrays from there on get memory of their own


def keep_freed_memory() -> None:
    """Let all threads take memory from one place, which keeps most of what they have freed.

    Each thread would keep to itself what it has freed, half as much as is in use; and arrays would get memory
    of their own, which the system has to clear and to map anew, for a twenty-fifth of an estimate's time. To
    be called before there are threads. Large arrays are taken too seldom for them to wait for each other.
    """
    for parameter, value in ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, MOST_FREE)):
        _call("mallopt", parameter, value)


def return_free_memory() -> None:
    """Give what is free back to the system, before much is taken elsewhere: a matter of milliseconds."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    with suppress(AttributeError, OSError, TypeError):  # other C libraries have other ways
        getattr(ctypes.CDLL(None), name)(*arguments)
