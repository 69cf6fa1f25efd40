"""What the C library keeps of memory that was freed: left alone, on Linux, half as much as is in use."""

import ctypes
from contextlib import suppress

M_ARENA_MAX = -8  # malloc.h of glibc; see mallopt(3)


def share_one_arena() -> None:
    """Let all threads take memory from one place, since each would keep to itself what it has freed.

    To be called before there are threads. Large arrays are taken too seldom for them to wait for each other.
    """
    _call("mallopt", M_ARENA_MAX, 1)


def return_free_memory() -> None:
    """Give what is free back to the system, before much is taken elsewhere: a matter of milliseconds."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    with suppress(AttributeError, OSError, TypeError):  # other C libraries have other ways
        getattr(ctypes.CDLL(None), name)(*arguments)
