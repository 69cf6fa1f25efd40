"""Whether a graphics processor computes what the CPU does, tried before its numbers are believed."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .sessions import Session

SIZES = {"frames": 4, "height": 64, "width": 96}  # of what is tried
MOST_APART = 1e-3  # on average; half precision is 0.2 thousandths off


def is_alike(on_gpu: Session, on_cpu: Session) -> bool:
    """Whether a network gives there what it gives on the CPU, for pictures of noise."""
    feed = _noise_for(on_cpu)
    found, expected = on_gpu.run(None, feed), on_cpu.run(None, feed)
    return all(np.abs(a - b).mean() <= MOST_APART for a, b in zip(found, expected, strict=True))


def _noise_for(session: Session) -> dict[str, np.ndarray]:
    """Inputs of a network: pictures of noise, and positions that rise."""
    random, feed = np.random.default_rng(0), {}
    for each in session.get_inputs():
        shape = [SIZES[size] if isinstance(size, str) else size for size in each.shape]
        values = random.random(shape) if "height" in each.shape else np.linspace(0.5, 1, prod(shape))
        feed[each.name] = values.reshape(shape).astype(np.float32)
    return feed
