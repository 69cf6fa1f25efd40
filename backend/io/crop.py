"""The part of a sensor that a picture shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Crop:
    """The whole of which a picture is a part, as EXR's data window lies in its display window.

    Attributes
    ----------
    width, height
        Pixels of the whole, which the sensor spans.
    left, top
        Where the picture begins in it, in pixels; negative where it reaches beyond.
    """

    width: int
    height: int
    left: int
    top: int

    def centre(self) -> tuple[float, float]:
        """Return the middle of the whole, in pixels of the picture."""
        return self.width / 2 - self.left, self.height / 2 - self.top
