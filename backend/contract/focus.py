"""Where a stack's frames are focused, as all who use a result count it."""

from collections.abc import Sequence

RELATIVE_FAR, RELATIVE_NEAR = 0.25, 1.0  # dioptres by convention where no distance is known


def even_positions(count: int) -> list[float]:
    """Return the normalised focus of `count` frames that are focused at even steps, far (0) to near (1)."""
    return [index / (count - 1) for index in range(count)]


def normalise(dioptres: Sequence[float]) -> list[float]:
    """Return normalised dioptres: 0 at the first, farthest frame and 1 at the last, nearest one."""
    far, near = dioptres[0], dioptres[-1]
    return [(value - far) / (near - far) for value in dioptres]


def relative_dioptres(positions: Sequence[float]) -> list[float]:
    """Return the dioptres that stand for normalised ones in a stack without distances."""
    return [RELATIVE_FAR + value * (RELATIVE_NEAR - RELATIVE_FAR) for value in positions]
