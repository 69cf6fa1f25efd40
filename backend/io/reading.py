"""How a photograph is read where its file alone does not tell, but the stack it belongs to does."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Reading:
    """What all photographs of a stack share; None where each file's own holds.

    Attributes
    ----------
    orientation
        EXIF's, 1 to 8.
    white
        The value that stands for white.
    is_whole
        Whether a picture that is a part, as EXR's data window is, is read as the whole.
    """

    orientation: int | None = None
    white: float | None = None
    is_whole: bool = False

    def describe(self) -> dict[str, Any]:
        """Return what differs from the file's own, as result.json has it; `Reading(**it)` is the inverse."""
        return {name: value for name, value in asdict(self).items() if value not in (None, False)}


AS_FILED = Reading()
