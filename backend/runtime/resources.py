"""What a run may use: threads, memory, and the processor of the networks."""

import os
from dataclasses import dataclass, field

from .devices import AUTO


def available_threads() -> int:
    """Return OMP_NUM_THREADS, or else how many cores there are."""
    try:
        asked = int(os.environ.get("OMP_NUM_THREADS") or 0)
    except ValueError:
        asked = 0
    return asked if asked > 0 else os.cpu_count() or 1


@dataclass(frozen=True)
class Resources:
    """What a run may use.

    Attributes
    ----------
    threads
        For the networks, for decoding and for writing.
    max_memory
        Bytes, or None for as many as it takes. Less may make depth coarser.
    device
        Of the networks: one of `devices.DEVICES`.
    """

    threads: int = field(default_factory=available_threads)
    max_memory: float | None = None
    device: str = AUTO
