"""Networks on a graphics processor: used by one thread at a time, and tried before they are believed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .sessions import Session

SIZES = {"frames": 4, "height": 64, "width": 96}  # of what is tried
# On average, of normalised dioptres, and of halves of the longer side by which frames move. Half precision
# is 0.2 thousandths off, on noise.
MOST_APART = 1e-3
MOST_NUMBERS = 1 << 22  # of an input: a file may claim to take any number


class GpuSession:
    """A network on a graphics processor.

    One thread at a time opens, runs or closes any of them: ONNX Runtime's WebGPU (1.27) fails where two do.

    Parameters
    ----------
    open_session
        Opens it.
    """

    _one_at_a_time = threading.RLock()

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._session: Session | None = None
        with self._one_at_a_time:
            self._session = open_session()

    def __del__(self) -> None:
        with self._one_at_a_time:
            self._session = None

    def get_inputs(self) -> list[Any]:
        """Return its inputs, as `Session` does."""
        assert self._session is not None
        return self._session.get_inputs()

    def run(self, outputs: Any, feed: Any, /) -> list[Any]:
        """Return its outputs, as `Session` does."""
        assert self._session is not None
        with self._one_at_a_time:
            return self._session.run(outputs, feed)


@dataclass(frozen=True)
class Trial:
    """What a network gives on the CPU for a little noise.

    Attributes
    ----------
    feed
        Its inputs.
    expected
        Its outputs.
    """

    feed: dict[str, np.ndarray]
    expected: list[np.ndarray]

    @classmethod
    def of(cls, on_cpu: Session) -> Trial | None:
        """Return it; None for a network that takes anything else than ours do."""
        feed = _noise_for(on_cpu)
        return None if feed is None else cls(feed, on_cpu.run(None, feed))

    def agrees(self, on_gpu: Session) -> bool:
        """Whether the same network gives the same on a graphics processor."""
        found = on_gpu.run(None, self.feed)
        return all(np.abs(a - b).mean() <= MOST_APART for a, b in zip(found, self.expected, strict=True))


def _noise_for(session: Session) -> dict[str, np.ndarray] | None:
    """Pictures of noise and positions that rise; None for a network that takes anything else."""
    random, feed = np.random.default_rng(0), {}
    for each in session.get_inputs():
        shape: list[Any] = [SIZES.get(size) if isinstance(size, str) else size for size in each.shape]
        if None in shape or prod(shape) > MOST_NUMBERS or each.type != "tensor(float)":
            return None
        values = random.random(shape) if "height" in each.shape else np.linspace(0.5, 1, prod(shape))
        feed[each.name] = values.reshape(shape).astype(np.float32)
    return feed
