"""The result that compositing shows."""

from dataclasses import dataclass
from pathlib import Path

REACH = 4  # times near: what is farther than this, most of all infinity, shall not set the scale of effects


@dataclass(frozen=True)
class Result:
    """A result folder, what its result.json says, and the scene's scale."""

    folder: Path
    description: dict
    units_per_metre: float

    @property
    def reach(self) -> tuple[float, float]:
        """From how near to how far effects usefully go, in Blender units."""
        near, far = (self.description["depth"][edge] for edge in ("near", "far"))
        far = REACH * near if far == "inf" else min(far, REACH * near)
        return near * self.units_per_metre, far * self.units_per_metre
