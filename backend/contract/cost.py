"""What memory an estimate takes, and how to stay within a limit.

The numbers were measured with benchmarks/estimate.py, and are a tenth on the safe side.
"""

from dataclasses import dataclass

from ..depth.tiling import SMALLEST_TILE, TILE_BUDGET
from .errors import InputError

NETWORKS, FUSING = 0.36e9, 0.24e9  # bytes whatever the size
ALIGNED, KEPT = 28, 17  # bytes a pixel and frame of what the networks look at, while aligning and after
MAPS = 80  # bytes a pixel of that, however many frames
INFERRED = 83  # bytes a pixel and frame of a tile
WHOLE = 47  # bytes a pixel of a photograph of full size, however many there are
SHRINK, SMALLEST = 0.9, 256  # pixels of the longer side


@dataclass(frozen=True)
class Plan:
    """How large the networks see a stack, and how much of it at a time."""

    size: tuple[int, int]  # (width, height)
    tile_budget: int = TILE_BUDGET  # pixels times frames


def needed(count: int, whole: tuple[int, int], plan: Plan) -> float:
    """Bytes that an estimate of `count` photographs of (width, height) `whole` takes at most."""
    width, height = plan.size
    seen = count * width * height
    tile = min(max(plan.tile_budget, count * SMALLEST_TILE), seen)
    looking = max(ALIGNED * seen, KEPT * seen + MAPS * width * height + INFERRED * tile)
    return max(FUSING + WHOLE * whole[0] * whole[1], NETWORKS + looking)


def plan(count: int, whole: tuple[int, int], size: tuple[int, int], limit: float | None) -> Plan:
    """For `count` photographs of (width, height) `whole`, at `size` or, where `limit` bytes do not hold
    that, smaller. Raises InputError where they do not hold the photographs.
    """
    if limit is None:
        return Plan(size)
    least = FUSING + WHOLE * whole[0] * whole[1]
    width, height = size
    while limit >= least and max(width, height) >= SMALLEST:
        seen = count * width * height
        budget = int((limit - NETWORKS - KEPT * seen - MAPS * width * height) / INFERRED)
        if limit >= NETWORKS + ALIGNED * seen and budget >= min(count * SMALLEST_TILE, seen):
            return Plan((width, height), min(budget, TILE_BUDGET))
        width, height = round(width * SHRINK), round(height * SHRINK)
    needed = max(least, NETWORKS + count * SMALLEST_TILE * (INFERRED + KEPT))
    raise InputError(
        f"--max-memory {limit / 1e9:.2g} is too little for {count} photographs of "
        f"{whole[0] * whole[1] / 1e6:.3g} megapixels: give at least {needed / 1e9 + 0.05:.1f}"
    )
