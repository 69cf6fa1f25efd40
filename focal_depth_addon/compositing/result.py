"""The result that compositing shows."""

from dataclasses import dataclass
from pathlib import Path

from ...backend.contract.schema import Description

MAX_RATIO = 4  # of far to near: what is farther, most of all infinity, does not set the scale of effects


@dataclass(frozen=True)
class Result:
    """A result, and the scale of the scene that shows it.

    Attributes
    ----------
    folder
        The result folder.
    description
        What its result.json says.
    units_per_metre
        Blender units for a metre of the result.
    """

    folder: Path
    description: Description
    units_per_metre: float

    @property
    def effect_range(self) -> tuple[float, float]:
        """Near and far distances between which effects are useful, in Blender units."""
        near, far = (float(self.description["depth"][edge]) for edge in ("near", "far"))
        far = min(far, MAX_RATIO * near)
        return near * self.units_per_metre, far * self.units_per_metre
